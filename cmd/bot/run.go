package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// run works until ctx ends, or until a part fails, and stops in reverse: doors
// take nothing more, then what is in flight ends, then everything is closed.
// A failure of one part stops all of them.
func (a *app) run(ctx context.Context) error {
	outside, stop := context.WithCancelCause(ctx)
	inside, stopInside := context.WithCancel(context.WithoutCancel(ctx))
	defer stopInside()
	part := func(ctx context.Context, name string, run func(context.Context) error) func() {
		return func() {
			if err := run(ctx); err != nil {
				stop(fmt.Errorf("run %s: %w", name, err))
			}
		}
	}
	var doors, work sync.WaitGroup
	work.Go(part(inside, "scheduler", a.scheduler.Run))
	work.Go(part(inside, "operators", a.operators.Run))
	work.Go(part(inside, "incidents", a.watchIncidents))
	work.Go(part(inside, "stale processes", a.watchStale))
	work.Go(part(inside, "carrier lists", a.refreshLists))
	for _, d := range a.doors {
		work.Go(part(inside, d.Name()+" deliveries", func(ctx context.Context) error { return a.deliver(ctx, d) }))
		if d.run != nil {
			doors.Go(part(outside, d.Name(), d.run))
		}
	}
	if a.server != nil {
		doors.Go(part(outside, "http", func(ctx context.Context) error { return a.server.Serve(ctx, a.listener) }))
	}
	<-outside.Done()
	doors.Wait()
	stopInside()
	work.Wait()
	var failure error
	if ctx.Err() == nil { // nobody asked for it
		failure = context.Cause(outside)
	}
	return errors.Join(failure, a.close())
}

// close closes what was opened, the last first.
func (a *app) close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
