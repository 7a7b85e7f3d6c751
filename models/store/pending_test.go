package store_test

import (
	"errors"
	"testing"
	"time"

	"waybill/models"
)

// marks is the chat's follow of a parcel as it is stored.
func (k kit) marks(c models.Chat, p models.Parcel) models.Follow {
	k.t.Helper()
	f, ok, err := k.FollowOf(k.ctx(), c.ID, p.ID)
	k.ok(err)
	if !ok {
		k.t.Fatal("there is no such follow")
	}
	return f
}

func TestForWhomNewsIsPending(t *testing.T) {
	type news struct {
		name             string
		sealed, muted    bool
		state            models.TailState
		urgent, everyone bool
		pending          bool
	}
	tests := []news{
		{name: "news is pending for an open parcel's follower", pending: true},
		{name: "not for a muted one", muted: true},
		{name: "what is urgent is pending for a muted one", muted: true, urgent: true, pending: true},
		{name: "not for one without a tail of a sealed parcel", sealed: true},
		{name: "nor for one whose tail is untried", sealed: true, state: models.TailUntried, urgent: true},
		{name: "nor for one whose tail is wrong", sealed: true, state: models.TailWrong},
		{name: "for one whose tail is verified it is", sealed: true, state: models.TailOK, pending: true},
		{name: "what is for everyone is pending for one without a tail", sealed: true, everyone: true, pending: true},
		{name: "that following ends is pending for one who is muted, too", sealed: true, everyone: true, muted: true, pending: true},
		{name: "an untried tail does not matter where none is needed", state: models.TailUntried, pending: true},
		{name: "a refused tail does not matter where none is needed", state: models.TailWrong, urgent: true, pending: true},
		{name: "what is urgent for everyone is pending for one without a tail", sealed: true, everyone: true, urgent: true, pending: true},
	}
	each(t, func(t *testing.T, k kit) {
		for i, test := range tests {
			c, p := k.chat(i), k.parcel(i)
			if test.sealed {
				p = k.sealed(i)
			}
			_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: test.state}, noon())
			k.ok(err)
			k.ok(k.Mute(k.ctx(), c.ID, p.ID, test.muted, noon()))
			f := scan(p, "x", noon())
			if test.everyone {
				f.Change.Events[0].Kind = models.Ended
			}
			f.Change.Everyone = test.everyone
			if test.urgent {
				f.Change.Events[0].Urgency = models.UrgentAlways
			}
			p = k.finish(f, noon()+minute)
			t.Run(test.name, func(t *testing.T) {
				on := k
				on.t = t
				on.expect(c, p, test.pending, test.urgent)
			})
		}
	})
}

// expect checks the marks that a first event leaves.
func (k kit) expect(c models.Chat, p models.Parcel, pending, urgent bool) {
	k.t.Helper()
	follow, chat, want := k.marks(c, p), k.again(c), models.Never
	if pending {
		want = noon() + minute
	}
	if got := follow.PendingSeq == p.Seq; got != pending || got != follow.Pending() {
		k.t.Fatalf("pending %v, want %v: %+v", got, pending, follow)
	}
	if chat.WorkAt != want {
		k.t.Fatalf("due at %d, want %d", chat.WorkAt, want)
	}
	all := k.pending(c)
	if got := len(all) == 1 && all[0].Urgency == models.UrgentAlways; len(all) == 1 != pending || got != (pending && urgent) {
		k.t.Fatalf("pending %+v, want urgent %v", all, pending && urgent)
	}
}

func TestAChatIsDueAtTheEarliestMoment(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p, q := k.chat(1), k.parcel(1), k.parcel(2)
		k.follow(c, p)
		k.follow(c, q)
		for _, step := range []struct{ now, want models.Moment }{
			{noon() + 9*hour, noon() + 9*hour}, {noon() + hour, noon() + hour}, {noon() + 5*hour, noon() + hour},
		} {
			p = k.finish(scan(p, "x", step.now), step.now)
			if got := k.again(c); got.WorkAt != step.want {
				t.Fatalf("due at %d, want %d", got.WorkAt, step.want)
			}
		}
	})
}

func TestWhatIsPendingForAGoneChatIsDeliveredWhenItComesBack(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.follow(k.chat(2), p)
		k.ok(k.Gone(k.ctx(), c.ID, noon()))
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		if got := k.again(c); got.WorkAt != models.Never || got.GoneAt != noon() {
			t.Fatalf("got %+v", got)
		}
		k.ok(k.Back(k.ctx(), c.ID, noon()+hour))
		if got := k.again(c); got.WorkAt != noon()+hour || got.GoneAt != 0 {
			t.Fatalf("got %+v", got)
		}
		if all := k.pending(c); len(all) != 1 || len(all[0].Events) != 1 {
			t.Fatalf("got %+v", all)
		}
	})
}

