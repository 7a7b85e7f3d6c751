package queue_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"waybill/models"
	"waybill/scheduler/queue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

// open opens a queue and closes it with the test.
func open(t *testing.T, s queue.Settings) *queue.Queue {
	t.Helper()
	s.Log = quiet
	q, err := queue.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// consume runs Consume until the test ends and hands out what it gets.
func consume(t *testing.T, q *queue.Queue, workers int) <-chan models.Hint {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	got, ended := make(chan models.Hint, 10_000), make(chan struct{})
	go func() {
		defer close(ended)
		q.Consume(ctx, workers, func(_ context.Context, h models.Hint) { got <- h })
	}()
	t.Cleanup(func() { stop(); <-ended })
	return got
}

func hints(n int) []models.Hint {
	var all []models.Hint
	for i := range n {
		all = append(all, models.Hint{Parcel: int64(i), Version: int64(i) * 2})
	}
	return all
}

// receive takes n hints, sorted by parcel.
func receive(t *testing.T, got <-chan models.Hint, n int) []models.Hint {
	t.Helper()
	var all []models.Hint
	for range n {
		select {
		case h := <-got:
			all = append(all, h)
		case <-time.After(20 * time.Second):
			t.Fatalf("got %d hints, want %d", len(all), n)
		}
	}
	slices.SortFunc(all, func(a, b models.Hint) int { return int(a.Parcel - b.Parcel) })
	return all
}

func TestEveryHintReachesOneWorker(t *testing.T) {
	q := open(t, queue.Settings{})
	one, two := consume(t, q, 3), consume(t, q, 3)
	got := make(chan models.Hint, 1000)
	ctx, stop := context.WithCancel(t.Context())
	var merge sync.WaitGroup
	for _, source := range []<-chan models.Hint{one, two} {
		merge.Go(func() {
			for {
				select {
				case h := <-source:
					got <- h
				case <-ctx.Done():
					return
				}
			}
		})
	}
	if err := q.Publish(t.Context(), hints(500)); err != nil {
		t.Fatal(err)
	}
	if all := receive(t, got, 500); !slices.Equal(all, hints(500)) {
		t.Errorf("got %v", all)
	}
	stop()
	merge.Wait()
	if len(got) != 0 {
		t.Errorf("%d hints came twice", len(got))
	}
}

func TestNoHintsAreNothing(t *testing.T) {
	if err := open(t, queue.Settings{}).Publish(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestTheEmbeddedQueueOpensNoPortAndLeavesNoFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	q, err := queue.Open(t.Context(), queue.Settings{Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Publish(t.Context(), hints(50)); err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp", "127.0.0.1:4222"); err == nil {
		_ = c.Close()
		t.Error("somebody listens at NATS' port")
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestDepthCountsWhatWaits(t *testing.T) {
	q := open(t, queue.Settings{})
	if n, err := q.Depth(t.Context()); n != 0 || err != nil {
		t.Fatalf("an empty queue is %d deep, %v", n, err)
	}
	if err := q.Publish(t.Context(), hints(160)); err != nil {
		t.Fatal(err)
	}
	if n, err := q.Depth(t.Context()); n != 160 || err != nil {
		t.Errorf("depth = %d, %v; want 160", n, err)
	}
}

func TestABusyReplicaLeavesHintsToOthers(t *testing.T) {
	q := open(t, queue.Settings{})
	ctx, stop := context.WithCancel(context.Background())
	block, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		q.Consume(ctx, 1, func(context.Context, models.Hint) { <-block })
	}()
	defer func() { stop(); close(block); <-ended }()
	if err := q.Publish(t.Context(), hints(1600)); err != nil {
		t.Fatal(err)
	}
	receive(t, consume(t, q, 4), 1400)
}

func TestConsumeEndsOnlyWhenItsWorkersHave(t *testing.T) {
	q := open(t, queue.Settings{})
	ctx, stop := context.WithCancel(context.Background())
	begun, finish, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		q.Consume(ctx, 1, func(context.Context, models.Hint) { close(begun); <-finish })
	}()
	if err := q.Publish(t.Context(), hints(1)); err != nil {
		t.Fatal(err)
	}
	<-begun
	stop()
	select {
	case <-ended:
		t.Error("ended with a hint in flight")
	default:
	}
	close(finish)
	<-ended
}

func TestAWakeUpIsReceivedAndSeveralAreOne(t *testing.T) {
	q := open(t, queue.Settings{})
	owed, inbox := q.Listen("owed"), q.Listen("inbox")
	for range 100 {
		if err := q.Wake(t.Context(), "owed"); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-owed:
	case <-time.After(20 * time.Second):
		t.Fatal("not woken")
	}
	select {
	case <-inbox:
		t.Error("another topic's wake-up was received")
	default:
	}
}

// cluster runs a NATS server that listens, as a cluster would.
func cluster(t *testing.T, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("server does not start")
	}
	return s
}

func halt(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

func TestReplicasShareACluster(t *testing.T) {
	s := cluster(t, server.RANDOM_PORT)
	defer halt(s)
	a, b := open(t, queue.Settings{URL: s.ClientURL()}), open(t, queue.Settings{URL: s.ClientURL()})
	other := open(t, queue.Settings{URL: s.ClientURL(), Name: "other"})
	wakes, alien := b.Listen("owed"), other.Listen("owed")
	got, strangers := consume(t, b, 2), consume(t, other, 2)
	if err := a.Publish(t.Context(), hints(40)); err != nil {
		t.Fatal(err)
	}
	if err := b.Ready(); err != nil {
		t.Error(err)
	}
	receive(t, got, 40)
	until(t, func() bool { // the listener's subscription may be younger than the first ring
		return a.Wake(t.Context(), "owed") == nil && woken(wakes)
	})
	if len(strangers) != 0 || woken(alien) {
		t.Error("another installation on the cluster hears ours")
	}
}

func woken(wakes <-chan struct{}) bool {
	select {
	case <-wakes:
		return true
	default:
		return false
	}
}

// until waits for something that another goroutine brings about.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 4000 {
		if ok() {
			return
		}
		<-tick.C
	}
	t.Fatal("it did not happen")
}

func TestTheQueueComesBackAfterTheClusterLostEverything(t *testing.T) {
	s := cluster(t, server.RANDOM_PORT)
	port := s.Addr().(*net.TCPAddr).Port
	q := open(t, queue.Settings{URL: fmt.Sprintf("nats://127.0.0.1:%d", port)})
	got := consume(t, q, 2)
	if err := q.Publish(t.Context(), hints(3)); err != nil {
		t.Fatal(err)
	}
	receive(t, got, 3)
	halt(s)
	until(t, func() bool { return q.Ready() != nil })
	s = cluster(t, port) // a new one, with an empty memory
	defer halt(s)
	until(t, func() bool { return q.Ready() == nil })
	until(t, func() bool { return q.Publish(t.Context(), hints(3)) == nil })
	receive(t, got, 3)
}

func TestAClusterThatIsNotThereYetIsNotReady(t *testing.T) {
	s := cluster(t, server.RANDOM_PORT)
	port := s.Addr().(*net.TCPAddr).Port
	halt(s)
	q := open(t, queue.Settings{URL: fmt.Sprintf("nats://127.0.0.1:%d", port)})
	if q.Ready() == nil {
		t.Fatal("ready without a server")
	}
	s = cluster(t, port)
	defer halt(s)
	until(t, func() bool { return q.Ready() == nil })
}

func TestAMistakenAddressIsAnError(t *testing.T) {
	if _, err := queue.Open(t.Context(), queue.Settings{URL: "nats://host:notaport", Log: quiet}); err == nil {
		t.Error("no error")
	}
}

func TestAMessageThatCannotBeReadIsDropped(t *testing.T) {
	s := cluster(t, server.RANDOM_PORT)
	defer halt(s)
	q := open(t, queue.Settings{URL: s.ClientURL()})
	got := consume(t, q, 1)
	if err := q.Publish(t.Context(), hints(1)); err != nil {
		t.Fatal(err)
	}
	receive(t, got, 1)
	conn, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Request("waybill.hints", []byte("{"), 20*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := q.Publish(t.Context(), hints(1)); err != nil {
		t.Fatal(err)
	}
	receive(t, got, 1)
	until(t, func() bool { n, err := q.Depth(t.Context()); return n == 0 && err == nil })
}

func BenchmarkHints(b *testing.B) {
	q, err := queue.Open(b.Context(), queue.Settings{Log: quiet})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = q.Close() }()
	ctx, stop := context.WithCancel(b.Context())
	got, ended := make(chan models.Hint, 1000), make(chan struct{})
	go func() {
		defer close(ended)
		q.Consume(ctx, 16, func(_ context.Context, h models.Hint) { got <- h })
	}()
	batch := hints(500)
	b.ResetTimer()
	for n := 0; n < b.N; n += 500 {
		if err := q.Publish(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		for range batch {
			<-got
		}
	}
	b.StopTimer()
	stop()
	<-ended
}
