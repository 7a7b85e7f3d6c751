package tracking

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// timed is a provider whose answers take a while, and that counts its callers.
type timed struct {
	script
	takes  atomic.Int64 // nanoseconds
	inside atomic.Int64 // callers now,
	most   atomic.Int64 // and at most
}

func (p *timed) Query(context.Context, string, models.Carrier, string) (models.Trace, error) {
	now := p.inside.Add(1)
	defer p.inside.Add(-1)
	for most := p.most.Load(); now > most && !p.most.CompareAndSwap(most, now); most = p.most.Load() {
		continue
	}
	time.Sleep(time.Duration(p.takes.Load()))
	return says("a", models.InTransit), nil
}

func (p *timed) provider() Provider {
	q := p.script.provider()
	q.Query = p.Query
	return q
}

// waitingBook is a ledger that takes a while to give leave.
type waitingBook struct {
	*book
	takes time.Duration
}

func (b waitingBook) Begin(ctx context.Context, c models.Call, now models.Moment) (models.Ticket, error) {
	time.Sleep(b.takes)
	return b.book.Begin(ctx, c, now)
}

const someSlots = 8

// timedTracker asks a provider that takes so long, with a few slots and a ledger
// that takes 40 ms.
func timedTracker(takes time.Duration) (*timed, *Tracker) {
	p, b := &timed{script: script{name: "a"}}, newBook()
	p.takes.Store(int64(takes))
	return p, trackerWith(b, func(s *Settings) { s.Calls, s.Ledger = someSlots, waitingBook{b, 40 * time.Millisecond} }, p)
}

// pollAll has n parcels polled at once, and returns how many got a trace.
func pollAll(t *testing.T, tr *Tracker, n int) (traces int64) {
	var polls sync.WaitGroup
	var got atomic.Int64
	for i := range n {
		polls.Go(func() {
			a := ask()
			a.Purpose, a.Parcel.ID = models.Poll, int64(i+1)
			if tr.Ask(t.Context(), a).Err == nil {
				got.Add(1)
			}
		})
	}
	polls.Wait()
	return got.Load()
}

func TestACallsSlotIsNotHeldWhileTheLedgerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, tr := timedTracker(50 * time.Millisecond)
		pollAll(t, tr, 4*someSlots) // how quick the calls are is learned
		begun, bare := time.Now(), 25*50*time.Millisecond
		if n := pollAll(t, tr, 25*someSlots); n != 25*someSlots {
			t.Errorf("%d traces", n)
		}
		if took := time.Since(begun); took > bare*100/85 {
			t.Errorf("took %s, calls alone take %s", took, bare)
		}
		if most := p.most.Load(); most != someSlots {
			t.Errorf("%d calls at once", most)
		}
	})
}

func TestSlowCallsLeaveNoneBehindThatHasBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, tr := timedTracker(10 * time.Second)
		if n := pollAll(t, tr, 5*someSlots); n != 5*someSlots || p.most.Load() != someSlots {
			t.Errorf("%d traces, %d calls at once", n, p.most.Load())
		}
	})
}

func TestCallsThatTurnSlowAreNotFollowedByLateOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, tr := timedTracker(50 * time.Millisecond)
		pollAll(t, tr, 10*someSlots)
		p.takes.Store(int64(10 * time.Second))
		const polls = 10 * someSlots
		if n := pollAll(t, tr, polls); n < polls-someSlots || n == polls {
			t.Errorf("%d traces of %d: all but those that had begun already", n, polls)
		}
		if most := p.most.Load(); most != someSlots {
			t.Errorf("%d calls at once", most)
		}
	})
}

func TestAPersonDoesNotWaitBehindPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, tr := timedTracker(10 * time.Second)
		var polls sync.WaitGroup
		defer polls.Wait()
		polls.Go(func() { pollAll(t, tr, 3*someSlots) })
		time.Sleep(time.Second)
		p.takes.Store(0)
		begun := time.Now()
		if got := tr.Ask(t.Context(), ask()); got.Err != nil || time.Since(begun) > time.Second/10 {
			t.Errorf("got %v after %s", got.Err, time.Since(begun))
		}
	})
}

func TestAPollThatWaitsForASlotEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, tr := timedTracker(10 * time.Second)
		var polls sync.WaitGroup
		defer polls.Wait()
		polls.Go(func() { pollAll(t, tr, someSlots) })
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		a := ask()
		a.Purpose = models.Poll
		if got := tr.Ask(ctx, a); got.Err == nil || len(got.Closings) != 0 {
			t.Errorf("got %+v", got)
		}
	})
}
