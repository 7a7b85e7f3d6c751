package doortest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Port is where a double is reached. The zero Port is closed.
type Port struct {
	server  *http.Server
	running sync.WaitGroup
}

// Open serves h on a loopback address of its own, until Close, and returns the
// address without a scheme.
func (p *Port) Open(h http.Handler) (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("open port: %w", err)
	}
	p.Serve(l, h)
	return l.Addr().String(), nil
}

// Serve serves h on l until Close.
func (p *Port) Serve(l net.Listener, h http.Handler) {
	p.server = &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	p.running.Go(func() {
		if err := p.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // nobody could be told otherwise
		}
	})
}

// Close breaks all connections that are still HTTP's.
func (p *Port) Close() {
	if p.server != nil {
		_ = p.server.Close()
	}
	p.running.Wait()
}

// TB is what Serve needs of a *testing.T.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Serve starts a double for one test and closes it afterwards.
func Serve[D interface{ Close() }](t TB, start func() (D, error)) D {
	t.Helper()
	double, err := start()
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(double.Close)
	return double
}
