package scheduler

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeLeases are leases by the bubble's clock.
type fakeLeases struct {
	mu    sync.Mutex
	rows  map[string]*leaseRow
	fails bool
	hangs bool
}

type leaseRow struct {
	owner string
	fence int64
	until time.Time
}

func newLeases() *fakeLeases { return &fakeLeases{rows: map[string]*leaseRow{}} }

func (f *fakeLeases) Lease(ctx context.Context, name, owner string, ttl time.Duration) (int64, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hangs {
		f.mu.Unlock()
		<-ctx.Done()
		f.mu.Lock()
		return 0, false, ctx.Err()
	}
	if f.fails {
		return 0, false, errBroken
	}
	row := f.rows[name]
	if row == nil {
		row = &leaseRow{}
		f.rows[name] = row
	}
	if row.owner != owner && row.until.After(time.Now()) {
		return row.fence, false, nil
	}
	if row.owner != owner {
		row.fence++
	}
	row.owner, row.until = owner, time.Now().Add(ttl)
	return row.fence, true, nil
}

func (f *fakeLeases) Unlease(_ context.Context, name, owner string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if row := f.rows[name]; row != nil && row.owner == owner {
		*row = leaseRow{fence: row.fence}
	}
	return nil
}

func (f *fakeLeases) set(change func(*fakeLeases)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// worker notes when it begins and ends.
type worker struct {
	mu           sync.Mutex
	begun, ended []time.Time
}

func (w *worker) work(held context.Context) {
	w.note(&w.begun)
	<-held.Done()
	w.note(&w.ended)
}

func (w *worker) note(at *[]time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*at = append(*at, time.Now())
}

func (w *worker) counts() (int, int) {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.begun), len(w.ended)
}

// keeping runs a Keeper; the function that is returned stops it.
func keeping(f *fakeLeases, owner string, work func(context.Context)) func() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		NewKeeper(f, owner, hushed).Keep(ctx, "cron", work)
	}()
	return sync.OnceFunc(func() { stop(); <-ended })
}

func TestOneOfManyHoldsALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, a, b := newLeases(), &worker{}, &worker{}
		stopA := keeping(f, "a", a.work)
		synctest.Wait()
		stopB := keeping(f, "b", b.work)
		time.Sleep(time.Hour)
		if begun, ended := a.counts(); begun != 1 || ended != 0 {
			t.Errorf("a began %d times and ended %d times", begun, ended)
		}
		if begun, _ := b.counts(); begun != 0 {
			t.Error("b works too")
		}
		stopA()
		time.Sleep(LeaseTime/3 + time.Second)
		if begun, _ := b.counts(); begun != 1 {
			t.Error("b does not take over what a gave back")
		}
		stopB()
	})
}

func TestALeaseThatCannotBeRenewedIsLostBeforeItRunsOut(t *testing.T) {
	for name, trouble := range map[string]func(*fakeLeases){
		"the database fails": func(f *fakeLeases) { f.fails = true },
		"the database hangs": func(f *fakeLeases) { f.hangs = true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, w := newLeases(), &worker{}
				stop := keeping(f, "a", w.work)
				time.Sleep(time.Minute + time.Second) // a second after a renewal
				f.set(trouble)
				time.Sleep(LeaseTime - time.Second)
				if _, ended := w.counts(); ended != 1 {
					t.Error("works on without a lease")
				}
				f.set(func(f *fakeLeases) { f.fails, f.hangs = false, false })
				time.Sleep(2 * LeaseTime)
				if begun, _ := w.counts(); begun != 2 {
					t.Error("does not begin again")
				}
				stop()
			})
		})
	}
}

func TestAShortFailureLosesNoLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, w := newLeases(), &worker{}
		stop := keeping(f, "a", w.work)
		time.Sleep(6 * time.Second)
		f.set(func(f *fakeLeases) { f.fails = true })
		time.Sleep(6 * time.Second)
		f.set(func(f *fakeLeases) { f.fails = false })
		time.Sleep(time.Minute)
		if begun, ended := w.counts(); begun != 1 || ended != 0 {
			t.Errorf("began %d times and ended %d times", begun, ended)
		}
		stop()
	})
}

func TestALeaseThatSomebodyElseHadMeanwhileIsLost(t *testing.T) {
	for name, row := range map[string]leaseRow{
		"another owner":               {owner: "b", fence: 2, until: time.Now().Add(1 << 60)},
		"ours again, in another term": {owner: "a", fence: 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, w := newLeases(), &worker{}
				stop := keeping(f, "a", w.work)
				time.Sleep(time.Second)
				f.set(func(f *fakeLeases) { *f.rows["cron"] = row })
				time.Sleep(LeaseTime / 3)
				if _, ended := w.counts(); ended != 1 {
					t.Error("works on")
				}
				stop()
			})
		})
	}
}

func TestWorkThatPanicsIsDoneAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := 0
		stop := keeping(newLeases(), "a", func(context.Context) { times++; panic("oh") })
		time.Sleep(time.Minute)
		stop()
		if times < 3 {
			t.Errorf("worked %d times in a minute", times)
		}
	})
}

func TestAKeeperKnowsByItsOwnClockWhetherItHoldsTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newLeases()
		k := NewKeeper(f, "a", hushed)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		if k.Holds() {
			t.Error("holds what it never asked for")
		}
		working := make(chan struct{})
		go func() {
			defer close(ended)
			k.Keep(ctx, "cron", func(held context.Context) {
				<-held.Done()
				<-working // it takes its time
			})
		}()
		time.Sleep(time.Hour)
		if !k.Holds() {
			t.Error("does not hold what it renews")
		}
		f.set(func(f *fakeLeases) { f.fails = true })
		time.Sleep(LeaseTime)
		if k.Holds() {
			t.Error("holds what has run out")
		}
		close(working)
		stop()
		<-ended
	})
}