// pending is what is to be delivered to a chat.
func (k kit) pending(c models.Chat) []models.Notification {
	k.t.Helper()
	all, err := k.Pending(k.ctx(), c)
	k.ok(err)
	return all
}

func TestAVerifiedTailOpensWhatWasStoredBefore(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.sealed(1)
		p = k.finish(scan(p, "x", noon()), noon())
		follow, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: "1234", TailState: models.TailUntried}, noon())
		k.ok(err)
		if follow.PendingSeq != 0 {
			t.Fatalf("pending up to %d before the tail was tried, want nothing", follow.PendingSeq)
		}
		p = k.stored(p.ID)
		p = k.finish(models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, Verified: []int64{follow.ID}}, noon())
		if got := k.marks(c, p); got.TailState != models.TailOK || got.PendingSeq != 1 || k.again(c).WorkAt != noon() {
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
		if a, b := k.marks(c, p).TailState, k.marks(c, q).TailState; a != models.TailWrong || b != models.TailUntried {
			t.Fatalf("got %d and %d", a, b)
		}
	})
}

func TestAClaimThatHasRunOutPassesOn(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		claimed := make([][]models.Claimed, 16)
		k.ok(errors.Join(together(len(claimed), func(i int) (err error) {
			claimed[i], err = k.ClaimChats(k.ctx(), "telegram", "somebody", noon(), 50*time.Millisecond, 10)
			return err
		})...))
		var first []models.Claimed
		for _, some := range claimed {
			first = append(first, some...)
		}
		if len(first) != 1 {
			t.Fatalf("claimed %d times, want 1", len(first))
		}
		later := k.claimedAfter(noon()+minute, "other")
		k.ok(k.Release(k.ctx(), first[0].Claim, models.Never, false)) // no longer theirs
		if got := k.again(c); got.ClaimOwner != "other" || got.ClaimEpoch != later.Epoch || got.WorkAt != later.WorkAt {
			t.Fatalf("got %+v, want other's claim", got)
		}
	})
}

// claimedAfter claims the one chat of the telegram door once the claim on it has
// run out by the database's clock.
func (k kit) claimedAfter(now models.Moment, owner string) models.Claim {
	k.t.Helper()
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); {
		got, err := k.ClaimChats(k.ctx(), "telegram", owner, now, time.Minute, 10)
		k.ok(err)
		if len(got) == 1 {
			return got[0].Claim
		}
	}
	k.t.Fatal("the claim does not run out")
	return models.Claim{}
}

func TestOnlyTheDoorsOwnChatsAreClaimed(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon()+hour)
		for door, at := range map[string]models.Moment{"wecom": noon() + hour, "telegram": noon() + hour - 1} {
			if got := k.claims(door, at); len(got) != 0 {
				t.Fatalf("%s claimed %+v", door, got)
			}
		}
		k.claimed(noon() + hour)
	})
}

func TestWhatWasDeliveredIsNotPendingAnyMore(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		claim := k.claimed(noon()).Claim
		n := k.pending(c)[0]
		k.ok(k.Delivered(k.ctx(), claim, models.Mark{FollowID: n.Follow.ID, Upto: n.Upto}))
		k.ok(k.Delivered(k.ctx(), claim, models.Mark{FollowID: n.Follow.ID, Upto: 0})) // never back
		if f := k.marks(c, p); f.DeliveredSeq != n.Upto || f.PendingSeq != 0 {
			t.Fatalf("got %+v", f)
		}
		k.ok(k.Release(k.ctx(), claim, models.Never, false))
		if got := k.again(c); got.WorkAt != models.Never || got.ClaimOwner != "" || got.ClaimUntil != 0 {
			t.Fatalf("got %+v", got)
		}
		if left := k.pending(c); len(left) != 0 {
			t.Fatalf("still pending: %+v", left)
		}
	})
}

func TestNewsThatComesWhileAChatIsServedIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.asks(c, p)
		p = k.finish(scan(p, "x", noon()), noon())
		claim := k.claimed(noon()).Claim
		n := k.pending(c)[0]
		k.finish(scan(p, "y", noon()+1), noon()+1)
		k.ok(k.Delivered(k.ctx(), claim, models.Mark{FollowID: n.Follow.ID, Upto: n.Upto}))
		if f := k.marks(c, p); f.PendingSeq != 2 || f.DeliveredSeq != 1 || !f.Awaited {
			t.Fatalf("got %+v", f)
		}
		k.ok(k.Release(k.ctx(), claim, models.Never, false))
		k.claimed(noon() + 1)
		if all := k.pending(c); len(all) != 1 || len(all[0].Events) != 1 || all[0].Events[0].Text != "y" {
			t.Fatalf("got %+v", all)
		}
	})
}

func TestAFailedTurnIsTriedAgainLater(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		for want := 1; want <= 2; want++ {
			k.ok(k.Release(k.ctx(), k.claimed(noon()+9*hour).Claim, noon()+models.Moment(want)*hour, true))
			if got := k.again(c); got.WorkAt != noon()+models.Moment(want)*hour || got.Failures != want {
				t.Fatalf("got %+v", got)
			}
		}
		k.ok(k.Release(k.ctx(), k.claimed(noon()+9*hour).Claim, noon()+2*hour, false)) // sent something, more is pending
		if got := k.again(c); got.WorkAt != noon()+2*hour || got.Failures != 0 || got.RetryAt != 0 {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestManyChatsAreServedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		for i := range 30 {
			k.follow(k.chat(i), p)
		}
		k.finish(scan(p, "x", noon()), noon())
		chats := k.claims("telegram", noon())
		k.ok(errors.Join(together(len(chats), func(i int) error {
			all, err := k.Pending(k.ctx(), chats[i].Chat)
			if err != nil {
				return err
			}
			if err := k.Delivered(k.ctx(), chats[i].Claim, models.Mark{FollowID: all[0].Follow.ID, Upto: all[0].Upto}); err != nil {
				return err
			}
			return k.Release(k.ctx(), chats[i].Claim, models.Never, false)
		})...))
		backlog, err := k.Backlog(k.ctx(), noon()+9*hour)
		k.ok(err)
		if len(chats) != 30 || backlog.Chats != 0 {
			t.Fatalf("%d were served, %d are still due", len(chats), backlog.Chats)
		}
	})
}

func TestAChatThatWasWokenMeanwhileStaysDue(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		p = k.finish(scan(p, "x", noon()), noon())
		claim := k.claimed(noon()).Claim
		p = k.finish(scan(p, "y", noon()), noon())
		k.ok(k.Delivered(k.ctx(), claim, models.Mark{FollowID: k.marks(c, p).ID, Upto: p.Seq})) // both; the worker saw one
		k.ok(k.Release(k.ctx(), claim, models.Never, false))
		if got := k.again(c); got.WorkAt != noon() {
			t.Fatalf("due at %d, want now: somebody looks once more", got.WorkAt)
		}
	})
}

func TestAChatThatWaitsForTheMorningIsWokenByWhatComes(t *testing.T) {
	night, morning := noon(), noon()+9*hour
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		p = k.finish(scan(p, "x", night), night)
		k.ok(k.Release(k.ctx(), k.claimed(night).Claim, night, true)) // the platform is down
		claim := k.claimed(night).Claim
		stale := claim
		stale.Epoch--
		k.ok(k.Release(k.ctx(), stale, morning, false)) // not theirs
		k.ok(k.Release(k.ctx(), claim, morning, false))
		if got := k.again(c); got.WorkAt != morning || got.Failures != 0 || got.ClaimOwner != "" {
			t.Fatalf("got %+v", got)
		}
		p = k.finish(scan(p, "y", night+minute), night+minute)
		if got := k.again(c); got.WorkAt != night+minute {
			t.Fatalf("due at %d, want now", got.WorkAt)
		}
		claim = k.claimed(night + minute).Claim
		p = k.finish(scan(p, "z", night+minute), night+minute) // while its worker looks
		k.ok(k.Release(k.ctx(), claim, morning, false))
		if got := k.again(c); got.WorkAt != night+minute {
			t.Fatalf("due at %d, want now", got.WorkAt)
		}
		claim = k.claimed(night + minute).Claim
		k.ok(k.Delivered(k.ctx(), claim, models.Mark{FollowID: k.marks(c, p).ID, Upto: p.Seq}))
		k.ok(k.Release(k.ctx(), claim, models.Never, false))
		if got := k.again(c); got.WorkAt != models.Never {
			t.Fatalf("due at %d, want never: nothing is pending", got.WorkAt)
		}
	})
}
