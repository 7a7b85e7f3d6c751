package sandbox

import (
	"sync"
	"time"
)

// delivery is one push on its way.
type delivery struct {
	provider string
	address  string
	kind     string // content type
	body     string
	taken    func(status int, reply []byte) bool
	tries    int
	due      time.Time
}

// outbox holds the pushes that have not been taken yet, at most limit.
type outbox struct {
	mu      sync.Mutex
	waiting []*delivery
	tallies map[string]*tally
	limit   int
}

type tally struct{ sent, taken int }

func newOutbox(limit int) *outbox { return &outbox{tallies: map[string]*tally{}, limit: limit} }

func (o *outbox) add(d *delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) >= o.limit {
		o.waiting = o.waiting[1:]
	}
	o.waiting = append(o.waiting, d)
}

// take removes and returns what is due and may be sent.
func (o *outbox) take(now time.Time, may func(provider string) bool) (due []*delivery) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var rest []*delivery
	for _, d := range o.waiting {
		if now.Before(d.due) || !may(d.provider) {
			rest = append(rest, d)
			continue
		}
		due = append(due, d)
	}
	o.waiting = rest
	return due
}

func (o *outbox) count(provider string, taken bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.tallies[provider]
	if t == nil {
		t = &tally{}
		o.tallies[provider] = t
	}
	t.sent++
	if taken {
		t.taken++
	}
}

// Pushed says how many pushes a provider has sent, repetitions included, and
// how many of them were taken.
func (s *Sandbox) Pushed(provider string) (sent, taken int) {
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	if t := s.outbox.tallies[provider]; t != nil {
		return t.sent, t.taken
	}
	return 0, 0
}
