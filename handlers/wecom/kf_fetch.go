package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/work/kf"

	"waybill/internal/retry"
	"waybill/models"
)

const (
	pageSize       = 1000             // the most that WeCom hands out at once
	announcedFor   = 10 * time.Minute // how long the token of an announcement is good
	lookEvery      = time.Second      // for what was announced to other replicas
	fetchEvery     = 5 * time.Minute  // unannounced: WeCom repeats an announcement that was not stored only a few times
	emptyPages     = 100              // in a row, before an account is left for later
	accountsAtOnce = 8                // fetched together
)

var errEndless = errors.New("wecom has more and more pages without a message")

// fetching is which accounts are being fetched, and which are left alone for a
// while. There are as many entries as the company has accounts.
type fetching struct {
	now func() time.Time

	mu       sync.Mutex
	accounts map[string]*accountFetch
	busy     int
}

// accountFetch is how fetching one account goes.
type accountFetch struct {
	busy     bool
	failures int       // in a row
	until    time.Time // it is left alone
	ended    time.Time // when everything was last fetched by this process
	last     int64     // the position of the last message
}

func newFetching(now func() time.Time) *fetching {
	return &fetching{now: now, accounts: map[string]*accountFetch{}}
}

// of is an account's state. The caller holds the lock.
func (f *fetching) of(account string) *accountFetch {
	if f.accounts[account] == nil {
		f.accounts[account] = &accountFetch{}
	}
	return f.accounts[account]
}

// begin says whether an account has to be fetched now; end must follow. At the
// start every account is, and then every five minutes, because an announcement
// may have been missed.
func (f *fetching) begin(m models.SyncCursor) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.of(m.Account)
	wanted := m.Announced > m.Fetched || f.now().Sub(a.ended) >= fetchEvery
	if !wanted || a.busy || f.busy >= accountsAtOnce || f.now().Before(a.until) {
		return false
	}
	a.busy = true
	f.busy++
	return true
}

// end notes how it went: after a failure a second passes, doubling to a minute.
func (f *fetching) end(account string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.of(account)
	a.busy = false
	f.busy--
	if err == nil {
		a.failures, a.ended = 0, f.now()
		return
	}
	a.failures++
	a.until = f.now().Add(retry.Delay(a.failures, retry.First, retry.Longest))
}

// position is the position of an account's next message: behind the last one,
// whose time may be the same second.
func (f *fetching) position(account string, from int64) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.of(account)
	a.last = max(from, a.last+1)
	return a.last
}

// Run fetches messages until ctx ends, and returns nil then. One replica at a
// time should run it; two would fetch the same pages, and store them once.
func (k *KF) Run(ctx context.Context) error {
	var accounts sync.WaitGroup
	defer accounts.Wait()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		k.fetchAll(ctx, &accounts)
		select {
		case <-ctx.Done():
			return nil
		case <-k.announced:
		case <-tick.C:
		}
	}
}

// fetchAll begins to fetch every account that has something.
func (k *KF) fetchAll(ctx context.Context, accounts *sync.WaitGroup) {
	cursors, err := k.syncStore.SyncCursors(ctx)
	switch {
	case err == nil:
		k.trouble.Worked("read wecom accounts")
	case ctx.Err() == nil:
		k.trouble.Failed("read wecom accounts", err)
	}
	for _, m := range cursors {
		if !k.fetching.begin(m) {
			continue
		}
		accounts.Go(func() {
			err := k.fetch(ctx, m)
			k.fetching.end(m.Account, err)
			switch {
			case err == nil:
				k.lookAgain() // something may have been announced meanwhile
			case ctx.Err() == nil:
				k.settings.Log.Warn("fetch wecom messages", slog.String("account", m.Account), slog.Any("error", err))
			}
		})
	}
}

// fetch stores everything that an account has, page by page.
func (k *KF) fetch(ctx context.Context, m models.SyncCursor) error {
	for empty := 0; empty < emptyPages; {
		got, err := k.sync(ctx, m)
		if err != nil {
			return err
		}
		p, err := k.page(ctx, m, got)
		if err != nil {
			return err
		}
		fresh, err := k.syncStore.ArriveSynced(ctx, p, k.now())
		if err != nil {
			return fmt.Errorf("store wecom messages: %w", err)
		}
		if fresh > 0 {
			k.wake()
		}
		if got.More == 0 {
			return nil
		}
		empty++
		if len(got.Messages) > 0 {
			empty = 0
		}
		m.Cursor = p.Cursor
	}
	return errEndless
}

// synced is a page as WeCom hands it out. has_more is 1 on empty pages, too.
type synced struct {
	Cursor   string            `json:"next_cursor"`
	More     int               `json:"has_more"`
	Messages []json.RawMessage `json:"msg_list"`
}

// sync asks for the next page. The token of an announcement that is too old is
// left out: with it WeCom would refuse the call, and without any token it only
// counts the call against a limit.
func (k *KF) sync(ctx context.Context, m models.SyncCursor) (synced, error) {
	if k.now().Sub(m.TokenAt) >= announcedFor {
		m.Token = ""
	}
	var got synced
	err := k.post(ctx, "kf/sync_msg", syncOf(m), &got)
	if codeOf(err) == codeAnnouncement && m.Token != "" {
		m.Token = ""
		err = k.post(ctx, "kf/sync_msg", syncOf(m), &got)
	}
	return got, err
}

func syncOf(m models.SyncCursor) kf.SyncMsgOptions {
	return kf.SyncMsgOptions{Cursor: m.Cursor, Token: m.Token, Limit: pageSize, OpenKfID: m.Account}
}
