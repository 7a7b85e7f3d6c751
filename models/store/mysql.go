package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	gormmysql "gorm.io/driver/mysql"
	"gorm.io/gorm"
)

//go:embed migrations/mysql/*.sql
var mysqlFiles embed.FS

const (
	mysqlConns    = 32
	mysqlIdle     = 16
	mysqlConnLife = 5 * time.Minute
	mysqlDial     = 10 * time.Second
	mysqlIO       = time.Minute
)

// mysqlServer is a MySQL, a MariaDB or a TiDB.
type mysqlServer struct{ config *mysql.Config }

func parseMySQL(dsn string) (driver, error) {
	u, err := url.Parse(dsn)
	name := ""
	if err == nil {
		name = strings.Trim(u.Path, "/")
	}
	if err != nil || u.User == nil || u.Hostname() == "" || name == "" {
		return nil, errAddress
	}
	c := mysql.NewConfig()
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.Net, c.Addr, c.DBName = "tcp", net.JoinHostPort(u.Hostname(), port(u)), name
	c.InterpolateParams, c.ClientFoundRows, c.ParseTime, c.RejectReadOnly = true, true, true, true
	c.Timeout, c.ReadTimeout, c.WriteTimeout = mysqlDial, mysqlIO, mysqlIO
	c.Logger = &mysql.NopLogger{}
	return mysqlServer{config: c}, options(c, u.Query())
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return "3306"
}

// options takes over what may stand behind the question mark.
func options(c *mysql.Config, q url.Values) error {
	for key, values := range q {
		if key != "tls" {
			return fmt.Errorf("database address: option %q is unknown, only tls is known", key)
		}
		c.TLSConfig = values[0]
	}
	if _, err := mysql.ParseDSN(c.FormatDSN()); err != nil {
		return fmt.Errorf("database address: the driver refuses it; check tls (true, skip-verify, preferred)")
	}
	return nil
}

func (m mysqlServer) open() (write, read *gorm.DB, err error) {
	pool, err := m.bare()
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(mysqlConns)
	pool.SetMaxIdleConns(mysqlIdle)
	pool.SetConnMaxLifetime(mysqlConnLife)
	dialect := mysqlDialect{&gormmysql.Dialector{Config: &gormmysql.Config{
		Conn: pool, DSNConfig: m.config, SkipInitializeWithVersion: true, DisableWithReturning: true,
	}}}
	db, err := gorm.Open(dialect, config())
	if err != nil {
		return nil, nil, errors.Join(err, pool.Close())
	}
	return db, db, nil
}

func (m mysqlServer) bare() (*sql.DB, error) {
	c, err := mysql.NewConnector(m.config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(readCommitted{c}), nil
}

func (m mysqlServer) words() words {
	return words{ignore: "IGNORE", clock: "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)", limits: true}
}

// optimize does nothing: these servers count for themselves.
func (m mysqlServer) optimize(*gorm.DB) error { return nil }

// migrations waits for other replicas in small steps: the schema is made in
// less than a second, and start-up should not take the default five.
func (m mysqlServer) migrations() (goose.Dialect, fs.FS, lock.Locker, error) {
	files, err := fs.Sub(mysqlFiles, "migrations/mysql")
	if err != nil {
		return "", nil, nil, err
	}
	locker, err := lock.NewMySQLTableLocker(
		lock.WithTableLockTimeout(100*time.Millisecond, 3000),
		lock.WithTableLogger(slog.New(slog.DiscardHandler)))
	return goose.DialectMySQL, files, locker, err
}

// readCommitted gives every new connection the isolation level that the
// store's locking relies on; the variable's name differs between servers, the
// statement does not.
type readCommitted struct{ sqldriver.Connector }

// Connect opens one connection.
func (c readCommitted) Connect(ctx context.Context) (sqldriver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	exec, ok := conn.(sqldriver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("the driver cannot set the isolation level"), conn.Close())
	}
	if _, err := exec.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// mysqlDialect is GORM's MySQL with errors that hold no stored values.
type mysqlDialect struct{ *gormmysql.Dialector }

// Translate names the errors that callers tell apart and hides the text of
// those that may quote a row.
func (d mysqlDialect) Translate(err error) error {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return err
	}
	if e.Number == 1062 {
		return gorm.ErrDuplicatedKey
	}
	return &serverError{
		number: e.Number,
		state:  string(e.SQLState[:]),
		// TiDB gives up on a lock that many want and has no number for it
		// (config pessimistic-txn.max-retry-count).
		contended: e.Number == 1105 && strings.Contains(e.Message, "pessimistic lock retry limit reached"),
	}
}

// serverError is a MySQL server's error without its text, which may quote
// statements and rows.
type serverError struct {
	number    uint16
	state     string
	contended bool // the transaction was undone because many wanted one lock
}

// Error names the server's error by number.
func (e *serverError) Error() string {
	return fmt.Sprintf("mysql error %d (%s)", e.number, e.state)
}
