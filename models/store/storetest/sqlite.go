package storetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"modernc.org/sqlite"
)

// sqliteAt is the address of a SQLite file.
func sqliteAt(path string) string { return "sqlite://" + path }

// hurrySQLite spares this process the waiting for the disk. Processes that
// tests start wait as the program does.
var hurrySQLite = sync.OnceFunc(func() {
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		_, err := conn.ExecContext(context.Background(), "PRAGMA synchronous = OFF", nil)
		return err
	})
})

// template is a SQLite file with the schema, made once in a process.
var template = sync.OnceValues(func() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "waybill-template-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	whole, made := filepath.Join(dir, "whole.db"), filepath.Join(dir, "made.db")
	if err := migrate(context.Background(), sqliteAt(made)); err != nil {
		return nil, err
	}
	if err := gather(made, whole); err != nil {
		return nil, err
	}
	return os.ReadFile(whole)
})

// gather copies a database, with what may still stand in its log, into one file.
func gather(from, to string) error {
	db, err := sql.Open("sqlite", from)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(context.Background(), "VACUUM INTO ?", to)
	return errors.Join(err, db.Close())
}

// copyTemplate writes a copy of the template into a folder and returns its address.
func copyTemplate(dir string) (string, error) {
	file, err := template()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "waybill.db")
	return sqliteAt(path), os.WriteFile(path, file, 0o600)
}
