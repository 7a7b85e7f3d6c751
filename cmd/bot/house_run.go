package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"waybill/internal/retry"
	"waybill/models"
)

// How long a part may finish what is in flight. Doors stop first (two seconds
// for HTTP, at once otherwise), then conversations and checks beside one
// another: less than ten seconds together.
const (
	deliveryGrace  = 4 * time.Second
	schedulerGrace = 5 * time.Second
)

// run works until ctx ends, or until a part fails, and stops in reverse: doors
// take nothing more, then what is in flight ends, then everything is closed.
// A failure of one part stops all of them.
func (h *house) run(ctx context.Context) error {
	outside, stop := context.WithCancelCause(ctx)
	inside, land := context.WithCancel(context.WithoutCancel(ctx))
	defer land()
	guard := func(ctx context.Context, name string, part func(context.Context) error) func() {
		return func() {
			if err := part(ctx); err != nil {
				stop(fmt.Errorf("run %s: %w", name, err))
			}
		}
	}
	var work, doors sync.WaitGroup
	work.Go(guard(inside, "scheduler", h.scheduler.Run))
	work.Go(guard(inside, "operators", h.operators.Run))
	work.Go(guard(inside, "stale processes", h.watchStale))
	work.Go(guard(inside, "carrier lists", h.refreshLists))
	for _, d := range h.doors {
		work.Go(guard(inside, d.Name()+" deliveries", func(ctx context.Context) error { return h.deliver(ctx, d) }))
		if d.run != nil {
			doors.Go(guard(outside, d.Name(), d.run))
		}
	}
	if h.server != nil {
		doors.Go(guard(outside, "http", h.answer))
	}
	<-outside.Done()
	doors.Wait()
	land()
	work.Wait()
	return errors.Join(failure(ctx, outside), h.close())
}

// deliver runs the worker of a door on the one replica that holds its lease:
// the sender of each account exists once. A connection that it sends over ends
// after it.
func (h *house) deliver(ctx context.Context, d *opened) error {
	work := d.worker.Run
	if d.linked != nil {
		work = func(held context.Context) error { return besides(held, d.linked, d.worker.Run) }
	}
	return h.keep(ctx, "sender:"+d.Name(), work)
}

// staleEvery is how often it is looked for processes that were killed: what they
// held is free within three seconds on the same machine.
const staleEvery = time.Second

// watchStale takes over what processes held that were killed on this machine.
func (h *house) watchStale(ctx context.Context) error {
	for h.owner.sees() && retry.Sleep(ctx, staleEvery) == nil {
		if err := h.releaseStale(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("release what a process held that was killed", "error", err)
		}
	}
	return nil
}

func (h *house) releaseStale(ctx context.Context) error {
	if !h.owner.sees() {
		return nil
	}
	return h.store.ReleaseStale(ctx, h.owner.room, h.owner.dead, models.At(h.now()))
}

// answer answers HTTP until ctx ends.
func (h *house) answer(ctx context.Context) error { return h.server.Serve(ctx, h.listener) }

// failure is why the doors were stopped, nil when somebody asked for it.
func failure(asked, outside context.Context) error {
	if asked.Err() == nil {
		return context.Cause(outside)
	}
	return nil
}
