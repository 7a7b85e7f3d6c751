package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
	"waybill/models/store"
)

func TestTwoWorkersOnOneStoreDoEverythingOnce(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		two := r.other("two", nil)
		r.follow(yt)
		var want []string
		for n := range 20 {
			room := fmt.Sprint("room", n)
			r.writes(room, "one", "two")
			r.follow(yt, room)
			want = append(want, room+": one", room+": two", room+": "+yt+" 揽收")
		}
		r.happens(yt, "揽收")
		var both sync.WaitGroup
		for _, w := range []*Worker{r.worker, two} {
			both.Go(func() {
				var chats sync.WaitGroup
				w.claim(t.Context(), t.Context(), &chats)
				chats.Wait()
			})
		}
		both.Wait()
		r.sweep()
		byRoom := map[string][]string{}
		for _, said := range r.door.said() {
			room, _, _ := strings.Cut(said, ":")
			byRoom[room] = append(byRoom[room], said)
		}
		var got []string
		for n := range 20 {
			got = append(got, byRoom[fmt.Sprint("room", n)]...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("sent %q, want %q", got, want)
		}
	})
}

// A worker that stands still for so long that its chat was claimed by another
// one sends nothing more than what it had in its hands, and notes nothing.
func TestAStalledWorkerWhoseChatWasTakenOverWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		two := r.other("two", nil)
		r.writes("a", "one two three")
		r.news(yt, "揽收", "a")
		stalled := false
		r.door.fails(func(string, handlers.Reply) error {
			if !stalled {
				stalled = true
				r.must(two.store.TakeOver(t.Context(), "test", "two", r.moment()))
				r.sweepBy(two)
				r.happens(yt, "到达") // which only the second worker may deliver
			}
			return nil
		})
		turnOf(t, r, t.Context())
		r.sees("a: one", "a: two", "a: three", "a: "+yt+" 揽收", "a: one")
		if !strings.Contains(r.log.String(), "the claim is lost") {
			t.Errorf("the log has %s", r.log)
		}
		r.sweepBy(two)
		r.sees("a: one", "a: two", "a: three", "a: "+yt+" 揽收", "a: one", "a: "+yt+" 到达")
	})
}

func TestAStalledWorkerDoesNotMoveMarks(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		two := r.other("two", func(s *Settings) { s.Door = deaf{r.door} })
		r.news(yt, "揽收", "a")
		stalled := false
		r.door.fails(func(string, handlers.Reply) error {
			if !stalled {
				stalled = true
				r.must(two.store.TakeOver(t.Context(), "test", "two", r.moment()))
				r.sweepBy(two) // it fails, and has the chat wait for a second
			}
			return nil
		})
		turnOf(t, r, t.Context())
		if c := r.chat("a"); r.pending("a") != 1 || c.Failures != 1 || c.RetryAt != r.moment().Add(time.Second) {
			t.Errorf("%d pending, chat %+v", r.pending("a"), c)
		}
		r.pass(time.Second)
		r.sweep()
		r.sees("a: "+yt+" 揽收", "a: "+yt+" 揽收") // twice at worst, but not never
		if r.pending("a") != 0 {
			t.Error("it is pending still")
		}
	})
}

// deaf is a platform that cannot be reached.
type deaf struct{ *fakeDoor }

func (deaf) Send(context.Context, models.Address, handlers.Reply) error { return errBroken }

func TestAClaimThatOnlySeemedLostLeavesTheChatToBeTriedAgain(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.worker.store = &fussy{Store: r.db, left: 1}
		r.news(yt, "揽收", "a")
		r.sweep()
		r.pass(time.Second)
		r.sweep()
		r.sees("a: "+yt+" 揽收", "a: "+yt+" 揽收")
	})
}

// fussy says that a claim is another's although it is not.
type fussy struct {
	Store
	left int
}

func (f *fussy) Delivered(ctx context.Context, c models.Claim, m models.Mark) error {
	if f.left--; f.left >= 0 {
		return models.ErrStale
	}
	return f.Store.Delivered(ctx, c, m)
}

// Whatever step a process reached that died, nothing is lost, and nothing comes
// twice but what was in its hands.
func TestNothingIsLostWhicheverStepADyingProcessReached(t *testing.T) {
	for _, step := range []string{"claim", "open", "answer", "sent", "end", "pending", "delivered", "release"} {
		t.Run(step, func(t *testing.T) {
			quickly(t, func(t *testing.T, r *rig) {
				r.writes("a", "one two")
				r.news(yt, "揽收", "a")
				r.news(zt, "到达", "a")
				r.worker.store = &dying{Store: r.db, step: step}
				r.sweep()
				two := r.other("two", nil)
				r.must(two.store.TakeOver(t.Context(), "test", "two", r.moment()))
				r.sweepBy(two)
				got := slices.Compact(r.door.said())
				if want := []string{"a: one", "a: two", "a: " + yt + " 揽收", "a: " + zt + " 到达"}; !slices.Equal(got, want) {
					t.Errorf("sent %q", got)
				}
				if r.pending("a") != 0 {
					t.Error("something is pending still")
				}
			})
		})
	}
}

