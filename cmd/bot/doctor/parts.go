package doctor

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"waybill/cmd/bot/config"
	"waybill/models"
	"waybill/models/store"
	"waybill/scheduler/queue"
)

// checkDatabase checks that the database answers, is migrated, and that the key is the one
// that belongs to it. A SQLite file that is not there yet is not made.
func (d *Doctor) checkDatabase(ctx context.Context) []Result {
	return d.withDatabase(ctx, func(ctx context.Context, db *store.Store) []Result {
		backlog, err := db.Backlog(ctx, models.At(time.Now()))
		if err == nil {
			backlog.Live, err = db.CountLiveParcels(ctx)
		}
		if err != nil {
			return append(bad("database", "answers, but its tables do not: %v; run bot migrate", err), d.checkKey(ctx, db)...)
		}
		return append(good("database", "answers; %d parcels are followed, %d are due, %d messages wait", backlog.Live, backlog.Due, backlog.Inbox), d.checkKey(ctx, db)...)
	})
}

// withDatabase opens the database for a check; a SQLite file that is not there yet is
// not made.
func (d *Doctor) withDatabase(ctx context.Context, check func(context.Context, *store.Store) []Result) []Result {
	if path, file := d.settings.SQLitePath(); file {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return folder(path)
		}
	}
	if d.settings.DB == "" {
		return nil // the settings' own mistake
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	db, err := d.openStore(ctx, d.settings)
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		return bad("key", "%s", mistakes[0].Problem)
	}
	if err != nil {
		return bad("database", "does not open: %v; check WAYBILL_DB, and that the server runs and lets this user in", err)
	}
	defer func() { _ = db.Close() }() // it was only read
	return check(ctx, db)
}

// folder checks whether a SQLite file could be made.
func folder(path string) []Result {
	f, err := os.CreateTemp(filepath.Dir(path), ".waybill-*")
	if err != nil {
		return bad("database", "the file is not there and cannot be made: %v; make the folder and let this user write to it", withoutPath(err))
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return bad("database", "its folder lets files be made but not removed: %v", withoutPath(err))
	}
	return good("database", "not there yet; the first start makes it")
}

// withoutPath is an error of the file system without the path, which the
// operator has just written.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// checkQueue checks whether the work queue can be reached.
func (d *Doctor) checkQueue(ctx context.Context) []Result {
	if d.settings.NATSURL == "" {
		return good("queue", "runs inside the process")
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	q, err := queue.OpenCluster(queue.Settings{URL: d.settings.NATSURL, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return bad("queue", "does not open: %v; check WAYBILL_NATS_URL", err)
	}
	defer func() { _ = q.Close() }() // it was only read
	if err := q.Probe(ctx); err != nil {
		return bad("queue", "does not answer: %v; check WAYBILL_NATS_URL, and that JetStream is on", err)
	}
	return good("queue", "answers")
}

// checkHTTP checks whether the address is free, or a bot answers there.
func (d *Doctor) checkHTTP(ctx context.Context) []Result {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.settings.HTTPAddr)
	if err == nil {
		_ = l.Close() // it was only tried
		return good("http", "%s is free", d.settings.HTTPAddr)
	}
	if code, _, err := d.get(ctx, d.own()+"/healthz"); err == nil && code == http.StatusOK {
		return good("http", "a bot serves at %s", d.settings.HTTPAddr)
	}
	return bad("http", "%v; set WAYBILL_HTTP_ADDR to an address that is free", err)
}

// checkReady asks the bot that runs with these settings.
func (d *Doctor) checkReady(ctx context.Context) []Result {
	code, body, err := d.get(ctx, d.own()+"/readyz")
	if err != nil {
		return bad("http", "no bot answers at %s: %v", d.settings.HTTPAddr, err)
	}
	if code != http.StatusOK {
		return bad("http", "not ready: %s", body)
	}
	return good("http", "ready")
}

// own is how this machine itself reaches the HTTP address.
func (d *Doctor) own() string {
	host, port, err := net.SplitHostPort(d.settings.HTTPAddr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// get fetches a page, of which it reads 64 KiB.
func (d *Doctor) get(ctx context.Context, address string) (code int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	resp, err := d.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, body, err
}
