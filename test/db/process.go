package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	startLimit = 2 * time.Minute
	stopLimit  = 30 * time.Second
	interval   = 50 * time.Millisecond
)

// process is a server that runs as a child of this process, with its files in dir.
type process struct {
	cmd  *exec.Cmd
	dir  string
	over chan struct{}
}

// run starts a server whose output goes to the file out in dir.
func run(dir, out string, cmd *exec.Cmd) (*process, error) {
	log, err := os.Create(filepath.Join(dir, out))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the child has its own
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, dir: dir, over: make(chan struct{})}
	go func() {
		defer close(p.over)
		_ = cmd.Wait() // how it ended stands in its log
	}()
	return p, nil
}

// stop stops the server, waits for it and removes its files.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may be over already
	select {
	case <-p.over:
	case <-time.After(stopLimit):
		_ = p.cmd.Process.Kill()
		<-p.over
	}
	return os.RemoveAll(p.dir)
}

// await waits until a server answers, or over says that it has ended.
func await(port string, over <-chan struct{}) error {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.Logger = "root", "tcp", net.JoinHostPort("127.0.0.1", port), &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	pool := sql.OpenDB(connector)
	defer func() { _ = pool.Close() }() // nothing was written
	tick, limit := time.NewTicker(interval), time.After(startLimit)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return errors.New("it ended while it started")
		case <-limit:
			return fmt.Errorf("it does not answer within %s", startLimit)
		case <-tick.C:
			if pool.PingContext(context.Background()) == nil {
				return nil
			}
		}
	}
}

// failed is what a server that did not start has said.
func failed(cause error, p *process, logs ...string) error {
	for _, name := range logs {
		if text, err := os.ReadFile(filepath.Join(p.dir, name)); err == nil {
			cause = fmt.Errorf("%w\n%s", cause, text)
		}
	}
	return errors.Join(cause, p.stop())
}

// freePorts are n loopback ports that nobody listens on.
func freePorts(n int) (ports []string, err error) {
	var listeners []net.Listener // closed at the end, so that no two ports are the same
	defer func() {
		for _, l := range listeners {
			_ = l.Close() // it served nobody
		}
	}()
	for range n {
		l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		listeners = append(listeners, l)
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}
