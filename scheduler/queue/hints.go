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
	perMessage = 16 // hints in one message: cheap, and still fairly shared out
	ahead      = 4  // messages a replica fetches ahead of its workers
	answering  = 5 * time.Second
	renewing   = 10 * time.Second       // a fetch that got nothing asks anew
	beating    = time.Second            // two beats missed: the consumer is lost
	depthEvery = 250 * time.Millisecond // the queue is asked how deep it is no more often

	maxAge      = time.Minute // by then the parcel has long been taken again
	maxMessages = 100_000
	maxBytes    = 32 << 20
)

// Publish sends hints on their way and returns when the queue has them all.
// After an error some may be on their way all the same.
func (q *Queue) Publish(ctx context.Context, hints []models.Hint) error {
	err := q.publish(ctx, hints)
	if errors.Is(err, jetstream.ErrNoStreamResponse) {
		q.ready.Store(false) // a cluster keeps a stream in memory until it restarts
		err = q.publish(ctx, hints)
	}
	if err != nil {
		return fmt.Errorf("publish hints: %w", err)
	}
	return nil
}

func (q *Queue) publish(ctx context.Context, hints []models.Hint) error {
	if err := q.prepare(ctx); err != nil {
		return err
	}
	var sent []jetstream.PubAckFuture
	for batch := range slices.Chunk(hints, perMessage) {
		body, err := json.Marshal(batch)
		if err != nil {
			return err
		}
		future, err := q.stream.PublishAsync(q.subject(), body)
		if err != nil {
			return err
		}
		sent = append(sent, future)
	}
	if err := confirmed(ctx, sent); err != nil {
		return err
	}
	q.depth.add(len(sent))
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
func (q *Queue) Consume(ctx context.Context, workers int, handle func(context.Context, models.Hint)) {
	hints := make(chan models.Hint)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for h := range hints {
				handle(ctx, h)
			}
		})
	}
	q.fetch(ctx, hints)
	close(hints)
	running.Wait()
}

// fetch feeds the workers until ctx ends, whatever happens to the queue meanwhile.
func (q *Queue) fetch(ctx context.Context, hints chan<- models.Hint) {
	for ctx.Err() == nil {
		err := q.pull(ctx, hints)
		if ctx.Err() != nil {
			return
		}
		q.ready.Store(false)
		q.log.Warn("fetch hints", "error", err)
		_ = retry.Sleep(ctx, time.Second) // the loop sees the end of ctx
	}
}

func (q *Queue) pull(ctx context.Context, hints chan<- models.Hint) error {
	if err := q.prepare(ctx); err != nil {
		return err
	}
	consumer, err := q.stream.Consumer(ctx, q.name, q.name)
	if err != nil {
		return fmt.Errorf("find consumer: %w", err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(ahead), jetstream.PullExpiry(renewing), jetstream.PullHeartbeat(beating))
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("next message: %w", err)
		}
		if err := handOver(ctx, m, hints); err != nil {
			return err
		}
		q.depth.add(-1)
	}
}

// handOver gives a message's hints to the workers. One that cannot be read is dropped.
func handOver(ctx context.Context, m jetstream.Msg, hints chan<- models.Hint) error {
	var batch []models.Hint
	if err := json.Unmarshal(m.Data(), &batch); err != nil {
		return m.Term()
	}
	for _, h := range batch {
		select {
		case hints <- h:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return m.Ack()
}

// Depth is about how many hints wait for a worker. The queue is asked a few
// times a second; in between, what this process has sent and received is added.
func (q *Queue) Depth(ctx context.Context) (int, error) {
	if messages, known := q.depth.now(); known {
		return messages * perMessage, nil
	}
	if err := q.prepare(ctx); err != nil {
		return 0, fmt.Errorf("measure queue: %w", err)
	}
	consumer, err := q.stream.Consumer(ctx, q.name, q.name)
	if err != nil {
		q.ready.Store(false)
		return 0, fmt.Errorf("measure queue: %w", err)
	}
	state := consumer.CachedInfo() // that of the answer just now
	return q.depth.set(int(state.NumPending)+state.NumAckPending) * perMessage, nil
}

// depth is how many messages were in the queue when it was last asked, and what
// this process has changed since.
type depth struct {
	mu       sync.Mutex
	messages int
	at       time.Time
}

// now is what is known, false when the queue has to be asked.
func (d *depth) now() (int, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return max(0, d.messages), time.Since(d.at) < depthEvery
}

func (d *depth) set(messages int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.messages, d.at = messages, time.Now()
	return messages
}

func (d *depth) add(messages int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.messages += messages
}

// prepare makes sure that stream and consumer are there.
func (q *Queue) prepare(ctx context.Context) error {
	if q.ready.Load() {
		return nil
	}
	stream, err := q.stream.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: q.name, Subjects: []string{q.subject()},
		Storage: jetstream.MemoryStorage, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardOld,
		MaxAge: maxAge, MaxMsgs: maxMessages, MaxBytes: maxBytes,
	})
	if err != nil {
		return fmt.Errorf("make stream: %w", err)
	}
	_, err = stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: q.name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: maxAge, MaxAckPending: maxMessages,
	})
	if err != nil {
		return fmt.Errorf("make consumer: %w", err)
	}
	q.ready.Store(true)
	return nil
}

func (q *Queue) subject() string { return q.name + ".hints" }
