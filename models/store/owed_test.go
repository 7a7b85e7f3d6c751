package store_test

import (
	"testing"
	"time"

	"waybill/models"
)

// owed is the chat's follow of a parcel as it is stored.
func (k kit) owed(c models.Chat, p models.Parcel) models.Follow {
	k.t.Helper()
	f, ok, err := k.FollowOf(k.ctx(), c.ID, p.ID)
	k.ok(err)
	if !ok {
		k.t.Fatal("there is no such follow")
	}
	return f
}

func TestWhoIsOwedWhat(t *testing.T) {
	type tell struct {
		name             string
		sealed, muted    bool
		state            models.TailState
		urgent, everyone bool
		owed             bool
	}
	tests := []tell{
		{name: "an open parcel's follower is owed news", owed: true},
		{name: "a muted one is not", muted: true},
		{name: "a muted one is owed what is urgent", muted: true, urgent: true, owed: true},
		{name: "one without a tail is not owed a sealed parcel's news", sealed: true},
		{name: "nor one whose tail is untried", sealed: true, state: models.TailUntried, urgent: true},
		{name: "nor one whose tail is wrong", sealed: true, state: models.TailWrong},
		{name: "one whose tail is verified is", sealed: true, state: models.TailOK, owed: true},
		{name: "what is for everyone is owed to one without a tail", sealed: true, everyone: true, owed: true},
		{name: "but not to one who is muted", sealed: true, everyone: true, muted: true},
		{name: "unless it is urgent", sealed: true, everyone: true, muted: true, urgent: true, owed: true},
		{name: "an untried tail does not matter where none is needed", state: models.TailUntried, owed: true},
		{name: "a refused tail does not matter where none is needed", state: models.TailWrong, urgent: true, owed: true},
		{name: "what is urgent for everyone is owed to one without a tail", sealed: true, everyone: true, urgent: true, owed: true},
	}
	each(t, func(t *testing.T, k kit) {
		for i, test := range tests {
			c, p := k.chat(i), k.parcel(i)
			if test.sealed {
				p = k.sealed(i)
			}
			_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: test.state}, noon())
			k.ok(err)
			k.ok(k.Mute(k.ctx(), c.ID, p.ID, test.muted))
			f := scan(p, "x", noon())
			if test.everyone {
				f.Change.Events[0].Kind = models.Ended
			}
			f.Change.Urgent, f.Change.Everyone, f.TellAt = test.urgent, test.everyone, noon()+minute
			p = k.finish(f, noon())
			t.Run(test.name, func(t *testing.T) {
				on := k
				on.t = t
				on.expect(c, p, test.owed, test.urgent)
			})
		}
	})
}

// expect checks the marks that a first event leaves.
func (k kit) expect(c models.Chat, p models.Parcel, owed, urgent bool) {
	k.t.Helper()
	follow, chat := k.owed(c, p), k.again(c)
	if got := follow.Owed == p.Seq; got != owed {
		k.t.Fatalf("owed %v, want %v: %+v", got, owed, follow)
	}
	if got := follow.Urgent == p.Seq; got != (owed && urgent) {
		k.t.Fatalf("urgent %v, want %v", got, owed && urgent)
	}
	if due := chat.TellAt == noon()+minute; due != owed || (chat.TellVersion == c.TellVersion+1) != owed {
		k.t.Fatalf("to be told at %d, version %d", chat.TellAt, chat.TellVersion)
	}
	if !owed && chat.TellAt != models.Never {
		k.t.Fatalf("to be told at %d, want never", chat.TellAt)
	}
}

func TestAChatIsToldAtTheEarliestMoment(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p, q := k.chat(1), k.parcel(1), k.parcel(2)
		k.follow(c, p)
		k.follow(c, q)
		for _, step := range []struct{ tellAt, want models.Moment }{
			{noon() + 9*hour, noon() + 9*hour}, {noon() + hour, noon() + hour}, {noon() + 5*hour, noon() + hour},
		} {
			f := scan(p, "x", noon()+step.tellAt)
			f.TellAt = step.tellAt
			p = k.finish(f, noon())
			if got := k.again(c); got.TellAt != step.want {
				t.Fatalf("to be told at %d, want %d", got.TellAt, step.want)
			}
		}
	})
}

