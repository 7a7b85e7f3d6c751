package scheduler

import (
	"sync"
	"time"
)

const (
	// soon is for how long of the queue's pace hints may wait in it: with what is added at
	// once, and what workers hold, they begin before their hold ends and they come again.
	soon = 4 * time.Second
	// leastWaiting is how many may wait whatever the pace: as many as there are calls at
	// once, or a queue that was empty would never show how fast it is.
	leastWaiting = 256
	// paceOver is over how long the pace is measured.
	paceOver = 250 * time.Millisecond
)

// outflow is how fast workers take hints out of the queue. It is safe for concurrent use.
type outflow struct {
	mu       sync.Mutex
	handed   int // hints that were put in
	consumed int // hints that were out again, at a moment
	at       time.Time
	pace     float64 // hints a second
}

// put counts hints that were put in.
func (o *outflow) put(hints int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.handed += hints
}

// bound is how many hints may wait, at most most, when so many do now.
func (o *outflow) bound(waiting, most int, now time.Time) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if passed := now.Sub(o.at); passed >= paceOver {
		consumed := o.handed - waiting
		pace := float64(max(0, consumed-o.consumed)) / passed.Seconds()
		o.pace = max(pace, (3*o.pace+pace)/4) // up at once, down over a second
		o.consumed, o.at = consumed, now
	}
	return min(most, max(leastWaiting, int(o.pace*soon.Seconds())))
}
