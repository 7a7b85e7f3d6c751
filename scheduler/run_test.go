package scheduler

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/handlers/delivery"
	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/tracking"
)

// line is a queue within the test, which all processes share unless it is apart.
type line struct {
	*notifier
	hints chan models.Hint
	loses atomic.Bool // what is published gets lost
	apart atomic.Bool
}

func newLine(b *notifier) *line { return &line{notifier: b, hints: make(chan models.Hint, 100_000)} }

func (l *line) Shared() bool { return !l.apart.Load() }

func (l *line) Publish(_ context.Context, hints []models.Hint) error {
	for _, h := range hints {
		if !l.loses.Load() {
			l.hints <- h
		}
	}
	return nil
}

func (l *line) Depth(context.Context) (int, error) { return len(l.hints), nil }

func (l *line) Consume(ctx context.Context, n int, handle func(context.Context, models.Hint)) {
	var workers sync.WaitGroup
	for range n {
		workers.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case h := <-l.hints:
					handle(ctx, h)
				}
			}
		})
	}
	workers.Wait()
}

// ears are a platform that hears what is delivered, and answers as it is told.
type ears struct {
	handlers.Handler // nobody writes
	mu               sync.Mutex
	heard            []string // "room: number scan:text …"
	at               []time.Time
	answer           func(room, said string) error
}

func (*ears) Name() string { return "test" }

func (*ears) Read([]byte) (handlers.Message, bool, error) { return handlers.Message{}, false, nil }

func (*ears) Notify(_ context.Context, n models.Notification) (handlers.Reply, error) {
	return handlers.PlainText(said(n)), nil
}

func (*ears) Summarise(_ context.Context, ns []models.Notification) (handlers.Reply, error) {
	return handlers.PlainText(said(ns[0])), nil
}

func (*ears) AskTail(context.Context, models.Notification) error { return nil }

func (*ears) Alert(context.Context, string, ...any) {}

func (e *ears) AlertDaily(ctx context.Context, _, key string, args ...any) {
	e.Alert(ctx, key, args...)
}

func (e *ears) Send(_ context.Context, to models.Address, r handlers.Reply) error {
	e.mu.Lock()
	answer := e.answer
	e.mu.Unlock()
	if answer != nil {
		if err := answer(to.Conversation, r.Text()); err != nil {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard, e.at = append(e.heard, to.Conversation+": "+r.Text()), append(e.at, time.Now())
	return nil
}

func (e *ears) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.heard...)
}

// town is a rig with a running scheduler, in a bubble whose clock is noon.
type town struct {
	*rig
	line *line
	ears *ears
	stop func() // ends the scheduler and waits for it
}

// inTown runs a test with a clock of its own on SQLite, which begins at noon.
func inTown(t *testing.T, test func(t *testing.T, w *town)) {
	inTownAt(t, regular, test)
}

// rushed is a day in 24 minutes, without nights.
func rushed() Cadence { return Cadence{Floor: 30 * time.Minute, Speed: 60} }

func inTownAt(t *testing.T, cadence Cadence, test func(t *testing.T, w *town)) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon.Time()))
		db := storetest.New(t)
		w := &town{rig: newRigAt(t, db, cadence, time.Now, time.Sleep), ears: &ears{}}
		w.line = newLine(w.notifier)
		w.run(db, nil)
		test(t, w)
		w.stop()
	})
}

// database is what a process works with.
type database interface {
	Store
	delivery.Store
}

