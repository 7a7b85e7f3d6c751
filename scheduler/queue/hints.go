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

	"waybill/models"
)

const (
	perMessage = 16 // hints travel in small companies: cheap, and still fairly shared out
	ahead      = 4  // messages a replica fetches ahead of its workers
	answering  = 5 * time.Second
	renewing   = 10 * time.Second // a fetch that got nothing asks anew
	beating    = time.Second      // two beats missed: the consumer is lost

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
	for company := range slices.Chunk(hints, perMessage) {
		body, err := json.Marshal(company)
		if err != nil {
			return err
		}
		future, err := q.stream.PublishAsync(q.subject(), body)
		if err != nil {
			return err
		}
		sent = append(sent, future)
	}
	return arrived(ctx, sent)
}

// arrived waits until the queue has confirmed every message.
func arrived(ctx context.Context, sent []jetstream.PubAckFuture) error {
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
	var crew sync.WaitGroup
	for range workers {
		crew.Go(func() {
			for h := range hints {
				handle(ctx, h)
			}
		})
	}
	q.fetch(ctx, hints)
	close(hints)
	crew.Wait()
}

// fetch feeds the crew until ctx ends, whatever happens to the queue meanwhile.
func (q *Queue) fetch(ctx context.Context, hints chan<- models.Hint) {
	for ctx.Err() == nil {
		err := q.pull(ctx, hints)
		if ctx.Err() != nil {
			return
		}
		q.ready.Store(false)
		q.log.Warn("fetch hints", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
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
	}
}

// handOver gives a message's hints to the crew. One that cannot be read is dropped.
func handOver(ctx context.Context, m jetstream.Msg, hints chan<- models.Hint) error {
	var company []models.Hint
	if err := json.Unmarshal(m.Data(), &company); err != nil {
		return m.Term()
	}
	for _, h := range company {
		select {
		case hints <- h:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return m.Ack()
}

// Depth is about how many hints wait for a worker.
func (q *Queue) Depth(ctx context.Context) (int, error) {
	if err := q.prepare(ctx); err != nil {
		return 0, fmt.Errorf("measure queue: %w", err)
	}
	consumer, err := q.stream.Consumer(ctx, q.name, q.name)
	if err != nil {
		q.ready.Store(false)
		return 0, fmt.Errorf("measure queue: %w", err)
	}
	state := consumer.CachedInfo()
	return (int(state.NumPending) + state.NumAckPending) * perMessage, nil
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
