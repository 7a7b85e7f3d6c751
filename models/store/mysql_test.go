package store

import (
	"context"
	sqldriver "database/sql/driver"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

func TestAMySQLAddressBecomesTheDriversSettings(t *testing.T) {
	for name, test := range map[string]struct{ dsn, user, password, addr, db, tls string }{
		"the usual":           {"mysql://waybill:secret@db.example:3307/parcels", "waybill", "secret", "db.example:3307", "parcels", ""},
		"without a port":      {"mysql://waybill:secret@db.example/parcels", "waybill", "secret", "db.example:3306", "parcels", ""},
		"without a password":  {"mysql://root@127.0.0.1:1/x", "root", "", "127.0.0.1:1", "x", ""},
		"percent-encoded":     {"mysql://a%40b:p%2F%3A%3F%23%25@h/x", "a@b", "p/:?#%", "h:3306", "x", ""},
		"an IPv6 host":        {"mysql://u:p@[::1]:3306/x", "u", "p", "[::1]:3306", "x", ""},
		"with a trailing bar": {"mysql://u:p@h/x/", "u", "p", "h:3306", "x", ""},
		"with TLS":            {"mysql://u:p@h/x?tls=skip-verify", "u", "p", "h:3306", "x", "skip-verify"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := parse(test.dsn)
			if err != nil {
				t.Fatal(err)
			}
			c := d.(mysqlServer).config
			if c.User != test.user || c.Passwd != test.password || c.Addr != test.addr || c.DBName != test.db || c.TLSConfig != test.tls {
				t.Fatalf("got %s@%s/%s tls %q", c.User, c.Addr, c.DBName, c.TLSConfig)
			}
			if !c.InterpolateParams || !c.ClientFoundRows {
				t.Fatal("the driver's settings are not the store's")
			}
		})
	}
}

func TestAServersErrorNeverQuotesARow(t *testing.T) {
	for _, number := range []uint16{1062, 1213, 1366, 1064} {
		cause := &mysql.MySQLError{Number: number, SQLState: [5]byte([]byte("HY000")), Message: "Duplicate entry 'SF1000000000015-sf'"}
		err := mysqlDialect{}.Translate(cause)
		if strings.Contains(err.Error(), "SF1") {
			t.Errorf("%d: %v", number, err)
		}
		if got, want := passing(err), number == 1213; got != want {
			t.Errorf("%d is tried again: %v, want %v", number, got, want)
		}
	}
	plain := errors.New("no server's")
	if got := (mysqlDialect{}).Translate(plain); !errors.Is(got, plain) {
		t.Errorf("got %v", got)
	}
}

func TestALockThatManyWantIsWantedAgain(t *testing.T) {
	for text, want := range map[string]bool{"pessimistic lock retry limit reached": true, "something else": false} {
		err := mysqlDialect{}.Translate(&mysql.MySQLError{Number: 1105, Message: text})
		if passing(err) != want {
			t.Errorf("%q is tried again: %v, want %v", text, !want, want)
		}
	}
}

func TestAConnectionThatIsLostIsTriedAgainButNotACommit(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"the driver's word":        {mysql.ErrInvalidConn, true},
		"the pool's word":          {sqldriver.ErrBadConn, true},
		"nobody listens":           {&net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		"the caller gives up":      {context.DeadlineExceeded, false},
		"a commit, written or not": {&unclear{mysql.ErrInvalidConn}, false},
	} {
		if got := passing(c.err); got != c.want {
			t.Errorf("%s: tried again %v, want %v", name, got, c.want)
		}
	}
}
