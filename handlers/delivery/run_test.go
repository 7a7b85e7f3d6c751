package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

// quickly runs a test in a bubble whose clock begins in the morning, on SQLite.
func quickly(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(morning))
		dsn := storetest.DSN(t, "sqlite")
		storetest.Migrate(t, storetest.Open(t, dsn))
		r := newRig(t, func() *store.Store { return storetest.Open(t, dsn) }, &clock{at: morning}, time.Now)
		test(t, r)
	})
}

// running is quickly with the worker at work.
func running(t *testing.T, test func(t *testing.T, r *rig, stop func())) {
	t.Helper()
	quickly(t, func(t *testing.T, r *rig) {
		stop := r.run()
		test(t, r, stop)
		stop()
	})
}

// run has the worker work until it is stopped.
func (r *rig) run() (stop func()) {
	ctx, cancel := context.WithCancel(r.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.worker.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		r.must(<-ended)
	})
}

// many are the numbers of n parcels.
func many(n int) []string {
	numbers := make([]string, n)
	for i := range numbers {
		numbers[i] = fmt.Sprintf("YT2%012d", i)
	}
	return numbers
}

// Who writes while much is delivered is answered in between.
func TestAnAnswerDoesNotWaitForAllNews(t *testing.T) {
	running(t, func(t *testing.T, r *rig, stop func()) {
		r.door.waits(func(context.Context) error { time.Sleep(time.Second); return nil })
		for _, number := range many(40) {
			r.news(number, "揽收", "a")
		}
		time.Sleep(3 * time.Second)
		r.writes("a", "one")
		time.Sleep(beginWithin + 3500*time.Millisecond) // with the messages in hand, and one look
		if said := r.door.said(); !slices.Contains(said, "a: one") {
			t.Errorf("%d messages, and no answer", len(said))
		}
		time.Sleep(time.Minute)
		if n := len(r.door.said()); n != 41 {
			t.Errorf("%d messages", n)
		}
		stop()
	})
}

func TestADatabaseThatIsGoneDoesNotFillTheLog(t *testing.T) {
	quickly(t, func(t *testing.T, r *rig) {
		gone := &goneDatabase{Store: r.db}
		r.worker.store = gone
		stop := r.run()
		gone.is.Store(true)
		time.Sleep(90 * time.Second)
		gone.is.Store(false)
		time.Sleep(10 * time.Second)
		stop()
		const loop = `door=test doing="claim chats"`
		warned, over := strings.Count(r.log.String(), "level=WARN msg=failed "+loop), strings.Count(r.log.String(), `level=INFO msg="works again" `+loop)
		if warned != 2 || over != 1 || strings.Count(r.log.String(), "\n") != 3 {
			t.Errorf("the log has\n%s", r.log)
		}
	})
}

// goneDatabase claims no chats while it is gone.
type goneDatabase struct {
	Store
	is atomic.Bool
}

func (g *goneDatabase) ClaimChats(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Claimed, error) {
	if g.is.Load() {
		return nil, errBroken
	}
	return g.Store.ClaimChats(ctx, door, owner, now, hold, limit)
}

func TestASlowChatDelaysNoOther(t *testing.T) {
	running(t, func(t *testing.T, r *rig, _ func()) {
		r.door.fails(func(room string, _ handlers.Reply) error {
			if room == "slow" {
				time.Sleep(15 * time.Second)
			}
			return nil
		})
		r.news(yt, "揽收", "slow")
		time.Sleep(2 * time.Second)
		for _, number := range many(5) {
			r.news(number, "揽收", "b")
		}
		time.Sleep(2 * time.Second)
		if got := r.door.said(); len(got) != 5 {
			t.Errorf("sent %q", got)
		}
		time.Sleep(15 * time.Second)
		if got := r.door.said(); len(got) != 6 || got[5] != "slow: "+yt+" 揽收" {
			t.Errorf("sent %q", got)
		}
	})
}

func TestAChatIsSentOneMessageAfterAnother(t *testing.T) {
	running(t, func(t *testing.T, r *rig, _ func()) {
		var mu sync.Mutex
		under, most := 0, 0
		r.door.fails(func(string, handlers.Reply) error {
			mu.Lock()
			under++
			most = max(most, under)
			mu.Unlock()
			time.Sleep(300 * time.Millisecond)
			mu.Lock()
			under--
			mu.Unlock()
			return nil
		})
		r.writes("a", "one two")
		for _, number := range many(6) {
			r.news(number, "揽收", "a")
		}
		time.Sleep(10 * time.Second)
		if got := r.door.said(); len(got) != 8 || most != 1 {
			t.Errorf("sent %d, %d at once", len(got), most)
		}
	})
}

