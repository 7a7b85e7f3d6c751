package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/test/db"
)

// perChat is how many parcels one chat follows of those of Live.
const perChat = 50

// Live is the address of a SQLite database of the test's own with so many live parcels:
// YT1000000000000 and so on, all due, each with one scan and followed by a chat of the
// door that wants urgent news only. A million of them are made once in a run, in the
// folder that db.EnvShared names, and copied.
func Live(tb testing.TB, door string, parcels int) (dsn string) {
	tb.Helper()
	folder := Shared()
	if folder == "" {
		folder = tb.TempDir()
	}
	whole := filepath.Join(folder, fmt.Sprintf("live-%s-%d.db", door, parcels))
	if _, err := os.Stat(whole); errors.Is(err, fs.ErrNotExist) {
		if err := makeLive(tb.Context(), whole, door, parcels); err != nil {
			tb.Fatalf("make %d live parcels: %v", parcels, err)
		}
	}
	path := filepath.Join(tb.TempDir(), "waybill.db")
	if err := copyFile(whole, path); err != nil {
		tb.Fatalf("copy %d live parcels: %v", parcels, err)
	}
	return sqliteAt(path)
}

// makeLive makes the file that Live copies. It gets its name when it is whole.
func makeLive(ctx context.Context, whole, door string, parcels int) error {
	folder, err := os.MkdirTemp(filepath.Dir(whole), "live-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // of a file that is not whole
	dsn, err := copyTemplate(folder)
	if err != nil {
		return err
	}
	path := strings.TrimPrefix(dsn, "sqlite://")
	if err := fillLive(ctx, path, door, parcels); err != nil {
		return err
	}
	return os.Rename(path, whole)
}

// fillLive writes straight into the file: who is killed meanwhile begins anew.
func fillLive(ctx context.Context, path, door string, parcels int) (err error) {
	pool, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)
	if _, err := pool.ExecContext(ctx, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536"); err != nil {
		return err
	}
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1 < ?) "
	for _, fill := range []struct {
		what string
		args []any
	}{
		{"INSERT INTO parcels (id, number, carrier, status, seq, due_at) " + numbers +
			"SELECT i+1, printf('YT%d', 1000000000000+i), 'yto', 'in_transit', 1, i FROM n", []any{parcels}},
		{"INSERT INTO events (parcel_id, seq, kind, identity, text) " + numbers +
			"SELECT i+1, 1, 'scan', 'filled', '快件离开【泉州转运中心】已发往【上海转运中心】' FROM n", []any{parcels}},
		{
			"INSERT INTO chats (id, door, conversation, work_at) " + numbers + "SELECT i+1, ?, i+1, 4611686018427387904 FROM n",
			[]any{(parcels + perChat - 1) / perChat, door},
		},
		{"INSERT INTO follows (chat_id, parcel_id, muted, delivered_seq) " + numbers + "SELECT 1+i/?, i+1, 1, 1 FROM n", []any{parcels, perChat}},
	} {
		if _, err := pool.ExecContext(ctx, fill.what, fill.args...); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = target.ReadFrom(source)
	return errors.Join(err, target.Close())
}

// FillFinished puts finished parcels that one chat follows into a migrated SQLite database:
// JD1000000000000 and so on, delivered a second apart until ended, each with one scan. The
// chat is there already.
func FillFinished(tb testing.TB, dsn string, chatID int64, parcels int, ended int64) {
	tb.Helper()
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1 < ?) "
	const first = 1_000_000_000 // above all other ids
	fills := []struct {
		what string
		args []any
	}{
		{"INSERT INTO parcels (id, number, carrier, status, final, seq, newest_seq, event_at, heard_at, done_at, next_at) " + numbers +
			"SELECT ?+i, printf('JD%d', 1000000000000+i), 'jd', 'delivered', 1, 1, 1, ?3-1000*i, ?3-1000*i, ?3-1000*i, 4611686018427387904 FROM n", []any{parcels, first, ended}},
		{"INSERT INTO events (parcel_id, seq, kind, identity, at, text) " + numbers +
			"SELECT ?+i, 1, 'scan', 'filled', ?-1000*i, '您的快件已签收，签收人：前台' FROM n", []any{parcels, first, ended}},
		{"INSERT INTO follows (chat_id, parcel_id, delivered_seq, done_at) " + numbers +
			"SELECT ?, ?+i, 1, ?-1000*i FROM n", []any{parcels, chatID, first, ended}},
	}
	ask(tb, db.SQLite, dsn, func(ctx context.Context, pool *sql.DB) error {
		for _, fill := range fills {
			if _, err := pool.ExecContext(ctx, fill.what, fill.args...); err != nil {
				return err
			}
		}
		return nil
	})
}
