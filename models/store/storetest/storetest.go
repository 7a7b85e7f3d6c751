// Package storetest gives tests real databases, each test one of its own:
// SQLite in a temporary folder, and one on a real MariaDB or TiDB, which
// package test/db provides. A database with the schema costs a test
// milliseconds: a copy of the file that was migrated once, or one that an
// earlier test of the process has left, emptied.
package storetest

import (
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waybill/models/seal"
	"waybill/models/store"
	"waybill/test/db"
)

// Main runs a test binary's tests with the database server that they need:
// TestMain is os.Exit(storetest.Main(m)). Unless it runs benchmarks, the
// process does not wait for its SQLite files to reach the disk: tests kill
// processes, not machines.
func Main(m *testing.M) int {
	stop, err := db.Provide()
	if err != nil {
		fmt.Fprintf(os.Stderr, "storetest: %v\n", err)
		return 1
	}
	flag.Parse()
	if f := flag.Lookup("test.bench"); f == nil || f.Value.String() == "" {
		hurrySQLite()
	}
	code := m.Run()
	for _, end := range []func() error{dropSpare, stop} {
		if err := end(); err != nil {
			fmt.Fprintf(os.Stderr, "storetest: %v\n", err)
			code = max(code, 1)
		}
	}
	return code
}

// Rehearsal says that a benchmark runs with N = 1 only because Go has it run so before it
// runs as often as -benchtime says, 5000x for instance: one that prepares for long does
// nothing then.
func Rehearsal(b *testing.B) bool {
	f := flag.Lookup("test.benchtime")
	return b.N == 1 && f != nil && strings.HasSuffix(f.Value.String(), "x") && f.Value.String() != "1x"
}

// Shared is the folder for what several test binaries of one run need; "" when there is none.
func Shared() string { return os.Getenv(db.EnvShared) }

// Kinds are the kinds of database that tests run on.
func Kinds() []string { return db.Kinds() }

// ServerKind is the kind of database that several machines could share, or
// SQLite when the tests run on nothing else.
func ServerKind() string {
	kinds := Kinds()
	if i := slices.IndexFunc(kinds, func(kind string) bool { return kind != db.SQLite }); i >= 0 {
		return kinds[i]
	}
	return db.SQLite
}

// NeedServer is the kind of the server that a test needs. Without one it is skipped, where
// only SQLite was asked for, and fails in CI, which must not pass for want of a server.
func NeedServer(tb testing.TB) string {
	tb.Helper()
	kind := ServerKind()
	switch {
	case kind != db.SQLite:
	case os.Getenv("CI") != "":
		tb.Fatalf("%s names no server, which this test needs", db.EnvKinds)
	default:
		tb.Skipf("it needs a server, and %s names none", db.EnvKinds)
	}
	return kind
}

// Each runs a test on every kind of database, on all at once. open returns a
// new Store, with connections of its own, on the test's one database, which has
// the schema; it is closed when the test ends.
func Each(t *testing.T, test func(t *testing.T, open func() *store.Store)) {
	t.Helper()
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dsn := Migrated(t, kind)
			test(t, func() *store.Store { return Open(t, dsn) })
		})
	}
}

// EachDSN runs a test on the address of an empty database of every kind.
func EachDSN(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) { test(t, DSN(t, kind)) })
	}
}

// New is one Store with the schema on SQLite, for tests that are not about the
// database.
func New(tb testing.TB) *store.Store {
	tb.Helper()
	return Open(tb, Migrated(tb, db.SQLite))
}

// Migrate makes the schema.
func Migrate(tb testing.TB, s *store.Store) {
	tb.Helper()
	if err := s.Migrate(context.Background()); err != nil {
		tb.Fatalf("migrate: %v", err)
	}
}

// Open opens a Store that is closed when the test ends. All Stores of all
// tests share one key, so that one opens what another sealed.
func Open(tb testing.TB, dsn string) *store.Store {
	tb.Helper()
	s, err := store.Open(context.Background(), dsn, Keys(tb))
	if err != nil {
		tb.Fatalf("open store: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close store: %v", err)
		}
	})
	return s
}

// Keys are the keys of all tests.
func Keys(tb testing.TB) *seal.Keys {
	tb.Helper()
	keys, err := seal.New(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	if err != nil {
		tb.Fatalf("make keys: %v", err)
	}
	return keys
}

// DSN makes an empty database of a kind, which goes when the test ends.
func DSN(tb testing.TB, kind string) string {
	tb.Helper()
	if kind == db.SQLite {
		return sqliteAt(filepath.Join(tb.TempDir(), "waybill.db"))
	}
	name, err := create()
	if err != nil {
		tb.Fatalf("create test database: %v", err)
	}
	tb.Cleanup(func() {
		if err := drop(name); err != nil {
			tb.Errorf("drop test database: %v", err)
		}
	})
	return serverAt(name)
}

// Migrated is the address of a database of a kind that has the schema and no
// rows. It is the test's own until it ends.
func Migrated(tb testing.TB, kind string) string {
	tb.Helper()
	if kind == db.SQLite {
		dsn, err := copyTemplate(tb.TempDir())
		if err != nil {
			tb.Fatalf("copy migrated database: %v", err)
		}
		return dsn
	}
	name, err := takeSpare()
	if err != nil {
		tb.Fatalf("make migrated database: %v", err)
	}
	tb.Cleanup(func() {
		if err := leaveSpare(name, tb.Failed()); err != nil {
			tb.Errorf("empty test database: %v", err)
		}
	})
	return serverAt(name)
}

// migrate makes the schema of the database at an address.
func migrate(ctx context.Context, dsn string) (err error) {
	s, err := store.Open(ctx, dsn, nil)
	if err != nil {
		return err
	}
	defer func() {
		if closing := s.Close(); err == nil {
			err = closing
		}
	}()
	return s.Migrate(ctx)
}
