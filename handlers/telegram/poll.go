package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-telegram/bot"
	sdk "github.com/go-telegram/bot/models"

	"waybill/internal/retry"
)

// Run fetches updates by long polling until ctx ends, and returns nil then. It
// sets the door up first if nobody has. Only one process may poll a bot: run it
// under a lease.
func (d *Door) Run(ctx context.Context) error {
	_ = d.Setup(ctx) // it gives up only with the context, and then the polling below is over at once
	// A fresh library each time: it starts without an offset of its own, so a
	// process that comes back to polling asks for what is unconfirmed now.
	b, err := d.library(&poller{
		client: d.client, store: d.store, health: d.health, log: d.settings.Log,
		backoff: retry.New(retry.First, retry.Longest),
	})
	if err != nil {
		return fmt.Errorf("poll telegram: %w", d.client.redact(err))
	}
	b.Start(ctx)
	d.health.polled(nil) // from here on it is another process that polls, or none should
	return nil
}

// ignore is the library's handler: the poller has stored the update already.
func ignore(context.Context, *bot.Bot, *sdk.Update) {}

// poller is the HTTP client of the library's polling. It stores the updates
// before the library sees them, because the library moves its offset before it
// hands an update over; when they cannot be stored the library gets an error
// and the offset stays.
type poller struct {
	client  *client
	store   func(context.Context, []json.RawMessage) error
	health  *health
	log     *slog.Logger
	backoff *retry.Backoff
	wait    time.Duration // before the next poll
}

// storeAgain is how long at most it waits after updates could not be stored: it is
// our database that failed, not Telegram, and people wait as soon as that works.
const storeAgain = 4 * time.Second

// unstoredError is why updates could not be stored.
type unstoredError struct{ error }

// Unwrap gives the reason.
func (e unstoredError) Unwrap() error { return e.error }

// Do makes one getUpdates call. The library calls it from one goroutine.
func (p *poller) Do(req *http.Request) (*http.Response, error) {
	// The library itself would be back within a tenth of a second.
	if err := retry.Sleep(req.Context(), p.wait); err != nil {
		return nil, err
	}
	resp, err := p.poll(req)
	if err != nil && req.Context().Err() != nil {
		return nil, req.Context().Err()
	}
	err = p.client.redact(err)
	p.note(err)
	return resp, err
}

func (p *poller) poll(req *http.Request) (*http.Response, error) {
	resp, result, err := p.client.call(req, "getUpdates")
	p.health.called(err)
	if err != nil {
		return nil, err
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(result, &raws); err != nil {
		return nil, errors.New("telegram answers getUpdates with something that is no list")
	}
	ids, err := onlyIDs(raws)
	if err != nil {
		return nil, fmt.Errorf("read telegram updates: %w", err)
	}
	if err := p.store(req.Context(), raws); err != nil {
		return nil, unstoredError{err}
	}
	return withResult(resp, ids), nil
}

// onlyIDs leaves of each update what moves the offset. The library refuses a
// whole batch over one kind of content that it does not know.
func onlyIDs(raws []json.RawMessage) (json.RawMessage, error) {
	type bare struct {
		ID int64 `json:"update_id"`
	}
	bares := make([]bare, 0, len(raws))
	for _, raw := range raws {
		id, err := updateID(raw)
		if err != nil {
			return nil, err
		}
		bares = append(bares, bare{ID: id})
	}
	return json.Marshal(bares)
}

// note sets the wait before the next poll, and logs what is wrong once per change.
func (p *poller) note(err error) {
	changed := p.health.polled(explain(err))
	if err == nil {
		p.backoff.Reset()
		p.wait = 0
		if changed {
			p.log.Info("telegram polling works again")
		}
		return
	}
	p.wait = p.backoff.Next(retryAfter(err))
	if errors.As(err, &unstoredError{}) {
		p.wait = min(p.wait, storeAgain)
	}
	level := slog.LevelDebug
	if changed {
		level = slog.LevelError
	}
	p.log.Log(context.Background(), level, "telegram polling fails",
		slog.Any("error", explain(err)), slog.Duration("again_in", p.wait))
}
