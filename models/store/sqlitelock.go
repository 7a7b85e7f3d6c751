package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	sqliteLease = time.Minute     // a process that dies while it migrates holds the others up for so long
	sqliteWait  = 5 * time.Minute // and nobody waits longer than this
	sqliteRetry = 20 * time.Millisecond
)

// sqliteLock lets one process at a time migrate a SQLite file: a row of its
// own table, which goose cannot lock for us.
type sqliteLock struct{ owner string }

func newSQLiteLock() sqliteLock { return sqliteLock{owner: rand.Text()} }

var errMigrating = errors.New("another process is migrating")

// Lock waits until this process may migrate.
func (l sqliteLock) Lock(ctx context.Context, db *sql.DB) error {
	const table = `CREATE TABLE IF NOT EXISTS migrating (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, expires_at INTEGER NOT NULL)`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("make migration lock: %w", err)
	}
	try := func() (struct{}, error) { return struct{}{}, l.take(ctx, db) }
	_, err := backoff.Retry(ctx, try, backoff.WithBackOff(backoff.NewConstantBackOff(sqliteRetry)), backoff.WithMaxElapsedTime(sqliteWait))
	return err
}

func (l sqliteLock) take(ctx context.Context, db *sql.DB) error {
	const take = `INSERT INTO migrating (id, owner, expires_at) VALUES (1, ?, unixepoch() + ?)
		ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at WHERE expires_at < unixepoch()`
	result, err := db.ExecContext(ctx, take, l.owner, int(sqliteLease.Seconds()))
	if err != nil {
		return backoff.Permanent(fmt.Errorf("take migration lock: %w", err))
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errMigrating, err)
	}
	return nil
}

// Unlock lets the next process migrate.
func (l sqliteLock) Unlock(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `DELETE FROM migrating WHERE id = 1 AND owner = ?`, l.owner)
	return err
}
