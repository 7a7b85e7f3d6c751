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

// became changes what it answers, and tells how often it was asked before.
func (c *closed) became(err error) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.asked
	c.answer, c.asked = err, 0
	return n
}

// rested is a provider whose rest has just ended, with two replicas and a
// second provider that takes no time.
func rested(t *testing.T) (*closed, *book, []*Tracker) {
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

func TestOneCallFindsOutWhetherARestIsOverAndTheOthersStayWithTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, all := rested(t)
		if by := answeredBy(t, all); by["a"] != 1 || by["b"] != 19 {
			t.Errorf("while one finds out: %v", by)
		}
		time.Sleep(look)
		if by := answeredBy(t, all); by["a"] != 20 {
			t.Errorf("once it has answered: %v", by)
		}
		if n := a.became(nil); n != 21 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestARestThatIsNotOverGetsLongerAtTheCostOfOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, all := rested(t)
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
				a, b, all := rested(t)
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

func TestARefusalThatIsAnAnswerEndsARest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, all := rested(t)
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
		_, b, all := rested(t)
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
