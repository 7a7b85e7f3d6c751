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
			"Delivered":     func(claim models.Claim) error { return k.Delivered(k.ctx(), claim, follow, 1) },
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
		k.ok(k.Delivered(k.ctx(), held, follow, 1))
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

// newWork is what makes a chat, the customer 1 and a follower of a parcel, due.
var newWork = map[string]func(k kit, p models.Parcel, now models.Moment) error{
	"an update arrives": func(k kit, _ models.Parcel, now models.Moment) error {
		_, err := k.Arrive(k.ctx(), []models.Arrival{{Key: fmt.Sprint(now), Address: customer(1)}}, now)
		return err
	},
	"something is posted": func(k kit, _ models.Parcel, now models.Moment) error {
		k.post(customer(1), fmt.Sprint(now), noon(), now)
		return nil
	},
	"a check brings news": func(k kit, p models.Parcel, now models.Moment) error {
		_, err := k.Finish(k.ctx(), scan(k.stored(p.ID), "new", now), now)
		return err
	},
	"a carrier is corrected": func(k kit, p models.Parcel, now models.Moment) error {
		_, err := k.Recarry(k.ctx(), k.stored(p.ID), "zto", now)
		return err
	},
	"what was missed is asked for": func(k kit, p models.Parcel, now models.Moment) error {
		k.ok(k.Mute(k.ctx(), k.at(1).ID, p.ID, true, now))
		k.finish(scan(k.stored(p.ID), "missed", now), now)
		return k.Mute(k.ctx(), k.at(1).ID, p.ID, false, now)
	},
	"it comes back": func(k kit, _ models.Parcel, now models.Moment) error {
		k.ok(k.Gone(k.ctx(), k.at(1).ID, now))
		return k.Back(k.ctx(), k.at(1).ID, now)
	},
	"the customer writes": func(k kit, _ models.Parcel, now models.Moment) error {
		k.synced(page(k.mail().Cursor, fmt.Sprint(now), now, 1), now)
		return nil
	},
}

// TestNewWorkDuringAClaimIsNotLost: it comes between the last look of whoever
// serves the chat and the release, also from a process whose clock is ahead by
// more than the claim lasts. After a failure it waits with everything else.
func TestNewWorkDuringAClaimIsNotLost(t *testing.T) {
	for name, comes := range newWork {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, k kit) {
				p := k.parcel(1)
				k.synced(page("", "c1", noon(), 1), noon())
				c := k.at(1)
				k.follow(c, p)
				k.end(c)
				claim := k.claims("wecom_kf", noon())[0].Claim
				k.ok(comes(k, p, noon()+1))
				k.ok(k.Release(k.ctx(), claim, models.Never, false))
				if got := k.again(c).WorkAt; got > noon()+1 {
					t.Fatalf("due at %d, want now", got)
				}
			})
		})
		t.Run(name+", by a clock that is ahead", func(t *testing.T) {
			each(t, func(t *testing.T, k kit) {
				p := k.parcel(1)
				k.synced(page("", "c1", noon(), 1), noon())
				c := k.at(1)
				k.follow(c, p)
				k.end(c)
				claim := k.claims("wecom_kf", noon())[0].Claim
				k.ok(comes(k, p, noon()+hour))
				k.ok(k.Release(k.ctx(), claim, models.Never, false))
				if got := k.again(c).WorkAt; got > noon()+hour {
					t.Fatalf("due at %d, want within an hour", got)
				}
			})
		})
		t.Run(name+", and the turn has failed", func(t *testing.T) {
			each(t, func(t *testing.T, k kit) {
				p := k.parcel(1)
				k.synced(page("", "c1", noon(), 1), noon())
				c := k.at(1)
				k.follow(c, p)
				claim := k.claims("wecom_kf", noon())[0].Claim
				k.ok(comes(k, p, noon()+1))
				k.ok(k.Release(k.ctx(), claim, noon()+9*hour, true))
				if got := k.again(c); got.WorkAt != noon()+9*hour || got.Failures != 1 {
					t.Fatalf("got %+v, want it to wait", got)
				}
				k.ok(comes(k, p, noon()+2))
				want := noon() + 9*hour
				if got := k.again(c); name != "it comes back" && name != "the customer writes" && got.WorkAt != want {
					t.Fatalf("due at %d, want %d", got.WorkAt, want)
				}
			})
		})
	}
}

// TestAnUpdateThatHasToWaitIsDueInTheEnd: nothing else makes the chat due, and
// what was done for it before, or is being done, forgets nothing.
func TestAnUpdateThatHasToWaitIsDueInTheEnd(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		for n, during := range []bool{false, true} {
			from, c := cursorOf(2*n), customer(n)
			k.synced(page(from, cursorOf(2*n+1), noon(), n), noon())
			k.end(k.at(n))
			back := undelivered(cursorOf(2*n+1), cursorOf(2*n+2), n, k.credit(n).Serial, noon())
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
				t.Fatalf("%s: due at %d, want in a day", c.Room, got)
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
		k.ok(k.Delivered(k.ctx(), claim, follow, 1))
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
		f.Change.Events[0].Urgent = true
		p = k.finish(f, noon())
		p = k.finish(answer(p, "more", noon()), noon())
		k.ok(k.Mute(k.ctx(), c.ID, p.ID, true, noon()))
		if f := k.marks(c, p); f.PendingSeq != 1 || f.Awaited || !f.Muted {
			t.Fatalf("got %+v", f)
		}
		if all := k.pending(c); len(all) != 1 || !all[0].Urgent || all[0].Awaited {
			t.Fatalf("got %+v", all)
		}
		k.deliver(c)
		p = k.finish(answer(p, "quiet", noon()), noon())
		if f := k.marks(c, p); f.Pending() {
			t.Fatalf("got %+v", f)
		}
		f = answer(p, "urgent again", noon())
		f.Change.Events[0].Urgent = true
		p = k.finish(f, noon())
		if f := k.marks(c, p); f.PendingSeq != p.Seq {
			t.Fatalf("got %+v", f)
		}
	})
}
