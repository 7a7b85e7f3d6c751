package store_test

import (
	"testing"

	"waybill/models"
)

const morning = 10 * hour // from now on, until when news that is not urgent waits

// asks has a chat follow a parcel whose providers are still being asked.
func (k kit) asks(c models.Chat, p models.Parcel) models.Follow {
	k.t.Helper()
	f, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Told: p.Seq, Promised: true}, noon())
	k.ok(err)
	return f
}

// answer is a provider's answer with one more scan, which is told in the morning.
func answer(p models.Parcel, text string, now models.Moment) models.Finish {
	f := scan(p, text, now)
	f.Change.Parcel.HeardAt, f.TellAt = now, now+morning
	return f
}

// silence is a provider's answer without anything new.
func silence(p models.Parcel, now models.Moment) models.Finish {
	f := answer(p, "", now)
	f.Change.Parcel.Seq, f.Change.Events = p.Seq, nil
	return f
}

// told tells a chat everything that it is owed.
func (k kit) told(c models.Chat) {
	k.t.Helper()
	for _, n := range k.news(c) {
		k.ok(k.Told(k.ctx(), n.Follow.ID, n.Upto))
	}
}

// wantTold checks when a chat is told what it is owed, and whether somebody waits for it.
func (k kit) wantTold(c models.Chat, at models.Moment, promised bool) {
	k.t.Helper()
	if got := k.again(c).TellAt; got != at {
		k.t.Errorf("chat %s is told at %d, want %d", c.Room, got, at)
	}
	news := k.news(c)
	if len(news) != 1 || news[0].Promised != promised {
		k.t.Errorf("chat %s is owed %+v, want promised %v", c.Room, news, promised)
	}
}

func TestAnAnswerIsToldAtOnceToWhomItIsPromised(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p, asking, other, muted := k.parcel(1), k.chat(1), k.chat(2), k.chat(3)
		k.asks(asking, p)
		k.follow(other, p)
		k.follow(muted, p)
		k.ok(k.Mute(k.ctx(), muted.ID, p.ID, true))
		k.asks(muted, p)
		p = k.finish(answer(k.stored(p.ID), "揽收", noon()+minute), noon()+minute)
		k.wantTold(asking, noon()+minute, true)
		k.wantTold(muted, noon()+minute, true)
		k.wantTold(other, noon()+minute+morning, false)
		k.told(asking)
		k.finish(answer(p, "到达", noon()+2*minute), noon()+2*minute)
		if news := k.news(asking); len(news) != 1 || news[0].Promised {
			t.Errorf("a promise that is kept is kept again: %+v", news)
		}
	})
}

func TestAPromiseOutlivesWhatDoesNotAnswerIt(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		p, c := k.parcel(1), k.chat(1)
		k.asks(c, p)
		notice := answer(k.stored(p.ID), "", noon())
		notice.Change.Parcel.HeardAt, notice.Change.Events[0].Kind = 0, models.Stuck
		p = k.finish(notice, noon()) // the providers have failed once more
		k.wantTold(c, noon()+morning, false)
		k.told(c)
		k.finish(answer(p, "揽收", noon()+hour), noon()+hour)
		k.wantTold(c, noon()+hour, true)
	})
}

func TestAnAnswerWithoutNewsEndsTheWaiting(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		p, c := k.parcel(1), k.chat(1)
		k.asks(c, p)
		p = k.finish(silence(k.stored(p.ID), noon()), noon())
		k.finish(answer(p, "揽收", noon()+hour), noon()+hour)
		k.wantTold(c, noon()+hour+morning, false)
	})
}

func TestWhoWaitsForATailToBeTriedIsAnsweredByIt(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		for n, verdict := range []models.TailState{models.TailOK, models.TailWrong} {
			p, c := k.sealed(n), k.chat(n)
			w := models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailUntried, Promised: true}
			follow, err := k.Follow(k.ctx(), w, noon())
			k.ok(err)
			p = k.finish(answer(k.stored(p.ID), "揽收", noon()), noon()) // with somebody else's tail
			if at := k.again(c).TellAt; at != models.Never {
				t.Errorf("told at %d what it may not see", at)
			}
			f := silence(p, noon()+hour)
			if f.Verified = []int64{follow.ID}; verdict == models.TailWrong {
				f = answer(p, "", noon()+hour)
				f.Change.Events[0].Kind, f.Change.Everyone = models.TailRefused, true
				f.Change.Parcel.HeardAt, f.Refused = p.HeardAt, []int64{follow.ID}
			}
			k.finish(f, noon()+hour)
			k.wantTold(c, noon()+hour, true)
		}
	})
}

func TestAPromiseMovesToTheRightCarriersParcel(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		for n, both := range []bool{false, true} {
			wrong, c := k.parcel(n), k.chat(n)
			right, err := k.Ensure(k.ctx(), wrong.Number, "yto", false, noon())
			k.ok(err)
			k.asks(c, wrong)
			if both {
				k.follow(c, right)
			}
			p, err := k.Recarry(k.ctx(), k.stored(wrong.ID), "yto", noon(), noon()+morning)
			k.ok(err)
			k.wantTold(c, noon()+morning, false) // the notice alone is no answer
			k.finish(answer(p, "揽收", noon()+minute), noon()+minute)
			k.wantTold(c, noon()+minute, true)
		}
	})
}

func TestWhoComesBackWaitsForWhatIsOwed(t *testing.T) {
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
				k.wantTold(c, noon()+morning, false)
				does(k, c, p)
				k.wantTold(c, noon()+hour, true)
			})
		})
	}
}

func TestWhoEndsASilenceWaitsForWhatWasMissed(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.asks(c, p)
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, true))
		p = k.finish(answer(k.stored(p.ID), "揽收", noon()), noon())
		if at := k.again(c).TellAt; at != models.Never {
			t.Errorf("who wants silence is told at %d", at)
		}
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, false))
		k.wantTold(c, p.SettledAt, true)
	})
}
