package queue_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"waybill/models"
	"waybill/scheduler/queue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

// way is what both ways have in common.
type way interface {
	Publish(ctx context.Context, hints []models.Hint) error
	Consume(ctx context.Context, workers int, handle func(context.Context, models.Hint))
	Depth(ctx context.Context) (int, error)
	Wake(ctx context.Context, topic string) error
	Listen(topic string) <-chan struct{}
	Shared() bool
	Ready() error
	Close() error
}

// each runs a test on both ways; the cluster is one server.
func each(t *testing.T, test func(t *testing.T, q way)) {
	t.Helper()
	t.Run("local", func(t *testing.T) { test(t, queue.NewLocal()) })
	t.Run("cluster", func(t *testing.T) { test(t, open(t, queue.Settings{URL: newServers(t, 1).url()})) })
}

// open opens the way to a cluster, waits until it answers and closes it with the test.
func open(t *testing.T, s queue.Settings) *queue.Cluster {
	t.Helper()
	q := openAnyway(t, s)
	until(t, q.Shared)
	return q
}

func openAnyway(t *testing.T, s queue.Settings) *queue.Cluster {
	t.Helper()
	if s.Log == nil {
		s.Log = quiet
	}
	q, err := queue.OpenCluster(s)
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
func consume(t *testing.T, q way, workers int) <-chan models.Hint {
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

func publish(t *testing.T, q way, n int) {
	t.Helper()
	if err := q.Publish(t.Context(), hints(n)); err != nil {
		t.Fatal(err)
	}
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

// until waits for something that another goroutine brings about.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 8000 {
		if ok() {
			return
		}
		<-tick.C
	}
	t.Fatal("it did not happen")
}

func woken(wakes <-chan struct{}) bool {
	select {
	case <-wakes:
		return true
	default:
		return false
	}
}

func TestEveryHintReachesOneWorker(t *testing.T) {
	each(t, func(t *testing.T, q way) {
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
		publish(t, q, 500)
		if all := receive(t, got, 500); !slices.Equal(all, hints(500)) {
			t.Errorf("got %v", all)
		}
		stop()
		merge.Wait()
		if len(got) != 0 {
			t.Errorf("%d hints came twice", len(got))
		}
	})
}

func TestNoHintsAreNothing(t *testing.T) {
	each(t, func(t *testing.T, q way) {
		publish(t, q, 0)
		if err := q.Ready(); err != nil {
			t.Error(err)
		}
	})
}

func TestConsumeEndsOnlyWhenItsWorkersHave(t *testing.T) {
	each(t, func(t *testing.T, q way) {
		ctx, stop := context.WithCancel(context.Background())
		begun, finish, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(ended)
			q.Consume(ctx, 1, func(context.Context, models.Hint) { close(begun); <-finish })
		}()
		publish(t, q, 1)
		<-begun
		stop()
		select {
		case <-ended:
			t.Error("ended with a hint in flight")
		default:
		}
		close(finish)
		<-ended
	})
}

func TestAWakeUpIsReceivedAndSeveralAreOne(t *testing.T) {
	each(t, func(t *testing.T, q way) {
		deliver, lists := q.Listen("deliver"), q.Listen("lists")
		for range 100 {
			if err := q.Wake(t.Context(), "deliver"); err != nil {
				t.Fatal(err)
			}
		}
		if !woken(deliver) || woken(deliver) || woken(lists) {
			t.Error("one wake-up of one topic was to be received")
		}
	})
}

// What waits and what is being handled is what a process has taken for itself.
func TestALocalQueueCountsWhatIsNotHandledYet(t *testing.T) {
	q := queue.NewLocal()
	ctx, stop := context.WithCancel(context.Background())
	begun, finish, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		q.Consume(ctx, 1, func(context.Context, models.Hint) { begun <- struct{}{}; <-finish })
	}()
	publish(t, q, 3)
	<-begun
	if n, err := q.Depth(t.Context()); n != 3 || err != nil || q.Shared() {
		t.Errorf("depth %d, %v, shared %v", n, err, q.Shared())
	}
	finish <- struct{}{}
	<-begun
	until(t, func() bool { n, _ := q.Depth(t.Context()); return n == 2 })
	stop()
	close(finish)
	<-ended
}

func TestALocalQueueThatIsFullMakesWhoeverPublishesWait(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	q, ended := queue.NewLocal(), make(chan error, 1)
	go func() { ended <- q.Publish(ctx, hints(5000)) }()
	until(t, func() bool { n, _ := q.Depth(t.Context()); return n == 4096 })
	stop()
	if err := <-ended; err == nil {
		t.Error("it took more than it holds")
	}
}

func BenchmarkHints(b *testing.B) {
	q := queue.NewLocal()
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
