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
	mysqlConnLife = 5 * time.Minute
	mysqlConnIdle = 30 * time.Second // opening one costs five exchanges: none is closed between two bursts

	// A server that is lost, or a connection that is dead, shows within seconds.
	mysqlDial  = 3 * time.Second
	mysqlRead  = 10 * time.Second // longer than any statement takes, but those of migrations
	mysqlWrite = 5 * time.Second

	// Whoever stands still in a transaction loses it, and with it the rows that all
	// others wait for; who waits gives up sooner, and tries again.
	mysqlIdleTx   = 5 // seconds
	mysqlLockWait = 3 // seconds
	mysqlIdleConn = 3 * time.Second
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
	c.Timeout, c.ReadTimeout, c.WriteTimeout = mysqlDial, mysqlRead, mysqlWrite
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

func (m mysqlServer) open(ctx context.Context) (write, read *gorm.DB, err error) {
	limit, err := m.idleLimit(ctx)
	if err != nil {
		return nil, nil, err
	}
	pool, err := m.pool(m.config, session{
		fmt.Sprintf("SET SESSION innodb_lock_wait_timeout = %d", mysqlLockWait),
		fmt.Sprintf("SET SESSION %s = %d", limit, mysqlIdleTx),
	})
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(mysqlConns)
	pool.SetMaxIdleConns(mysqlConns)
	pool.SetConnMaxLifetime(mysqlConnLife)
	pool.SetConnMaxIdleTime(mysqlConnIdle)
	if limit == anyIdleLimit {
		pool.SetConnMaxIdleTime(mysqlIdleConn) // before the server does
	}
	dialect := mysqlDialect{&gormmysql.Dialector{Config: &gormmysql.Config{
		Conn: pool, DSNConfig: m.config, SkipInitializeWithVersion: true, DisableWithReturning: true,
	}}}
	db, err := gorm.Open(dialect, config())
	if err != nil {
		return nil, nil, errors.Join(err, pool.Close())
	}
	return db, db, nil
}

// anyIdleLimit ends a connection that says nothing, in a transaction or not: all
// that MySQL and old TiDBs have.
const anyIdleLimit = "wait_timeout"

// idleLimit finds out with which variable the server limits how long a transaction
// may stand still: tidb_idle_transaction_timeout is TiDB's from 7.6 on,
// idle_transaction_timeout MariaDB's.
func (m mysqlServer) idleLimit(ctx context.Context) (string, error) {
	pool, err := m.bare()
	if err != nil {
		return "", err
	}
	defer func() { _ = pool.Close() }() // nothing was written
	for _, variable := range []string{"tidb_idle_transaction_timeout", "idle_transaction_timeout"} {
		_, err := pool.ExecContext(ctx, "SET SESSION "+variable+" = 0")
		var e *mysql.MySQLError
		if errors.As(err, &e) && e.Number == 1193 { // unknown system variable
			continue
		}
		return variable, err
	}
	return anyIdleLimit, nil
}

// bare has connections for migrations, which may take long over a large table.
func (m mysqlServer) bare() (*sql.DB, error) {
	patient := m.config.Clone()
	patient.ReadTimeout = 0
	return m.pool(patient, nil)
}

func (m mysqlServer) pool(config *mysql.Config, settings session) (*sql.DB, error) {
	c, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(prepared{c, append(session{"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"}, settings...)}), nil
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

// session is what every new connection is told first. The isolation level is the
// one that the store's locking relies on; its variable's name differs between
// servers, the statement does not.
type session []string

// prepared gives every new connection its session.
type prepared struct {
	sqldriver.Connector
	session session
}

// Connect opens one connection.
func (p prepared) Connect(ctx context.Context) (sqldriver.Conn, error) {
	conn, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	exec, ok := conn.(sqldriver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("the driver cannot set the session up"), conn.Close())
	}
	for _, statement := range p.session {
		if _, err := exec.ExecContext(ctx, statement, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
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
