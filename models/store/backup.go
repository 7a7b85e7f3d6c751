package store

import (
	"context"
	"errors"
	"fmt"

	"waybill/models"
)

// errNotFile is for what a database file alone can do.
var errNotFile = errors.New("the database is no SQLite file")

// BackUp writes a consistent copy of the SQLite database into the file at path, which is
// not there yet or is empty. It reads only: whoever writes meanwhile goes on. What is
// written after its beginning is not in the copy.
func (s *Store) BackUp(ctx context.Context, path string) (err error) {
	f, ok := s.driver.(sqliteFile)
	if !ok {
		return errNotFile
	}
	db, err := f.bare()
	if err != nil {
		return fmt.Errorf("open database for a copy: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	// Whoever wants the copy on the disk says so once at the end: writers wait less.
	if _, err := db.ExecContext(ctx, "PRAGMA synchronous = OFF"); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	return nil
}

// OpenCopy opens a copy that nobody writes to: the file is not changed, and none is made
// beside it. Close must be called.
func OpenCopy(ctx context.Context, path string, sealer Sealer) (*Store, error) {
	return open(ctx, sqliteFile{path: path, frozen: true}, sealer)
}

// Verify says whether a copy is whole and its keys are the right ones, and how many
// parcels it holds.
func (s *Store) Verify(ctx context.Context) (parcels int64, err error) {
	var found string
	if err := s.read.WithContext(ctx).Raw("PRAGMA integrity_check(1)").Scan(&found).Error; err != nil {
		return 0, fmt.Errorf("check copy: %w", err)
	}
	if found != "ok" {
		return 0, errors.New("check copy: it is damaged")
	}
	if err := s.CheckKeys(ctx); err != nil {
		return 0, err
	}
	tables, err := s.tables(ctx)
	if err != nil || len(tables) == 0 {
		return 0, err
	}
	err = s.read.WithContext(ctx).Model(&models.Parcel{}).Count(&parcels).Error
	return parcels, wrapped("count parcels", err)
}
