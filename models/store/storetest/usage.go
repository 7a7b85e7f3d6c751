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
// included. InnoDB counts in whole pages up to half a megabyte, then in whole megabytes.
func Size(tb testing.TB, kind, dsn string) int64 {
	tb.Helper()
	var bytes int64
	query := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if kind != db.SQLite {
		query = "SELECT SUM(data_length + index_length) FROM information_schema.tables WHERE table_schema = DATABASE()"
	}
	ask(tb, kind, dsn, func(ctx context.Context, pool *sql.DB) error {
		if kind != db.SQLite {
			if err := countAnew(ctx, pool); err != nil {
				return err
			}
		}
		return pool.QueryRowContext(ctx, query).Scan(&bytes)
	})
	return bytes
}

// countAnew has a server count the pages of all tables: else it goes by what it counted when
// a table was a tenth smaller, or by nothing.
func countAnew(ctx context.Context, pool *sql.DB) error {
	var name string
	if err := pool.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&name); err != nil {
		return err
	}
	tables, err := tablesOf(ctx, pool, name)
	if err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, "ANALYZE TABLE "+strings.Join(tables, ", "))
	return err
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

// ask opens a test's database for one question, or to fill it.
func ask(tb testing.TB, kind, dsn string, question func(context.Context, *sql.DB) error) {
	tb.Helper()
	driver, source := "sqlite", "file:"+strings.TrimPrefix(dsn, "sqlite://")+"?_pragma=busy_timeout(10000)"
	if kind != db.SQLite {
		at, err := url.Parse(dsn)
		if err != nil {
			tb.Fatal(err)
		}
		driver, source = "mysql", at.User.String()+"@tcp("+at.Host+")"+at.Path+"?interpolateParams=true"
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = pool.Close() }() // what was written is committed
	if err := question(tb.Context(), pool); err != nil {
		tb.Fatal(err)
	}
}
