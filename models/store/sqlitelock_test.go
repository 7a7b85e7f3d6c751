package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

func TestAMigratorThatDiedHoldsNobodyUpForEver(t *testing.T) {
	db, err := sqliteFile{path: filepath.Join(t.TempDir(), "waybill.db")}.bare()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	dead, next := newSQLiteLock(), newSQLiteLock()
	if err := dead.Lock(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := next.take(t.Context(), db); !errors.Is(err, errMigrating) {
		t.Fatalf("got %v, want %v", err, errMigrating)
	}
	impatient, cancel := context.WithTimeout(t.Context(), sqliteRetry)
	defer cancel()
	if err := next.Lock(impatient, db); err == nil {
		t.Fatal("two have the lock")
	}
	if err := next.Unlock(t.Context(), db); err != nil { // not theirs
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE migrating SET expires_at = unixepoch() - 1"); err != nil {
		t.Fatal(err)
	}
	if err := next.Lock(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := dead.Unlock(t.Context(), db); err != nil { // no longer theirs
		t.Fatal(err)
	}
	if err := dead.take(t.Context(), db); !errors.Is(err, errMigrating) {
		t.Fatalf("got %v, want %v", err, errMigrating)
	}
}
