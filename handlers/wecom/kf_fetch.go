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

	"waybill/models"
)

const (
	pageSize       = 1000             // the most that WeCom hands out at once
	announcedFor   = 10 * time.Minute // the token of an announcement
	lookEvery      = time.Second      // for what other replicas were told
	fetchEvery     = 5 * time.Minute  // unannounced: WeCom does not bring for ever what could not be stored
	emptyPages     = 100              // in a row, before an account is left for later
	longestPause   = time.Minute
	accountsAtOnce = 8 // fetched together
)

var errEndless = errors.New("wecom has more and more pages without a message")

// fetching is which accounts are being fetched, and which are to be left alone for a while.
type fetching struct {
	now func() time.Time

	mu    sync.Mutex
	busy  map[string]bool
	fails map[string]failed
	ended map[string]time.Time // when everything was last fetched by this process
	last  map[string]int64     // the place of an account's last message
}

type failed struct {
	times int
	until time.Time
}

func newFetching(now func() time.Time) *fetching {
	return &fetching{
		now: now, busy: map[string]bool{}, fails: map[string]failed{}, ended: map[string]time.Time{}, last: map[string]int64{},
	}
}

// begin says whether an account is to be fetched now; end must follow. At the
// start every account is, and then every five minutes, because an announcement
// may have been missed.
func (f *fetching) begin(m models.Mail) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	wanted := m.Announced > m.Fetched || f.now().Sub(f.ended[m.Account]) >= fetchEvery
	if !wanted || f.busy[m.Account] || len(f.busy) >= accountsAtOnce || f.now().Before(f.fails[m.Account].until) {
		return false
	}
	f.busy[m.Account] = true
	return true
}

// end notes how it went: after a failure a second passes, doubling to a minute.
func (f *fetching) end(account string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, account)
	if err == nil {
		delete(f.fails, account)
		f.ended[account] = f.now()
		return
	}
	times := f.fails[account].times
	f.fails[account] = failed{times: times + 1, until: f.now().Add(min(time.Second<<min(times, 6), longestPause))}
}

// place is the place of an account's next message: behind the last one, whose
// time may be the same second.
func (f *fetching) place(account string, from int64) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last[account] = max(from, f.last[account]+1)
	return f.last[account]
}

// Run fetches messages until ctx ends. One replica at a time should run it;
// two would only do each other's work.
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
		case <-k.rung:
		case <-tick.C:
		}
	}
}

// fetchAll begins to fetch every account that has something.
func (k *KF) fetchAll(ctx context.Context, accounts *sync.WaitGroup) {
	mails, err := k.mailbox.Mails(ctx)
	if err != nil && ctx.Err() == nil {
		k.settings.Log.Error("read wecom accounts", slog.Any("err", err))
	}
	for _, m := range mails {
		if !k.fetching.begin(m) {
			continue
		}
		accounts.Go(func() {
			err := k.fetch(ctx, m)
			k.fetching.end(m.Account, err)
			switch {
			case err == nil:
				k.ring() // something may have been announced meanwhile
			case ctx.Err() == nil:
				k.settings.Log.Warn("fetch wecom messages", slog.String("account", m.Account), slog.Any("err", err))
			}
		})
	}
}

// ring has the accounts looked at again.
func (k *KF) ring() {
	select {
	case k.rung <- struct{}{}:
	default:
	}
}

// fetch brings everything that an account has, page by page.
func (k *KF) fetch(ctx context.Context, m models.Mail) error {
	for empty := 0; empty < emptyPages; {
		got, err := k.sync(ctx, m)
		if err != nil {
			return err
		}
		p, err := k.page(ctx, m, got)
		if err != nil {
			return err
		}
		fresh, err := k.mailbox.ArriveSynced(ctx, p, k.now())
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
// left out: WeCom would refuse the call, and without one it only limits it.
func (k *KF) sync(ctx context.Context, m models.Mail) (synced, error) {
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

func syncOf(m models.Mail) kf.SyncMsgOptions {
	return kf.SyncMsgOptions{Cursor: m.Cursor, Token: m.Token, Limit: pageSize, OpenKfID: m.Account}
}
