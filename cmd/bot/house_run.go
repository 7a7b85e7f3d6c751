package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"waybill/models"
)

// How long a part may finish what is in flight. Doors stop first (two seconds
// for HTTP, at once otherwise), then conversations and checks beside one
// another: less than ten seconds together.
const (
	inboxGrace     = 4 * time.Second
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
	work.Go(guard(inside, "operators", h.operators.run))
	work.Go(guard(inside, "claims", h.bury))
	work.Go(guard(inside, "carrier lists", h.refreshLists))
	for _, d := range h.doors {
		switch {
		case d.serve != nil:
			work.Go(guard(outside, d.Name(), d.serve)) // it stops its inbox before its connection, beside all else
		case d.inbox != nil:
			work.Go(guard(inside, d.Name()+" inbox", d.inbox.Run))
		}
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

// bury takes over the chats of processes that were killed on this machine, so
// that whoever wrote to them need not wait until the claims run out.
func (h *house) bury(ctx context.Context) error {
	if !h.owner.sees() {
		return nil
	}
	if err := h.store.BuryClaims(ctx, h.owner.room, h.owner.dead, models.At(h.now())); err != nil && ctx.Err() == nil {
		h.log.Warn("free chats of a process that was killed", "error", err)
	}
	return nil
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
