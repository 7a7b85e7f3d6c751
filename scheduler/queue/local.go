package queue

import (
	"context"
	"sync"
	"sync/atomic"

	"waybill/models"
)

// localHints is how many hints may wait within a process.
const localHints = 4096

// Local is a queue within one process. It is safe for concurrent use.
type Local struct {
	wakes
	hints chan models.Hint
	busy  atomic.Int64 // hints that are being handled
}

// NewLocal makes a queue within this process.
func NewLocal() *Local {
	return &Local{hints: make(chan models.Hint, localHints)}
}

// Shared says that hints reach this process only.
func (l *Local) Shared() bool { return false }

// Publish queues hints; it waits while there are too many already.
func (l *Local) Publish(ctx context.Context, hints []models.Hint) error {
	for _, h := range hints {
		select {
		case l.hints <- h:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Consume gives hints to handle, in that many goroutines, until ctx ends; it
// returns when the last handle has. What is queued then stays undone.
func (l *Local) Consume(ctx context.Context, workers int, handle func(context.Context, models.Hint)) {
	l.consume(ctx, workers, nil, handle)
}

// consume is Consume that also takes hints that others have queued.
func (l *Local) consume(ctx context.Context, workers int, others <-chan models.Hint, handle func(context.Context, models.Hint)) {
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for ctx.Err() == nil {
				select {
				case h := <-l.hints:
					l.handle(ctx, h, handle)
				case h := <-others:
					l.handle(ctx, h, handle)
				case <-ctx.Done():
				}
			}
		})
	}
	running.Wait()
}

func (l *Local) handle(ctx context.Context, h models.Hint, handle func(context.Context, models.Hint)) {
	l.busy.Add(1)
	defer l.busy.Add(-1)
	handle(ctx, h)
}

// Depth is how many hints wait or are being handled.
func (l *Local) Depth(context.Context) (int, error) {
	return len(l.hints) + int(l.busy.Load()), nil
}

// Ready is nil: a channel is always there.
func (l *Local) Ready() error { return nil }

// Close has nothing to close.
func (l *Local) Close() error { return nil }
