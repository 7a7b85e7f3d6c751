// Package ratelimit keeps to limits that platforms count in windows, and to
// limits that several processes keep together. What one process keeps alone is
// golang.org/x/time/rate's.
package ratelimit

import (
	"slices"
	"sync"
	"time"

	"waybill/internal/expiring"
	"waybill/models"
)

// keysKept is how many keys' windows are kept at most.
const keysKept = 4096

// Window allows Most events in any stretch of time that is Within long. A
// token bucket cannot say so: after a full burst it lets more through.
type Window struct {
	Most   int
	Within time.Duration
}

// Windows keeps every key to the same windows and forgets keys that are idle.
// Its methods may be used at the same time.
type Windows struct {
	windows []Window
	longest time.Duration
	now     func() time.Time

	mu   sync.Mutex
	keys *expiring.Map[string, []*Turn] // in their order
}

// Turn is a key's right to one event.
type Turn struct {
	of  *Windows
	key string
	at  time.Time
}

// NewWindows makes limits that hold together.
func NewWindows(now func() time.Time, windows ...Window) *Windows {
	w := &Windows{windows: windows, now: now, keys: expiring.New[string, []*Turn](keysKept, now)}
	for _, one := range windows {
		w.longest = max(w.longest, one.Within)
	}
	return w
}

// Reserve takes the key's next turn and says how long it is until then. When
// that is longer than patience nothing is taken, and the error is *models.Wait.
func (w *Windows) Reserve(key string, patience time.Duration) (*Turn, time.Duration, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	turns := w.turns(key, now)
	at := now
	for _, window := range w.windows {
		if n := len(turns) - window.Most; n >= 0 {
			if free := turns[n].at.Add(window.Within); free.After(at) {
				at = free
			}
		}
	}
	wait := at.Sub(now)
	if wait > patience {
		return nil, 0, &models.Wait{After: wait}
	}
	turn := &Turn{of: w, key: key, at: at}
	w.keep(key, append(turns, turn), now)
	return turn, wait, nil
}

// turns are those of a key that still count. The caller holds the lock.
func (w *Windows) turns(key string, now time.Time) []*Turn {
	turns, _ := w.keys.Get(key)
	past := 0
	for past < len(turns) && now.Sub(turns[past].at) >= w.longest {
		past++
	}
	return slices.Clone(turns[past:])
}

func (w *Windows) keep(key string, turns []*Turn, now time.Time) {
	if len(turns) == 0 {
		w.keys.Take(key)
		return
	}
	w.keys.Put(key, turns, turns[len(turns)-1].at.Sub(now)+w.longest)
}

// Done counts the event from now on: it took until now.
func (t *Turn) Done() { t.change(true) }

// Cancel gives a turn back whose event does not count.
func (t *Turn) Cancel() { t.change(false) }

func (t *Turn) change(counts bool) {
	w := t.of
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	turns := slices.DeleteFunc(w.turns(t.key, now), func(other *Turn) bool { return other == t })
	if counts {
		t.at = now
		turns = append(turns, t)
	}
	w.keep(t.key, turns, now)
}

// Len is how many keys take up memory.
func (w *Windows) Len() int { return w.keys.Len() }
