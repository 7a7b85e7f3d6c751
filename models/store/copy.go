package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// Copy is how a whole SQLite database is copied into this one.
type Copy struct {
	From  string                  // the path of the file
	Owner string                  // of the lease under which it is copied
	Gone  func(owner string) bool // whether a process that worked with the file is no more
	Begin func(rows int64)        // is told how many rows there are
	Step  func(rows int)          // is told how many more are copied
}

// Copied is how many rows of a table were copied.
type Copied struct {
	Table string
	Rows  int64
}

const (
	copyLease  = "copy"
	copyFor    = 30 * time.Second // who copies and is killed holds the next one up for so long
	copyRenew  = 5 * time.Second
	copyAtOnce = 1 << 20 // bytes in one statement, about
)

var errNotServer = errors.New("a copy goes into MySQL, MariaDB or TiDB")

// ownRows are the tables of which every database has its own rows: who holds what now,
// what was handed out for seconds, what is true of the database as a whole.
func ownRows() []string { return []string{"leases", "dispatched", property{}.TableName()} }

// ownSchema are the tables by which the schema is kept.
func ownSchema() []string { return []string{"goose_db_version", "goose_lock", "migrating"} }

// CopyFrom copies every row of a SQLite database of the same schema, with its id, into
// this one, which has the schema and no rows, or half a copy from before. Until the end
// CheckKeys says models.ErrUnfinished. Claims on chats are not copied. The file is locked
// meanwhile and not changed: models.ErrInUse while a process works with it, or another
// copy is under way; models.ErrOlder, ErrNewer, ErrNotEmpty.
func (s *Store) CopyFrom(ctx context.Context, c Copy) ([]Copied, error) {
	if _, file := s.driver.(sqliteFile); file {
		return nil, errNotServer
	}
	from, err := openSource(ctx, c)
	if err != nil {
		return nil, err
	}
	w := &copier{s: s, Copy: c, from: from}
	for _, step := range []func(context.Context) error{w.compareSchemas, w.claim, w.clear, w.checkKeys, w.copyTables, w.raiseIDs, w.compareCounts, w.end} {
		if err = step(ctx); err != nil {
			break
		}
	}
	return w.copied, errors.Join(err, from.close())
}

// source is the file that is copied, locked against writers.
type source struct {
	db *sql.DB
	tx *sql.Tx
}

func openSource(ctx context.Context, c Copy) (*source, error) {
	file, err := Open(ctx, "sqlite://"+c.From, nil)
	if err != nil {
		return nil, err
	}
	free := file.CheckFree(ctx, c.Gone)
	if err := errors.Join(free, file.Close()); err != nil {
		return nil, err
	}
	db, err := sqliteFile{path: c.From}.bare()
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil) // immediate: nobody writes until it ends
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock source: %w", err), db.Close())
	}
	return &source{db, tx}, nil
}

func (f *source) close() error {
	err := f.tx.Rollback()
	if errors.Is(err, sql.ErrTxDone) { // its context has ended it
		err = nil
	}
	return errors.Join(err, f.db.Close())
}

// copier copies one database.
type copier struct {
	Copy
	s       *Store
	from    *source
	mark    property
	resumed bool
	renewed time.Time
	tables  []string
	copied  []Copied
}

// compareSchemas wants both databases at the same migration.
func (w *copier) compareSchemas(ctx context.Context) error {
	const newest = "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied"
	var here, there int64
	if err := w.s.read.WithContext(ctx).Raw(newest).Scan(&here).Error; err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	if err := w.from.tx.QueryRowContext(ctx, newest).Scan(&there); err != nil {
		return fmt.Errorf("read schema of source: %w", err)
	}
	switch {
	case there < here:
		return models.ErrOlder
	case there > here:
		return models.ErrNewer
	}
	return nil
}

// claim marks this database as half a copy, and keeps other copiers away.
func (w *copier) claim(ctx context.Context) error {
	own := []string{property{}.TableName()}
	mark, resumed, err := w.s.propertyOf(ctx, own, copying)
	if err != nil {
		return err
	}
	if !resumed {
		if err := w.s.CheckTarget(ctx); err != nil {
			return err
		}
		mark = property{Name: copying, MadeAt: models.At(time.Now())}
		err := w.s.within(ctx, func(tx *gorm.DB) error { return tx.Create(&mark).Error })
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return models.ErrInUse
		}
		if err != nil {
			return fmt.Errorf("mark copy: %w", err)
		}
	}
	w.mark, w.resumed = mark, resumed
	return w.renew(ctx)
}

