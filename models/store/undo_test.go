package store_test

import (
	"slices"
	"testing"

	"waybill/models"
)

func TestAStopIsUndoneForTenMinutesWithNameAndTail(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p, q := k.chat(1), k.sealed(1), k.parcel(2)
		p = k.finish(scan(p, "揽收", noon()), noon())
		_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Name: "茶叶", Tail: "1234", TailState: models.TailOK, Delivered: 1}, noon())
		k.ok(err)
		k.follow(c, q)
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, true, noon()))
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon())) // the same command, handled once more
		if _, ours, err := k.FollowOf(k.ctx(), c.ID, p.ID); ours || err != nil {
			t.Fatalf("still followed: %v, %v", ours, err)
		}
		for range 2 { // once more changes nothing
			undone, err := k.Undo(k.ctx(), c.ID, noon()+9*minute)
			if k.ok(err); !slices.Equal(undone, []int64{p.ID}) {
				t.Fatalf("undone %v", undone)
			}
			if f := k.marks(c, p); f.Name != "茶叶" || f.Mute != models.Muted || f.TailState != models.TailOK || f.DeliveredSeq != 1 || f.Pending() {
				t.Fatalf("follow %+v", f)
			}
		}
		tails, err := k.Tails(k.ctx(), p.ID)
		if k.ok(err); len(tails) != 1 || tails[0].Digits != "1234" {
			t.Errorf("tails %d", len(tails))
		}
	})
}

func TestWhatHappenedBetweenStopAndUndoIsPending(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		k.finish(scan(k.stored(p.ID), "揽收", noon()), noon())
		_, err := k.Undo(k.ctx(), c.ID, noon()+minute)
		k.ok(err)
		if all := k.pending(c); len(all) != 1 || len(all[0].Events) != 1 {
			t.Errorf("pending %+v", all)
		}
		k.polled(k.stored(p.ID), noon()+24*hour, true)
	})
}

func TestOnlyTheLastStopIsUndoneAndOnlyForTenMinutes(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p, q := k.chat(1), k.parcel(1), k.parcel(2)
		k.follow(c, p)
		k.follow(c, q)
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{q.ID}, noon()+minute))
		if undone, err := k.Undo(k.ctx(), c.ID, noon()+11*minute); len(undone) != 0 || err != nil {
			t.Errorf("undone %v, %v", undone, err)
		}
		undone, err := k.Undo(k.ctx(), c.ID, noon()+10*minute)
		if k.ok(err); !slices.Equal(undone, []int64{q.ID}) {
			t.Errorf("undone %v", undone)
		}
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{q.ID}, noon()+minute))
		k.ok(k.Forget(k.ctx(), c.ID, noon()+minute))
		if undone, err := k.Undo(k.ctx(), c.ID, noon()+minute); len(undone) != 0 || err != nil {
			t.Errorf("a forgotten chat has %v, %v", undone, err)
		}
	})
}

func TestSweepForgetsStopsThatCannotBeUndone(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		k.ok(k.Sweep(k.ctx(), keep(), noon()+11*minute))
		if undone, err := k.Undo(k.ctx(), c.ID, noon()); len(undone) != 0 || err != nil {
			t.Errorf("after the sweep %v is undone, %v", undone, err)
		}
	})
}
