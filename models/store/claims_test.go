package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"waybill/models"
)

// TestWhoHasLostAClaimWritesNothing: the first claim of a chat has run out, and
// somebody else has claimed it since.
func TestWhoHasLostAClaimWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.arrive("1", 1, 2), k.parcel(1)
		k.asks(c, p)
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		first, err := k.ClaimChats(k.ctx(), "telegram", "first", noon(), time.Millisecond, 10)
		k.ok(err)
		lost, held := first[0].Claim, k.claimedAfter(noon()+minute, "second")
		update, follow := k.first(c).ID, k.marks(c, p).ID
		state := func() []any {
			open, err := k.OpenArrivals(k.ctx(), c.ID, noon())
			k.ok(err)
			return []any{open, k.marks(c, p), k.again(c)}
		}
		before := state()
		for name, write := range map[string]func(claim models.Claim) error{
			"Answer":        func(claim models.Claim) error { return k.Answer(k.ctx(), claim, update, []byte("[]")) },
			"RepliesSent":   func(claim models.Claim) error { return k.RepliesSent(k.ctx(), claim, update, 1) },
			"ArrivalFailed": func(claim models.Claim) error { return k.ArrivalFailed(k.ctx(), claim, update) },
			"EndArrival":    func(claim models.Claim) error { return k.EndArrival(k.ctx(), claim, update) },
			"Delivered": func(claim models.Claim) error {
				return k.Delivered(k.ctx(), claim, models.Mark{FollowID: follow, Upto: 1})
			},
			"GoneUnder":     func(claim models.Claim) error { return k.GoneUnder(k.ctx(), claim, noon()) },
			"MoveChatUnder": func(claim models.Claim) error { return k.MoveChatUnder(k.ctx(), claim, "elsewhere", noon()) },
			"Undeliverable": func(claim models.Claim) error {
				_, err := k.Undeliverable(k.ctx(), claim, follow)
				return err
			},
		} {
			if err := write(lost); !errors.Is(err, models.ErrStale) {
				t.Errorf("%s: got %v, want %v", name, err, models.ErrStale)
			}
		}
		k.ok(k.Release(k.ctx(), lost, models.Never, false))
		k.ok(k.Release(k.ctx(), lost, models.Never, true))
		if after := state(); !reflect.DeepEqual(after, before) {
			t.Fatalf("got %+v, want %+v", after, before)
		}
		k.ok(k.Answer(k.ctx(), held, update, []byte("[]")))
		k.ok(k.Delivered(k.ctx(), held, models.Mark{FollowID: follow, Upto: 1}))
		k.ok(k.EndArrival(k.ctx(), held, update))
	})
}

// TestAClaimWritesOnlyToItsOwnChat: an update of another chat is nobody's who
// has not claimed that one.
func TestAClaimWritesOnlyToItsOwnChat(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		mine, other := k.arrive("1", 1), k.arrive("2", 2)
		claim, update := k.claim(mine), k.first(other)
		if err := k.RepliesSent(k.ctx(), claim, update.ID, 1); !errors.Is(err, models.ErrStale) {
			t.Fatalf("got %v, want %v", err, models.ErrStale)
		}
		k.ok(k.EndArrival(k.ctx(), claim, update.ID))
		if got := k.first(other); !reflect.DeepEqual(got, update) {
			t.Fatalf("got %+v, want %+v", got, update)
		}
	})
}

