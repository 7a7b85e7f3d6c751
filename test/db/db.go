// Package db starts the database server that tests need, with a folder and
// loopback ports of its own, and stops it. Which one follows from the
// environment:
//
//   - WAYBILL_TEST_DB lists the kinds of database that tests run on, separated by
//     commas: sqlite, and at most one of mariadb and tidb. Without it:
//     sqlite,mariadb.
//   - WAYBILL_TEST_MYSQL names a server that is there already, as
//     mysql://user:password@host:port/; it is used as it is.
package db

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// What the environment may say.
const (
	EnvKinds  = "WAYBILL_TEST_DB"
	EnvServer = "WAYBILL_TEST_MYSQL"
	// EnvShared names a folder for what the test binaries of one run need together and
	// is slow to make; without it each makes its own.
	EnvShared = "WAYBILL_TEST_SHARED"
)

// The kinds of database.
const (
	SQLite  = "sqlite"
	MariaDB = "mariadb"
	TiDB    = "tidb"
)

// Kinds are the kinds of database that tests run on.
func Kinds() []string {
	if list := os.Getenv(EnvKinds); list != "" {
		return strings.Split(list, ",")
	}
	return []string{SQLite, MariaDB}
}

// Provide sees to it that EnvServer names a server for the kinds that need one.
// stop, which is never nil, stops what was started here.
func Provide() (stop func() error, err error) {
	none := func() error { return nil }
	var servers []string
	for _, kind := range Kinds() {
		if !slices.Contains([]string{SQLite, MariaDB, TiDB}, kind) {
			return none, fmt.Errorf("%s knows %s, %s and %s, not %q", EnvKinds, SQLite, MariaDB, TiDB, kind)
		}
		if kind != SQLite {
			servers = append(servers, kind)
		}
	}
	if len(servers) > 1 {
		return none, fmt.Errorf("%s wants two servers, tests use one at a time", EnvKinds)
	}
	if len(servers) == 0 || os.Getenv(EnvServer) != "" {
		return none, nil
	}
	start := startMariaDB
	if servers[0] == TiDB {
		start = startTiDB
	}
	port, stop, err := start()
	if err != nil {
		return none, fmt.Errorf("start %s: %w", servers[0], err)
	}
	return stop, os.Setenv(EnvServer, address(port))
}

func address(port string) string { return "mysql://root@127.0.0.1:" + port + "/" }
