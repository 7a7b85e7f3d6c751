package queue

import (
	"errors"
	"log/slog"
	"sync"
	"time"
)

// steady is how long everything must have worked before a queue that did not
// answer is used again.
const steady = 3 * time.Second

var errUntried = errors.New("it has not answered yet")

// health is where it is decided whether the queue answers. It stops answering
// with the first failure, and answers again after it has worked for a while, so
// that a queue that comes and goes is left alone. Each change is logged once.
type health struct {
	log *slog.Logger
	now func() time.Time

	mu    sync.Mutex
	why   error     // nil: the queue answers
	since time.Time // since when everything has worked; zero: it does not
}

func newHealth(log *slog.Logger) *health {
	return &health{log: log, now: time.Now, why: errUntried}
}

// answers is nil, or says why the queue is not used now.
func (h *health) answers() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.why
}

// failed notes that the queue did not do what it was asked.
func (h *health) failed(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.why == nil || errors.Is(h.why, errUntried) {
		h.log.Warn("the queue does not answer: this process works straight from the database", "error", err)
	}
	h.why, h.since = err, time.Time{}
}

// worked notes that all of the queue worked just now.
func (h *health) worked() {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	if h.since.IsZero() {
		h.since = now
	}
	switch {
	case h.why == nil:
	case errors.Is(h.why, errUntried):
		h.why = nil
	case now.Sub(h.since) >= steady:
		h.why = nil
		h.log.Info("the queue answers again")
	}
}
