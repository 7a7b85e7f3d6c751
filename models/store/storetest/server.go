package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	startLimit = 2 * time.Minute
	stopLimit  = 30 * time.Second
)

// Main runs a test binary's tests with a MariaDB: TestMain is
// os.Exit(storetest.Main(m)). A server that nobody brought along is started on
// a free loopback port with a folder of its own, and stopped at the end.
func Main(m *testing.M) int {
	if os.Getenv(EnvOnly) == "sqlite" || os.Getenv(EnvServer) != "" {
		return m.Run()
	}
	stop, err := start()
	if err != nil {
		fmt.Fprintf(os.Stderr, "storetest: %v\n", err)
		return 1
	}
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintf(os.Stderr, "storetest: stop MariaDB: %v\n", err)
		return max(code, 1)
	}
	return code
}

// start starts a server, names it in the environment and returns what stops it.
func start() (stop func() error, err error) {
	for _, name := range []string{"mariadbd", "mariadb-install-db"} {
		if _, err := exec.LookPath(name); err != nil {
			return nil, fmt.Errorf("%s is missing: install MariaDB (Debian: apt-get install mariadb-server), set %s, or leave it out with %s=sqlite",
				name, EnvServer, EnvOnly)
		}
	}
	dir, err := os.MkdirTemp("", "waybill-mariadb-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	stop, err = run(dir, port)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return stop, os.Setenv(EnvServer, address(port).String())
}

func address(port string) *url.URL {
	return &url.URL{Scheme: "mysql", User: url.User("root"), Host: net.JoinHostPort("127.0.0.1", port), Path: "/"}
}

func freePort() (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// run fills dir with a new server's files, starts it and waits until it answers.
func run(dir, port string) (func() error, error) {
	user, data := "--user=root", "--datadir="+filepath.Join(dir, "data") // the user counts only when we are root
	install := exec.CommandContext(context.Background(), "mariadb-install-db", "--no-defaults", user, data, "--auth-root-authentication-method=normal", "--skip-test-db")
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initialise MariaDB: %w\n%s", err, out)
	}
	server := exec.CommandContext(context.Background(), "mariadbd", "--no-defaults", user, data, "--bind-address=127.0.0.1", "--port="+port,
		"--socket="+filepath.Join(dir, "s"), "--pid-file="+filepath.Join(dir, "pid"), "--log-error="+filepath.Join(dir, "log"),
		"--skip-name-resolve", "--skip-log-bin", "--performance-schema=0", "--max-connections=500",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-flush-method=nosync", "--innodb-buffer-pool-size=256M")
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start MariaDB: %w", err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = server.Wait() // how it ended stands in its log
	}()
	stop := func() error { return halt(server, over, dir) }
	if err := ready(address(port), over); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, log), stop())
	}
	return stop, nil
}

// ready waits until the server answers or dies.
func ready(u *url.URL, over <-chan struct{}) error {
	db, err := pool(u)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // nothing was written
	tick, limit := time.NewTicker(50*time.Millisecond), time.After(startLimit)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return errors.New("MariaDB ended while it started")
		case <-limit:
			return errors.New("MariaDB does not answer")
		case <-tick.C:
			if db.PingContext(context.Background()) == nil {
				return nil
			}
		}
	}
}

// halt stops the server, waits for it and removes its files.
func halt(server *exec.Cmd, over <-chan struct{}, dir string) error {
	_ = server.Process.Signal(syscall.SIGTERM) // it may be over already
	select {
	case <-over:
	case <-time.After(stopLimit):
		_ = server.Process.Kill()
		<-over
	}
	return os.RemoveAll(dir)
}

// pool opens connections to the server, or to the database that u names.
func pool(u *url.URL) (*sql.DB, error) {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.Logger = u.User.Username(), "tcp", u.Host, &mysql.NopLogger{}
	c.Passwd, _ = u.User.Password()
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}
