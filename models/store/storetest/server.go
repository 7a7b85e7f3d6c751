package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/go-sql-driver/mysql"

	"waybill/test/db"
)

// spare are the databases on the server that have the schema, no rows, and no
// test that uses them.
var spare struct {
	sync.Mutex
	names []string
}

// takeSpare gives a test a spare database, or makes one.
func takeSpare() (name string, err error) {
	spare.Lock()
	if last := len(spare.names) - 1; last >= 0 {
		name, spare.names = spare.names[last], spare.names[:last]
	}
	spare.Unlock()
	if name != "" {
		return name, nil
	}
	if name, err = create(); err != nil {
		return "", err
	}
	if err := migrate(context.Background(), serverAt(name)); err != nil {
		return "", errors.Join(err, drop(name))
	}
	return name, nil
}

// leaveSpare empties a database for the next test. One whose test has failed
// is dropped: something may still be working on it.
func leaveSpare(name string, failed bool) error {
	if failed {
		return drop(name)
	}
	if err := empty(name); err != nil {
		return errors.Join(err, drop(name))
	}
	spare.Lock()
	defer spare.Unlock()
	spare.names = append(spare.names, name)
	return nil
}

// dropSpare drops the spare databases at the end: the server may live longer.
func dropSpare() error {
	spare.Lock()
	defer spare.Unlock()
	var errs []error
	for _, name := range spare.names {
		errs = append(errs, drop(name))
	}
	spare.names = nil
	return errors.Join(errs...)
}

// empty deletes all rows but those of the migrations.
func empty(name string) error {
	return onServer(func(ctx context.Context, server *sql.DB) error {
		tables, err := tablesOf(ctx, server, name)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if _, err := server.ExecContext(ctx, fmt.Sprintf("DELETE FROM `%s`.`%s`", name, table)); err != nil {
				return err
			}
		}
		return nil
	})
}

func tablesOf(ctx context.Context, server *sql.DB, name string) (tables []string, err error) {
	const of = "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_name NOT LIKE 'goose%'"
	rows, err := server.QueryContext(ctx, of, name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, rows.Err()
}

// create makes an empty database and returns its name.
func create() (name string, err error) {
	name = "waybill_test_" + strings.ToLower(rand.Text()[:16])
	return name, onServer(func(ctx context.Context, server *sql.DB) error {
		_, err := server.ExecContext(ctx, "CREATE DATABASE "+name)
		return err
	})
}

func drop(name string) error {
	return onServer(func(ctx context.Context, server *sql.DB) error {
		_, err := server.ExecContext(ctx, "DROP DATABASE "+name)
		return err
	})
}

// serverAt is the address of a database on the server.
func serverAt(name string) string {
	u, err := serverURL()
	if err != nil {
		return "" // which no store opens
	}
	u.Path = "/" + name
	return u.String()
}

func serverURL() (*url.URL, error) {
	u, err := url.Parse(os.Getenv(db.EnvServer))
	if err != nil || u.Scheme != "mysql" || u.User == nil || u.Host == "" {
		return nil, fmt.Errorf("%s is not of the form mysql://user:password@host:port/; storetest.Main sets it when TestMain calls it", db.EnvServer)
	}
	return u, nil
}

// onServer does something with connections of its own. It does not end with a
// test, whose database is yet to go.
func onServer(do func(ctx context.Context, server *sql.DB) error) error {
	u, err := serverURL()
	if err != nil {
		return err
	}
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.InterpolateParams, c.Logger = u.User.Username(), "tcp", u.Host, true, &mysql.NopLogger{}
	c.Passwd, _ = u.User.Password()
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	server := sql.OpenDB(connector)
	return errors.Join(do(context.Background(), server), server.Close())
}
