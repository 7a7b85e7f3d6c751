package storetest

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"waybill/test/db"
)

// Size is how many bytes a database's tables and indexes take, what was deleted
// included. InnoDB counts in whole megabytes.
func Size(tb testing.TB, kind, dsn string) int64 {
	tb.Helper()
	var bytes int64
	query := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if kind != db.SQLite {
		query = "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()"
	}
	ask(tb, kind, dsn, func(ctx context.Context, pool *sql.DB) error {
		return pool.QueryRowContext(ctx, query).Scan(&bytes)
	})
	return bytes
}

// Written is how many rows a MariaDB server has written, and how many transactions
// it has committed, since it was started.
func Written(tb testing.TB, dsn string) (rows, commits int64) {
	tb.Helper()
	ask(tb, db.MariaDB, dsn, func(ctx context.Context, pool *sql.DB) error {
		return pool.QueryRowContext(ctx, "SELECT CAST(SUM(IF(VARIABLE_NAME <> 'HANDLER_COMMIT', VARIABLE_VALUE, 0)) AS SIGNED), CAST(SUM(IF(VARIABLE_NAME = 'HANDLER_COMMIT', VARIABLE_VALUE, 0)) AS SIGNED) "+
			"FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN ('HANDLER_WRITE', 'HANDLER_UPDATE', 'HANDLER_DELETE', 'HANDLER_COMMIT')").Scan(&rows, &commits)
	})
	return rows, commits
}

// ask opens a test's database for one question.
func ask(tb testing.TB, kind, dsn string, question func(context.Context, *sql.DB) error) {
	tb.Helper()
	driver, source := "sqlite", strings.TrimPrefix(dsn, "sqlite://")
	if kind != db.SQLite {
		at, err := url.Parse(dsn)
		if err != nil {
			tb.Fatal(err)
		}
		driver, source = "mysql", at.User.String()+"@tcp("+at.Host+")"+at.Path
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = pool.Close() }() // nothing is written
	if err := question(tb.Context(), pool); err != nil {
		tb.Fatal(err)
	}
}