// renew keeps the lease of this copy.
func (w *copier) renew(ctx context.Context) error {
	if time.Since(w.renewed) < copyRenew {
		return nil
	}
	_, held, err := w.s.Lease(ctx, copyLease, w.Owner, copyFor)
	if err == nil && !held {
		err = models.ErrInUse
	}
	w.renewed = time.Now()
	return err
}

// CheckTarget says whether a copy may go into this database: models.ErrNotEmpty when
// anything is in it but its schema and a probe that was written when the schema was made,
// models.ErrWrongKey when our keys do not open that. Half a copy is begun anew. Nothing
// is changed, and there need not be a schema yet.
func (s *Store) CheckTarget(ctx context.Context) error {
	if _, file := s.driver.(sqliteFile); file {
		return errNotServer
	}
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	if _, half, err := s.propertyOf(ctx, tables, copying); half || err != nil {
		return err
	}
	for _, table := range tables {
		if slices.Contains(ownSchema(), table) || table == (property{}).TableName() {
			continue
		}
		var row []int
		if err := s.read.WithContext(ctx).Raw("SELECT 1 FROM `" + table + "` LIMIT 1").Scan(&row).Error; err != nil {
			return fmt.Errorf("look into %s: %w", table, err)
		}
		if len(row) > 0 {
			return fmt.Errorf("%w: table %s", models.ErrNotEmpty, table)
		}
	}
	return s.checkProbe(ctx, tables)
}

// clear takes away what a copy has left that broke off.
func (w *copier) clear(ctx context.Context) error {
	if !w.resumed {
		return nil
	}
	tables, err := w.s.tables(ctx)
	if err != nil {
		return err
	}
	if _, err := w.s.change(ctx, "DELETE FROM properties WHERE name <> ?", copying); err != nil {
		return fmt.Errorf("clear properties: %w", err)
	}
	for _, table := range tables {
		if slices.Contains(ownSchema(), table) || slices.Contains(ownRows(), table) {
			continue
		}
		for n := int64(1); n > 0; {
			if n, err = w.s.change(ctx, "DELETE FROM "+table+" LIMIT 5000"); err == nil {
				err = w.renew(ctx)
			}
			if err != nil {
				return fmt.Errorf("clear %s: %w", table, err)
			}
		}
	}
	return nil
}

// checkKeys wants the keys with which this database was made, if it was made before.
func (w *copier) checkKeys(ctx context.Context) error { return w.s.writeProbe(ctx, w.mark.MadeAt) }

// raiseIDs lets no id be given again that the source has given, even to rows that are
// gone there.
func (w *copier) raiseIDs(ctx context.Context) (err error) {
	last := map[string]int64{}
	rows, err := w.from.tx.QueryContext(ctx, "SELECT name, seq FROM sqlite_sequence")
	if err != nil {
		return fmt.Errorf("read last ids: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var table string
		var id int64
		if err := rows.Scan(&table, &id); err != nil {
			return err
		}
		last[table] = id
	}
	for _, table := range w.tables {
		if last[table] == 0 {
			continue
		}
		raise := fmt.Sprintf("ALTER TABLE %s AUTO_INCREMENT = %d", table, last[table]+1)
		if err := w.s.write.WithContext(ctx).Exec(raise).Error; err != nil {
			return fmt.Errorf("raise ids of %s: %w", table, err)
		}
	}
	return rows.Err()
}

// compareCounts wants as many rows of each table here as there.
func (w *copier) compareCounts(ctx context.Context) error {
	for _, c := range w.copied {
		var rows int64
		if err := w.s.read.WithContext(ctx).Raw("SELECT COUNT(*) FROM " + c.Table).Scan(&rows).Error; err != nil {
			return fmt.Errorf("count copy of %s: %w", c.Table, err)
		}
		if rows != c.Rows {
			return fmt.Errorf("copy of %s has %d rows, the source %d", c.Table, rows, c.Rows)
		}
	}
	return nil
}

// end makes the copy a database that may be worked with.
func (w *copier) end(ctx context.Context) error {
	err := w.s.within(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM leases WHERE name = ?", copyLease).Error; err != nil {
			return err
		}
		return tx.Exec("DELETE FROM properties WHERE name = ?", copying).Error
	})
	return wrapped("end copy", err)
}
