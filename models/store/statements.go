package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"strings"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	statementsWritten = 64 // kept prepared by the connection that writes,
	statementsRead    = 32 // and by one that reads
	mostValues        = 48 // of a statement that is kept: others hold many rows, hardly ever as many again
)

// sqliteConn is what database/sql needs of a connection to SQLite.
type sqliteConn interface {
	sqldriver.Conn
	sqldriver.ConnBeginTx
	sqldriver.ConnPrepareContext
	sqldriver.ExecerContext
	sqldriver.QueryerContext
	sqldriver.Pinger
	sqldriver.SessionResetter
	sqldriver.Validator
}

// sqliteStmt is a prepared statement of one.
type sqliteStmt interface {
	sqldriver.Stmt
	sqldriver.StmtExecContext
	sqldriver.StmtQueryContext
}

// preparing opens connections that keep their statements prepared: parsing is most of
// what a statement over one row costs. database/sql keeps them itself only where
// they are prepared outside a transaction, for which the one writing connection has no place.
type preparing struct {
	name   string
	driver sqldriver.Driver
	keep   int // statements
}

// Connect opens one connection.
func (p preparing) Connect(context.Context) (sqldriver.Conn, error) {
	opened, err := p.driver.Open(p.name)
	if err != nil {
		return nil, err
	}
	conn, ok := opened.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("the driver lacks what statements are kept with"), opened.Close())
	}
	kept, err := simplelru.NewLRU(p.keep, func(_ string, s *statement) { s.close() })
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &preparedConn{sqliteConn: conn, kept: kept}, nil
}

// Driver is the driver below.
func (p preparing) Driver() sqldriver.Driver { return p.driver }

// preparedConn is a connection with its statements. database/sql uses it from one
// goroutine at a time.
type preparedConn struct {
	sqliteConn
	kept *simplelru.LRU[string, *statement]
}

// statement is kept prepared. One that is being read from is in use: it cannot be
// executed again before its rows are closed.
type statement struct {
	sqliteStmt
	inUse   bool
	evicted bool // closed once it is not in use any more
}

func (s *statement) close() {
	if s.evicted = true; !s.inUse {
		_ = s.Close() // SQLite repeats the error of its last execution
	}
}

// statement is the kept one with this text, prepared if need be; nil when it is not to
// be kept, or in use.
func (c *preparedConn) statement(ctx context.Context, query string) (*statement, error) {
	if s, ok := c.kept.Get(query); ok {
		if s.inUse {
			return nil, nil
		}
		return s, nil
	}
	if strings.Count(query, "?") > mostValues {
		return nil, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	stmt, ok := prepared.(sqliteStmt)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements take no context"), prepared.Close())
	}
	s := &statement{sqliteStmt: stmt}
	c.kept.Add(query, s)
	return s, nil
}

// ExecContext executes a statement that returns no rows.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return s.ExecContext(ctx, args)
}

// QueryContext executes a statement that returns rows.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []sqldriver.NamedValue) (sqldriver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.inUse = true
	return &preparedRows{rows, s}, nil
}

// Close closes the statements and the connection.
func (c *preparedConn) Close() error {
	c.kept.Purge()
	return c.sqliteConn.Close()
}

// preparedRows are the rows of a kept statement.
type preparedRows struct {
	sqldriver.Rows
	of *statement
}

// Close gives the statement back.
func (r *preparedRows) Close() error {
	err := r.Rows.Close()
	if r.of.inUse = false; r.of.evicted {
		_ = r.of.Close()
	}
	return err
}

// openSQLite opens a pool of connections that keep so many statements each.
func openSQLite(name string, keep int) (*sql.DB, error) {
	bare, err := sql.Open(sqliteDriver, name)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(preparing{name, bare.Driver(), keep}), bare.Close()
}
