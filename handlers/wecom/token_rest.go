package wecom

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	firstRest   = 5 * time.Second // after the second fetch in a row that brought nothing, doubling
	longestRest = time.Minute
)

// errSame stands for a fetch that brought the token that is refused.
var errSame = errors.New("wecom hands out the same access token that it refuses")

// rest keeps a process from asking for tokens again and again when that brings
// nothing: every caller that waits for one would. Once it may be tried again at
// once.
type rest struct {
	now func() time.Time

	mu    sync.Mutex
	fails int // in a row
	until time.Time
	why   error
}

// over is nil when a token may be fetched, else why the last fetch brought none.
func (r *rest) over() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now().Before(r.until) {
		return r.why
	}
	return nil
}

// after notes what became of a fetch. One that its caller gave up says nothing.
func (r *rest) after(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case errors.Is(err, context.Canceled):
		return
	case err == nil:
		r.fails = 0
		return
	}
	r.fails++
	if r.fails > 1 {
		r.until, r.why = r.now().Add(min(firstRest<<min(r.fails-2, 4), longestRest)), err
	}
}
