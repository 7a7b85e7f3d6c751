package tracking

import (
	"context"
	"sync/atomic"
	"time"

	"waybill/models"
)

const (
	callsAtOnce = 256                    // of polls, over all providers
	quickCall   = 500 * time.Millisecond // the longest call that is soon over
)

// callSlots limits the polls' calls that are under way together. What people ask
// needs no slot: they do not wait behind polls.
//
// A slot is held by a call, not by the check around it, which also waits for the
// database. Where calls are quick, a check gets leave for its call (rate, ledger)
// while others use the slots, and takes one when it has it: about as many are
// ahead as there are slots, so that its wait for one is about as long as a call.
// Where calls are slow, that wait could outlast sendWithin; the slot is taken
// first there, and held a little longer than need be.
type callSlots struct {
	calls chan struct{} // an element for each slot that is held
	ahead chan struct{} // likewise, for each check that gets leave without a slot
	mean  atomic.Int64  // nanoseconds that calls take, a moving average
}

// newCallSlots makes n slots; 0 means callsAtOnce.
func newCallSlots(n int) *callSlots {
	if n == 0 {
		n = callsAtOnce
	}
	s := &callSlots{calls: make(chan struct{}, n), ahead: make(chan struct{}, n)}
	s.mean.Store(int64(2 * quickCall)) // slow, until they are known
	return s
}

// callSlot is one call's share of callSlots, or of nothing for a person's call.
// It ends with leave.
type callSlot struct {
	slots *callSlots // nil: no limit
	in    chan struct{}
}

// enter waits until a check may get leave for a call. An error is that of ctx.
func (s *callSlots) enter(ctx context.Context, p models.Purpose) (*callSlot, error) {
	if p != models.Poll {
		return &callSlot{}, nil
	}
	if err := put(ctx, s.ahead); err != nil {
		return nil, err
	}
	slot := &callSlot{slots: s, in: s.ahead}
	if time.Duration(s.mean.Load()) <= quickCall {
		return slot, nil
	}
	if err := slot.hold(ctx); err != nil {
		slot.leave()
		return nil, err
	}
	return slot, nil
}

// hold waits for the slot under which the call is made, unless it is held already.
func (c *callSlot) hold(ctx context.Context) error {
	if c.slots == nil || c.in == c.slots.calls {
		return nil
	}
	if err := put(ctx, c.slots.calls); err != nil {
		return err
	}
	<-c.in
	c.in = c.slots.calls
	return nil
}

// leave gives back what is held.
func (c *callSlot) leave() {
	if c.slots != nil {
		<-c.in
	}
}

// note takes how long a call took into the average, in which the last calls, as
// many as there are slots, weigh most: slots come free at that pace, whoever is
// called. Of two notes at once one may get lost.
func (c *callSlot) note(took time.Duration) {
	if c.slots == nil {
		return
	}
	mean := c.slots.mean.Load()
	c.slots.mean.Store(mean + (int64(took)-mean)/int64(cap(c.slots.calls)))
}

// put puts an element into a channel that counts them; not after ctx has ended.
func put(ctx context.Context, in chan<- struct{}) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case in <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
