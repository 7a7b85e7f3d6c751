package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
)

// spend leaves a customer's credit with so many messages.
func (k kit) spend(n, left int) {
	k.t.Helper()
	c := k.credit(n)
	c.Left = left
	k.ok(k.SetCredit(k.ctx(), c))
}

func TestACreditIsCountedDownUntilTheCustomerWrites(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.ok(k.SetCredit(k.ctx(), models.Credit{Address: customer(1), Left: 3})) // a stranger
		if c := k.credit(1); c != (models.Credit{Address: customer(1)}) {
			t.Fatalf("got %+v", c)
		}
		k.synced(page("", "c1", noon(), 1), noon())
		old := k.credit(1)
		k.spend(1, 4)
		k.synced(page("c1", "c2", noon()+minute, 1), noon())
		old.Left = 0
		k.ok(k.SetCredit(k.ctx(), old)) // out of date
		want := models.Credit{Address: customer(1), Left: 5, Epoch: int64(noon() + minute), SpokeAt: noon() + minute, Until: noon() + minute + 48*hour}
		if got := k.credit(1); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		k.spend(1, 0)
		k.spend(1, 4) // sent while the platform said that it was over
		if got := k.credit(1); got.Left != 0 {
			t.Fatalf("got %+v", got)
		}
	})
}

// TestAMessageAndACountNeverMix: whichever is first, what is left after the
// customer has written is not what was counted before.
func TestAMessageAndACountNeverMix(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		other := k.open()
		c, p := 1, k.parcel(1)
		k.synced(page("", "c0", noon(), c), noon())
		k.follow(k.at(c), p)
		for i := range 10 {
			before := k.credit(c)
			before.Left = 0
			k.ok(errors.Join(together(2, func(n int) error {
				if n == 0 {
					return other.SetCredit(k.ctx(), before)
				}
				at := noon() + models.Moment(i+1)
				_, err := k.ArriveSynced(k.ctx(), page(fmt.Sprint("c", i), fmt.Sprint("c", i+1), at, c), at)
				return err
			})...))
			if got := k.credit(c); got.Left != 5 || got.Epoch != before.Epoch+1 {
				t.Fatalf("got %+v", got)
			}
			k.polled(p, noon()+models.Moment(10+i), true)
		}
	})
}

func TestWhatOnlyCustomersWithoutCreditFollowIsNotPolled(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		spent := func(int) { k.spend(1, 0) }
		said := func(i int) {
			cursor := k.mail().Cursor
			k.synced(models.SyncPage{
				Account: account, From: cursor, Cursor: fmt.Sprint("s", i), Exhausted: []models.CreditExhausted{{Address: customer(1), At: noon() + 20*hour}},
			}, noon())
		}
		k.synced(page("", "c", noon(), 1, 2), noon())
		for i, end := range []func(int){spent, said} {
			p := k.parcel(i)
			k.follow(k.at(1), p)
			k.follow(k.at(2), p)
			end(i)
			k.polled(p, noon(), true) // another customer has credit
			k.spend(2, 0)
			k.polled(p, noon()+minute, false)
			pushed := k.finish(scan(k.stored(p.ID), "pushed", noon()), noon())
			k.polled(p, pushed.DueAt, false)
			at := noon() + models.Moment(i+11)*hour
			k.synced(page(k.mail().Cursor, fmt.Sprint("d", i), at, 1, 2), at)
			if got := k.stored(p.ID).DueAt; got != at {
				t.Fatalf("due at %d, want %d", got, at)
			}
			k.polled(p, at, true)
		}
	})
}

func TestWhoFollowsWithoutCreditIsNotPolledFor(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		k.synced(page("", "c", noon(), 1), noon())
		k.spend(1, 0)
		p := k.parcel(1)
		k.follow(k.at(1), p)
		k.polled(p, noon(), false)
		k.follow(k.chat(2), p) // a chat that is not metered
		k.polled(p, noon(), true)
		k.ok(k.Unfollow(k.ctx(), k.chat(2).ID, []int64{p.ID}, noon()))
		k.polled(p, noon()+minute, false)
	})
}

// TestNoCheckComesAfterTheLastCreditHasRunOut: the credits are looked at when
// the parcel is due.
func TestNoCheckComesAfterTheLastCreditHasRunOut(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c", noon(), 1), noon())
		k.synced(page("c", "d", noon()+hour, 2), noon())
		p := k.parcel(1)
		k.follow(k.at(1), p)
		k.follow(k.at(2), p)
		for _, step := range []struct {
			now, due models.Moment
			polled   bool
		}{
			{noon(), noon() + 48*hour, true},
			{noon() + 40*hour, noon() + 49*hour - 1, true},
			{noon() + 47*hour, noon() + 49*hour, false},
		} {
			f := scan(k.stored(p.ID), fmt.Sprint(step.due), step.now)
			f.DueAt = step.due
			k.finish(f, step.now)
			k.polled(p, step.due, step.polled)
		}
		k.synced(page("d", "e", noon()+50*hour, 1), noon()+50*hour)
		if got := k.stored(p.ID).DueAt; got != noon()+50*hour {
			t.Fatalf("due at %d, want now: what its cadence says has passed", got)
		}
	})
}

