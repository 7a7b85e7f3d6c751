package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"waybill/internal/retry"
	"waybill/models"
)

const (
	perMessage = 16                     // hints in one message: cheap, and still fairly shared out
	ahead      = 4                      // messages a process fetches ahead of its workers
	renewing   = 10 * time.Second       // a fetch that got nothing asks anew
	beating    = time.Second            // two beats missed: the consumer is lost
	depthEvery = 250 * time.Millisecond // the queue is asked how deep it is no more often
)

// Publish sends hints on their way and returns when the queue has them all.
// What the cluster does not take goes to this process' own workers; some of it
// may be on its way to others all the same.
func (c *Cluster) Publish(ctx context.Context, hints []models.Hint) error {
	if len(hints) == 0 {
		return nil
	}
	if c.Shared() {
		err := c.send(ctx, slices.Collect(slices.Chunk(hints, perMessage))...)
		if err == nil || ctx.Err() != nil {
			return err
		}
		c.health.failed(fmt.Errorf("publish hints: %w", err))
	}
	return c.local.Publish(ctx, hints)
}

// send sends messages with these hints and waits until the stream has them. A
// stream that is gone, with the memory of its servers, is made again.
func (c *Cluster) send(ctx context.Context, messages ...[]models.Hint) error {
	err := c.trySend(ctx, messages)
	if errors.Is(err, jetstream.ErrNoStreamResponse) {
		c.prepared.forget()
		err = c.trySend(ctx, messages)
	}
	return err
}

func (c *Cluster) trySend(ctx context.Context, messages [][]models.Hint) error {
	if err := c.prepare(ctx); err != nil {
		return err
	}
	var sent []jetstream.PubAckFuture
	for _, hints := range messages {
		body, err := json.Marshal(hints)
		if err != nil {
			return err
		}
		future, err := c.stream.PublishAsync(c.subject(), body)
		if err != nil {
			return err
		}
		sent = append(sent, future)
	}
	if err := confirmed(ctx, sent); err != nil {
		return err
	}
	c.depth.add(len(sent))
	return nil
}

// confirmed waits until the queue has confirmed every message.
func confirmed(ctx context.Context, sent []jetstream.PubAckFuture) error {
	for _, future := range sent {
		select {
		case <-future.Ok():
		case err := <-future.Err():
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Consume gives hints to handle, in that many goroutines, until ctx ends; it
// returns when the last handle has. A hint counts as done when it is handed
// over, not when handle returns: what a dying process leaves undone comes
// again by way of the database.
func (c *Cluster) Consume(ctx context.Context, workers int, handle func(context.Context, models.Hint)) {
	var fetching sync.WaitGroup
	fetching.Go(func() { c.fetch(ctx) })
	c.local.consume(ctx, workers, c.incoming, handle)
	fetching.Wait()
}

// fetch feeds the workers until ctx ends, whatever happens to the queue meanwhile.
func (c *Cluster) fetch(ctx context.Context) {
	for ctx.Err() == nil {
		err := c.pull(ctx)
		if ctx.Err() != nil {
			return
		}
		c.fetching.broken.Store(true)
		c.health.failed(fmt.Errorf("fetch hints: %w", err))
		_ = retry.Sleep(ctx, time.Second) // the loop sees the end of ctx
	}
}

func (c *Cluster) pull(ctx context.Context) error {
	if err := c.prepare(ctx); err != nil {
		return err
	}
	consumer, err := c.consumer(ctx)
	if err != nil {
		return fmt.Errorf("find consumer: %w", err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(ahead), jetstream.PullExpiry(renewing), jetstream.PullHeartbeat(beating))
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	defer messages.Stop()
	c.fetching.broken.Store(false)
	for {
		c.fetching.waiting.Store(true)
		m, err := messages.Next(jetstream.NextContext(ctx))
		c.fetching.waiting.Store(false)
		if err != nil {
			return fmt.Errorf("next message: %w", err)
		}
		c.fetching.received.Add(1)
		if err := c.handOver(ctx, m); err != nil {
			return err
		}
		c.depth.add(-1)
	}
}

// handOver gives a message's hints to the workers. One that cannot be read is dropped.
func (c *Cluster) handOver(ctx context.Context, m jetstream.Msg) error {
	var batch []models.Hint
	if err := json.Unmarshal(m.Data(), &batch); err != nil {
		return m.Term()
	}
	for _, h := range batch {
		select {
		case c.incoming <- h:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return m.Ack()
}

func (c *Cluster) consumer(ctx context.Context) (jetstream.Consumer, error) {
	ctx, cancel := context.WithTimeout(ctx, answering)
	defer cancel()
	consumer, err := c.stream.Consumer(ctx, c.name, c.name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) {
		c.prepared.forget()
	}
	return consumer, err
}

// Depth is about how many hints wait for a worker: in the cluster, or here
// while it does not answer. The cluster is asked a few times a second; in
// between, what this process has sent and received is added.
func (c *Cluster) Depth(ctx context.Context) (int, error) {
	if !c.Shared() {
		return c.local.Depth(ctx)
	}
	messages, fresh := c.depth.now()
	if fresh {
		return messages * perMessage, nil
	}
	messages, err := c.measure(ctx)
	if err != nil {
		c.health.failed(fmt.Errorf("measure queue: %w", err))
		return c.local.Depth(ctx)
	}
	return messages * perMessage, nil
}

// measure asks the cluster how many messages wait.
func (c *Cluster) measure(ctx context.Context) (messages int, err error) {
	if err := c.prepare(ctx); err != nil {
		return 0, err
	}
	consumer, err := c.consumer(ctx)
	if err != nil {
		return 0, err
	}
	state := consumer.CachedInfo() // that of the answer just now
	return c.depth.set(int(state.NumPending), state.NumAckPending), nil
}

// depth is how many messages were in the queue when it was last asked, and what
// this process has changed since.
type depth struct {
	mu       sync.Mutex
	messages int
	pending  int // of them, those that nobody had fetched
	at       time.Time
}

// now is what is known, false when the queue has to be asked.
func (d *depth) now() (int, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return max(0, d.messages), time.Since(d.at) < depthEvery
}

func (d *depth) undelivered() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pending
}

func (d *depth) set(pending, fetched int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.messages, d.pending, d.at = pending+fetched, pending, time.Now()
	return d.messages
}

func (d *depth) add(messages int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.messages += messages
}
