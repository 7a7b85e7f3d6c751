package store

import (
	"context"
	"slices"
	"sync"
	"time"
)

// precedence is who goes first where one writes at a time.
type precedence bool

const (
	people precedence = true  // somebody waits for it
	polls  precedence = false // checks, sweeps, and what is only noted after a message was sent
)

// patience is how long polls let people go first: they write for ever less than that.
const patience = 250 * time.Millisecond

// writerLock orders the transactions of this process for SQLite, where one writes at a
// time: people's first, then polls', each in the order in which they came. database/sql
// would hand its one connection to any of those that wait.
type writerLock struct {
	mu      sync.Mutex
	held    bool
	waiting map[precedence][]*writer
}

// writer waits for the lock, since a moment; its channel is closed when it holds it.
type writer struct {
	since time.Time
	holds chan struct{}
}

func newWriterLock() *writerLock { return &writerLock{waiting: map[precedence][]*writer{}} }

// lock waits for the lock, which unlock gives back. An error is that of ctx.
func (l *writerLock) lock(ctx context.Context, p precedence) error {
	l.mu.Lock()
	if !l.held {
		l.held = true
		l.mu.Unlock()
		return nil
	}
	w := &writer{since: time.Now(), holds: make(chan struct{})}
	l.waiting[p] = append(l.waiting[p], w)
	l.mu.Unlock()
	select {
	case <-w.holds:
		return nil
	case <-ctx.Done():
	}
	if l.withdraw(p, w) {
		return ctx.Err()
	}
	l.unlock() // it was handed over meanwhile
	return ctx.Err()
}

// withdraw takes back a wait; false when it is over already.
func (l *writerLock) withdraw(p precedence, w *writer) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting[p], w)
	if i < 0 {
		return false
	}
	l.waiting[p] = slices.Delete(l.waiting[p], i, i+1)
	return true
}

// unlock hands the lock to whoever is next.
func (l *writerLock) unlock() {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := people
	if behind := l.waiting[polls]; len(behind) > 0 && (len(l.waiting[people]) == 0 || time.Since(behind[0].since) > patience) {
		next = polls
	}
	if len(l.waiting[next]) == 0 {
		l.held = false
		return
	}
	close(l.waiting[next][0].holds)
	l.waiting[next] = slices.Delete(l.waiting[next], 0, 1)
}
