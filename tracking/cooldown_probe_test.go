package tracking

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// closed is a provider whose quota is spent, until it answers after a second.
type closed struct {
	script
	mu     sync.Mutex
	answer error
	asked  int
}

func (c *closed) Query(context.Context, string, models.Carrier, string) (models.Trace, error) {
	c.mu.Lock()
	c.asked++
	err := c.answer
	c.mu.Unlock()
	time.Sleep(time.Second)
	if err != nil {
		return models.Trace{}, err
	}
	return says("a", models.InTransit), nil
}

func (c *closed) provider() Provider {
	p := c.script.provider()
	p.Query = c.Query
	return p
}

// became changes what it answers, and tells how often it was asked before.
func (c *closed) became(err error) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.asked
	c.answer, c.asked = err, 0
	return n
}

// cooled is a provider whose cooldown has just ended, with two replicas and a
// second provider that takes no time.
func cooled(t *testing.T) (*closed, *book, []*Tracker) {
	t.Helper()
	b, a := newBook(), &closed{script: script{name: "a"}, answer: fails("a", ErrQuota)}
	second := &script{name: "b", answers: []any{says("b", models.InTransit)}}
	all := []*Tracker{tracker(b, a, second), tracker(b, a, second)}
	all[0].Ask(t.Context(), ask())
	if got := all[1].Ask(t.Context(), ask()); got.Trace.Provider != "b" || a.became(nil) != 1 {
		t.Fatalf("answered by %q", got.Trace.Provider)
	}
	time.Sleep(time.Hour)
	return a, b, all
}

// answeredBy counts who answers ten questions at once at each replica.
func answeredBy(t *testing.T, all []*Tracker) map[string]int {
	t.Helper()
	var mu sync.Mutex
	by := map[string]int{}
	together(all, func(tr *Tracker) {
		got := tr.Ask(t.Context(), ask())
		mu.Lock()
		defer mu.Unlock()
		by[got.Trace.Provider]++
	})
	return by
}

func TestOneCallFindsOutWhetherACooldownIsOverAndTheOthersStayWithTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, all := cooled(t)
		if by := answeredBy(t, all); by["a"] != 1 || by["b"] != 19 {
			t.Errorf("while one finds out: %v", by)
		}
		time.Sleep(lookEvery)
		if by := answeredBy(t, all); by["a"] != 20 {
			t.Errorf("once it has answered: %v", by)
		}
		if n := a.became(nil); n != 21 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestACooldownThatIsNotOverGetsLongerAtTheCostOfOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, all := cooled(t)
		a.became(fails("a", ErrQuota))
		answeredBy(t, all)
		time.Sleep(2*time.Hour - time.Minute)
		answeredBy(t, all)
		if n := a.became(nil); n != 1 {
			t.Errorf("asked %d times within two hours", n)
		}
		time.Sleep(2 * time.Minute)
		if by := answeredBy(t, all); by["a"] != 1 {
			t.Errorf("after two hours: %v", by)
		}
	})
}

func TestAProbeWithoutAnAnswerLeavesTheNextToFindOut(t *testing.T) {
	for name, c := range map[string]struct {
		refusal error // the ledger's
		answer  error
		after   int // how often it was asked in vain
	}{
		"no usable answer":               {nil, fails("a", ErrUnavailable), 1},
		"the ledger does not let it out": {&models.Refusal{Why: models.ErrFloor}, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b, all := cooled(t)
				if c.refusal != nil {
					b.refuse["a"] = c.refusal
				}
				a.became(c.answer)
				all[0].Ask(t.Context(), ask())
				delete(b.refuse, "a")
				if n := a.became(nil); n != c.after {
					t.Errorf("asked %d times", n)
				}
				if by := answeredBy(t, all); by["a"] != 1 || by["b"] != 19 {
					t.Errorf("the next: %v", by)
				}
			})
		})
	}
}

func TestARefusalThatIsAnAnswerEndsACooldown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, all := cooled(t)
		a.became(fails("a", ErrTailNeeded))
		if got := all[0].Ask(t.Context(), ask()); !errors.Is(got.Err, ErrTailNeeded) {
			t.Fatal(got.Err)
		}
		a.became(nil)
		if by := answeredBy(t, all[:1]); by["a"] != 10 {
			t.Errorf("after a tail was wanted: %v", by)
		}
	})
}

func TestAProbeThatDiedIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, b, all := cooled(t)
		now := models.At(time.Now())
		if first, err := b.Once(t.Context(), "probe", "a.query", now.Add(probeFor), now); err != nil || !first {
			t.Fatal(first, err)
		}
		if by := answeredBy(t, all); by["a"] != 0 {
			t.Errorf("beside the probe: %v", by)
		}
		time.Sleep(probeFor + time.Second)
		if by := answeredBy(t, all); by["a"] != 1 {
			t.Errorf("when it has died: %v", by)
		}
	})
}

// down is a provider without a usable answer, for the first time left alone.
func down(t *testing.T) (*closed, *book, []*Tracker) {
	t.Helper()
	b, a := newBook(), &closed{script: script{name: "a"}, answer: fails("a", ErrUnavailable)}
	second := &script{name: "b", answers: []any{says("b", models.InTransit)}}
	all := []*Tracker{tracker(b, a, second), tracker(b, a, second)}
	for range failuresInRow + 1 {
		all[0].Ask(t.Context(), ask())
	}
	if n := a.became(nil); n != failuresInRow {
		t.Fatalf("asked %d times", n)
	}
	return a, b, all
}

func TestFailuresInARowLeaveTheProviderAloneInThisProcessOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, b, all := down(t)
		if by := answeredBy(t, all[:1]); by["a"] != 0 {
			t.Errorf("here: %v", by)
		}
		if by := answeredBy(t, all[1:]); by["a"] != 10 || len(b.notes) != 0 {
			t.Errorf("elsewhere: %v, %d notes in the shared memory", by, len(b.notes))
		}
	})
}

func TestAfterAMinuteOneCallFindsOutWhetherTheProviderAnswersAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, all := down(t)
		a.became(fails("a", ErrUnavailable))
		time.Sleep(time.Minute)
		if answeredBy(t, all[:1]); a.became(nil) != 1 {
			t.Error("a probe that fails is not the only one")
		}
		time.Sleep(59 * time.Second)
		if by := answeredBy(t, all[:1]); by["a"] != 0 {
			t.Errorf("less than a minute after it: %v", by)
		}
		time.Sleep(time.Second)
		if by := answeredBy(t, all[:1]); by["a"] != 1 {
			t.Errorf("the next probe: %v", by)
		}
		if by := answeredBy(t, all[:1]); by["a"] != 10 {
			t.Errorf("once it has been answered: %v", by)
		}
	})
}

func TestAnAnswerBetweenFailuresStartsTheirCountAnew(t *testing.T) {
	for name, c := range map[string]struct {
		between error
		anew    bool
	}{
		"a trace":                     {nil, true},
		"a refusal":                   {fails("a", ErrTailNeeded), true},
		"a call that was called off":  {&Error{Provider: "a", Kind: ErrUnavailable, Cause: context.Canceled}, false},
		"a question that was not put": {&Error{Provider: "a", Kind: ErrNumber, Unsent: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := &cooldown{name: "a.query", memory: remembering(newBook()), speed: 1, now: time.Now}
			for i := range 2*failuresInRow - 2 {
				if i == failuresInRow-1 {
					d.record(t.Context(), c.between, false)
				}
				d.record(t.Context(), fails("a", ErrUnavailable), false)
			}
			if _, _, why := d.acquire(t.Context()); (why == nil) != c.anew {
				t.Errorf("left alone: %v", why)
			}
		})
	}
}

// stuck is a memory, and slots, that answer when their caller has left.
type stuck struct{ *book }

func (stuck) Recall(ctx context.Context, _, _ string, _ models.Moment) ([]byte, bool, error) {
	<-ctx.Done()
	return nil, false, ctx.Err()
}

func (stuck) Slots(ctx context.Context, _ string, _ time.Duration, _ int, _ models.Moment) (models.Moment, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func TestNobodyWaitsForASlowDatabaseLongerThanTheyAreGiven(t *testing.T) {
	for name, open := range map[string]func() func(context.Context){
		"that is asked for a cooldown": func() func(context.Context) {
			d := &cooldown{name: "a.query", memory: remembering(stuck{}), speed: 1, now: time.Now}
			return func(ctx context.Context) { _, _, _ = d.acquire(ctx) }
		},
		"that is asked for a turn": func() func(context.Context) {
			p := newPacer("a", 1, stuck{}, time.Now)
			return func(ctx context.Context) { _ = p.wait(ctx, time.Minute) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				do := open()
				var all sync.WaitGroup
				for _, given := range []time.Duration{10 * time.Second, time.Second} {
					all.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), given)
						defer cancel()
						begun := time.Now()
						if do(ctx); time.Since(begun) != given {
							t.Errorf("left after %s, want %s", time.Since(begun), given)
						}
					})
					synctest.Wait() // the patient one is first
				}
				all.Wait()
			})
		})
	}
}
