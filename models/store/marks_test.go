package store_test

import (
	"testing"

	"waybill/models"
)

func TestAMarkOfTheWrongParcelSaysNothingOfTheRightOne(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		_, err := k.Ensure(k.ctx(), number(1), "zto", "", false, noon())
		k.ok(err)
		c := k.chat(1)
		wrong := k.parcel(1)
		k.follow(c, wrong)
		for _, text := range []string{"a", "b", "c", "d"} {
			wrong = k.finish(scan(k.stored(wrong.ID), text, noon()), noon())
		}
		news := k.pending(c)
		right, err := k.ChangeCarrier(k.ctx(), k.stored(wrong.ID), "zto", noon()+1)
		k.ok(err)
		k.ok(k.Delivered(k.ctx(), k.claim(c), models.Mark{FollowID: news[0].Follow.ID, Upto: news[0].Upto})) // sent before the carrier was corrected
		if f := k.marks(c, right); !f.Pending() {
			t.Fatalf("lost: %+v", f)
		}
		k.finish(scan(k.stored(right.ID), "x", noon()+2), noon()+2)
		if news := k.pending(c); len(news) != 1 || len(news[0].Events) != 1 {
			t.Fatalf("got %+v", news)
		}
	})
}

func TestWhoMovesToTheRightParcelHearsWhatIsNew(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		right, err := k.Ensure(k.ctx(), number(1), "zto", "", false, noon())
		k.ok(err)
		k.follow(k.chat(9), right)
		for i, text := range []string{"a", "b", "c"} {
			right = k.finish(scan(k.stored(right.ID), text, noon()+models.Moment(i)), noon())
		}
		knowsA, knowsNone, waits := k.chat(1), k.chat(2), k.chat(3)
		wrong := k.parcel(1)
		k.follow(knowsNone, wrong)
		wrong = k.finish(scan(k.stored(wrong.ID), "a", noon()), noon())
		k.follow(knowsA, wrong)
		k.follow(waits, wrong)
		wrong = k.finish(scan(k.stored(wrong.ID), "b", noon()+1), noon())
		k.ok(k.Delivered(k.ctx(), k.claim(knowsA), models.Mark{FollowID: k.marks(knowsA, wrong).ID, Upto: 2}))
		_, err = k.ChangeCarrier(k.ctx(), k.stored(wrong.ID), "zto", noon()+1)
		k.ok(err)
		for c, want := range map[int64]int{knowsA.ID: 1, knowsNone.ID: 3, waits.ID: 2} {
			news := k.pending(models.Chat{ID: c})
			if len(news) != 1 || len(news[0].Events) != want || len(news[0].Notices) != 1 {
				t.Errorf("chat %d: got %+v, want %d scans", c, news, want)
			}
		}
	})
}

func TestAChatThatWritesWhileItHasNoCreditIsServedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		claim := k.claimed(noon()).Claim
		k.ok(k.Back(k.ctx(), c.ID, noon()+1)) // the customer writes while the message is refused
		k.ok(k.Release(k.ctx(), claim, models.Never, false))
		if got := k.again(c); got.WorkAt > noon()+1 {
			t.Fatalf("due at %d, want now", got.WorkAt)
		}
	})
}

func TestNewsDoesNotBreakThePlatformsWait(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		p = k.finish(scan(p, "x", noon()), noon())
		claim := k.claimed(noon()).Claim
		p = k.finish(scan(p, "during", noon()+1), noon()+1)
		k.ok(k.Release(k.ctx(), claim, noon()+hour, true))
		k.finish(scan(p, "y", noon()+2), noon()+2)
		k.arrive("1", 1)
		if got := k.again(c); got.WorkAt != noon()+hour || got.RetryAt != noon()+hour {
			t.Fatalf("due at %d, want in an hour", got.WorkAt)
		}
	})
}

func TestANoticeForOthersLeavesTheMarkOfAnUntriedTail(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.sealed(1)
		follow, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailUntried}, noon())
		k.ok(err)
		p = k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		change := models.Change{Parcel: p, Everyone: true}
		change.Note(models.TailRefused, "", noon())
		p = k.finish(models.Finish{Version: p.Version, Change: change}, noon())
		k.deliver(c)
		k.finish(models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, Verified: []int64{follow.ID}}, noon())
		if news := k.pending(c); len(news) != 1 || len(news[0].Events) != 1 {
			t.Fatalf("got %+v, want the scan", news)
		}
	})
}

func TestARefusalOfAnOlderTailLeavesAVerifiedOne(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.sealed(1)
		follow, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1111", TailState: models.TailUntried}, noon())
		k.ok(err)
		k.tell(c, p, "2222", "", 0) // while the first one is tried
		p = k.stored(p.ID)
		k.finish(models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, Refused: []int64{follow.ID}}, noon())
		if got := k.marks(c, p); got.TailState != models.TailOK {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestAMutedChatHearsWhatItMissedWhenItListensAgain(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, true, noon()))
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, false, noon()))
		if got := k.again(c); got.WorkAt > noon() {
			t.Fatalf("due at %d, want now", got.WorkAt)
		}
		if news := k.pending(c); len(news) != 1 || len(news[0].Events) != 1 {
			t.Fatalf("got %+v", news)
		}
	})
}

func TestOfWhatIsPendingOnlyWhatIsUrgentStaysSoForAMutedChat(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p, q := k.chat(1), k.parcel(1), k.parcel(2)
		k.follow(c, p)
		k.follow(c, q)
		f := scan(q, "urgent", noon())
		f.Change.Events[0].Urgency = models.UrgentAlways
		k.finish(f, noon())
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, true, noon()))
		k.ok(k.Mute(k.ctx(), c.ID, q.ID, true, noon()))
		if news := k.pending(c); len(news) != 1 || news[0].Parcel.ID != q.ID {
			t.Fatalf("got %+v, want what is urgent only", news)
		}
	})
}