// run starts a process over a store: a scheduler, whose settings change may bend,
// and a worker that delivers what it finds.
func (w *town) run(db database, change func(*Settings)) {
	s := Settings{Store: db, Queue: w.line, Checker: w.checker, Workers: 4, Meter: w.meter, Log: hushed, Now: time.Now}
	if change != nil {
		change(&s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	worker := deliveries(db, w.ears, w.cadence.Quiet, w.notifier.Listen(DeliverTopic), rand.Text())
	ended := make(chan error, 2)
	go func() { ended <- New(s).Run(ctx) }()
	go func() { ended <- worker.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		w.must(errors.Join(<-ended, <-ended))
	})
}

// deliveries is a worker that delivers to ears.
func deliveries(db delivery.Store, e *ears, quiet models.Quiet, wakes <-chan struct{}, owner string) *delivery.Worker {
	return delivery.New(delivery.Settings{
		Door: e, Handler: e, Notifier: e, Alerts: e, Store: db, Quiet: quiet, Wakes: wakes, Owner: owner, Log: hushed, Now: time.Now,
	})
}

// mortal is a store that dies with its process: afterwards nothing is written
// any more. Its leases run by the bubble's clock, over all mortals of a town.
type mortal struct {
	*store.Store
	*fakeLeases
	dead atomic.Bool
}

func (m *mortal) alive() error {
	if m.dead.Load() {
		return errBroken
	}
	return nil
}

func (m *mortal) Lease(ctx context.Context, name, owner string, ttl time.Duration) (int64, bool, error) {
	if err := m.alive(); err != nil {
		return 0, false, err
	}
	return m.fakeLeases.Lease(ctx, name, owner, ttl)
}

func (m *mortal) Unlease(ctx context.Context, name, owner string) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.fakeLeases.Unlease(ctx, name, owner)
}

func (m *mortal) Take(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Hint, error) {
	if err := m.alive(); err != nil {
		return nil, err
	}
	return m.Store.Take(ctx, now, hold, limit)
}

func (m *mortal) Parcel(ctx context.Context, id int64) (models.Parcel, error) {
	if err := m.alive(); err != nil {
		return models.Parcel{}, err
	}
	return m.Store.Parcel(ctx, id)
}

func (m *mortal) Finish(ctx context.Context, f models.Finish, now models.Moment) (models.Parcel, error) {
	if err := m.alive(); err != nil {
		return models.Parcel{}, err
	}
	return m.Store.Finish(ctx, f, now)
}

func (m *mortal) ClaimChats(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Claimed, error) {
	if err := m.alive(); err != nil {
		return nil, err
	}
	return m.Store.ClaimChats(ctx, door, owner, now, hold, limit)
}

func (m *mortal) Delivered(ctx context.Context, c models.Claim, to models.Mark) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Store.Delivered(ctx, c, to)
}

func (m *mortal) Release(ctx context.Context, c models.Claim, next models.Moment, failed bool) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Store.Release(ctx, c, next, failed)
}

// replica starts one more scheduler on the town's database, with a checker of
// its own, and returns its store, which can be killed.
func (w *town) replica(all *fakeLeases) *mortal {
	m := &mortal{Store: w.db, fakeLeases: all}
	w.run(m, func(s *Settings) { s.Checker = w.newChecker(w.tracker, m) })
	return m
}

// told waits until everything that can happen now has happened, and says what
// was told since the last time.
func (w *town) told() []string {
	synctest.Wait()
	w.ears.mu.Lock()
	defer w.ears.mu.Unlock()
	heard := w.ears.heard
	w.ears.heard = nil
	return heard
}

func (w *town) wantTold(want ...string) {
	w.t.Helper()
	if got := w.told(); !slices.Equal(got, want) {
		w.t.Errorf("told %q, want %q", got, want)
	}
}

func TestNewsIsPolledAndTold(t *testing.T) {
	inTownAt(t, rushed(), func(t *testing.T, w *town) {
		w.follow(yt, "yto", "a", "b")
		time.Sleep(time.Second + time.Millisecond)
		got := w.told()
		slices.Sort(got)
		if want := []string{"a: " + yt + " scan:揽收", "b: " + yt + " scan:揽收"}; !slices.Equal(got, want) {
			t.Errorf("told %q", got)
		}
		w.provider.says(shows(models.InTransit, "揽收", "到达"))
		time.Sleep(3 * time.Minute)
		if got := w.told(); len(got) != 2 {
			t.Errorf("told %q", got)
		}
		if len(w.provider.asked()) != 2 {
			t.Errorf("asked %d times", len(w.provider.asked()))
		}
	})
}

