package store

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	writeAttempts = 12
	missingRows   = 3    // kinds of them that one transaction may need
	chunk         = 1000 // ids in one statement, at most
	written       = 500  // rows in one statement, at most: SQLite takes 32,766 values
)

// within runs fn in one transaction, again when the database undid it because
// of a deadlock, a write conflict or a busy file, when the connection was lost
// before the end, or when fn returned the missingRow that it needs. fn must not
// keep anything from a run that failed. What was lost while it was committed may
// have been written or not, and is an error.
func (s *Store) within(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return s.transact(ctx, people, false, fn)
}

// behind is within for what lets people's transactions go first.
func (s *Store) behind(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return s.transact(ctx, polls, false, fn)
}

// conditionally is within for what finds out itself that it was written before:
// its rows have another version by then. It runs again also after a connection
// that was lost while it was committed.
func (s *Store) conditionally(ctx context.Context, p precedence, fn func(tx *gorm.DB) error) error {
	return s.transact(ctx, p, true, fn)
}

// repeatable is within for one statement that may be written twice. It is a transaction of
// its own, without the exchanges that begin and end one.
func (s *Store) repeatable(ctx context.Context, statement func(db *gorm.DB) error) error {
	return again(ctx, func() error {
		if s.writer != nil {
			if err := s.writer.lock(ctx, people); err != nil {
				return err
			}
			defer s.writer.unlock()
		}
		return translate(s.write, statement(s.write.WithContext(ctx)))
	})
}

func (s *Store) transact(ctx context.Context, p precedence, twice bool, fn func(tx *gorm.DB) error) error {
	return again(ctx, func() error {
		if s.writer != nil {
			if err := s.writer.lock(ctx, p); err != nil {
				return err
			}
			defer s.writer.unlock()
		}
		db := s.write.WithContext(ctx)
		for range missingRows + 1 {
			committing := false
			err := db.Transaction(func(tx *gorm.DB) error {
				err := fn(tx)
				committing = err == nil
				return err
			})
			if committing && lost(err) && !twice {
				return &unclear{err}
			}
			var missing *missingRow
			if !errors.As(err, &missing) {
				return translate(s.write, err)
			}
			if err := db.Clauses(s.ignore()).Create(missing.row).Error; err != nil {
				return translate(s.write, err)
			}
		}
		return errAgain // somebody has deleted it at once
	})
}

// unclear is the error of a commit that may have been done.
type unclear struct{ cause error }

// Error says what happened.
func (u *unclear) Error() string {
	return "the connection was lost while committing: " + u.cause.Error()
}

// missingRow is what a transaction returns that finds no row to change or to
// lock; row points to the row, or the rows, as they shall be made. The transaction ends, a
// statement of its own makes the row unless somebody else has, and the
// transaction runs again: one that makes the row itself would be blind, on
// TiDB, to the same row from another one that was faster.
type missingRow struct{ row any }

// Error says that a row is missing.
func (m *missingRow) Error() string { return fmt.Sprintf("there is no %T yet", m.row) }

// again does something until it succeeds or fails for good.
func again(ctx context.Context, do func() error) error {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = 2*time.Millisecond, 200*time.Millisecond
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := do()
		if err != nil && !passing(err) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(writeAttempts))
	return err
}

// translate names an error of the database as GORM does, whose Scan forgets it.
func translate(db *gorm.DB, err error) error {
	if t, ok := db.Dialector.(gorm.ErrorTranslator); ok && err != nil {
		return t.Translate(err)
	}
	return err
}

// errAgain is returned by a transaction that has to see what another one has
// just written.
var errAgain = errors.New("somebody else wrote it first")

// lost says that the connection to the server is gone, or could not be made.
func lost(err error) bool {
	var network net.Error
	return errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, sqldriver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)
}

// passing says that the same transaction may succeed when it is run again.
func passing(err error) bool {
	var unclear *unclear
	switch {
	case errors.As(err, &unclear):
		return false
	case errors.Is(err, errAgain), lost(err):
		return true
	}
	var server *serverError
	if errors.As(err, &server) {
		switch server.number {
		case 1205, 1213, // lock wait timeout, deadlock
			1020,                   // MariaDB: the record has changed since it was read
			3101,                   // MySQL group replication: undone at commit
			8002, 8022, 8028, 9007, // TiDB: write conflicts, the schema has changed
			9001, 9002, 9003, 9005, // TiDB: its placement driver or storage does not answer
			1053, 1927: // the server stops; MariaDB: it has ended the connection
			return true
		}
		return server.contended
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		primary := lite.Code() & 0xff
		return primary == sqlite3.SQLITE_BUSY || primary == sqlite3.SQLITE_LOCKED
	}
	return false
}

// refused says that the database refused what was to be written, not the
// moment or the connection.
func refused(err error) bool {
	var server *serverError
	if errors.As(err, &server) {
		return !passing(err)
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		primary := lite.Code() & 0xff
		return primary == sqlite3.SQLITE_CONSTRAINT || primary == sqlite3.SQLITE_TOOBIG || primary == sqlite3.SQLITE_ERROR
	}
	return errors.Is(err, gorm.ErrDuplicatedKey)
}

// change runs one statement on its own and says how many rows matched.
func (s *Store) change(ctx context.Context, sql string, args ...any) (int64, error) {
	var n int64
	err := s.within(ctx, func(tx *gorm.DB) error {
		done := tx.Exec(sql, args...)
		n = done.RowsAffected
		return done.Error
	})
	return n, err
}

// locking makes a SELECT lock the rows it reads until the transaction ends.
// SQLite needs no words for it: one writer at a time is its rule.
func locking(tx *gorm.DB) *gorm.DB {
	return tx.Clauses(clause.Locking{Strength: "UPDATE"})
}

// upsert writes rows whose keys are columns keys; of rows that are there
// already it changes the columns set.
func upsert(tx *gorm.DB, rows any, keys []string, set ...string) error {
	conflict := clause.OnConflict{DoUpdates: clause.AssignmentColumns(set)}
	for _, key := range keys {
		conflict.Columns = append(conflict.Columns, clause.Column{Name: key})
	}
	return tx.Clauses(conflict).Create(rows).Error
}