// newWork is what makes the n-th customer's chat due, which follows the n-th parcel.
var newWork = map[string]func(k kit, n int, now models.Moment) error{
	"an update arrives": func(k kit, n int, now models.Moment) error {
		_, err := k.Arrive(k.ctx(), []models.Arrival{{Key: fmt.Sprint(now), Address: customer(n)}}, now)
		return err
	},
	"something is posted": func(k kit, n int, now models.Moment) error {
		k.post(customer(n), fmt.Sprint(now), noon(), now)
		return nil
	},
	"a check brings news": func(k kit, n int, now models.Moment) error {
		_, err := k.Finish(k.ctx(), scan(k.parcel(n), "new", now), now)
		return err
	},
	"a carrier is corrected": func(k kit, n int, now models.Moment) error {
		found, err := k.ByNumber(k.ctx(), number(n))
		k.ok(err)
		_, err = k.ChangeCarrier(k.ctx(), found[0], models.Carrier(fmt.Sprint(now)), now)
		return err
	},
	"what was missed is asked for": func(k kit, n int, now models.Moment) error {
		p := k.parcel(n)
		k.ok(k.Mute(k.ctx(), k.at(n).ID, p.ID, true, now))
		k.finish(scan(p, "missed", now), now)
		return k.Mute(k.ctx(), k.at(n).ID, p.ID, false, now)
	},
	"it comes back": func(k kit, n int, now models.Moment) error {
		k.ok(k.Gone(k.ctx(), k.at(n).ID, now))
		return k.Back(k.ctx(), k.at(n).ID, now)
	},
	"the customer writes": func(k kit, n int, now models.Moment) error {
		k.synced(page(k.mail().Cursor, fmt.Sprint(now), now, n), now)
		return nil
	},
}

// served is the n-th customer, who follows the n-th parcel, and whose chat is
// claimed.
func (k kit) served(n int) (models.Chat, models.Claim) {
	k.t.Helper()
	k.follow(k.at(n), k.parcel(n))
	_, err := k.Arrive(k.ctx(), []models.Arrival{{Key: fmt.Sprint("first", n), Address: customer(n)}}, noon())
	k.ok(err)
	for _, c := range k.claims("wecom_kf", noon()) {
		if c.Chat.ID == k.at(n).ID {
			return c.Chat, c.Claim
		}
	}
	k.t.Fatal("the chat is not due")
	return models.Chat{}, models.Claim{}
}

// TestNewWorkDuringAClaimIsNotLost: it comes between the last look of whoever
// serves the chat and the release, also from a process whose clock is ahead by
// more than the claim lasts.
func TestNewWorkDuringAClaimIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon()), noon())
		n := 0
		for name, comes := range newWork {
			for _, now := range []models.Moment{noon() + 1, noon() + hour} {
				n++
				c, claim := k.served(n)
				k.ok(comes(k, n, now+models.Moment(n)))
				k.ok(k.Release(k.ctx(), claim, models.Never, false))
				if got := k.again(c).WorkAt; got > now+models.Moment(n) {
					t.Errorf("%s: due at %d, want %d at the latest", name, got, now)
				}
			}
		}
	})
}

// TestNewWorkWaitsAfterAFailure: whether it came during the turn that failed, or
// comes after it. Only what the customer does ends the wait.
func TestNewWorkWaitsAfterAFailure(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon()), noon())
		n := 0
		for name, comes := range newWork {
			n++
			c, claim := k.served(n)
			k.ok(comes(k, n, noon()+models.Moment(n)))
			k.ok(k.Release(k.ctx(), claim, noon()+9*hour, true))
			if got := k.again(c); got.WorkAt != noon()+9*hour || got.Failures != 1 {
				t.Errorf("%s: got %+v, want it to wait", name, got)
			}
			now, want := noon()+minute+models.Moment(n), noon()+9*hour
			if name == "it comes back" || name == "the customer writes" {
				want = now
			}
			k.ok(comes(k, n, now))
			if got := k.again(c).WorkAt; got != want {
				t.Errorf("%s: due at %d, want %d", name, got, want)
			}
		}
	})
}

// TestAnUpdateThatHasToWaitIsDueInTheEnd: nothing else makes the chat due, and
// what was done for it before, or is being done, forgets nothing.
func TestAnUpdateThatHasToWaitIsDueInTheEnd(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		for n, during := range []bool{false, true} {
			from, c := cursorOf(2*n), customer(n)
			k.synced(page(from, cursorOf(2*n+1), noon(), n), noon())
			k.end(k.at(n))
			back := undelivered(cursorOf(2*n+1), cursorOf(2*n+2), n, k.credit(n).Epoch, noon())
			if !during {
				k.synced(back, noon())
			}
			claim := k.claims("wecom_kf", noon())[0].Claim
			if during {
				k.synced(back, noon())
			}
			k.ok(k.Release(k.ctx(), claim, models.Never, false))
			if got := k.again(k.at(n)).WorkAt; during && got < noon()+hour { // looked at once more
				k.ok(k.Release(k.ctx(), k.claims("wecom_kf", got)[0].Claim, models.Never, false))
			}
			if got := k.again(k.at(n)).WorkAt; got != noon()+24*hour {
				t.Fatalf("%s: due at %d, want in a day", c.Conversation, got)
			}
		}
	})
}

