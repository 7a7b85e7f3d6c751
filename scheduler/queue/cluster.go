package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"waybill/models"
)

const (
	answering = 2 * time.Second // for each request to the cluster; later is no answer
	preparing = 5 * time.Second // for stream and consumer to be made, which takes an election
	pinging   = time.Second     // two pings without a pong: the connection is lost
	redialing = 500 * time.Millisecond
	draining  = 2 * time.Second // for what was handed over before Close
)

// Settings say where a cluster is.
type Settings struct {
	URL  string       // "nats://host:4222[,…]"
	Name string       // keeps installations that share a cluster apart: letters, digits, '-', '_'; "" means "waybill"
	Log  *slog.Logger // nil: the default logger
}

// Cluster is a connection to a JetStream cluster. It is safe for concurrent use.
type Cluster struct {
	name   string
	log    *slog.Logger
	conn   *nats.Conn
	stream jetstream.JetStream
	closed chan struct{} // the connection is gone for good

	local    *Local           // works off what the cluster brings, and is the queue while it does not answer
	incoming chan models.Hint // from the cluster to the workers
	health   *health
	depth    depth
	prepared preparation
	fetching fetching
	watcher  watcher
}

// OpenCluster connects to a cluster and begins to watch whether it answers. A
// cluster that cannot be reached is no error: Ready says so until it can be.
// Close must be called.
func OpenCluster(s Settings) (*Cluster, error) {
	if s.Name == "" {
		s.Name = "waybill"
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	c := &Cluster{
		name: s.Name, log: s.Log, closed: make(chan struct{}), local: NewLocal(), incoming: make(chan models.Hint), health: newHealth(s.Log),
	}
	var err error
	if c.conn, err = c.connect(s.URL); err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	if c.stream, err = jetstream.New(c.conn, jetstream.WithPublishAsyncTimeout(answering), jetstream.WithDefaultTimeout(answering)); err != nil {
		return nil, fmt.Errorf("open queue: %w", errors.Join(err, c.hangUp()))
	}
	c.watcher.start(c.watch)
	return c, nil
}

// connect dials the cluster and keeps trying for ever. Nothing is kept for
// later while there is no connection.
func (c *Cluster) connect(url string) (*nats.Conn, error) {
	return nats.Connect(url,
		nats.Name(c.name),
		nats.NoEcho(),
		nats.Timeout(answering),
		nats.PingInterval(pinging),
		nats.MaxPingsOutstanding(2),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(redialing),
		nats.ReconnectBufSize(-1),
		nats.RetryOnFailedConnect(true),
		nats.DrainTimeout(draining),
		nats.ClosedHandler(func(*nats.Conn) { close(c.closed) }),
		nats.ReconnectHandler(func(*nats.Conn) { c.prepared.forget() }),
		nats.DiscoveredServersHandler(func(*nats.Conn) { c.prepared.forget() }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { c.log.Debug("queue", "error", err) }))
}

// Shared says whether hints that are published reach all processes now. While
// they do not, every process has to take for itself.
func (c *Cluster) Shared() bool { return c.health.answers() == nil }

// Ready says whether the cluster answers; while it does not, hints do not travel.
func (c *Cluster) Ready() error {
	if err := c.health.answers(); err != nil {
		return fmt.Errorf("the queue does not answer: %w", err)
	}
	return nil
}

// Close hands over what has been sent and hangs up. It takes a few seconds at
// most. End Consume first.
func (c *Cluster) Close() error {
	c.watcher.stop()
	return c.hangUp()
}

// hangUp drains a living connection; one that is not connected has nothing to drain.
func (c *Cluster) hangUp() error {
	if c.conn.Status() != nats.CONNECTED || c.conn.Drain() != nil {
		c.conn.Close()
	}
	select {
	case <-c.closed:
		return nil
	case <-time.After(2 * draining):
		c.conn.Close()
		return errors.New("close queue: the connection did not drain")
	}
}

// watcher is the goroutine that watches the cluster.
type watcher struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
}

func (w *watcher) start(watch func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	w.running.Go(func() { watch(ctx) })
}

func (w *watcher) stop() {
	w.cancel()
	w.running.Wait()
}

// fetching is what is known of the way from the cluster to this process' workers.
type fetching struct {
	broken   atomic.Bool  // hints are wanted and cannot be fetched
	waiting  atomic.Bool  // for the next message: workers have taken the one before
	received atomic.Int64 // messages so far
}
