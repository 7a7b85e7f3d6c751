package queue

import (
	"context"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
)

// wakes wakes those in this process who listen to a topic.
type wakes struct {
	mu        sync.Mutex
	listeners map[string][]chan struct{}
}

// Wake wakes whoever listens to a topic in this process.
func (w *wakes) Wake(ctx context.Context, topic string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.listeners[topic] {
		select {
		case l <- struct{}{}:
		default:
		}
	}
	return ctx.Err()
}

// Listen receives a topic's wake-ups. Those that come while one waits to be
// received are one.
func (w *wakes) Listen(topic string) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.listeners == nil {
		w.listeners = map[string][]chan struct{}{}
	}
	l := make(chan struct{}, 1)
	w.listeners[topic] = append(w.listeners[topic], l)
	return l
}

// Wake wakes whoever listens to a topic: in this process always, in the others
// as long as the cluster can be reached. A wake-up may be lost: it only saves the
// listener from waiting for its next look.
func (c *Cluster) Wake(ctx context.Context, topic string) error {
	err := c.local.Wake(ctx, topic)
	if err != nil || !c.conn.IsConnected() {
		return err
	}
	if err := c.conn.Publish(c.wakeSubject(topic), nil); err != nil {
		return fmt.Errorf("wake %s: %w", topic, err)
	}
	return nil
}

// Listen receives a topic's wake-ups until the queue closes. Those that come
// while one waits to be received are one.
func (c *Cluster) Listen(topic string) <-chan struct{} {
	_, err := c.conn.Subscribe(c.wakeSubject(topic), func(*nats.Msg) {
		_ = c.local.Wake(context.Background(), topic) // it fails with its context only
	})
	if err != nil {
		c.log.Warn("listen for wake-ups", "topic", topic, "error", err)
	}
	return c.local.Listen(topic)
}

func (c *Cluster) wakeSubject(topic string) string { return c.name + ".wake." + topic }
