package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"waybill/models"
)

// done ends a parcel: delivered at a moment, and due again then or never.
func (k kit) done(p models.Parcel, at, due models.Moment) models.Parcel {
	k.t.Helper()
	f := scan(k.stored(p.ID), "签收", at)
	f.Change.Parcel.Status, f.Change.Parcel.DoneAt, f.DueAt = models.Delivered, at, due
	return k.finish(f, at)
}

// tail is the digits that open a parcel for a chat, as they are stored.
func (k kit) tail(p models.Parcel) string {
	k.t.Helper()
	tails, err := k.Tails(k.ctx(), p.ID)
	k.ok(err)
	if len(tails) == 0 {
		return ""
	}
	return tails[0].Digits
}

// follows says whether a chat follows a parcel.
func (k kit) follows(c models.Chat, p models.Parcel) bool {
	k.t.Helper()
	_, ok, err := k.FollowOf(k.ctx(), c.ID, p.ID)
	k.ok(err)
	return ok
}

func TestAFollowEndsThirtyDaysAfterItsParcelAndTheParcelAfterNinety(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, over, moving := k.chat(1), k.parcel(1), k.parcel(2)
		k.follow(c, over)
		k.follow(c, moving)
		k.done(over, noon(), models.Never)
		k.deliver(c)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+30*day-1))
		if !k.follows(c, over) {
			t.Fatal("it ended before its time")
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+30*day))
		if k.follows(c, over) || !k.follows(c, moving) {
			t.Fatal("the wrong follow has ended")
		}
		if news := k.pending(c); len(news) != 0 {
			t.Fatalf("somebody hears of it: %+v", news)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+90*day))
		k.stored(over.ID)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+90*day+1))
		if _, err := k.Parcel(k.ctx(), over.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v", err)
		}
		k.stored(moving.ID)
	})
}

func TestAParcelThatLivesAgainKeepsItsFollow(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.done(p, noon(), models.Never)
		again := scan(k.stored(p.ID), "退回", noon()+29*day)
		again.Change.Parcel.DoneAt, again.Change.Parcel.Status = 0, models.Returning
		k.finish(again, noon()+29*day)
		k.deliver(c)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+40*day))
		if !k.follows(c, p) {
			t.Fatal("the follow of a living parcel has ended")
		}
		live, err := k.Followed(k.ctx(), c.ID, false)
		if err != nil || len(live) != 1 {
			t.Fatalf("got %d live, %v", len(live), err)
		}
	})
}

func TestWhatIsPendingIsWaitedForAsLongAsParcelsStay(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		silent, gone, p := k.chat(1), k.chat(2), k.parcel(1)
		k.follow(silent, p)
		k.follow(gone, p)
		k.done(p, noon(), models.Never)
		k.ok(k.Gone(k.ctx(), gone.ID, noon()+20*day))
		k.ok(k.Sweep(k.ctx(), keep(), noon()+31*day))
		if !k.follows(silent, p) || k.follows(gone, p) {
			t.Fatal("only the news for the chat that is gone waits in vain")
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+32*day)) // the one that stays is looked at again
		k.deliver(silent)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+33*day))
		if k.follows(silent, p) {
			t.Fatal("it goes on once its news is delivered")
		}
	})
}

func TestNewsThatNobodyEverTakesIsNotKeptForEver(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.done(p, noon(), models.Never)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+90*day+1))
		if k.follows(c, p) {
			t.Fatal("it is still followed")
		}
	})
}

func TestWhoAsksLateFollowsAFinishedParcelAsLong(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		early, late, p := k.chat(1), k.chat(2), k.parcel(1)
		k.follow(early, p)
		done := k.done(p, noon(), models.Never)
		k.deliver(early)
		_, err := k.Follow(k.ctx(), models.Following{ChatID: late.ID, ParcelID: p.ID, Delivered: done.Seq}, noon()+29*day)
		k.ok(err)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+31*day))
		if k.follows(early, p) || !k.follows(late, p) {
			t.Fatal("the wrong follow has ended")
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+59*day))
		if k.follows(late, p) {
			t.Fatal("it goes on for ever")
		}
	})
}