func TestAMessageThatHangsIsGivenUpAndTriedAgain(t *testing.T) {
	running(t, func(_ *testing.T, r *rig, _ func()) {
		first := true
		r.door.waits(func(ctx context.Context) error {
			if first {
				first = false
				<-ctx.Done()
				return context.Cause(ctx)
			}
			return nil
		})
		r.news(yt, "揽收", "a")
		time.Sleep(sendTimeout + 5*time.Second)
		r.sees("a: " + yt + " 揽收")
	})
}

func TestAStopEndsAfterTheMessageInHandAndAnotherRunGoesOn(t *testing.T) {
	running(t, func(t *testing.T, r *rig, stop func()) {
		r.door.fails(func(string, handlers.Reply) error { time.Sleep(2 * time.Second); return nil })
		for _, number := range many(6) {
			r.news(number, "揽收", "a")
		}
		time.Sleep(2 * time.Second)
		begun := time.Now()
		stop()
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("stopped after %s", took)
		}
		sent, left := len(r.door.said()), r.pending("a")
		if sent == 0 || left == 0 || sent+left != 6 {
			t.Errorf("sent %d, %d pending", sent, left)
		}
		if c := r.chat("a"); c.ClaimOwner != "" || c.WorkAt > r.moment() || c.Failures != 0 {
			t.Errorf("chat %+v is not left to others", c)
		}
		stop = r.run()
		time.Sleep(20 * time.Second)
		stop()
		if n := len(r.door.said()); n != 6 || r.pending("a") != 0 {
			t.Errorf("sent %d, %d pending", n, r.pending("a"))
		}
	})
}

func TestAMessageInHandIsAnsweredBeforeAStop(t *testing.T) {
	running(t, func(_ *testing.T, r *rig, stop func()) {
		r.echo.broken = func(string) error { time.Sleep(3 * time.Second); return nil }
		r.writes("a", "one", "two")
		time.Sleep(1500 * time.Millisecond)
		stop()
		r.sees("a: one")
	})
}

func TestAStopWaitsNoLongerThanItsGrace(t *testing.T) {
	quickly(t, func(t *testing.T, r *rig) {
		r.worker.grace = 3 * time.Second
		r.door.waits(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		stop := r.run()
		r.news(yt, "揽收", "a")
		time.Sleep(1500 * time.Millisecond)
		begun := time.Now()
		stop()
		if took := time.Since(begun); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
		if c := r.chat("a"); c.ClaimOwner != "" || r.pending("a") != 1 {
			t.Errorf("chat %+v is not given back", c)
		}
	})
}

func TestOnePanicDoesNotEndTheWorker(t *testing.T) {
	running(t, func(_ *testing.T, r *rig, _ func()) {
		r.echo.broken = func(text string) error {
			if text == "poison" {
				panic("poisoned")
			}
			return nil
		}
		r.writes("a", "poison")
		time.Sleep(2 * time.Second)
		r.writes("b", "one")
		time.Sleep(2 * time.Second)
		r.sees("b: one")
	})
}

func TestAWakeUpFromAnotherProcessIsHeardAtOnce(t *testing.T) {
	quickly(t, func(t *testing.T, r *rig) {
		for name, wakes := range map[string]func(chan struct{}){"here": func(chan struct{}) { r.worker.Wake() }, "elsewhere": func(c chan struct{}) { c <- struct{}{} }} {
			bell := make(chan struct{}, 1)
			r.worker.wakes = bell
			stop := r.run()
			synctest.Wait()
			begun := time.Now()
			r.writes("a", name)
			wakes(bell)
			synctest.Wait()
			if got := r.door.said(); !slices.Contains(got, "a: "+name) || time.Since(begun) != 0 {
				t.Errorf("%s: after %v: %q", name, time.Since(begun), got)
			}
			stop()
		}
	})
}

func TestAStoreThatFailsIsNotAskedAllTheTimeAndServedAgainAfterwards(t *testing.T) {
	quickly(t, func(t *testing.T, r *rig) {
		moody := &moody{Store: r.db, fails: true}
		r.worker.store = moody
		stop := r.run()
		r.news(yt, "揽收", "a")
		r.writes("a", "one")
		time.Sleep(40*time.Second + time.Millisecond)
		moody.mu.Lock()
		if moody.claims != 41 {
			t.Errorf("it was asked %d times in 40 seconds", moody.claims)
		}
		moody.fails = false
		moody.mu.Unlock()
		time.Sleep(5 * time.Second)
		stop()
		r.sees("a: one", "a: "+yt+" 揽收")
	})
}

// moody is a store that sometimes fails to claim.
type moody struct {
	Store
	mu     sync.Mutex
	fails  bool
	claims int
}

func (m *moody) ClaimChats(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Claimed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.claims++
	if m.fails {
		return nil, errBroken
	}
	return m.Store.ClaimChats(ctx, door, owner, now, hold, limit)
}

func TestAStoreThatOnlyHandsChatsOutIsNotAskedAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := &stubborn{}
		w := New(Settings{Door: &fakeDoor{}, Store: db, Log: slog.New(slog.DiscardHandler), Owner: "one", Now: time.Now})
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer stop()
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
		if db.claims > 11 {
			t.Errorf("it was asked %d times in ten seconds", db.claims)
		}
	})
}

