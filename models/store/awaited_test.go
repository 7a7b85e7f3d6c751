package store_test

import (
	"testing"

	"waybill/models"
)

// asks has a chat follow a parcel whose providers are still being asked.
func (k kit) asks(c models.Chat, p models.Parcel) models.Follow {
	k.t.Helper()
	f, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Delivered: p.Seq, Awaited: true}, noon())
	k.ok(err)
	return f
}

// answer is a provider's answer with one more scan.
func answer(p models.Parcel, text string, now models.Moment) models.Finish {
	f := scan(p, text, now)
	f.Change.Parcel.HeardAt = now
	return f
}

// silence is a provider's answer without anything new.
func silence(p models.Parcel, now models.Moment) models.Finish {
	f := answer(p, "", now)
	f.Change.Parcel.Seq, f.Change.Events = p.Seq, nil
	return f
}

// deliver delivers to a chat everything that is pending.
func (k kit) deliver(c models.Chat) {
	k.t.Helper()
	claim := k.claim(c)
	for _, n := range k.pending(c) {
		k.ok(k.Delivered(k.ctx(), claim, models.Mark{FollowID: n.Follow.ID, Upto: n.Upto}))
	}
}

// wantPending checks since when something is pending for a chat, and whether
// somebody waits for it: then it is delivered whatever the hour.
func (k kit) wantPending(c models.Chat, at models.Moment, awaited bool) {
	k.t.Helper()
	if got := k.again(c).WorkAt; got != at {
		k.t.Errorf("chat %s is due at %d, want %d", c.Conversation, got, at)
	}
	all := k.pending(c)
	if len(all) != 1 || all[0].Awaited != awaited || all[0].Breaks() != awaited {
		k.t.Errorf("pending for chat %s: %+v, want awaited %v", c.Conversation, all, awaited)
	}
}

func TestAnAnswerIsAwaitedByWhoAsked(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p, asking, other, muted := k.parcel(1), k.chat(1), k.chat(2), k.chat(3)
		k.asks(asking, p)
		k.follow(other, p)
		k.follow(muted, p)
		k.ok(k.Mute(k.ctx(), muted.ID, p.ID, true, noon()))
		k.asks(muted, p)
		p = k.finish(answer(k.stored(p.ID), "揽收", noon()+minute), noon()+minute)
		k.wantPending(asking, noon()+minute, true)
		k.wantPending(muted, noon()+minute, true)
		k.wantPending(other, noon()+minute, false)
		k.deliver(asking)
		k.finish(answer(p, "到达", noon()+2*minute), noon()+2*minute)
		if all := k.pending(asking); len(all) != 1 || all[0].Awaited {
			t.Errorf("an answer that was given is awaited again: %+v", all)
		}
	})
}

func TestWaitingOutlivesWhatAnswersNothing(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		p, c := k.parcel(1), k.chat(1)
		k.asks(c, p)
		notice := answer(k.stored(p.ID), "", noon())
		notice.Change.Parcel.HeardAt, notice.Change.Events[0].Kind = 0, models.Stuck
		p = k.finish(notice, noon()) // the providers have failed once more
		k.wantPending(c, noon(), false)
		k.deliver(c)
		k.finish(answer(p, "揽收", noon()+hour), noon()+hour)
		k.wantPending(c, noon(), true)
	})
}

func TestAnAnswerWithoutNewsEndsTheWaiting(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		p, c := k.parcel(1), k.chat(1)
		k.asks(c, p)
		p = k.finish(silence(k.stored(p.ID), noon()), noon())
		k.finish(answer(p, "揽收", noon()+hour), noon()+hour)
		k.wantPending(c, noon()+hour, false)
	})
}

func TestWhoWaitsForATailToBeTriedIsAnsweredByIt(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		for n, verdict := range []models.TailState{models.TailOK, models.TailWrong} {
			p, c := k.sealed(n), k.chat(n)
			w := models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailUntried, Awaited: true}
			follow, err := k.Follow(k.ctx(), w, noon())
			k.ok(err)
			p = k.finish(answer(k.stored(p.ID), "揽收", noon()), noon()) // with somebody else's tail
			if at := k.again(c).WorkAt; at != models.Never {
				t.Errorf("due at %d for what it may not see", at)
			}
			f := silence(p, noon()+hour)
			if f.Verified = []int64{follow.ID}; verdict == models.TailWrong {
				f = answer(p, "", noon()+hour)
				f.Change.Events[0].Kind, f.Change.Everyone = models.TailRefused, true
				f.Change.Parcel.HeardAt, f.Refused = p.HeardAt, []int64{follow.ID}
			}
			k.finish(f, noon()+hour)
			k.wantPending(c, noon()+hour, true)
		}
	})
}

func TestWaitingMovesToTheRightCarriersParcel(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		for n, both := range []bool{false, true} {
			wrong, c := k.parcel(n), k.chat(n)
			right, err := k.Ensure(k.ctx(), wrong.Number, "yto", "", false, noon())
			k.ok(err)
			k.asks(c, wrong)
			if both {
				k.follow(c, right)
			}
			p, err := k.ChangeCarrier(k.ctx(), k.stored(wrong.ID), "yto", noon())
			k.ok(err)
			k.wantPending(c, noon(), false) // the notice alone is no answer
			k.finish(answer(p, "揽收", noon()+minute), noon()+minute)
			k.wantPending(c, noon(), true)
		}
	})
}

func TestWhoComesBackWaitsForWhatIsPending(t *testing.T) {
	returns := map[string]func(k kit, c models.Chat, p models.Parcel){
		"follows": func(k kit, c models.Chat, p models.Parcel) {
			k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
			_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID}, noon()+hour)
			k.ok(err)
		},
		"is back": func(k kit, c models.Chat, _ models.Parcel) {
			k.ok(k.Gone(k.ctx(), c.ID, noon()))
			k.ok(k.Back(k.ctx(), c.ID, noon()+hour))
		},
		"writes": func(k kit, _ models.Chat, _ models.Parcel) { k.synced(page("c1", "c2", noon()+hour, 1), noon()+hour) },
	}
	for name, does := range returns {
		t.Run(name, func(t *testing.T) {
			each(t, func(_ *testing.T, k kit) {
				k.synced(page("", "c1", noon(), 1), noon())
				c, p := k.at(1), k.parcel(1)
				k.follow(c, p)
				k.finish(answer(k.stored(p.ID), "揽收", noon()), noon())
				k.wantPending(c, noon(), false)
				claim := k.claims(c.Door, noon())[0].Claim
				k.ok(k.Release(k.ctx(), claim, noon()+9*hour, false)) // it waits for the morning
				does(k, c, p)
				k.wantPending(c, noon()+hour, true)
			})
		})
	}
}

func TestWhoEndsASilenceWaitsForWhatWasMissed(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.asks(c, p)
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, true, noon()))
		k.finish(answer(k.stored(p.ID), "揽收", noon()), noon())
		if at := k.again(c).WorkAt; at != models.Never {
			t.Errorf("who wants silence is due at %d", at)
		}
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, false, noon()+hour))
		k.wantPending(c, noon()+hour, true)
	})
}