func TestWhatCannotBePutIntoWordsIsCountedUntilSomethingIsDelivered(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		claim, follow := k.claimed(noon()).Claim, k.marks(c, p).ID
		for want := 1; want <= 3; want++ {
			if got, err := k.Undeliverable(k.ctx(), claim, follow); err != nil || got != want {
				t.Fatalf("got %d, %v, want %d", got, err, want)
			}
		}
		if f := k.marks(c, p); !f.Pending() || f.Failures != 3 {
			t.Fatalf("got %+v", f)
		}
		k.ok(k.Delivered(k.ctx(), claim, models.Mark{FollowID: follow, Upto: 1}))
		if f := k.marks(c, p); f.Pending() || f.Failures != 0 {
			t.Fatalf("got %+v", f)
		}
	})
}

func TestSilenceKeepsWhatIsUrgentAndEndsTheWaiting(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.asks(c, p)
		f := answer(k.stored(p.ID), "urgent", noon())
		f.Change.Events[0].Urgency = models.UrgentAlways
		p = k.finish(f, noon())
		p = k.finish(answer(p, "more", noon()), noon())
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, true, noon()))
		if f := k.marks(c, p); f.PendingSeq != 1 || f.Awaited || f.Mute != models.Muted {
			t.Fatalf("got %+v", f)
		}
		if all := k.pending(c); len(all) != 1 || all[0].Urgency != models.UrgentAlways || all[0].Awaited {
			t.Fatalf("got %+v", all)
		}
		k.deliver(c)
		p = k.finish(answer(p, "quiet", noon()), noon())
		if f := k.marks(c, p); f.Pending() {
			t.Fatalf("got %+v", f)
		}
		f = answer(p, "urgent again", noon())
		f.Change.Events[0].Urgency = models.UrgentAlways
		p = k.finish(f, noon())
		if f := k.marks(c, p); f.PendingSeq != p.Seq {
			t.Fatalf("got %+v", f)
		}
	})
}

// TestManyChatsAreGivenBackTogether: what is written for many chats at once is each one's own.
func TestManyChatsAreGivenBackTogether(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		const chats = 30
		for i := range chats {
			k.arrive(fmt.Sprint("c", i), i+1)
		}
		claimed, err := k.ClaimChats(k.ctx(), "telegram", "me", noon(), time.Hour, chats)
		k.ok(err)
		if len(claimed) != chats {
			t.Fatalf("%d chats were claimed", len(claimed))
		}
		k.ok(errors.Join(together(chats, func(i int) error {
			open, err := k.OpenArrivals(k.ctx(), claimed[i].Chat.ID, noon())
			if err == nil && (len(open) != 1 || open[0].ChatID != claimed[i].Chat.ID) {
				err = fmt.Errorf("chat %d has %+v", claimed[i].Chat.ID, open)
			}
			return err
		})...))
		k.arrive(claimed[2].Chat.Conversation, 99) // new work since it was claimed
		// The first fails, the second's claim is another's, and each is due at a moment of its own.
		claimed[1].Claim.Epoch++
		k.ok(errors.Join(together(chats, func(i int) error {
			return k.Release(k.ctx(), claimed[i].Claim, noon().Add(time.Duration(1+i)*time.Minute), i == 0)
		})...))
		for i, c := range claimed {
			got, want := k.again(c.Chat), noon().Add(time.Duration(1+i)*time.Minute)
			switch {
			case i == 1:
				if got.ClaimUntil == 0 || got.WorkAt != claimed[1].Claim.WorkAt {
					t.Errorf("a lost claim has given the chat back: %+v", got)
				}
			case i == 2 && got.WorkAt > noon(), i != 2 && got.WorkAt != want, got.ClaimUntil != 0, (got.Failures == 1) != (i == 0):
				t.Errorf("chat %d: due at %v with %d failures, not at %v", i, got.WorkAt, got.Failures, want)
			}
		}
	})
}
