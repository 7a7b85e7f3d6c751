// Package storetest gives tests real databases: SQLite in a temporary folder
// and a real MariaDB, each test with a fresh one of its own.
//
// MariaDB is the server that WAYBILL_TEST_MYSQL names
// (mysql://root@127.0.0.1:3306/); without it, Main starts one for the test
// binary. WAYBILL_TEST_DB=sqlite leaves MariaDB out.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/models/seal"
	"waybill/models/store"
)

// Settings of the tests.
const (
	EnvServer = "WAYBILL_TEST_MYSQL"
	EnvOnly   = "WAYBILL_TEST_DB"
)

// Kinds are the kinds of database that tests run on.
func Kinds() []string {
	if os.Getenv(EnvOnly) == "sqlite" {
		return []string{"sqlite"}
	}
	return []string{"sqlite", "mariadb"}
}

// Each runs a test on every kind of database. open returns a new Store, with
// connections of its own, on the test's one database, which is migrated by the
// first; it is closed when the test ends.
func Each(t *testing.T, test func(t *testing.T, open func() *store.Store)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn string) {
		migrated := false
		test(t, func() *store.Store {
			s := Open(t, dsn)
			if !migrated {
				Migrate(t, s)
				migrated = true
			}
			return s
		})
	})
}

// EachDSN runs a test on the address of an empty database of every kind.
func EachDSN(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) { test(t, DSN(t, kind)) })
	}
}

// New is one migrated Store on SQLite, for tests that are not about the database.
func New(tb testing.TB) *store.Store {
	tb.Helper()
	s := Open(tb, DSN(tb, "sqlite"))
	Migrate(tb, s)
	return s
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
	if kind == "sqlite" {
		return "sqlite://" + filepath.Join(tb.TempDir(), "waybill.db")
	}
	server := os.Getenv(EnvServer)
	if server == "" {
		tb.Fatalf("no MariaDB: call storetest.Main in TestMain, set %s=mysql://root@127.0.0.1:3306/, or leave MariaDB out with %s=sqlite",
			EnvServer, EnvOnly)
	}
	return fresh(tb, server)
}

// fresh makes a database on the server.
func fresh(tb testing.TB, server string) string {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "mysql" {
		tb.Fatalf("%s is not of the form mysql://user:password@host:port/", EnvServer)
	}
	db := connect(tb, u)
	name := "waybill_test_" + strings.ToLower(rand.Text()[:16])
	if _, err := db.ExecContext(tb.Context(), "CREATE DATABASE "+name); err != nil {
		tb.Fatalf("create test database: %v", err)
	}
	tb.Cleanup(func() {
		if _, err := db.ExecContext(context.Background(), "DROP DATABASE "+name); err != nil {
			tb.Errorf("drop test database: %v", err)
		}
		if err := db.Close(); err != nil {
			tb.Errorf("close test server: %v", err)
		}
	})
	u.Path = "/" + name
	return u.String()
}

// connect opens a pool without a database.
func connect(tb testing.TB, u *url.URL) *sql.DB {
	db, err := pool(u)
	if err != nil {
		tb.Fatalf("connect to test server: %v", err)
	}
	return db
}