// dying is a store from which no answer comes back any more, from the first
// time that a step was done.
type dying struct {
	Store
	step string
	dead atomic.Bool
}

func (d *dying) does(step string, do func() error) error {
	if d.dead.Load() {
		return errBroken
	}
	err := do()
	if step == d.step {
		d.dead.Store(true)
		return errBroken
	}
	return err
}

func (d *dying) ClaimChats(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) (all []models.Claimed, err error) {
	err = d.does("claim", func() (err error) { all, err = d.Store.ClaimChats(ctx, door, owner, now, hold, limit); return err })
	return all, err
}

func (d *dying) OpenArrivals(ctx context.Context, chatID int64, now models.Moment) (all []models.Arrival, err error) {
	err = d.does("open", func() (err error) { all, err = d.Store.OpenArrivals(ctx, chatID, now); return err })
	return all, err
}

func (d *dying) Answer(ctx context.Context, c models.Claim, arrivalID int64, replies []byte) error {
	return d.does("answer", func() error { return d.Store.Answer(ctx, c, arrivalID, replies) })
}

func (d *dying) RepliesSent(ctx context.Context, c models.Claim, arrivalID int64, sent int) error {
	return d.does("sent", func() error { return d.Store.RepliesSent(ctx, c, arrivalID, sent) })
}

func (d *dying) ArrivalFailed(ctx context.Context, c models.Claim, arrivalID int64) error {
	return d.does("failed", func() error { return d.Store.ArrivalFailed(ctx, c, arrivalID) })
}

func (d *dying) EndArrival(ctx context.Context, c models.Claim, arrivalID int64) error {
	return d.does("end", func() error { return d.Store.EndArrival(ctx, c, arrivalID) })
}

func (d *dying) Pending(ctx context.Context, c models.Chat) (all []models.Notification, err error) {
	err = d.does("pending", func() (err error) { all, err = d.Store.Pending(ctx, c); return err })
	return all, err
}

func (d *dying) Delivered(ctx context.Context, c models.Claim, m models.Mark) error {
	return d.does("delivered", func() error { return d.Store.Delivered(ctx, c, m) })
}

func (d *dying) Release(ctx context.Context, c models.Claim, next models.Moment, failed bool) error {
	return d.does("release", func() error { return d.Store.Release(ctx, c, next, failed) })
}

// Marks that could not be moved, all or some of them, repeat their parcels'
// news, and lose none.
func TestAMessageOfSeveralParcelsIsRepeatedWhenTheProcessDiesBeforeItsMarks(t *testing.T) {
	for name, moved := range map[string]int64{"none moved": 0, "some moved": 1} {
		t.Run(name, func(t *testing.T) {
			quickly(t, func(t *testing.T, r *rig) {
				r.counting(9)
				r.three()
				db := &forgetful{Store: r.db}
				db.left.Store(moved)
				r.worker.store = db
				r.sweep()
				if n := r.pending("a"); n != 3-int(moved) {
					t.Errorf("%d are pending", n)
				}
				r.worker.store = r.db
				time.Sleep(time.Second)
				r.sweep()
				if got := r.door.said(); len(got) != 2 || strings.Count(got[1], "100000") != 3-int(moved) {
					t.Errorf("sent %q", got)
				}
				if r.pending("a") != 0 {
					t.Error("something is pending still")
				}
			})
		})
	}
}

// forgetful moves so many marks, and none after.
type forgetful struct {
	Store
	left atomic.Int64
}

func (f *forgetful) Delivered(ctx context.Context, c models.Claim, m models.Mark) error {
	if f.left.Add(-1) < 0 {
		return errBroken
	}
	return f.Store.Delivered(ctx, c, m)
}

func TestAMarkThatCannotBeMovedForAMomentRepeatsNothing(t *testing.T) {
	quickly(t, func(t *testing.T, r *rig) {
		r.worker.store = &hiccup{Store: r.db, left: 3}
		r.news(yt, "揽收", "a")
		r.sweep()
		time.Sleep(time.Hour)
		r.sweep()
		r.sees("a: " + yt + " 揽收")
		if r.pending("a") != 0 {
			t.Error("it is pending still")
		}
	})
}

// hiccup cannot move a mark at first.
type hiccup struct {
	Store
	left int
}

func (h *hiccup) Delivered(ctx context.Context, c models.Claim, m models.Mark) error {
	if h.left--; h.left >= 0 {
		return errors.New("database is locked")
	}
	return h.Store.Delivered(ctx, c, m)
}

func TestWhatADeadProcessHeldIsTakenOverAtOnceByWhoeverHoldsTheDoor(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.writes("a", "one")
		r.news(yt, "揽收", "a")
		if claimed, err := r.db.ClaimChats(t.Context(), "test", "dead", r.moment(), claimFor, 9); err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		r.sweep()
		r.sees()
		ctx, stop := context.WithCancel(t.Context())
		heard := make(chan struct{}, 9)
		r.door.fails(func(string, handlers.Reply) error { heard <- struct{}{}; return nil })
		ended := make(chan error, 1)
		go func() { ended <- r.worker.Run(ctx) }()
		<-heard
		<-heard
		stop()
		r.must(<-ended)
		r.sees("a: one", "a: "+yt+" 揽收")
	})
}

