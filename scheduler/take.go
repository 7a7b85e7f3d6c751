package scheduler

import (
	"context"
	"time"
)

const (
	hold      = 15 * time.Second // how long a taken parcel is not taken again
	batch     = 500
	breathing = 10 * time.Millisecond // between two looks at a queue that is full
)

// take hands out what is due, in batches, until nothing is or ctx ends. A
// failure ends this round only: what was taken and not handed out is due again
// after its hold.
func (s *Scheduler) take(ctx context.Context) {
	for ctx.Err() == nil {
		deep, err := s.deep(ctx)
		if err != nil {
			s.failed(ctx, "measure queue", err)
			return
		}
		if deep {
			pause(ctx, breathing)
			continue
		}
		hints, err := s.Store.Take(ctx, s.now(), hold, batch)
		if err != nil {
			s.failed(ctx, "take parcels", err)
			return
		}
		if len(hints) == 0 {
			return
		}
		if err := s.Queue.Publish(ctx, hints); err != nil {
			s.failed(ctx, "hand out parcels", err)
			return
		}
		if len(hints) < batch {
			return
		}
	}
}

// deep says that the workers have enough to do for now. Taking more would only
// let holds run out in the queue.
func (s *Scheduler) deep(ctx context.Context) (bool, error) {
	waiting, err := s.Queue.Depth(ctx)
	return waiting > 2*s.Workers, err
}
