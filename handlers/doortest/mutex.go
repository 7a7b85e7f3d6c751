// Package doortest is what the doubles of the chat platforms stand on: a port
// of their own, a lock that can be waited on, and the faults that a test
// injects. It needs no testing.T, so benchmarks and programs can use it.
package doortest

import (
	"context"
	"fmt"
	"slices"
	"sync"
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
