package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// driver is what differs between the kinds of database.
type driver interface {
	// open returns the pool for writing and the one for reading.
	open(ctx context.Context) (write, read *gorm.DB, err error)
	// bare opens a pool of its own for migrations.
	bare() (*sql.DB, error)
	// words are the pieces of SQL that differ.
	words() words
	// optimize lets the database count what its planner chooses by.
	optimize(db *gorm.DB) error
	// migrations names the dialect and its files, and who keeps replicas apart.
	migrations() (goose.Dialect, fs.FS, lock.Locker, error)
}

// words are the pieces of SQL that differ between the kinds of database.
type words struct {
	ignore string // INSERT modifier: rows that are there already stay as they are
	clock  string // the database's clock in milliseconds since 1970
	limits bool   // DELETE has a LIMIT
}

var errAddress = errors.New(
	"database address is neither sqlite://PATH nor mysql://user:password@host:3306/name with user and password percent-encoded")

// parse reads a database address. Its errors never hold the address, which
// may contain a password.
func parse(dsn string) (driver, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite://"); ok {
		return parseSQLite(path)
	}
	if strings.HasPrefix(dsn, "mysql://") {
		return parseMySQL(dsn)
	}
	return nil, errAddress
}

// config is how GORM is used over both kinds: no logger, because statements
// hold waybill numbers, and no transaction that was not asked for.
func config() *gorm.Config {
	return &gorm.Config{
		Logger:                 logger.Discard,
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
	}
}

// Migrate brings the schema up to date. Any number of processes may do it at
// the same time; one does the work, the others wait for it.
func (s *Store) Migrate(ctx context.Context) error {
	dialect, files, locker, err := s.driver.migrations()
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	db, err := s.driver.bare()
	if err != nil {
		return fmt.Errorf("open database for migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, db, files,
		goose.WithLocker(locker), goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return errors.Join(fmt.Errorf("read migrations: %w", err), db.Close())
	}
	applied, err := p.Up(ctx)
	if isHalfMade(err) {
		if err = mendVersions(ctx, db); err == nil {
			applied, err = p.Up(ctx)
		}
	}
	if err != nil {
		return errors.Join(fmt.Errorf("migrate database: %w", err), p.Close())
	}
	if err := p.Close(); err != nil {
		return fmt.Errorf("close migrations: %w", err)
	}
	if len(applied) == 0 {
		return nil
	}
	return s.Optimize(ctx)
}

// Optimize lets the database count what its planner chooses by: after migrations, and now
// and then as the tables grow. It takes milliseconds.
func (s *Store) Optimize(ctx context.Context) error {
	if err := s.driver.optimize(s.write.WithContext(ctx)); err != nil {
		return fmt.Errorf("optimize database: %w", err)
	}
	return nil
}

// isHalfMade says that a migration died between making goose's table of versions
// and writing the first of them into it.
func isHalfMade(err error) bool {
	return err != nil && strings.Contains(err.Error(), "missing zero version migration") // goose has no name for it
}

// mendVersions writes goose's first version, unless another process just has.
func mendVersions(ctx context.Context, db *sql.DB) error {
	const first = `INSERT INTO goose_db_version (version_id, is_applied)
		SELECT * FROM (SELECT 0 AS version_id, 1 AS is_applied) first WHERE NOT EXISTS (SELECT 1 FROM goose_db_version)`
	if _, err := db.ExecContext(ctx, first); err != nil {
		return fmt.Errorf("mend table of versions: %w", err)
	}
	return nil
}

// ignore makes an INSERT leave alone the rows that are there already.
func (s *Store) ignore() clause.Insert { return clause.Insert{Modifier: s.driver.words().ignore} }