// A process that stood still for so long that another one has its door sends
// nothing of what it was about to send.
func TestAProcessThatLostItsDoorSendsNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		claimed := false
		r.worker.holds = func() bool { defer func() { claimed = true }(); return !claimed }
		r.writes("a", "one")
		r.news(yt, "揽收", "b")
		r.sweep()
		r.sees()
		if n := r.door.tried(); n > 0 {
			t.Errorf("tried %d times", n)
		}
		two := r.other("two", nil)
		r.pass(time.Second)
		r.sweepBy(two)
		if n := len(r.door.said()); n != 2 {
			t.Errorf("the other one sends %d messages", n)
		}
	})
}

// A process that stood still for so long that another one has its door claims
// nothing: the chat would wait for it.
func TestAProcessThatLostItsDoorClaimsNothing(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.worker.holds = func() bool { return false }
		r.writes("a", "one")
		r.sweep()
		r.sweepBy(r.other("two", nil))
		r.sees("a: one")
	})
}

// What others left behind is taken over as soon as the database lets it.
func TestWhatADeadProcessHeldIsTakenOverWhenTheDatabaseAnswersAgain(t *testing.T) {
	quickly(t, func(t *testing.T, r *rig) {
		r.writes("a", "one")
		if claimed, err := r.db.ClaimChats(t.Context(), "test", "dead", r.moment(), claimFor, 9); err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		r.worker.store = &greedy{Store: r.db, left: 3}
		stop := r.run()
		time.Sleep(5 * time.Second)
		stop()
		r.sees("a: one")
	})
}

// greedy takes nothing over at first.
type greedy struct {
	Store
	left int
}

func (g *greedy) TakeOver(ctx context.Context, door, owner string, now models.Moment) error {
	if g.left--; g.left >= 0 {
		return errBroken
	}
	return g.Store.TakeOver(ctx, door, owner, now)
}

// The database writes a claim, or takes a chat back, and the answer gets lost: the
// chat does not wait until its claim runs out.
func TestAClaimThatNobodyKnowsOfIsGivenBack(t *testing.T) {
	quickly(t, func(_ *testing.T, r *rig) {
		r.worker.store = &lossy{Store: r.db, left: 1}
		r.writes("a", "one")
		r.sweep()
		r.sees()
		r.sweep()
		r.sees("a: one")
	})
}

// lossy claims chats, and loses the answer.
type lossy struct {
	Store
	left int
}

func (l *lossy) ClaimChats(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Claimed, error) {
	claimed, err := l.Store.ClaimChats(ctx, door, owner, now, hold, limit)
	if l.left--; l.left >= 0 {
		return nil, errBroken
	}
	return claimed, err
}

func TestAChatIsGivenBackAsSoonAsTheDatabaseAnswersAgain(t *testing.T) {
	quickly(t, func(_ *testing.T, r *rig) {
		r.worker.store = &away{Store: r.db, until: time.Now().Add(20 * time.Second)}
		r.writes("a", "one")
		r.sweep()
		r.writes("a", "two")
		r.sweep()
		r.sees("a: one", "a: two")
	})
}

// away cannot take a chat back for a while.
type away struct {
	Store
	until time.Time
}

func (a *away) Release(ctx context.Context, c models.Claim, next models.Moment, failed bool) error {
	if time.Now().Before(a.until) {
		return errBroken
	}
	return a.Store.Release(ctx, c, next, failed)
}

// However long the database has failed, a chat waits for seconds once it works.
func TestAChatIsServedSoonAfterTheDatabaseHasFailedForLong(t *testing.T) {
	quickly(t, func(_ *testing.T, r *rig) {
		r.worker.store = &closed{Store: r.db, until: time.Now().Add(100 * time.Second)}
		stop := r.run()
		r.writes("a", "one")
		time.Sleep(109 * time.Second)
		stop()
		r.sees("a: one")
	})
}

// closed reads no updates for a while.
type closed struct {
	Store
	until time.Time
}

func (c *closed) OpenArrivals(ctx context.Context, chatID int64, now models.Moment) ([]models.Arrival, error) {
	if time.Now().Before(c.until) {
		return nil, errBroken
	}
	return c.Store.OpenArrivals(ctx, chatID, now)
}

// A claim that was lost is no failure of the platform's: the chat does not wait
// longer each time.
func TestALostClaimIsNotCountedAsAFailure(t *testing.T) {
	quickly(t, func(t *testing.T, r *rig) {
		r.writes("a", "one")
		for range 4 {
			asked := 0
			r.worker.holds = func() bool { asked++; return asked == 1 }
			r.sweep()
			time.Sleep(time.Second)
		}
		r.worker.holds = func() bool { return true }
		r.sweep()
		r.sees("a: one")
		if c := r.chat("a"); c.Failures != 0 {
			t.Errorf("%d failures", c.Failures)
		}
	})
}

var _ Store = (*store.Store)(nil)
