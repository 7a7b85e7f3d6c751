package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	starting = 5 * time.Second // for the embedded server to be there
	draining = 2 * time.Second // for what was handed over before Close
)

// Settings say where the queue is.
type Settings struct {
	URL  string       // "nats://host:4222[,…]" of a JetStream cluster; "" runs a server inside this process
	Name string       // keeps installations that share a cluster apart: letters, digits, '-', '_'; "" means "waybill"
	Log  *slog.Logger // nil: the default logger
}

// Queue is a connection to the queue. It is safe for concurrent use.
type Queue struct {
	name   string
	log    *slog.Logger
	conn   *nats.Conn
	stream jetstream.JetStream
	closed chan struct{} // the connection is gone for good

	depth    depth
	ready    atomic.Bool // stream and consumer were there when we last looked
	embedded *embedded   // nil with a cluster
}

// Open starts the embedded server, or connects to a cluster. A cluster that
// cannot be reached is no error: Ready says so until it can be.
func Open(ctx context.Context, s Settings) (*Queue, error) {
	q := &Queue{name: s.Name, log: s.Log, closed: make(chan struct{})}
	if q.name == "" {
		q.name = "waybill"
	}
	if q.log == nil {
		q.log = slog.Default()
	}
	if err := q.open(ctx, s.URL); err != nil {
		return nil, fmt.Errorf("open queue: %w", errors.Join(err, q.Close()))
	}
	return q, nil
}

func (q *Queue) open(ctx context.Context, url string) (err error) {
	if url == "" {
		if q.embedded, err = serve(q.log); err != nil {
			return err
		}
	}
	if q.conn, err = q.connect(url); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	q.stream, err = jetstream.New(q.conn, jetstream.WithPublishAsyncTimeout(answering))
	if err != nil || q.embedded == nil {
		return err
	}
	return q.prepare(ctx)
}

// connect dials the cluster, or the server within, and keeps trying for ever.
func (q *Queue) connect(url string) (*nats.Conn, error) {
	options := []nats.Option{
		nats.Name(q.name),
		nats.MaxReconnects(-1),
		nats.RetryOnFailedConnect(true),
		nats.DrainTimeout(draining),
		nats.ClosedHandler(func(*nats.Conn) { close(q.closed) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { q.lost(err) }),
		nats.ReconnectHandler(func(*nats.Conn) { q.log.Info("queue is back") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { q.log.Warn("queue", "error", err) }),
	}
	if q.embedded != nil {
		options = append(options, nats.InProcessServer(q.embedded.server))
	}
	return nats.Connect(url, options...)
}

func (q *Queue) lost(err error) {
	q.ready.Store(false)
	if err != nil {
		q.log.Warn("queue lost", "error", err)
	}
}

// Ready says whether hints can travel now.
func (q *Queue) Ready() error {
	if status := q.conn.Status(); status != nats.CONNECTED {
		return fmt.Errorf("reach queue: %s", status)
	}
	return nil
}

// Close hands over what has been sent, hangs up, and stops the embedded
// server. It takes a few seconds at most. End Consume first.
func (q *Queue) Close() error {
	var err error
	if q.conn != nil {
		err = q.hangUp()
	}
	if q.embedded != nil {
		err = errors.Join(err, q.embedded.stop())
	}
	return err
}

// hangUp drains a living connection; one that is not connected has nothing to drain.
func (q *Queue) hangUp() error {
	if q.conn.Status() != nats.CONNECTED || q.conn.Drain() != nil {
		q.conn.Close()
	}
	select {
	case <-q.closed:
		return nil
	case <-time.After(2 * draining):
		q.conn.Close()
		return errors.New("close queue: the connection did not drain")
	}
}
