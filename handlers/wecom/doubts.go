package wecom

import (
	"maps"
	"sync"
	"time"
)

const (
	doubtFor   = time.Hour // by then a message has been tried again
	doubtsKept = 4096
)

// doubts are the names of messages that were sent by this process and of which
// nobody knows whether they came.
type doubts struct {
	now func() time.Time

	mu    sync.Mutex
	since map[string]time.Time
}

func newDoubts(now func() time.Time) *doubts {
	return &doubts{now: now, since: map[string]time.Time{}}
}

func (d *doubts) raise(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if len(d.since) >= doubtsKept {
		maps.DeleteFunc(d.since, func(_ string, since time.Time) bool { return now.Sub(since) >= doubtFor })
	}
	d.since[id] = now
}

// settle ends the doubt about a message and says whether there was one.
func (d *doubts) settle(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	since, open := d.since[id]
	delete(d.since, id)
	return open && d.now().Sub(since) < doubtFor
}