// stubborn hands one chat out and fails at everything else.
type stubborn struct {
	Store
	claims int
}

func (*stubborn) TakeOver(context.Context, string, string, models.Moment) error { return nil }

func (*stubborn) Reclaim(context.Context, string, string, []int64, models.Moment) error { return nil }

func (s *stubborn) ClaimChats(context.Context, string, string, models.Moment, time.Duration, int) ([]models.Claimed, error) {
	s.claims++
	return []models.Claimed{{Chat: models.Chat{ID: 1}}}, nil
}

func (*stubborn) OpenArrivals(context.Context, int64, models.Moment) ([]models.Arrival, error) {
	return nil, errBroken
}

func (*stubborn) Release(context.Context, models.Claim, models.Moment, bool) error { return errBroken }

func TestManyChatsAreServedTogetherAndNoMoreThanThereAreSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		crowd := &crowd{left: 3 * atOnce}
		w := New(Settings{
			Door: slow{&fakeDoor{}, crowd}, Notifier: plain{}, Store: crowd, Log: slog.New(slog.DiscardHandler), Owner: "one", Now: time.Now,
		})
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = w.Run(ctx) })
		time.Sleep(3500 * time.Millisecond)
		stop()
		running.Wait()
		if crowd.most != atOnce || crowd.sent != 3*atOnce {
			t.Errorf("%d at once, %d sent", crowd.most, crowd.sent)
		}
	})
}

// crowd is a store with many chats for which something is pending.
type crowd struct {
	Store
	mu                      sync.Mutex
	left, under, most, sent int
}

func (*crowd) TakeOver(context.Context, string, string, models.Moment) error { return nil }

func (*crowd) Reclaim(context.Context, string, string, []int64, models.Moment) error { return nil }

func (c *crowd) ClaimChats(_ context.Context, _, _ string, _ models.Moment, _ time.Duration, limit int) ([]models.Claimed, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(limit, c.left)
	c.left -= n
	return make([]models.Claimed, n), nil
}

func (*crowd) OpenArrivals(context.Context, int64, models.Moment) ([]models.Arrival, error) {
	return nil, nil
}

func (*crowd) Pending(context.Context, models.Chat) ([]models.Notification, error) {
	return []models.Notification{{Events: make([]models.Folded, 1)}}, nil
}

func (*crowd) Delivered(context.Context, models.Claim, models.Mark) error       { return nil }
func (*crowd) NotSent(context.Context, models.Claim, []models.Sent) error       { return nil }
func (*crowd) Release(context.Context, models.Claim, models.Moment, bool) error { return nil }

// slow is a platform that takes a second.
type slow struct {
	*fakeDoor
	*crowd
}

func (s slow) Send(context.Context, models.Address, handlers.Reply) error {
	s.crowd.mu.Lock()
	s.under++
	s.most = max(s.most, s.under)
	s.crowd.mu.Unlock()
	time.Sleep(time.Second)
	s.crowd.mu.Lock()
	defer s.crowd.mu.Unlock()
	s.under--
	s.crowd.sent++
	return nil
}

// plain words nothing.
type plain struct{}

func (plain) Notify(context.Context, models.Notification) (handlers.Reply, error) {
	return handlers.PlainText("x"), nil
}

func (plain) Summarise(context.Context, []models.Notification) (handlers.Reply, error) {
	return handlers.PlainText("x"), nil
}

func (plain) AskTail(context.Context, models.Notification) error { return nil }

func TestALongAnswerIsContinuedUnderANewClaim(t *testing.T) {
	running(t, func(t *testing.T, r *rig, _ func()) {
		r.door.fails(func(string, handlers.Reply) error { time.Sleep(10 * time.Second); return nil })
		r.writes("a", "1 2 3 4 5 6 7 8 9 10", "11")
		r.news(yt, "揽收", "a")
		time.Sleep(3 * time.Minute)
		var want []string
		for n := range 11 {
			want = append(want, fmt.Sprint("a: ", n+1))
		}
		r.sees(append(want, "a: "+yt+" 揽收")...)
		if log := r.log.String(); strings.Contains(log, "WARN") || strings.Contains(log, "ERROR") {
			t.Errorf("the log has %s", log)
		}
	})
}
