package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waybill/internal/retry"
)

const (
	watchEvery = time.Second
	silent     = 3 * time.Second // hints wait, workers are free, and nothing comes
)

var (
	errFetching = errors.New("hints cannot be fetched")
	errSilent   = errors.New("hints wait in the queue, and none comes to workers that are free")
)

// watch tries the whole way of a hint, over and over, until ctx ends.
func (c *Cluster) watch(ctx context.Context) {
	var s silence
	for ctx.Err() == nil {
		err := c.Probe(ctx)
		if err == nil && c.fetching.broken.Load() {
			err = errFetching
		}
		if err == nil {
			err = s.look(c)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			c.health.failed(err)
		default:
			c.health.worked()
		}
		_ = retry.Sleep(ctx, watchEvery) // the loop sees the end of ctx
	}
}

// Probe says whether the stream takes a message, on most of its servers, and
// the consumer can be asked. The message holds no hints.
func (c *Cluster) Probe(ctx context.Context) error {
	if !c.conn.IsConnected() {
		return fmt.Errorf("reach queue: %s", c.conn.Status())
	}
	if _, err := c.measure(ctx); err != nil {
		return fmt.Errorf("measure: %w", err)
	}
	if err := c.send(ctx, nil); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

// silence watches for a consumer that answers and brings nothing. What others
// have fetched and not confirmed is not waiting.
type silence struct {
	received int64
	since    time.Time // zero: nothing is missing
}

func (s *silence) look(c *Cluster) error {
	received := c.fetching.received.Load()
	if received != s.received || c.depth.undelivered() == 0 || !c.fetching.waiting.Load() {
		s.received, s.since = received, time.Time{}
		return nil
	}
	if s.since.IsZero() {
		s.since = time.Now()
	}
	if time.Since(s.since) < silent {
		return nil
	}
	return errSilent
}
