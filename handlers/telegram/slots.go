package telegram

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"waybill/models"
)

// local is the pace of a process that sends alone.
type local struct {
	pace *rate.Limiter
	now  func() time.Time
}

func (l *local) next(context.Context) (time.Duration, error) { return turn(l.now(), l.pace) }

// slotsAtOnce is how many slots are reserved together when many wait.
const slotsAtOnce = 10

// shared is a pace that several processes keep together, through slots in the store.
type shared struct {
	slots   Slots
	every   time.Duration
	now     func() time.Time
	waiting atomic.Int64

	lock chan struct{} // one place: who is in it may reserve, and owns what follows
	slot models.Moment // the next one of those reserved
	left int
}

func newShared(s Slots, perSecond int, now func() time.Time) *shared {
	return &shared{slots: s, every: everySlot(perSecond), now: now, lock: make(chan struct{}, 1)}
}

// everySlot is the distance of messages, rounded up to the store's milliseconds.
func everySlot(perSecond int) time.Duration {
	ms := (1000 + perSecond - 1) / perSecond
	return time.Duration(ms) * time.Millisecond
}

// next takes a reserved slot, or reserves as many as there are waiting. A slot
// that has passed unused is lost: used late, it would fall together with another.
func (s *shared) next(ctx context.Context) (time.Duration, error) {
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	select {
	case s.lock <- struct{}{}:
		defer func() { <-s.lock }()
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
	now := models.At(s.now())
	for s.left > 0 && s.slot < now {
		s.slot, s.left = s.slot.Add(s.every), s.left-1
	}
	if s.left == 0 {
		if err := s.reserve(ctx, now); err != nil {
			return 0, err
		}
	}
	d := max(s.slot.Sub(models.At(s.now())), 0)
	if d > patience {
		return 0, &models.Wait{After: d}
	}
	s.slot, s.left = s.slot.Add(s.every), s.left-1
	return d, nil
}

func (s *shared) reserve(ctx context.Context, now models.Moment) error {
	n := int(min(max(s.waiting.Load(), 1), slotsAtOnce))
	first, err := s.slots.Slots(ctx, "telegram.send", s.every, n, now)
	if err != nil {
		return fmt.Errorf("reserve a turn to send: %w", err)
	}
	s.slot, s.left = first, n
	return nil
}