func TestAChangedAnswerIsToldAtOnce(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		var answered time.Time
		w.provider.says(func(q query) (models.Trace, error) {
			answered = time.Now()
			return shows(models.InTransit, "揽收")(q)
		})
		w.follow(yt, "yto", "a")
		time.Sleep(5 * time.Second)
		if len(w.told()) != 1 || w.ears.at[0].Sub(answered) > 100*time.Millisecond {
			t.Errorf("told %v after the answer", w.ears.at[0].Sub(answered))
		}
	})
}

func TestNewsOfTheNightIsToldInTheMorning(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.stop()
		time.Sleep(19*time.Hour - 30*time.Second) // half a minute before seven
		w.run(w.db, nil)
		w.follow(yt, "yto", "a")
		time.Sleep(29 * time.Second)
		w.wantTold()
		w.wantPending("a", yt+" scan:揽收")
		time.Sleep(3 * time.Second)
		w.wantTold("a: " + yt + " scan:揽收")
	})
}

func TestWhatIsDueIsTakenInBatchesUntilNothingIs(t *testing.T) {
	due := &heap{left: 2*batch + 5}
	l := newLine(&notifier{})
	s := New(Settings{Store: due, Queue: emptied{l}, Log: hushed, Now: time.Now, Workers: 2 * batch})
	s.takeForAll(t.Context())
	if len(l.hints) != 2*batch+5 || due.takes != 3 {
		t.Errorf("%d hints in %d batches", len(l.hints), due.takes)
	}
}

// emptied is a queue out of which workers take everything at once.
type emptied struct{ *line }

func (emptied) Depth(context.Context) (int, error) { return 0, nil }

// heap is a store with so many parcels that are due.
type heap struct {
	*store.Store
	left, takes int
}

func (h *heap) Take(_ context.Context, _ models.Moment, _ time.Duration, limit int) ([]models.Hint, error) {
	h.takes++
	n := min(limit, h.left)
	h.left -= n
	return make([]models.Hint, n), nil
}

// Without the lease a process takes for its own workers, but only while the queue
// reaches no others.
func TestEveryProcessTakesForItselfWhereTheQueueIsNotShared(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.stop()
		w.run(leaseless{w.db}, nil)
		w.follow(yt, "yto", "a")
		time.Sleep(30 * time.Second)
		if n := len(w.provider.asked()); n != 0 {
			t.Fatalf("asked %d times while another process takes for all", n)
		}
		w.line.apart.Store(true)
		time.Sleep(2 * time.Second)
		w.wantTold("a: " + yt + " scan:揽收")
		w.line.apart.Store(false)
		w.follow(sf, "jd", "a")
		time.Sleep(30 * time.Second)
		w.wantTold()
	})
}

// leaseless is a store whose leases are always another's.
type leaseless struct{ *store.Store }

func (leaseless) Lease(context.Context, string, string, time.Duration) (int64, bool, error) {
	return 0, false, nil
}

func TestAProcessTakesForItselfWhatItsWorkersCanDo(t *testing.T) {
	due := &heap{left: 100}
	l := newLine(&notifier{})
	l.apart.Store(true)
	l.hints <- models.Hint{}
	s := New(Settings{Store: due, Queue: l, Log: hushed, Now: time.Now, Workers: 8})
	ctx, stop := context.WithCancel(t.Context())
	var taking sync.WaitGroup
	taking.Go(func() { s.takeForItself(ctx) })
	until(t, func() bool { return len(l.hints) == 24 })
	stop()
	taking.Wait()
	if due.left != 77 {
		t.Errorf("%d are left to others", due.left)
	}
}