func TestWhoLeavesTakesTheLongestCreditAlong(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		k.synced(page("", "c", noon(), 1), noon())
		p := k.parcel(1)
		k.follow(k.at(1), p)
		k.follow(k.chat(2), p)
		f := scan(k.stored(p.ID), "x", noon())
		f.DueAt = noon() + 50*hour
		k.finish(f, noon())
		k.polled(p, noon()+50*hour, true)
		k.ok(k.Gone(k.ctx(), k.chat(2).ID, noon()))
		k.polled(p, noon()+50*hour+minute, false)
	})
}

// TestAHintIsFollowedWhileThereIsCredit: a parcel whose next check would come too
// late is checked when something has happened.
func TestAHintIsFollowedWhileThereIsCredit(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c", noon(), 1), noon())
		p := k.parcel(1)
		k.follow(k.at(1), p)
		s := k.wanted(p, "t1", models.Never)
		f := scan(k.stored(p.ID), "x", noon())
		f.DueAt = noon() + 50*hour
		k.finish(f, noon())
		rest := func(now, want models.Moment) {
			t.Helper()
			k.ok(k.RetireSubscriptions(k.ctx(), now))
			if got := k.subscription(s.Token).IdleAt; got != want {
				t.Fatalf("idle since %d, want %d", got, want)
			}
		}
		rest(noon()+hour, 0)
		k.ok(k.CheckSoon(k.ctx(), []int64{p.ID}, time.Hour, noon()+2*hour))
		if got := k.stored(p.ID).DueAt; got != noon()+2*hour {
			t.Fatalf("due at %d, want now", got)
		}
		k.ok(k.CheckLater(k.ctx(), k.stored(p.ID), noon()+49*hour))
		for range 2 { // in the queue, and parked
			k.ok(k.CheckSoon(k.ctx(), []int64{p.ID}, time.Hour, noon()+48*hour))
			k.polled(p, noon()+48*hour, false)
		}
		rest(noon()+48*hour, noon()+48*hour)
	})
}

func TestAMergedChatGoesByTheLastMessageToEither(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c", noon(), 1, 3), noon())
		k.synced(page("c", "d", noon()+hour, 2), noon())
		k.spend(2, 3)
		k.ok(k.MoveChat(k.ctx(), k.at(2).ID, customer(1).Conversation, noon()))
		if got := k.credit(1); got.Left != 3 || got.SpokeAt != noon()+hour || got.Epoch != int64(noon()+hour)+1 {
			t.Fatalf("got %+v", got)
		}
		k.ok(k.MoveChat(k.ctx(), k.at(3).ID, customer(1).Conversation, noon()))
		if got := k.credit(1); got.Left != 3 || got.Epoch != int64(noon()+hour)+1 {
			t.Fatalf("got %+v", got)
		}
		k.ok(k.MoveChat(k.ctx(), k.at(1).ID, customer(7).Conversation, noon()))
		if got := k.credit(7); got.Left != 3 || got.Epoch != int64(noon()+hour)+1 {
			t.Fatalf("got %+v", got)
		}
	})
}

// TestFollowingAndSpendingAtOnceAgree: a parcel that is followed while the last
// message goes out is handed out no longer than there is credit.
func TestFollowingAndSpendingAtOnceAgree(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		stores := []*store.Store{k.Store, k.open()}
		for i := range 10 {
			k.synced(page(cursorOf(i), cursorOf(i+1), noon()+models.Moment(i), 1), noon())
			c, p, credit := k.at(1), k.parcel(i), k.credit(1)
			credit.Left = 0
			k.ok(errors.Join(together(2, func(n int) error {
				if n == 0 {
					return stores[0].SetCredit(k.ctx(), credit)
				}
				_, err := stores[1].Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID}, noon())
				return err
			})...))
			k.polled(p, noon()+minute, false)
		}
	})
}

// cursorOf is the cursor after n pages.
func cursorOf(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint("c", n)
}

// TestAMessageAndACheckAgree: a check whose next one would come after the credit
// has run out ends while the customer writes. Either way the parcel is queued.
func TestAMessageAndACheckAgree(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		other := k.open()
		k.synced(page("", "c1", noon(), 1), noon())
		p := k.parcel(1)
		k.follow(k.at(1), p)
		for i := range 10 {
			at := noon() + models.Moment(i+1)*40*hour
			f := scan(k.stored(p.ID), fmt.Sprint(i), at)
			f.DueAt = at + 9*hour
			k.ok(errors.Join(together(2, func(n int) error {
				if n == 0 {
					_, err := other.Finish(k.ctx(), f, at)
					return err
				}
				_, err := k.ArriveSynced(k.ctx(), page(cursorOf(i+1), cursorOf(i+2), at, 1), at)
				return err
			})...))
			if got := k.stored(p.ID).DueAt; got != at+9*hour {
				t.Fatalf("due at %d, want %d", got, at+9*hour)
			}
			k.polled(p, at+9*hour, true)
		}
	})
}
