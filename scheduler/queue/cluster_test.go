package queue_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"waybill/models"
	"waybill/scheduler/queue"
)

func TestDepthCountsWhatWaits(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Settings{URL: newServers(t, 1).url()})
	publish(t, q, 160)
	if n, err := q.Depth(t.Context()); n < 160 || err != nil {
		t.Errorf("depth = %d, %v; want 160 at least", n, err)
	}
}

func TestABusyReplicaLeavesHintsToOthers(t *testing.T) {
	t.Parallel()
	s := newServers(t, 1)
	q, other := open(t, queue.Settings{URL: s.url()}), open(t, queue.Settings{URL: s.url()})
	ctx, stop := context.WithCancel(context.Background())
	block, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		q.Consume(ctx, 1, func(context.Context, models.Hint) { <-block })
	}()
	defer func() { stop(); close(block); <-ended }()
	publish(t, q, 1600)
	receive(t, consume(t, other, 4), 1400)
}

func TestReplicasShareACluster(t *testing.T) {
	t.Parallel()
	s := newServers(t, 3)
	a, b := open(t, queue.Settings{URL: s.url()}), open(t, queue.Settings{URL: s.url()})
	other := open(t, queue.Settings{URL: s.url(), Name: "other"})
	wakes, alien := b.Listen("deliver"), other.Listen("deliver")
	got, strangers := consume(t, b, 2), consume(t, other, 2)
	publish(t, a, 40)
	if err := b.Ready(); err != nil {
		t.Error(err)
	}
	receive(t, got, 40)
	until(t, func() bool { // the listener's subscription may be younger than the first wake-up
		return a.Wake(t.Context(), "deliver") == nil && woken(wakes)
	})
	if len(strangers) != 0 || woken(alien) {
		t.Error("another installation on the cluster hears ours")
	}
}

func TestTheStreamHasACopyOnEveryServerUpToThree(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 3} {
		s := newServers(t, n)
		open(t, queue.Settings{URL: s.url()})
		js := s.admin()
		until(t, func() bool { stream, consumer := copies(t, js); return stream == n && consumer == n })
	}
}

// Two of three servers make a cluster already; the third one gets its copy.
func TestTheStreamGetsMoreCopiesWhenTheClusterGrows(t *testing.T) {
	t.Parallel()
	s := notYet(t, 3)
	s.start(0)
	s.start(1)
	open(t, queue.Settings{URL: s.url()})
	js := s.admin()
	until(t, func() bool { stream, _ := copies(t, js); return stream == 2 })
	s.start(2)
	until(t, func() bool { stream, consumer := copies(t, js); return stream == 3 && consumer == 3 })
}

// The server that leads the stream goes: the others carry on, and until they do
// the process that takes works off by itself what it takes.
func TestWhoeverLeadsTheStreamMayGo(t *testing.T) {
	t.Parallel()
	s := newServers(t, 3)
	q := open(t, queue.Settings{URL: s.url()})
	got := consume(t, q, 2)
	publish(t, q, 3)
	receive(t, got, 3)
	js := s.admin()
	until(t, func() bool { return s.leader(js) >= 0 })
	s.stop(s.leader(js))
	publish(t, q, 3)
	receive(t, got, 3)
	until(t, q.Shared)
	publish(t, q, 3)
	receive(t, got, 3)
}

// Two of three servers are gone: nobody takes a message any more. Each change is
// logged once.
func TestWithoutAQuorumEveryProcessWorksByItself(t *testing.T) {
	t.Parallel()
	s, log := newServers(t, 3), &lines{}
	q := open(t, queue.Settings{URL: s.url(), Log: slog.New(slog.NewTextHandler(log, nil))})
	got := consume(t, q, 2)
	s.stop(0)
	s.stop(1)
	publish(t, q, 50)
	until(t, func() bool { return !q.Shared() && q.Ready() != nil })
	publish(t, q, 50)
	receive(t, got, 100)
	if n, err := q.Depth(t.Context()); n > 50 || err != nil {
		t.Errorf("depth = %d, %v", n, err)
	}
	s.start(0)
	s.start(1)
	until(t, q.Shared)
	publish(t, q, 50)
	receive(t, got, 50)
	text := log.String()
	if strings.Count(text, "does not answer") != strings.Count(text, "answers again") || strings.Count(text, "\n") > 8 {
		t.Errorf("the log has %s", text)
	}
}

// A consumer that is paused answers whatever it is asked, sends its heartbeats,
// and brings nothing.
func TestAConsumerThatBringsNothingIsNoQueue(t *testing.T) {
	t.Parallel()
	s := newServers(t, 1)
	q := open(t, queue.Settings{URL: s.url()})
	got := consume(t, q, 2)
	js := s.admin()
	if _, err := js.PauseConsumer(t.Context(), "waybill", "waybill", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	publish(t, q, 3) // nobody brings them; the database will
	until(t, func() bool { return !q.Shared() })
	publish(t, q, 3)
	receive(t, got, 3)
	if _, err := js.ResumeConsumer(t.Context(), "waybill", "waybill"); err != nil {
		t.Fatal(err)
	}
	until(t, q.Shared)
	receive(t, got, 3)
}

func TestTheQueueComesBackAfterTheClusterLostEverything(t *testing.T) {
	t.Parallel()
	s := newServers(t, 1)
	q := open(t, queue.Settings{URL: s.url()})
	got := consume(t, q, 2)
	publish(t, q, 3)
	receive(t, got, 3)
	s.stop(0)
	until(t, func() bool { return !q.Shared() })
	s.folders[0] = t.TempDir() // a new one, with an empty memory
	s.start(0)
	until(t, q.Shared)
	publish(t, q, 3)
	receive(t, got, 3)
}

func TestAClusterThatIsNotThereYetIsReplaced(t *testing.T) {
	t.Parallel()
	s := notYet(t, 1)
	q := openAnyway(t, queue.Settings{URL: s.url()})
	got, wakes := consume(t, q, 2), q.Listen("deliver")
	if q.Ready() == nil || q.Shared() {
		t.Fatal("ready without a server")
	}
	publish(t, q, 3)
	receive(t, got, 3)
	if err := q.Wake(t.Context(), "deliver"); err != nil || !woken(wakes) {
		t.Errorf("this process is not woken: %v", err)
	}
	s.start(0)
	until(t, q.Shared)
}

func TestAMistakenAddressIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := queue.OpenCluster(queue.Settings{URL: "nats://host:notaport", Log: quiet}); err == nil {
		t.Error("no error")
	}
}

func TestAMessageThatCannotBeReadIsDropped(t *testing.T) {
	t.Parallel()
	s := newServers(t, 1)
	q := open(t, queue.Settings{URL: s.url()})
	got := consume(t, q, 1)
	publish(t, q, 1)
	receive(t, got, 1)
	conn, err := nats.Connect(s.url())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Request("waybill.hints", []byte("{"), 20*time.Second); err != nil {
		t.Fatal(err)
	}
	publish(t, q, 1)
	receive(t, got, 1)
	until(t, func() bool { n, err := q.Depth(t.Context()); return n == 0 && err == nil })
}

// lines keeps what is logged.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