func TestARobotsFollowEndsWithTheParcels(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.PushTo(k.ctx(), c.ID, p.ID, "shop", noon()))
		k.done(p, noon(), models.Never)
		k.deliver(c)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+31*day))
		var left int64
		k.ok(k.Value(k.ctx(), &left, "SELECT COUNT(*) FROM follows"))
		if left != 0 {
			t.Fatalf("%d follows are left", left)
		}
	})
}

func TestATailGoesAfterTheLastLook(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, looked, waiting, moving := k.chat(1), k.sealed(1), k.sealed(2), k.sealed(3)
		for _, p := range []models.Parcel{looked, waiting, moving} {
			_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailOK}, noon())
			k.ok(err)
		}
		k.done(looked, noon(), noon()+day)
		k.done(waiting, noon(), noon()+5*day)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+day))
		if k.tail(looked) != "1234" {
			t.Fatal("the last look needs the tail")
		}
		p := k.stored(looked.ID)
		k.finish(models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, DueAt: models.Never}, noon()+day)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+2*day))
		if k.tail(looked) != "" || k.tail(waiting) != "1234" || k.tail(moving) != "1234" {
			t.Fatalf("tails left: %q, %q, %q", k.tail(looked), k.tail(waiting), k.tail(moving))
		}
		f, _, err := k.FollowOf(k.ctx(), c.ID, looked.ID)
		if err != nil || !f.Opens(k.stored(looked.ID)) {
			t.Fatalf("who saw the trace sees it no more, %v", err)
		}
	})
}

func TestAChatThatIsGoneForAMonthIsErased(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		gone, back, p := k.chat(1), k.chat(2), k.parcel(1)
		k.follow(gone, p)
		k.ok(k.SetChatTail(k.ctx(), gone.ID, "1234"))
		k.ok(k.Gone(k.ctx(), gone.ID, noon()))
		k.ok(k.Gone(k.ctx(), back.ID, noon()))
		k.ok(k.Back(k.ctx(), back.ID, noon()+day))
		k.ok(k.Sweep(k.ctx(), keep(), noon()+29*day))
		if !k.follows(gone, p) {
			t.Fatal("it may come back")
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+31*day))
		if _, err := k.ChatByID(k.ctx(), gone.ID); !errors.Is(err, models.ErrNotFound) || k.follows(gone, p) {
			t.Fatalf("got %v", err)
		}
		if _, err := k.ChatByID(k.ctx(), back.ID); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAParcelOfWhichNobodyCanBeToldForAMonthIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.Exec(k.ctx(), "UPDATE chats SET credit_epoch = 1, credit_left = 0"))
		k.polled(p, noon(), false)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+29*day))
		if !k.stored(p.ID).Live() {
			t.Fatal("given up before its time")
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+30*day))
		if k.stored(p.ID).Live() {
			t.Fatal("it lives for ever")
		}
		if live, err := k.CountLive(k.ctx(), c.ID); err != nil || live != 0 {
			t.Fatalf("%d live, %v", live, err)
		}
	})
}

func TestAnInterruptedSweepGoesOnNextTime(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		const many = 450 // more than two parts
		_, err := k.FollowMany(k.ctx(), c.ID, many, 0, noon())
		k.ok(err)
		k.ok(k.Exec(k.ctx(), "UPDATE parcels SET done_at = ? + id", noon()))
		k.ok(k.SweepOnce(k.ctx(), keep(), noon()+31*day))
		var left int64
		k.ok(k.Value(k.ctx(), &left, "SELECT COUNT(*) FROM follows"))
		if left != many-200 {
			t.Fatalf("%d left after one part", left)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+31*day))
		k.ok(k.Value(k.ctx(), &left, "SELECT COUNT(*) FROM follows"))
		if left != 0 {
			t.Fatalf("%d left", left)
		}
	})
}

