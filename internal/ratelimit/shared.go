package ratelimit

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"waybill/models"
)

// Slots hands out the moments at which all processes together may act; the store does.
type Slots interface {
	// Slots reserves n consecutive slots, every apart, and returns the first.
	Slots(ctx context.Context, name string, every time.Duration, n int, now models.Moment) (models.Moment, error)
}

// slotsAtOnce is how many slots are reserved together when many wait.
const slotsAtOnce = 10

// Shared is a rate that several processes keep together, through slots in the
// store. Its methods may be used at the same time.
type Shared struct {
	name    string
	every   time.Duration
	slots   Slots
	now     func() time.Time
	waiting atomic.Int64

	lock chan struct{} // holds one token while somebody reserves; guards what follows
	slot models.Moment // the next one of those reserved
	left int
}

// NewShared makes a rate of perSecond, under a name that all processes use.
func NewShared(name string, perSecond int, slots Slots, now func() time.Time) *Shared {
	return &Shared{name: name, every: Every(perSecond), slots: slots, now: now, lock: make(chan struct{}, 1)}
}

// Every is the distance of perSecond events, rounded up to the store's milliseconds.
func Every(perSecond int) time.Duration {
	return time.Duration((1000+perSecond-1)/perSecond) * time.Millisecond
}

// Reserve takes the next slot and says how long it is until then. When that is
// longer than patience nothing is taken, and the error is *models.Wait. A slot
// that has passed unused is lost: used late, it would fall together with another.
func (s *Shared) Reserve(ctx context.Context, patience time.Duration) (time.Duration, error) {
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	select {
	case s.lock <- struct{}{}:
		defer func() { <-s.lock }()
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for a slot: %w", ctx.Err())
	}
	now := models.At(s.now())
	for s.left > 0 && s.slot < now {
		s.slot, s.left = s.slot.Add(s.every), s.left-1
	}
	if s.left == 0 {
		n := int(min(max(s.waiting.Load(), 1), slotsAtOnce))
		first, err := s.slots.Slots(ctx, s.name, s.every, n, now)
		if err != nil {
			return 0, fmt.Errorf("reserve slots: %w", err)
		}
		s.slot, s.left = first, n
	}
	wait := max(s.slot.Sub(models.At(s.now())), 0)
	if wait > patience {
		return 0, &models.Wait{After: wait}
	}
	s.slot, s.left = s.slot.Add(s.every), s.left-1
	return wait, nil
}