func TestAGoneChatKeepsItsDebtAndIsToldWhenItComesBack(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.follow(k.chat(2), p)
		k.ok(k.Gone(k.ctx(), c.ID, noon()))
		p = k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		if got := k.again(c); got.TellAt != models.Never || got.GoneAt != noon() {
			t.Fatalf("got %+v", got)
		}
		k.ok(k.Back(k.ctx(), c.ID, noon()+hour))
		if got := k.again(c); got.TellAt != noon()+hour || got.GoneAt != 0 {
			t.Fatalf("got %+v", got)
		}
		news := k.news(c)
		if len(news) != 1 || len(news[0].Events) != 1 {
			t.Fatalf("got %+v", news)
		}
		_ = p
	})
}

// news is what a chat is owed.
func (k kit) news(c models.Chat) []models.News {
	k.t.Helper()
	news, err := k.Owed(k.ctx(), c)
	k.ok(err)
	return news
}

func TestAVerifiedTailOpensWhatWasStoredBefore(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.sealed(1)
		p = k.finish(scan(p, "x", noon()), noon())
		follow, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailUntried}, noon())
		k.ok(err)
		if follow.Owed != 0 {
			t.Fatalf("owed %d before the tail was tried, want 0", follow.Owed)
		}
		p = k.stored(p.ID)
		p = k.finish(models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, TellAt: noon(), Verified: []int64{follow.ID}}, noon())
		if got := k.owed(c, p); got.TailState != models.TailOK || got.Owed != 1 || k.again(c).TellAt != noon() {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestARefusedTailIsNotedForItsParcelOnly(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p, q := k.chat(1), k.sealed(1), k.sealed(2)
		ids := map[int64]int64{}
		for _, one := range []models.Parcel{p, q} {
			f, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: one.ID, Tail: "1234", TailState: models.TailUntried}, noon())
			k.ok(err)
			ids[one.ID] = f.ID
		}
		refused := []int64{ids[p.ID], ids[q.ID]} // the second is another parcel's
		k.finish(models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, Refused: refused}, noon())
		if a, b := k.owed(c, p).TailState, k.owed(c, q).TailState; a != models.TailWrong || b != models.TailUntried {
			t.Fatalf("got %d and %d", a, b)
		}
	})
}

func TestAChatIsServedByOneAtATime(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		claimed := make([][]models.Chat, 16)
		together(len(claimed), func(i int) (err error) {
			claimed[i], err = k.ClaimOwed(k.ctx(), "telegram", "somebody", noon(), time.Minute, 10)
			return err
		})
		n := 0
		for _, chats := range claimed {
			n += len(chats)
		}
		if n != 1 {
			t.Fatalf("claimed %d times, want 1", n)
		}
		later, err := k.ClaimOwed(k.ctx(), "telegram", "other", noon()+minute, time.Minute, 10)
		k.ok(err)
		if len(later) != 1 || later[0].Claim != "other" {
			t.Fatalf("got %+v when the claim has run out", later)
		}
		k.ok(k.Release(k.ctx(), later[0], "somebody", 0)) // no longer theirs
		if got := k.again(c); got.Claim != "other" {
			t.Fatalf("claimed by %q, want other", got.Claim)
		}
	})
}

func TestOnlyTheDoorsOwnChatsAreClaimed(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		f := scan(p, "x", noon())
		f.TellAt = noon() + hour
		k.finish(f, noon())
		for door, at := range map[string]models.Moment{"wecom": noon() + hour, "telegram": noon() + hour - 1} {
			got, err := k.ClaimOwed(k.ctx(), door, "me", at, time.Minute, 10)
			k.ok(err)
			if len(got) != 0 {
				t.Fatalf("%s claimed %+v", door, got)
			}
		}
	})
}

// claimed is the one chat that is owed something.
func (k kit) claimed(now models.Moment) models.Chat {
	k.t.Helper()
	got, err := k.ClaimOwed(k.ctx(), "telegram", "me", now, time.Minute, 10)
	k.ok(err)
	if len(got) != 1 {
		k.t.Fatalf("claimed %d chats, want 1", len(got))
	}
	return got[0]
}

func TestWhatWasToldIsNotOwedAnyMore(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		c = k.claimed(noon())
		news := k.news(c)
		k.ok(k.Told(k.ctx(), news[0].Follow.ID, news[0].Upto))
		k.ok(k.Told(k.ctx(), news[0].Follow.ID, 0)) // never back
		k.ok(k.Release(k.ctx(), c, "me", 0))
		if got := k.again(c); got.TellAt != models.Never || got.Claim != "" || got.ClaimUntil != 0 {
			t.Fatalf("got %+v", got)
		}
		if left := k.news(c); len(left) != 0 {
			t.Fatalf("still owed: %+v", left)
		}
	})
}

func TestNewsThatComesWhileAChatIsToldIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		p = k.finish(scan(p, "x", noon()), noon())
		c = k.claimed(noon())
		news := k.news(c)
		k.finish(scan(p, "y", noon()+1), noon()+1)
		k.ok(k.Told(k.ctx(), news[0].Follow.ID, news[0].Upto))
		k.ok(k.Release(k.ctx(), c, "me", 0))
		c = k.claimed(noon() + 1)
		if news = k.news(c); len(news) != 1 || len(news[0].Events) != 1 || news[0].Events[0].Text != "y" {
			t.Fatalf("got %+v", news)
		}
	})
}

func TestAFailedSendIsTriedAgainLater(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		for want := 1; want <= 2; want++ {
			c = k.claimed(noon() + 9*hour)
			k.ok(k.Release(k.ctx(), c, "me", noon()+models.Moment(want)*hour))
			if got := k.again(c); got.TellAt != noon()+models.Moment(want)*hour || got.Failures != want {
				t.Fatalf("got %+v", got)
			}
		}
		c = k.claimed(noon() + 9*hour)
		k.ok(k.Release(k.ctx(), c, "me", 0)) // sent something, owes more
		if got := k.again(c); got.TellAt != noon()+2*hour || got.Failures != 0 {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestManyTellersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		for i := range 30 {
			k.follow(k.chat(i), p)
		}
		k.finish(scan(p, "x", noon()), noon())
		chats, err := k.ClaimOwed(k.ctx(), "telegram", "me", noon(), time.Minute, 100)
		k.ok(err)
		for _, err := range together(len(chats), func(i int) error {
			news, err := k.Owed(k.ctx(), chats[i])
			if err != nil {
				return err
			}
			if err := k.Told(k.ctx(), news[0].Follow.ID, news[0].Upto); err != nil {
				return err
			}
			return k.Release(k.ctx(), chats[i], "me", 0)
		}) {
			k.ok(err)
		}
		backlog, err := k.Backlog(k.ctx(), noon()+9*hour)
		k.ok(err)
		if len(chats) != 30 || backlog.Owed != 0 {
			t.Fatalf("%d were told, %d are still owed", len(chats), backlog.Owed)
		}
	})
}

func TestAChatThatWasWokenMeanwhileStaysDue(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		p = k.finish(scan(p, "x", noon()), noon())
		c = k.claimed(noon())
		p = k.finish(scan(p, "y", noon()), noon())
		k.ok(k.Told(k.ctx(), k.owed(c, p).ID, p.Seq)) // told of both; the teller saw one
		k.ok(k.Release(k.ctx(), c, "me", 0))
		if got := k.again(c); got.TellAt != noon() {
			t.Fatalf("to be told at %d, want now: somebody looks once more", got.TellAt)
		}
	})
}

func TestAChatThatIsPutOffIsWokenByWhatComes(t *testing.T) {
	night, morning := noon(), noon()+9*hour
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		p = k.finish(scan(p, "x", night), night)
		k.ok(k.Release(k.ctx(), k.claimed(night), "me", night)) // the platform is down
		c = k.claimed(night)
		k.ok(k.PutOff(k.ctx(), c, "somebody", morning)) // not theirs
		k.ok(k.PutOff(k.ctx(), c, "me", morning))
		if got := k.again(c); got.TellAt != morning || got.Failures != 0 || got.Claim != "" {
			t.Fatalf("got %+v", got)
		}
		p = k.finish(scan(p, "y", night+minute), night+minute)
		if got := k.again(c); got.TellAt != night+minute {
			t.Fatalf("told at %d, want now", got.TellAt)
		}
		c = k.claimed(night + minute)
		p = k.finish(scan(p, "z", night+minute), night+minute) // while its teller looks
		k.ok(k.PutOff(k.ctx(), c, "me", morning))
		if got := k.again(c); got.TellAt != night+minute {
			t.Fatalf("told at %d, want now", got.TellAt)
		}
		c = k.claimed(night + minute)
		k.ok(k.Told(k.ctx(), k.owed(c, p).ID, p.Seq))
		k.ok(k.PutOff(k.ctx(), c, "me", morning))
		if got := k.again(c); got.TellAt != models.Never {
			t.Fatalf("told at %d, want never: nothing is owed", got.TellAt)
		}
	})
}
