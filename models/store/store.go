// Package store keeps Waybill's vocabulary in SQLite, or in MySQL, MariaDB or
// TiDB, through GORM. It is the only place with SQL. Every write that decides
// something is conditional on a version or made under the row's lock, so any
// number of processes on one database is correct.
//
// Rows are locked in one order everywhere: sync_cursors, parcels, chats, follows,
// arrivals, provider_calls, calls, budgets. What a deadlock undoes is tried again.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Sealer encrypts phone tails. What was sealed under one bind opens under the
// same bind only. Current says whether the key that seals now sealed a value.
type Sealer interface {
	Seal(bind, plain string) ([]byte, error)
	Open(bind string, sealed []byte) (string, error)
	Current(sealed []byte) bool
}

// Store is one process's way to the database. It is safe for concurrent use.
type Store struct {
	write  *gorm.DB    // SQLite: one connection; every transaction begins here
	read   *gorm.DB    // single statements that change nothing
	writer *writerLock // SQLite's; nil: many write at a time
	driver driver
	sealer Sealer
	ids    block

	begins   *group[start, models.Ticket]
	finishes *group[finish, models.Parcel]
	marks    *group[mark, struct{}]
	releases *group[release, struct{}]
	pendings *group[models.Chat, []models.Notification]
	parcels  *group[int64, models.Parcel]
	opens    *group[int64, []models.Arrival]
	knowns   *group[int64, []models.Event]
}

// Open opens the database that dsn names, as WAYBILL_DB does:
// sqlite://PATH or mysql://user:password@host:3306/name. It does not migrate.
// Close must be called.
func Open(ctx context.Context, dsn string, sealer Sealer) (*Store, error) {
	d, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	return open(ctx, d, sealer)
}

func open(ctx context.Context, d driver, sealer Sealer) (*Store, error) {
	s := &Store{driver: d, sealer: sealer}
	if _, file := d.(sqliteFile); file {
		s.writer = newWriterLock()
	}
	// Two processes that make one file at once meet where SQLite does not wait.
	err := again(ctx, func() (err error) {
		s.write, s.read, err = d.open(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.closePools())
	}
	s.begins = newGroup(s.beginAll)
	s.finishes = newGroup(s.finishAll)
	s.marks = newGroup(s.deliveredAll)
	s.releases = newGroup(s.releaseAll)
	s.pendings = newGroup(s.pendingAll)
	s.parcels = newGroup(s.parcelAll)
	s.opens = newGroup(s.openAll)
	s.knowns = newGroup(s.knownAll)
	return s, nil
}

// Made says whether the database has its schema; nothing is changed.
func (s *Store) Made(ctx context.Context) bool {
	return s.read.WithContext(ctx).Migrator().HasTable("follows")
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	for _, pool := range s.pools() {
		if err := pool.PingContext(ctx); err != nil {
			return fmt.Errorf("ping database: %w", err)
		}
	}
	return nil
}

// Close commits what is queued, waits for it and closes the database.
func (s *Store) Close() error {
	s.begins.close()
	s.finishes.close()
	s.marks.close()
	s.releases.close()
	s.pendings.close()
	s.parcels.close()
	s.opens.close()
	s.knowns.close()
	return s.closePools()
}

func (s *Store) closePools() error {
	var errs []error
	for _, pool := range s.pools() {
		errs = append(errs, pool.Close())
	}
	return errors.Join(errs...)
}

// pools are the distinct connection pools below the two GORM handles.
func (s *Store) pools() []*sql.DB {
	var pools []*sql.DB
	for _, db := range []*gorm.DB{s.write, s.read} {
		pool, err := db.DB()
		if err != nil || (len(pools) > 0 && pools[0] == pool) {
			continue
		}
		pools = append(pools, pool)
	}
	return pools
}
