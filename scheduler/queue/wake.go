package queue

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
)

// Wake wakes whoever listens to a topic, on every replica. A wake-up may be
// lost: it only saves the listener from waiting for its next look.
func (q *Queue) Wake(ctx context.Context, topic string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := q.conn.Publish(q.wakeSubject(topic), nil); err != nil {
		return fmt.Errorf("wake %s: %w", topic, err)
	}
	return nil
}

// Listen receives a topic's wake-ups until the queue closes. Those that come
// while one waits to be received are one.
func (q *Queue) Listen(topic string) <-chan struct{} {
	wakes := make(chan struct{}, 1)
	_, err := q.conn.Subscribe(q.wakeSubject(topic), func(*nats.Msg) {
		select {
		case wakes <- struct{}{}:
		default:
		}
	})
	if err != nil {
		q.log.Warn("listen for wake-ups", "topic", topic, "error", err)
	}
	return wakes
}

func (q *Queue) wakeSubject(topic string) string { return q.name + ".wake." + topic }
