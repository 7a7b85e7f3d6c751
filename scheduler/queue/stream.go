package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	mostCopies  = 3 // of the stream and of its consumer: one server may die
	growing     = 15 * time.Second
	maxAge      = time.Minute // by then the parcel has long been taken again
	maxMessages = 100_000
	maxBytes    = 32 << 20
)

// preparation is when stream and consumer were there, with as many copies as
// the cluster has servers for.
type preparation struct {
	mu     sync.Mutex
	at     time.Time // zero: they have to be looked for
	copies int
}

// done says whether nothing has to be prepared: a stream that has fewer copies
// than it might have is looked at now and then, because clusters grow.
func (p *preparation) done() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.at.IsZero() && (p.copies == mostCopies || time.Since(p.at) < growing)
}

func (p *preparation) forget() { p.set(0, time.Time{}) }

func (p *preparation) set(copies int, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.copies, p.at = copies, at
}

// prepare makes sure that stream and consumer are there.
func (c *Cluster) prepare(ctx context.Context) error {
	if c.prepared.done() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, preparing)
	defer cancel()
	stream, copies, err := c.makeStream(ctx)
	if err != nil {
		return fmt.Errorf("make stream: %w", err)
	}
	_, err = stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{ // with as many copies as the stream has
		Durable: c.name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: maxAge, MaxAckPending: maxMessages,
	})
	if err != nil {
		return fmt.Errorf("make consumer: %w", err)
	}
	c.prepared.set(copies, time.Now())
	return nil
}

// makeStream makes the stream, or brings it up to date, with as many copies as
// the cluster has servers for: only the cluster knows how many those are.
func (c *Cluster) makeStream(ctx context.Context) (stream jetstream.Stream, copies int, err error) {
	for copies = mostCopies; copies > 0; copies-- {
		stream, err = c.stream.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: c.name, Subjects: []string{c.subject()}, Replicas: copies,
			Storage: jetstream.MemoryStorage, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardOld,
			MaxAge: maxAge, MaxMsgs: maxMessages, MaxBytes: maxBytes,
		})
		if !tooManyCopies(err) {
			return stream, copies, err
		}
	}
	return nil, 0, err
}

// tooManyCopies says that the cluster has too few servers: numbers of
// JSClusterNoPeersErrF, JSInsufficientResourcesErr and JSStreamReplicasNotSupportedErr
// in nats-server's errors.json.
func tooManyCopies(err error) bool {
	var e *jetstream.APIError
	return errors.As(err, &e) && (e.ErrorCode == 10005 || e.ErrorCode == 10023 || e.ErrorCode == 10074)
}

func (c *Cluster) subject() string { return c.name + ".hints" }