func TestFollowedReadsLiveParcelsAndThoseThatWereFinishedLast(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		const many = models.MostFinished + 40
		ids, err := k.FollowMany(k.ctx(), c.ID, many, 0, noon())
		k.ok(err)
		k.ok(k.Exec(k.ctx(), "UPDATE parcels SET done_at = ? + id WHERE id > 3", noon())) // as another version does
		for range 2 {
			live, err := k.Followed(k.ctx(), c.ID, false)
			if err != nil || len(live) != 3 {
				t.Fatalf("%d live, %v", len(live), err)
			}
			all, err := k.Followed(k.ctx(), c.ID, true)
			if err != nil || len(all) != 3+models.MostFinished {
				t.Fatalf("%d of all, %v", len(all), err)
			}
			last := slices.ContainsFunc(all, func(f models.Followed) bool { return f.Parcel.ID == many })
			first := slices.ContainsFunc(all, func(f models.Followed) bool { return f.Parcel.ID == 4 })
			if !last || first {
				t.Fatal("those that were finished last are missing")
			}
		}
		if live, done, err := k.CountFollowed(k.ctx(), c.ID); err != nil || live != 3 || done != many-3 {
			t.Fatalf("%d live, %d done, %v", live, done, err)
		}
		if rows, err := k.FollowedOf(k.ctx(), c.ID, []int64{ids[3], ids[0]}); err != nil || len(rows) != 2 {
			t.Fatalf("got %d, %v", len(rows), err)
		}
		if rows, err := k.FollowedByNumber(k.ctx(), c.ID, number(3)); err != nil || len(rows) != 1 || rows[0].Parcel.ID != ids[3] {
			t.Fatalf("got %+v, %v", rows, err)
		}
		if rows, err := k.AllFollowed(k.ctx(), c.ID); err != nil || len(rows) != many {
			t.Fatalf("got %d, %v", len(rows), err)
		}
	})
}

func TestFollowsSayWhatTheirParcelsAre(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		wrong := func() (n int64) {
			k.ok(k.Value(k.ctx(), &n, "SELECT COUNT(*) FROM follows f JOIN parcels p ON p.id = f.parcel_id WHERE f.done_at <> p.done_at"))
			return n
		}
		k.done(p, noon(), models.Never)
		if n := wrong(); n != 0 {
			t.Fatal("a follow says that its finished parcel lives")
		}
		k.follow(k.chat(2), p)
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		again := scan(k.stored(p.ID), "退回", noon()+hour)
		again.Change.Parcel.DoneAt = 0
		k.finish(again, noon()+hour)
		_, err := k.Undo(k.ctx(), c.ID, noon()+minute)
		k.ok(err)
		if n := wrong(); n != 0 {
			t.Fatalf("%d follows say the wrong thing", n)
		}
		k.ok(k.Exec(k.ctx(), "UPDATE follows SET done_at = 7")) // as another version leaves it
		k.ok(k.Sweep(k.ctx(), keep(), noon()+day))
		if n := wrong(); n != 0 {
			t.Fatalf("%d follows are not set right", n)
		}
	})
}

func TestSubscriptionsAreRetiredSomeAtATime(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.FillSubscriptions(k.ctx(), 4500, p.ID))
		idle := func() (n int64) {
			k.ok(k.Value(k.ctx(), &n, "SELECT COUNT(*) FROM subscriptions WHERE idle_at > 0"))
			return n
		}
		for _, want := range []int64{1999, 3999, 4499, 4499} { // the first is the followed parcel's
			k.ok(k.RetireSubscriptions(k.ctx(), noon()))
			if n := idle(); n != want {
				t.Fatalf("%d are retired, want %d", n, want)
			}
		}
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		for range 3 { // the rest of this round, and the first part of the next
			k.ok(k.RetireSubscriptions(k.ctx(), noon()))
		}
		if n := idle(); n != 4500 {
			t.Fatalf("%d are retired: the round begins anew", n)
		}
	})
}

func TestSubscriptionsThatNobodyNeedsHoldUpNoOther(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.FillSubscriptions(k.ctx(), 50, p.ID))
		k.ok(k.Exec(k.ctx(), "UPDATE subscriptions SET due_at = CASE WHEN parcel_id = ? THEN 50 ELSE 1 END", p.ID))
		got, err := k.TakeDueSubscriptions(k.ctx(), noon(), time.Minute, 10)
		if err != nil || len(got) != 1 || got[0].ParcelID != p.ID {
			t.Fatalf("got %+v, %v", got, err)
		}
	})
}

func TestWhatHasPiledUpIsCountedUpToALimit(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.ok(k.FillChats(k.ctx(), models.MostCounted+5, noon()))
		b, err := k.Backlog(k.ctx(), noon())
		if err != nil || b.Chats != models.MostCounted {
			t.Fatalf("got %+v, %v", b, err)
		}
	})
}
