package scheduler

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
	"waybill/models/store"
)

func TestASlowChatDelaysNoOther(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.ears.answer = func(n models.News) error {
			if n.Chat.Room == "slow" {
				time.Sleep(25 * time.Second)
			}
			return nil
		}
		w.follow(sf, "jd", "slow")
		time.Sleep(2 * time.Second)
		for i := range 5 {
			w.follow("YT"+strconv.Itoa(1000000000000+i), "yto", "b")
		}
		time.Sleep(2 * time.Second)
		if got := w.told(); len(got) != 5 {
			t.Errorf("told %q", got)
		}
		time.Sleep(25 * time.Second)
		w.wantTold("slow: " + sf + " scan:揽收")
	})
}

func TestAChatThatFailsDelaysNoOther(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.ears.answer = func(n models.News) error {
			if n.Chat.Room == "a" {
				return errBroken
			}
			return nil
		}
		w.follow(yt, "yto", "a", "b")
		time.Sleep(2 * time.Second)
		w.wantTold("b: " + yt + " scan:揽收")
	})
}

func TestAChatIsToldOneParcelAfterAnother(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		var mu sync.Mutex
		under, most := 0, 0
		w.ears.answer = func(models.News) error {
			mu.Lock()
			under++
			most = max(most, under)
			mu.Unlock()
			time.Sleep(300 * time.Millisecond)
			mu.Lock()
			under--
			mu.Unlock()
			return nil
		}
		for i := range 6 {
			w.follow("YT"+strconv.Itoa(1000000000000+i), "yto", "a")
		}
		time.Sleep(10 * time.Second)
		if got := w.told(); len(got) != 6 || most != 1 {
			t.Errorf("told %d, %d at once", len(got), most)
		}
	})
}

func TestAChatIsTriedAgainLaterAndLaterButAtLeastEveryMinute(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		var tries []time.Time
		w.ears.answer = func(models.News) error { tries = append(tries, time.Now()); return errBroken }
		w.follow(yt, "yto", "a")
		time.Sleep(5 * time.Minute)
		for i, least := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
			if wait := tries[i+1].Sub(tries[i]); wait < time.Duration(least)*time.Second || wait > time.Duration(least+2)*time.Second {
				t.Errorf("try %d after %s, want %d s", i+2, wait, least)
			}
		}
	})
}

func TestThePlatformsWaitIsAFloor(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		var tries []time.Time
		w.ears.answer = func(models.News) error {
			if tries = append(tries, time.Now()); len(tries) == 1 {
				return fmt.Errorf("send: %w", &models.Wait{After: 40 * time.Second})
			}
			return nil
		}
		w.follow(yt, "yto", "a")
		w.follow(sf, "jd", "a")
		time.Sleep(time.Minute)
		if wait := tries[1].Sub(tries[0]); wait < 40*time.Second || wait > 42*time.Second {
			t.Errorf("tried again after %s", wait)
		}
		if got := w.told(); len(got) != 2 {
			t.Errorf("told %q", got)
		}
	})
}

func TestATextThatIsRefusedForGoodIsNotSentAgain(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		tries := 0
		w.ears.answer = func(n models.News) error {
			if n.Parcel.Number == yt {
				tries++
				return models.ErrRefused
			}
			return nil
		}
		w.follow(yt, "yto", "a")
		w.follow(sf, "jd", "a")
		time.Sleep(time.Minute)
		w.wantTold("a: " + sf + " scan:揽收")
		if tries != 1 || w.meter.count(w.meter.told, refused) != 1 {
			t.Errorf("tried %d times, counted %v", tries, w.meter.told)
		}
		w.wantOwed("a")
	})
}

func TestWithoutCreditNewsWaitsUntilTheCustomerWrites(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		tries := 0
		w.ears.answer = func(models.News) error { tries++; return models.ErrNoCredit }
		w.follow(yt, "yto", "a")
		time.Sleep(3 * time.Minute)
		if tries != 1 {
			t.Errorf("tried %d times", tries)
		}
		w.ears.answer = nil
		w.must(w.db.Back(t.Context(), w.chat("a").ID, w.moment()))
		time.Sleep(2 * time.Second)
		w.wantTold("a: " + yt + " scan:揽收")
	})
}

func TestAChatThatMovedIsToldWhereItIsNow(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.ears.answer = func(n models.News) error {
			if n.Chat.Room == "group" {
				return &models.Moved{Room: "supergroup"}
			}
			return nil
		}
		w.follow(yt, "yto", "group")
		time.Sleep(5 * time.Second)
		w.wantTold("supergroup: " + yt + " scan:揽收")
	})
}

func TestAPanicOverOneParcelIsThatParcelsFailure(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.ears.answer = func(n models.News) error {
			if n.Parcel.Number == yt {
				panic("a template's nonsense")
			}
			return nil
		}
		w.follow(yt, "yto", "a")
		w.follow(sf, "jd", "a")
		time.Sleep(5 * time.Second)
		w.wantTold("a: " + sf + " scan:揽收")
	})
}

