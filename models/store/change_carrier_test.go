package store_test

import (
	"errors"
	"testing"

	"waybill/models"
)

func TestACarrierIsCorrectedAndTheNoticeIsPending(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		p = k.finish(scan(p, "x", noon()), noon())
		got, err := k.ChangeCarrier(k.ctx(), p, "zto", noon()+1)
		k.ok(err)
		if got != k.stored(p.ID) || got.Carrier != "zto" || got.Version != p.Version+1 || got.Seq != 2 || got.DueAt != p.DueAt {
			t.Fatalf("got %+v", got)
		}
		events, err := k.History(k.ctx(), p.ID, 1, 0)
		k.ok(err)
		if len(events) != 1 || events[0].Kind != models.CarrierChanged || events[0].Text != "sf" || events[0].Code != "zto" {
			t.Fatalf("got %+v", events)
		}
		if f := k.marks(c, p); f.PendingSeq != 2 {
			t.Fatalf("got %+v", f)
		}
		if _, err := k.ChangeCarrier(k.ctx(), p, "yto", noon()); !errors.Is(err, models.ErrStale) {
			t.Fatalf("got %v, want %v", err, models.ErrStale)
		}
	})
}

func TestACarrierThatIsFoundIsNoCorrection(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p, err := k.Ensure(k.ctx(), number(1), "", "", false, noon())
		k.ok(err)
		c := k.chat(1)
		k.follow(c, p)
		got, err := k.ChangeCarrier(k.ctx(), k.stored(p.ID), "zto", noon())
		k.ok(err)
		if got.Carrier != "zto" || got.Seq != 0 || k.again(c).WorkAt != models.Never {
			t.Fatalf("got %+v", got)
		}
		same, err := k.ChangeCarrier(k.ctx(), got, "zto", noon())
		k.ok(err)
		if same != got {
			t.Fatalf("got %+v, want %+v", same, got)
		}
	})
}

func TestFollowersMoveToTheParcelThatExists(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		right, err := k.Ensure(k.ctx(), number(1), "zto", "", true, noon())
		k.ok(err)
		mover, both, knower := k.chat(1), k.chat(2), k.chat(3)
		k.follow(knower, right)
		for _, text := range []string{"a", "b"} {
			right = k.finish(scan(k.stored(right.ID), text, noon()), noon())
		}
		k.ok(k.Delivered(k.ctx(), k.claim(knower), models.Mark{FollowID: k.marks(knower, right).ID, Upto: 0}))
		wrong := k.sealed(1)
		wrong = k.finish(scan(wrong, "nonsense", noon()), noon())
		k.tell(mover, wrong, "1111", "茶叶", 1)
		k.tell(both, wrong, "2222", "书", 1)
		k.tell(both, right, "", "", 2)
		k.ok(k.Mute(k.ctx(), both.ID, wrong.ID, true, noon()))
		k.tell(knower, right, "3333", "", 2)

		got, err := k.ChangeCarrier(k.ctx(), k.stored(wrong.ID), "zto", noon()+1)
		k.ok(err)
		if got != k.stored(right.ID) || got.Seq != 3 || got.DueAt == models.Never || got.Version != k.stored(right.ID).Version {
			t.Fatalf("got %+v, stored %+v", got, k.stored(right.ID))
		}
		if _, err := k.Parcel(k.ctx(), wrong.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v for the wrong parcel", err)
		}
		if left, err := k.History(k.ctx(), wrong.ID, 0, 0); err != nil || len(left) != 0 {
			t.Fatalf("got %+v, %v", left, err)
		}
		if f := k.marks(mover, right); f.DeliveredSeq != 2 || f.PendingSeq != 3 || f.Name != "茶叶" || f.TailState != models.TailOK {
			t.Fatalf("moved: %+v", f)
		}
		if f := k.marks(both, right); f.DeliveredSeq != 2 || f.PendingSeq != 3 || f.Name != "书" || f.TailState != models.TailOK || f.Mute == models.Muted {
			t.Fatalf("merged: %+v", f)
		}
		if f := k.marks(knower, right); f.PendingSeq >= 3 || f.DeliveredSeq != 3 {
			t.Fatalf("unconcerned: %+v", f)
		}
		if tails := k.digits(right); tails != "1111,2222,3333" { // all followed at noon, so by chat
			t.Fatalf("tails %q", tails)
		}
		if news := k.pending(mover); len(news) != 1 || len(news[0].Events) != 0 || len(news[0].Notices) != 1 {
			t.Fatalf("pending: %+v", news)
		}
	})
}

// tell has a chat follow a parcel, with a tail that is verified.
func (k kit) tell(c models.Chat, p models.Parcel, tail, name string, told int64) {
	k.t.Helper()
	w := models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: tail, Name: name, Delivered: told}
	if tail != "" {
		w.TailState = models.TailOK
	}
	_, err := k.Follow(k.ctx(), w, noon())
	k.ok(err)
}

func TestAParcelThatNobodyFollowsMergesSilently(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		right, err := k.Ensure(k.ctx(), number(1), "zto", "", false, noon())
		k.ok(err)
		wrong := k.parcel(1)
		got, err := k.ChangeCarrier(k.ctx(), wrong, "zto", noon())
		k.ok(err)
		if got.ID != right.ID || got.Seq != 0 || got.DueAt != models.Never || got.Version != right.Version+1 {
			t.Fatalf("got %+v", got)
		}
	})
}
