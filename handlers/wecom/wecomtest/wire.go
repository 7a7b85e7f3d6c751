package wecomtest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// Wire is a network of one address, made of pipes: a net.Listener, and a client
// that reaches it. Unlike real sockets it works in a testing/synctest bubble.
type Wire struct {
	calls chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// NewWire makes a network.
func NewWire() *Wire {
	return &Wire{calls: make(chan net.Conn), done: make(chan struct{})}
}

// Accept takes the next connection.
func (w *Wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.calls:
		return c, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

// Close ends the network; connections that stand go on.
func (w *Wire) Close() error {
	w.once.Do(func() { close(w.done) })
	return nil
}

// Addr is an address that means nothing elsewhere.
func (w *Wire) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// Client reaches the listener under every address.
func (w *Wire) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: w.dial}}
}

func (w *Wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case w.calls <- there:
		return here, nil
	case <-w.done:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