func TestWhatAFollowerMayNotSeeMovesItsMarkInSilence(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.provider.says(guarded("1111", "揽收"))
		w.locked(models.TailUntried, map[string]string{"a": "9999"})
		w.locked(models.TailNone, map[string]string{"b": ""})
		time.Sleep(5 * time.Second)
		w.wantTold("a: " + sf + " tail")
		w.wantOwed("b")
	})
}

func TestNewsThatComesWhileAChatIsToldIsToldRightAfter(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		first := true
		w.ears.answer = func(models.News) error {
			if first {
				first = false
				w.follow(sf, "jd", "a")
				time.Sleep(3 * time.Second)
			}
			return nil
		}
		w.follow(yt, "yto", "a")
		time.Sleep(10 * time.Second)
		if got := w.told(); !slices.Equal(got, []string{"a: " + yt + " scan:揽收", "a: " + sf + " scan:揽收"}) {
			t.Fatalf("told %q", got)
		}
		if gap := w.ears.at[1].Sub(w.ears.at[0]); gap > 100*time.Millisecond {
			t.Errorf("told %s later", gap)
		}
	})
}

func TestAStopEndsAfterTheMessageInHand(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.ears.answer = func(models.News) error { time.Sleep(2 * time.Second); return nil }
		for i := range 6 {
			w.follow("YT"+strconv.Itoa(1000000000000+i), "yto", "a")
		}
		time.Sleep(2 * time.Second)
		begun := time.Now()
		w.stop()
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("stopped after %s", took)
		}
		if told, owed := len(w.told()), len(w.owed("a")); told == 0 || told+owed != 6 {
			t.Errorf("told %d, still owed %d", told, owed)
		}
		if c := w.chat("a"); c.Claim != "" || c.TellAt > w.moment() {
			t.Errorf("chat %+v is not left to others", c)
		}
	})
}

func TestAMessageThatHangsIsGivenUpAndTriedAgain(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.stop()
		tries := 0
		w.run(w.db, func(s *Settings) {
			s.Teller = tellerFunc(func(ctx context.Context, news []models.News) (int, error) {
				if tries++; tries == 1 {
					<-ctx.Done()
					return 1, ctx.Err()
				}
				return w.ears.Tell(ctx, news)
			})
		})
		w.follow(yt, "yto", "a")
		time.Sleep(sending + 5*time.Second)
		w.wantTold("a: " + yt + " scan:揽收")
	})
}

type tellerFunc func(context.Context, []models.News) (int, error)

func (f tellerFunc) Tell(ctx context.Context, news []models.News) (int, error) { return f(ctx, news) }

func TestAMarkThatCannotBeMovedForAMomentRepeatsNothing(t *testing.T) {
	inTown(t, func(_ *testing.T, w *town) {
		w.stop()
		w.run(&hiccup{Store: w.db, left: 3}, nil)
		w.follow(yt, "yto", "a")
		time.Sleep(10 * time.Second)
		w.wantTold("a: " + yt + " scan:揽收")
		w.wantOwed("a")
	})
}

// hiccup cannot move a mark at first.
type hiccup struct {
	*store.Store
	left int
}

func (h *hiccup) Told(ctx context.Context, follow, upto int64) error {
	if h.left--; h.left >= 0 {
		return errBroken
	}
	return h.Store.Told(ctx, follow, upto)
}

func TestManyChatsAreServedTogetherAndNoMoreThanThereAreSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		crowd := &crowd{left: 3 * atOnce}
		s := New(Settings{Store: crowd, Queue: newLine(&bell{}), Log: hushed, Now: time.Now, Teller: crowd})
		ctx, stop := context.WithCancel(t.Context())
		var crew sync.WaitGroup
		crew.Go(func() { s.telling("test").run(ctx, t.Context()) })
		time.Sleep(3500 * time.Millisecond)
		stop()
		crew.Wait()
		if crowd.most != atOnce || crowd.told != 3*atOnce {
			t.Errorf("%d at once, %d told", crowd.most, crowd.told)
		}
	})
}

// crowd is a store with many chats that are owed something, and a Teller that
// takes a second.
type crowd struct {
	*store.Store
	mu                      sync.Mutex
	left, under, most, told int
}

func (c *crowd) ClaimOwed(_ context.Context, _, _ string, _ models.Moment, _ time.Duration, limit int) ([]models.Chat, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(limit, c.left)
	c.left -= n
	return make([]models.Chat, n), nil
}

func (c *crowd) Owed(context.Context, models.Chat) ([]models.News, error) {
	return []models.News{{Events: make([]models.Event, 1)}}, nil
}

func (c *crowd) Tell(context.Context, []models.News) (int, error) {
	c.mu.Lock()
	c.under++
	c.most = max(c.most, c.under)
	c.mu.Unlock()
	time.Sleep(time.Second)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.under--
	c.told++
	return 1, nil
}

func (c *crowd) Told(context.Context, int64, int64) error                          { return nil }
func (c *crowd) Release(context.Context, models.Chat, string, models.Moment) error { return nil }
