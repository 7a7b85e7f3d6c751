package tracking

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

const unknown = "780000000001"

// oracle is a provider that takes a second to detect a carrier or to look a
// name up, and counts how often it is paid for that.
type oracle struct {
	script
	paid atomic.Int64
	err  error
}

func newOracle() *oracle {
	trace := says("a", models.InTransit)
	trace.Named = "中天快运"
	return &oracle{script: script{name: "a", answers: []any{trace}}}
}

func (o *oracle) think(ctx context.Context) error {
	o.paid.Add(1)
	select {
	case <-time.After(time.Second):
		return o.err
	case <-ctx.Done():
		return &Error{Provider: "a", Kind: ErrUnavailable, Billed: true, Cause: ctx.Err()}
	}
}

func (o *oracle) Detect(ctx context.Context, _ string) (Detected, error) {
	err := o.think(ctx)
	return Detected{Carriers: []models.Carrier{"zto"}, Billed: true}, err
}

func (o *oracle) provider() Provider {
	p := o.script.provider()
	p.Detect, p.ListCarriers = o.Detect, o.ListCarriers
	return p
}

func (o *oracle) ListCarriers(ctx context.Context, _ string) (Listed, error) {
	err := o.think(ctx)
	return Listed{Carriers: []Named{{Code: "zhongtian", Name: "中天快运"}}, Billed: true}, err
}

// together runs something ten times at once at each of some trackers.
func together(trackers []*Tracker, do func(tr *Tracker)) {
	var wg sync.WaitGroup
	for i := range 10 * len(trackers) {
		wg.Go(func() { do(trackers[i%len(trackers)]) })
	}
	wg.Wait()
}

func TestHoweverManyAskAtOnceOverAllReplicasACallIsPaidOnce(t *testing.T) {
	for name, do := range map[string]func(*testing.T, *Tracker){
		"for a detection": func(t *testing.T, tr *Tracker) {
			if got, sure := tr.Detect(t.Context(), unknown); !sure || got[0] != "zto" {
				t.Errorf("%v, sure %v", got, sure)
			}
		},
		"for a name": func(t *testing.T, tr *Tracker) {
			if got := tr.Ask(t.Context(), ask()); got.Trace.Carrier != "ztky" {
				t.Errorf("carrier = %q", got.Trace.Carrier)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, o := newBook(), newOracle()
				together([]*Tracker{tracker(b, o), tracker(b, o)}, func(tr *Tracker) { do(t, tr) })
				if n := o.paid.Load(); n != 1 {
					t.Errorf("paid %d times", n)
				}
			})
		})
	}
}

func TestWhoCannotBeAskedKeepsNobodyFromAskingLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, o := newBook(), newOracle()
		b.refuse["a"] = &models.Refusal{Why: models.ErrBudget}
		tracker(b, o).Detect(t.Context(), unknown)
		delete(b.refuse, "a")
		if got, sure := tracker(b, o).Detect(t.Context(), unknown); !sure || got[0] != "zto" {
			t.Errorf("%v, sure %v", got, sure)
		}
	})
}

func TestAReplicaThatDiedWhileItAskedIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, o := newBook(), newOracle()
		tr, now := tracker(b, o), models.At(time.Now())
		if first, err := b.Once(t.Context(), "detect-ask", unknown, now.Add(claimFor), now); !first || err != nil {
			t.Fatal(first, err)
		}
		begun := time.Now()
		if _, sure := tr.Detect(t.Context(), unknown); sure || time.Since(begun) != waitForOther || o.paid.Load() != 0 {
			t.Errorf("sure %v after %s, %d calls", sure, time.Since(begun), o.paid.Load())
		}
		time.Sleep(claimFor)
		if _, sure := tr.Detect(t.Context(), unknown); !sure {
			t.Error("the dead one is waited for for ever")
		}
	})
}

func TestWhoIsCalledOffTakesNobodyAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, o := newBook(), newOracle()
		b.slot["a"] = models.At(time.Now()).Add(3 * time.Second) // a turn that has to be waited for
		tr := trackerWith(b, func(s *Settings) { s.Rates = map[string]float64{"a": 1} }, o)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { tr.Detect(ctx, unknown) })
		synctest.Wait()
		wg.Go(func() {
			if got, sure := tr.Detect(t.Context(), unknown); !sure || got[0] != "zto" {
				t.Errorf("%v, sure %v", got, sure)
			}
		})
		synctest.Wait()
		cancel()
		wg.Wait()
	})
}

func TestAMemoryThatFailsCostsACallAndNoAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOracle()
		tr := trackerWith(newBook(), func(s *Settings) { s.Memory = deaf{} }, o)
		if got, sure := tr.Detect(t.Context(), unknown); !sure || got[0] != "zto" || o.paid.Load() != 1 {
			t.Errorf("%v, sure %v, %d calls", got, sure, o.paid.Load())
		}
	})
}

func TestEveryCallersDeadlineCountsAndTheAnswerIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, o := newBook(), newOracle()
		tr := tracker(b, o)
		var all sync.WaitGroup
		for _, patience := range []time.Duration{300 * time.Millisecond, 200 * time.Millisecond} {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				begun := time.Now()
				if tr.Detect(ctx, unknown); time.Since(begun) != patience {
					t.Errorf("left after %s, want %s", time.Since(begun), patience)
				}
			})
		}
		all.Wait()
		if err := tr.Close(); err != nil || o.paid.Load() != 1 {
			t.Errorf("%v, paid %d times", err, o.paid.Load())
		}
		if got, sure := tracker(b, o).Detect(t.Context(), unknown); !sure || got[0] != "zto" || o.paid.Load() != 1 {
			t.Errorf("%v, sure %v, paid %d times", got, sure, o.paid.Load())
		}
	})
}

func TestALookupDoesNotHoldUpTheEndOfTheProcessForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, o := newBook(), newOracle()
		b.slot["a"] = models.At(time.Now()).Add(6 * time.Second)
		tr := trackerWith(b, func(s *Settings) { s.Rates = map[string]float64{"a": 1} }, o)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		tr.Detect(ctx, unknown)
		begun := time.Now()
		if err := tr.Close(); err != nil || time.Since(begun) != closeWithin || o.paid.Load() != 0 {
			t.Errorf("%v after %s, paid %d times", err, time.Since(begun), o.paid.Load())
		}
	})
}

// tally counts what fails.
type tally struct {
	unmetered
	mu     sync.Mutex
	failed map[string]int
}

func (c *tally) MemoryFailed(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed[kind]++
}

func TestFailuresOfTheSharedMemoryAreCountedAndLoggedWithoutWaybills(t *testing.T) {
	var log bytes.Buffer
	meter := &tally{failed: map[string]int{}}
	second := &script{name: "b", answers: []any{fails("b", ErrNoRecord)}}
	tr := trackerWith(newBook(), func(s *Settings) {
		s.Memory, s.Meter, s.Log = deaf{}, meter, slog.New(slog.NewTextHandler(&log, nil))
	}, &script{name: "a", answers: []any{fails("a", ErrNoRecord)}}, second)
	tr.Ask(t.Context(), ask())
	if second.calls() != 1 {
		t.Errorf("a failed read is taken for an opinion that was had: %d calls", second.calls())
	}
	if meter.failed["second"] != 2 || meter.failed["cooldown"] == 0 {
		t.Errorf("counted %v", meter.failed)
	}
	if text := log.String(); !strings.Contains(text, "level=WARN") || !strings.Contains(text, "kind=second") || strings.Contains(text, ask().Parcel.Number) {
		t.Errorf("logged %s", text)
	}
}