func TestNothingIsTakenWhileTheQueueIsDeep(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.stop()
		for i := range 20 {
			w.line.hints <- models.Hint{Parcel: int64(-1 - i)}
		}
		w.follow(yt, "yto", "a")
		s := New(Settings{Store: w.db, Queue: w.line, Log: hushed, Now: time.Now, Workers: 4})
		var taking sync.WaitGroup
		taking.Go(func() { s.takeForAll(t.Context()) })
		time.Sleep(time.Second)
		if len(w.line.hints) != 20 {
			t.Errorf("%d hints", len(w.line.hints))
		}
		for range 12 {
			<-w.line.hints
		}
		taking.Wait()
		if len(w.line.hints) != 9 {
			t.Errorf("%d hints", len(w.line.hints))
		}
	})
}

func TestTheHolderMeasuresAndSweeps(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.stop()
		time.Sleep(15 * time.Minute)
		swept := &sweeping{Store: w.db}
		w.run(swept, nil)
		time.Sleep(3 * time.Minute)
		w.stop()
		if n := swept.times.Load(); n < 2 || n > 3 {
			t.Errorf("swept %d times", n)
		}
		if n := len(w.meter.backlog); n < 11 || w.meter.backlog[n-1] != (models.Backlog{}) {
			t.Errorf("measured %d times, last %+v", n, w.meter.backlog[n-1])
		}
	})
}

type sweeping struct {
	*store.Store
	times atomic.Int64
}

func (s *sweeping) Sweep(ctx context.Context, keep models.Retention, now models.Moment) error {
	s.times.Add(1)
	return s.Store.Sweep(ctx, keep, now)
}

func TestAPanicInOneCheckEndsNoOther(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.provider.says(func(q query) (models.Trace, error) {
			if q.number == sf {
				panic("a carrier's nonsense")
			}
			return shows(models.InTransit, "揽收")(q)
		})
		w.follow(sf, "jd", "a")
		w.follow(yt, "yto", "b")
		time.Sleep(10 * time.Second)
		w.wantTold("b: " + yt + " scan:揽收")
	})
}

func TestAHintThatCameTwiceOrTooLateIsDropped(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		p := w.follow(yt, "yto", "a")
		for range 3 {
			w.line.hints <- models.Hint{Parcel: p.ID, Version: p.Version}
		}
		w.line.hints <- models.Hint{Parcel: p.ID, Version: p.Version + 7}
		w.line.hints <- models.Hint{Parcel: p.ID + 1}
		time.Sleep(30 * time.Second)
		if n := len(w.provider.asked()); n != 1 {
			t.Errorf("asked %d times", n)
		}
		w.wantTold("a: " + yt + " scan:揽收")
	})
}

func TestAStopLetsWhatIsInFlightEnd(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.provider.says(func(q query) (models.Trace, error) {
			time.Sleep(4 * time.Second)
			return shows(models.InTransit, "揽收")(q)
		})
		w.follow(yt, "yto", "a")
		time.Sleep(2 * time.Second)
		begun := time.Now()
		w.stop()
		if took := time.Since(begun); took > 4*time.Second {
			t.Errorf("stopped after %s", took)
		}
		w.wantPending("a", yt+" scan:揽收")
	})
}

func TestAStopWaitsNoLongerThanItsGrace(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.checker.tracker = stuck{}
		w.follow(yt, "yto", "a")
		time.Sleep(2 * time.Second)
		begun := time.Now()
		w.stop()
		if took := time.Since(begun); took > 8*time.Second {
			t.Errorf("stopped after %s", took)
		}
	})
}

// stuck never answers.
type stuck struct{}

func (stuck) Ask(ctx context.Context, a tracking.Ask) tracking.Answer {
	<-ctx.Done()
	return tracking.Answer{Err: ctx.Err(), Version: a.Parcel.Version}
}
