package wecom

import (
	"context"
	"fmt"
	"sync"
	"time"

	"waybill/models"
)

const (
	aibotPatience  = 5 * time.Second // how long a message waits for a connection that comes back
	aibotElsewhere = 2 * time.Second // when to ask again in a process that has none
)

// aibotLink is the connection as those who send see it: there, coming back, or
// none of this process' business.
type aibotLink struct {
	now func() time.Time

	mu      sync.Mutex
	running bool
	conn    *aibotConn
	using   *sync.WaitGroup // of conn
	back    time.Time       // when the next connection is tried, while there is none
	why     error           // why there is none
	changed chan struct{}   // closed and replaced with every change
}

func newAIBotLink(now func() time.Time) *aibotLink {
	return &aibotLink{now: now, changed: make(chan struct{})}
}

// run begins, or ends, this process' part.
func (l *aibotLink) run(running bool) {
	l.set(func() { l.running, l.conn, l.back, l.why = running, nil, time.Time{}, errAIBotStarting })
}

// up hands a connection to those who send.
func (l *aibotLink) up(c *aibotConn) {
	l.set(func() { l.conn, l.using, l.why = c, &sync.WaitGroup{}, nil })
}

// down takes the connection away and returns what still uses it. The next one
// is tried when the wait is over.
func (l *aibotLink) down(why error, wait time.Duration) *sync.WaitGroup {
	using := &sync.WaitGroup{}
	l.set(func() {
		if l.conn != nil {
			using = l.using
		}
		l.conn, l.why, l.back = nil, why, l.now().Add(wait)
	})
	return using
}

func (l *aibotLink) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.changed)
	l.changed = make(chan struct{})
}

// health is why there is no connection, in a process that ought to have one.
func (l *aibotLink) health() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.running {
		return nil
	}
	return l.why
}

// take gives the connection, for which it waits a little while it is coming
// back. Without one it returns *models.Wait.
func (l *aibotLink) take(ctx context.Context) (*aibotConn, func(), error) {
	timer := time.NewTimer(aibotPatience)
	defer timer.Stop()
	for {
		c, release, changed, err := l.look()
		if c != nil || err != nil {
			return c, release, err
		}
		select {
		case <-changed:
		case <-timer.C:
			return nil, nil, fmt.Errorf("%w: %w", &models.Wait{After: time.Second}, errAIBotLost)
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("wait for the wecom aibot connection: %w", ctx.Err())
		}
	}
}

// look gives the connection, or what to wait for, or the time that it is not
// worth waiting.
func (l *aibotLink) look() (c *aibotConn, release func(), changed <-chan struct{}, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch left := l.back.Sub(l.now()); {
	case l.conn != nil && l.conn.loss() == nil:
		l.using.Add(1)
		return l.conn, l.using.Done, nil, nil
	case !l.running:
		return nil, nil, nil, &models.Wait{After: aibotElsewhere}
	case l.conn == nil && left > aibotPatience:
		return nil, nil, nil, fmt.Errorf("%w: %w", &models.Wait{After: min(left, time.Minute)}, l.why)
	}
	return nil, nil, l.changed, nil
}
