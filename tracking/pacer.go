package tracking

import (
	"context"
	"errors"
	"time"

	"waybill/internal/retry"
	"waybill/models"
)

// Slots hands out turns that all replicas share: n turns, every apart, of
// which the first is returned.
type Slots interface {
	Slots(ctx context.Context, name string, every time.Duration, n int, now models.Moment) (models.Moment, error)
}

var errBusy = errors.New("too many calls are waiting already")

// pacer spaces one provider's calls over all replicas. It reserves turns in
// chunks of a quarter of a second's worth, so that the database is asked four
// times a second at most.
type pacer struct {
	name  string
	every time.Duration // 0: no limit
	slots Slots
	now   func() time.Time

	lock chan struct{} // one place: who is in it owns what follows
	next models.Moment // the next turn that is ours
	left int
	nano time.Duration // what whole milliseconds cut off
}

func newPacer(name string, rate float64, slots Slots, now func() time.Time) *pacer {
	p := &pacer{name: name, slots: slots, now: now, lock: make(chan struct{}, 1)}
	if rate > 0 {
		p.every = time.Duration(float64(time.Second) / rate)
	}
	return p
}

// missed is how late a turn may be used: a process that has stood still must not
// use at once all those that have passed.
const missed = time.Second / 4

// wait blocks until it is the caller's turn. When that would take longer than
// patience, or ctx ends, it says so at once.
func (p *pacer) wait(ctx context.Context, patience time.Duration) error {
	if p.every == 0 {
		return ctx.Err()
	}
	for {
		turn, err := p.take(ctx, patience)
		if err != nil {
			return err
		}
		if err := retry.Sleep(ctx, turn.Sub(models.At(p.now()))); err != nil {
			return err
		}
		if models.At(p.now()).Sub(turn) <= missed {
			return nil
		}
	}
}

// take gives out the next turn, reserving more when none is left.
func (p *pacer) take(ctx context.Context, patience time.Duration) (models.Moment, error) {
	select {
	case p.lock <- struct{}{}:
		defer func() { <-p.lock }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	now := models.At(p.now())
	if p.left > 0 && p.next.Sub(now) < -missed {
		p.left = 0 // turns that were never used are not saved up for a burst
	}
	if p.left == 0 {
		n := max(1, int(time.Second/4/p.every))
		first, err := p.slots.Slots(ctx, p.name, p.every, n, now)
		if err != nil {
			return 0, err
		}
		p.next, p.left, p.nano = first, n, 0
	}
	if p.next.Sub(now) > patience {
		return 0, errBusy
	}
	turn := p.next
	p.left--
	p.nano += p.every
	p.next = p.next.Add(p.nano)
	p.nano -= p.nano.Truncate(time.Millisecond)
	return turn, nil
}
