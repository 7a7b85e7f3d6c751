package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"waybill/models"
	"waybill/scheduler/queue"
	"waybill/tracking"
)

// database looks whether the database answers and is migrated. It changes
// nothing: a SQLite file that is not there yet is not made.
func (p *practice) database(ctx context.Context) []finding {
	if path, file := sqlitePath(p.DB); file {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return folder(path)
		}
	}
	if p.DB == "" {
		return nil // the settings' own mistake
	}
	ctx, cancel := context.WithTimeout(ctx, examining)
	defer cancel()
	db, err := openStore(ctx, p.Settings)
	if err != nil {
		return bad("database", "does not open: %v; check WAYBILL_DB, and that the server runs and lets this user in", err)
	}
	defer func() { _ = db.Close() }() // it was only looked at
	backlog, err := db.Backlog(ctx, models.At(time.Now()))
	if err != nil {
		return bad("database", "answers, but its tables do not: %v; run bot migrate", err)
	}
	return good("database", "answers; %d parcels are followed, %d are due, %d messages wait", backlog.Live, backlog.Due, backlog.Inbox)
}

// folder looks whether a SQLite file could be made.
func folder(path string) []finding {
	f, err := os.CreateTemp(filepath.Dir(path), ".waybill-*")
	if err != nil {
		return bad("database", "the file is not there and cannot be made: %v; make the folder and let this user write to it", reason(err))
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return bad("database", "its folder lets files be made but not removed: %v", reason(err))
	}
	return good("database", "not there yet; the first start makes it")
}

// queue looks whether the work queue can be reached.
func (p *practice) queue(ctx context.Context) []finding {
	if p.NATSURL == "" {
		return good("queue", "runs inside the process")
	}
	ctx, cancel := context.WithTimeout(ctx, examining)
	defer cancel()
	q, err := queue.Open(ctx, queue.Settings{URL: p.NATSURL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return bad("queue", "does not open: %v; check WAYBILL_NATS_URL", err)
	}
	defer func() { _ = q.Close() }() // it was only looked at
	if _, err := q.Depth(ctx); err != nil {
		return bad("queue", "does not answer: %v; check WAYBILL_NATS_URL, and that JetStream is on", err)
	}
	return good("queue", "answers")
}

// http looks whether the address is free, or a bot answers there.
func (p *practice) http(ctx context.Context) []finding {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.HTTPAddr)
	if err == nil {
		_ = l.Close() // it was only tried
		return good("http", "%s is free", p.HTTPAddr)
	}
	if code, _, err := p.get(ctx, p.own()+"/healthz", nil); err == nil && code == http.StatusOK {
		return good("http", "a bot serves at %s", p.HTTPAddr)
	}
	return bad("http", "%v; set WAYBILL_HTTP_ADDR to an address that is free", err)
}

// ready asks the bot that runs with these settings.
func (p *practice) ready(ctx context.Context) []finding {
	code, body, err := p.get(ctx, p.own()+"/readyz", nil)
	if err != nil {
		return bad("http", "no bot answers at %s: %v", p.HTTPAddr, err)
	}
	if code != http.StatusOK {
		return bad("http", "not ready: %s", body)
	}
	return good("http", "ready")
}

// own is how this machine itself reaches the HTTP address.
func (p *practice) own() string {
	host, port, err := net.SplitHostPort(p.HTTPAddr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// get fetches a page, of which it reads 64 KiB.
func (p *practice) get(ctx context.Context, address string, header http.Header) (code int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, examining)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	if header != nil {
		r.Header = header
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	if said := resp.Header.Get("X-Ca-Error-Message"); said != "" { // Aliyun's gateway says there what it means
		return resp.StatusCode, []byte(said), nil
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, body, err
}

// sample is a number of a plausible shape that belongs to nobody.
const sample = "YT1000000000013"

// paid asks one provider about a sample, through ledger, budget and rate as
// every other call.
func (p *practice) paid(ctx context.Context, name string) []finding {
	s := p.Settings
	s.Providers = []string{name}
	h := &house{settings: s, log: slog.New(slog.DiscardHandler), owner: newOwner(), now: time.Now}
	defer func() { _ = h.close() }() // the ledger is written by then
	for _, step := range []func(context.Context) error{h.openStore, h.openTracker} {
		if err := step(ctx); err != nil {
			return bad(name, "the paid call was not made: %v", err)
		}
	}
	answer := h.tracker.Ask(ctx, tracking.Ask{Parcel: models.Parcel{Number: sample, Carrier: "yto"}, Purpose: models.Person})
	if err := h.store.Settle(context.WithoutCancel(ctx), answer.Closings); err != nil {
		return bad(name, "the paid call's end was not written: %v", err)
	}
	if err := answer.Err; err != nil && !errors.Is(err, tracking.ErrNoRecord) && !errors.Is(err, tracking.ErrNumber) {
		return bad(name, "a paid call fails: %v", err)
	}
	return good(name, "a paid call about a sample number answers%s", billed(answer.Closings))
}

func billed(closings []models.Closing) string {
	n := 0
	for _, c := range closings {
		if c.Billed {
			n++
		}
	}
	return fmt.Sprintf(" (%d of %d billed)", n, len(closings))
}
