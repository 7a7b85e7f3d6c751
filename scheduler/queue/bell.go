package queue

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
)

// Wake rings the bell of a topic ("owed", "inbox") on every replica. A ring
// may be lost: it only saves whoever listens from waiting for its next round.
func (q *Queue) Wake(ctx context.Context, topic string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := q.conn.Publish(q.bell(topic), nil); err != nil {
		return fmt.Errorf("wake %s: %w", topic, err)
	}
	return nil
}

// Listen hears a topic's bell until the queue closes. Rings that come while
// one is waiting to be heard are one.
func (q *Queue) Listen(topic string) <-chan struct{} {
	rung := make(chan struct{}, 1)
	_, err := q.conn.Subscribe(q.bell(topic), func(*nats.Msg) {
		select {
		case rung <- struct{}{}:
		default:
		}
	})
	if err != nil {
		q.log.Warn("listen for wake-ups", "topic", topic, "error", err)
	}
	return rung
}

func (q *Queue) bell(topic string) string { return q.name + ".wake." + topic }
