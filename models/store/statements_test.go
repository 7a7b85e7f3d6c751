package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// preparations counts what connections prepare and close again.
type preparations struct {
	sqldriver.Driver
	prepared, closed int
}

// Open opens a connection that counts.
func (p *preparations) Open(name string) (sqldriver.Conn, error) {
	conn, err := p.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return &countingConn{conn.(sqliteConn), p}, nil
}

type countingConn struct {
	sqliteConn
	*preparations
}

func (c *countingConn) PrepareContext(ctx context.Context, query string) (sqldriver.Stmt, error) {
	s, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.prepared++
	return &countingStmt{s.(sqliteStmt), c.preparations}, nil
}

type countingStmt struct {
	sqliteStmt
	*preparations
}

func (s *countingStmt) Close() error {
	s.closed++
	return s.sqliteStmt.Close()
}

const keptByTest = 16

// keptStatements is a pool of one connection over a file with a table of three rows.
func keptStatements(t *testing.T) (*sql.DB, *preparations) {
	t.Helper()
	bare, err := sql.Open(sqliteDriver, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bare.Close() })
	counted := &preparations{Driver: bare.Driver()}
	pool := sql.OpenDB(preparing{"file:" + filepath.Join(t.TempDir(), "kept.db"), counted, keptByTest})
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = pool.Close() })
	execute(t, pool, "CREATE TABLE rows (id INTEGER PRIMARY KEY)")
	execute(t, pool, "INSERT INTO rows VALUES (1), (2), (3)")
	counted.prepared = 0
	return pool, counted
}

func execute(t *testing.T, pool *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := pool.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestAStatementIsPreparedOnceInTransactionsToo(t *testing.T) {
	pool, counted := keptStatements(t)
	for i := range 5 {
		tx, err := pool.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO rows VALUES (?)", 10+i); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM rows WHERE id >= ?", 10).Scan(&n); err != nil || n != i+1 {
			t.Fatalf("%d rows, %v", n, err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if counted.prepared != 2 {
		t.Errorf("%d statements were prepared, not 2", counted.prepared)
	}
}

func TestAStatementThatIsReadFromIsNotExecutedAgain(t *testing.T) {
	pool, _ := keptStatements(t)
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	const query = "SELECT id FROM rows ORDER BY id"
	outer, err := tx.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = outer.Close() }()
	var seen []string
	for outer.Next() {
		var id, first int
		if err := outer.Scan(&id); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRowContext(t.Context(), query).Scan(&first); err != nil {
			t.Fatal(err)
		}
		seen = append(seen, fmt.Sprint(id, " ", first))
	}
	if got := strings.Join(seen, ", "); outer.Err() != nil || got != "1 1, 2 1, 3 1" {
		t.Errorf("read %s, %v", got, outer.Err())
	}
}

func TestAKeptStatementSeesAChangedTable(t *testing.T) {
	pool, _ := keptStatements(t)
	columns := func() int {
		rows, err := pool.QueryContext(t.Context(), "SELECT * FROM rows")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		names, err := rows.Columns()
		for rows.Next() {
			continue
		}
		if err != nil || rows.Err() != nil {
			t.Fatal(err, rows.Err())
		}
		return len(names)
	}
	if n := columns(); n != 1 {
		t.Fatalf("%d columns", n)
	}
	execute(t, pool, "ALTER TABLE rows ADD COLUMN name TEXT")
	if n := columns(); n != 2 {
		t.Errorf("%d columns after one was added", n)
	}
}

func TestAStatementWorksAfterItFailed(t *testing.T) {
	pool, _ := keptStatements(t)
	const insert = "INSERT INTO rows VALUES (?)"
	for range 2 {
		if _, err := pool.ExecContext(t.Context(), insert, 1); err == nil {
			t.Fatal("a row was there twice")
		}
	}
	execute(t, pool, insert, 4)
}

func TestSoManyStatementsAreKeptAndNoLongOnes(t *testing.T) {
	pool, counted := keptStatements(t)
	execute(t, pool, "SELECT 1 WHERE 1 IN (?"+strings.Repeat(", ?", mostValues)+")", make([]any, mostValues+1)...)
	if counted.prepared != 0 {
		t.Error("a long statement is kept")
	}
	for i := range 2 * keptByTest {
		execute(t, pool, fmt.Sprintf("SELECT %d", i))
	}
	if kept := counted.prepared - counted.closed; kept > keptByTest {
		t.Errorf("%d statements are kept", kept)
	}
	if err := pool.Close(); err != nil || counted.closed < counted.prepared {
		t.Errorf("%d of %d statements were closed, %v", counted.closed, counted.prepared, err)
	}
}
