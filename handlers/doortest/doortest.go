// Package doortest is what the doubles of the chat platforms have in common: a port
// of their own, a lock that can be waited on, and the faults that a test
// injects. It needs no testing.T, so benchmarks and programs can use it.
package doortest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Mutex guards what a double remembers, and wakes whoever waits for something
// to happen to it. The zero Mutex is unlocked.
type Mutex struct {
	mu      sync.Mutex
	changed chan struct{} // closed whenever something happens; nil while nobody waits
}

// Lock takes the lock.
func (m *Mutex) Lock() { m.mu.Lock() }

// Unlock gives it back.
func (m *Mutex) Unlock() { m.mu.Unlock() }

// Happened wakes whoever waits for something. The caller holds the lock.
func (m *Mutex) Happened() {
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}

// Changed is closed when something happens next. The caller holds the lock.
func (m *Mutex) Changed() <-chan struct{} {
	if m.changed == nil {
		m.changed = make(chan struct{})
	}
	return m.changed
}

// Wait waits until something is so; it is looked at whenever something has
// happened, with the lock held: so must not take it.
func (m *Mutex) Wait(ctx context.Context, so func() bool) error {
	for {
		m.Lock()
		ok, changed := so(), m.Changed()
		m.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the bot: %w", ctx.Err())
		}
	}
}

// First waits for a record that fits and returns the first such. All is called
// with the lock held.
func First[R any](ctx context.Context, m *Mutex, all func() []R, fits func(R) bool) (R, error) {
	var found R
	err := m.Wait(ctx, func() bool {
		records := all()
		i := slices.IndexFunc(records, fits)
		if i >= 0 {
			found = records[i]
		}
		return i >= 0
	})
	return found, err
}

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
			panic(err) // there is no caller to return it to
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

// Faults are the faults injected into a double, of its own type F.
// Their methods may be used at the same time.
type Faults[F any] struct {
	mu      sync.Mutex
	pending []*pending[F]
}

type pending[F any] struct {
	fault F
	after int // fitting calls that still pass
	times int // calls that it still hits; negative: all
}

// Inject adds a fault that lets the first fitting calls pass, after of them,
// and hits so many: 0 means 1, -1 all. Faults hit in the order in which they
// were injected.
func (f *Faults[F]) Inject(fault F, after, times int) {
	if times == 0 {
		times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, &pending[F]{fault, after, times})
}

// Heal takes back all faults.
func (f *Faults[F]) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = nil
}

// Take is the fault that hits a call, if one that fits it was injected.
func (f *Faults[F]) Take(fits func(F) bool) *F {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.pending {
		if !fits(p.fault) {
			continue
		}
		if p.after > 0 {
			p.after--
			continue
		}
		p.times--
		if p.times == 0 {
			f.pending = slices.Delete(f.pending, i, i+1)
		}
		return &p.fault
	}
	return nil
}

// ProxyPage answers as a proxy does that does not reach the platform. Some
// print the address that they were asked for, and what is secret in it.
func ProxyPage(w http.ResponseWriter, status int, asked string) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<html><body>Bad Gateway: " + asked + "</body></html>"))
}
