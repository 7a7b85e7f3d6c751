package scheduler

import (
	"context"
	"errors"
	"runtime/debug"

	"waybill/models"
)

// work checks what hints point at until ctx ends. What has begun then goes on
// under flight.
func (s *Scheduler) work(ctx, flight context.Context) {
	s.Queue.Consume(ctx, s.Workers, func(_ context.Context, h models.Hint) {
		if ctx.Err() == nil {
			s.look(flight, h)
		}
	})
}

// look checks one parcel. A hint that is lost on the way comes again once
// its hold is over; one that comes twice, or too late, no longer fits the version.
func (s *Scheduler) look(ctx context.Context, h models.Hint) {
	defer s.caught("check parcel", "parcel", h.Parcel)
	p, err := s.Store.Parcel(ctx, h.Parcel)
	if errors.Is(err, models.ErrNotFound) || err == nil && p.Version != h.Version {
		return
	}
	if err != nil {
		s.failed(ctx, "read parcel", err)
		return
	}
	checked, err := s.Checker.Check(ctx, p, "", models.Poll)
	switch {
	case err != nil:
		s.failed(ctx, "check parcel", err)
	case checked.Err != nil:
		s.Log.Debug("checked without a trace", "parcel", p.ID, "why", checked.Err)
	}
}

// caught keeps one piece of work's panic from taking the others down.
func (s *Scheduler) caught(what string, about ...any) {
	if r := recover(); r != nil {
		s.Log.Error("panic", append(about, "doing", what, "panic", r, "stack", string(debug.Stack()))...)
	}
}
