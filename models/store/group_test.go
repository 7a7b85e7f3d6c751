package store

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"gorm.io/gorm"
)

// watched is a commit that is watched: it notes its batches and waits to be let
// through.
type watched struct {
	mu      sync.Mutex
	batches [][]int
	gate    chan struct{}
}

func (w *watched) commit(_ context.Context, asks []int) ([]outcome[int], error) {
	<-w.gate
	w.mu.Lock()
	defer w.mu.Unlock()
	w.batches = append(w.batches, asks)
	outcomes := make([]outcome[int], len(asks))
	for i, ask := range asks {
		if ask == bad && len(asks) > 0 {
			return nil, gorm.ErrDuplicatedKey
		}
		outcomes[i].answer = ask * 10
	}
	return outcomes, nil
}

const bad = 13

func TestWhatQueuesUpIsCommittedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{gate: make(chan struct{})}
		g := newGroup(w.commit)
		var wait sync.WaitGroup
		ask := func(n int) {
			wait.Go(func() {
				if got, err := g.do(t.Context(), n); got != n*10 || err != nil {
					t.Errorf("got %d, %v for %d", got, err, n)
				}
			})
			synctest.Wait()
		}
		for n := range 5 {
			ask(n + 1)
		}
		close(w.gate)
		wait.Wait()
		g.close()
		if len(w.batches) != 2 || !slices.Equal(w.batches[0], []int{1}) || !slices.Equal(w.batches[1], []int{2, 3, 4, 5}) {
			t.Fatalf("got %v", w.batches)
		}
	})
}

// TestCallersThatCanGoOnAreWaitedFor: with one processor the others have not asked yet when
// the first has.
func TestCallersThatCanGoOnAreWaitedFor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w := &watched{gate: make(chan struct{})}
	close(w.gate)
	g := newGroup(w.commit)
	defer g.close()
	const calls = 40
	var wait sync.WaitGroup
	for n := range calls {
		wait.Go(func() {
			if _, err := g.do(t.Context(), 100+n); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if len(w.batches) > calls/4 {
		t.Errorf("%d calls were written in %d transactions", calls, len(w.batches))
	}
}

func TestACallerWhoGivesUpIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{gate: make(chan struct{})}
		g := newGroup(w.commit)
		var wait sync.WaitGroup
		wait.Go(func() { _, _ = g.do(t.Context(), 1) })
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		wait.Go(func() {
			if _, err := g.do(ctx, 2); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(w.gate)
		wait.Wait()
		if _, err := g.do(ctx, 3); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
		g.close()
		if len(w.batches) != 1 {
			t.Fatalf("got %v", w.batches)
		}
	})
}

func TestARowThatIsRefusedFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{gate: make(chan struct{})}
		g := newGroup(w.commit)
		var wait sync.WaitGroup
		for _, n := range []int{1, 2, bad, 4} {
			wait.Go(func() {
				got, err := g.do(t.Context(), n)
				if n == bad && !errors.Is(err, gorm.ErrDuplicatedKey) || n != bad && (err != nil || got != n*10) {
					t.Errorf("got %d, %v for %d", got, err, n)
				}
			})
			synctest.Wait()
		}
		close(w.gate)
		wait.Wait()
		g.close()
	})
}

func TestWhatIsQueuedIsWrittenBeforeTheStoreCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{gate: make(chan struct{})}
		g := newGroup(w.commit)
		var wait sync.WaitGroup
		for n := range 3 {
			wait.Go(func() {
				if got, err := g.do(t.Context(), n); err != nil || got != n*10 {
					t.Errorf("got %d, %v", got, err)
				}
			})
			synctest.Wait()
		}
		wait.Go(g.close)
		synctest.Wait()
		close(w.gate)
		wait.Wait()
		if _, err := g.do(t.Context(), 9); !errors.Is(err, errClosed) {
			t.Errorf("got %v, want %v", err, errClosed)
		}
	})
}
