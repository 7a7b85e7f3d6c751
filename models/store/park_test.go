package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
)

// TestNothingStaysParkedThatSomebodyReachableFollows: while parcels that nobody
// can be told about are taken out of the queue, chats come back, customers write,
// others follow, and group robots are pushed to.
func TestNothingStaysParkedThatSomebodyReachableFollows(t *testing.T) {
	const n = 4 // of each way
	each(t, func(t *testing.T, k kit) {
		other := k.open()
		stores := []*store.Store{k.Store, other}
		for round := range 4 {
			now := noon() + models.Moment(round)*day
			var ways []func() error
			way := func(do func() error) { ways = append(ways, do) }
			page := models.SyncPage{Account: account, From: cursorOf(2 * round), Cursor: cursorOf(2*round + 1)}
			more := page
			more.From, more.Cursor = page.Cursor, cursorOf(2*round+2)
			for i := range n {
				id := 100*round + 10*i
				gone, customer, fresh := k.chat(id), customer(id), k.chat(id+1)
				p, q, r, s := k.parcel(id), k.parcel(id+1), k.parcel(id+2), k.parcel(id+3)
				for _, f := range []models.Parcel{p, s} {
					k.follow(gone, f)
				}
				for _, credits := range []*models.SyncPage{&page, &more} {
					a := models.Arrival{Door: customer.Door, Key: fmt.Sprint(credits.Cursor, i), Address: customer}
					credits.Arrivals = append(credits.Arrivals, a)
					credits.Renewals = append(credits.Renewals, models.CreditRenewal{Key: a.Key, Address: customer, Left: 5, At: now + models.Moment(len(ways)), Until: now + hour})
				}
				way(func() error { return other.Back(k.ctx(), gone.ID, now) })
				way(func() error {
					_, err := other.Follow(k.ctx(), models.Following{ChatID: fresh.ID, ParcelID: r.ID}, now)
					return err
				})
				way(func() error { return k.PushTo(k.ctx(), gone.ID, s.ID, fmt.Sprint("robot", id), now) })
				k.ok(k.Gone(k.ctx(), gone.ID, now))
				c, err := k.Chat(k.ctx(), customer, false, now)
				k.ok(err)
				k.follow(c, q)
				k.follow(k.chat(id+2), r) // makes it due
				k.ok(k.Unfollow(k.ctx(), k.chat(id+2).ID, []int64{r.ID}, now))
			}
			k.synced(page, now)
			for i := range n {
				k.spend(100*round+10*i, 0)
			}
			way(func() error {
				_, err := k.ArriveSynced(k.ctx(), more, now)
				return err
			})
			for i := range 6 {
				way(func() error {
					_, err := stores[i%2].Take(k.ctx(), now, time.Minute, 100)
					return err
				})
			}
			k.ok(errors.Join(together(len(ways), func(i int) error { return ways[len(ways)-1-i]() })...))
			if lost, err := k.ParkedInVain(k.ctx(), now); err != nil || lost != 0 {
				t.Fatalf("round %d: %d parcels stay parked, %v", round, lost, err)
			}
		}
	})
}

// TestTakeLooksBehindWhatItParks: however many parcels stand before it that
// nobody can be told about, the one that somebody follows is handed out.
func TestTakeLooksBehindWhatItParks(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		gone := k.chat(1)
		for i := range 10 {
			k.follow(gone, k.parcel(i))
		}
		k.ok(k.Gone(k.ctx(), gone.ID, noon()))
		last := k.parcel(10)
		_, err := k.Follow(k.ctx(), models.Following{ChatID: k.chat(2).ID, ParcelID: last.ID}, noon()+1)
		k.ok(err)
		hints, err := k.Take(k.ctx(), noon()+1, time.Minute, 3)
		if err != nil || len(hints) != 1 || hints[0].Parcel != last.ID {
			t.Fatalf("got %+v, %v", hints, err)
		}
		if live := k.live(); live != 1 {
			t.Fatalf("%d parcels live", live)
		}
	})
}

// TestASubscriptionIsOrderedForNobodyWhoCannotBeTold: not for a parcel either
// that is in the queue still, though its last follower has left or is gone.
func TestASubscriptionIsOrderedForNobodyWhoCannotBeTold(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		left, gone, kept := k.parcel(1), k.parcel(2), k.parcel(3)
		k.follow(k.chat(1), left)
		k.follow(k.chat(2), gone)
		k.follow(k.chat(3), kept)
		for i, p := range []models.Parcel{left, gone, kept} {
			k.wanted(p, fmt.Sprint("t", i+1), noon())
		}
		k.ok(k.Unfollow(k.ctx(), k.chat(1).ID, []int64{left.ID}, noon()))
		k.ok(k.Gone(k.ctx(), k.chat(2).ID, noon()))
		got, err := k.TakeDueSubscriptions(k.ctx(), noon(), time.Minute, 10)
		if err != nil || len(got) != 1 || got[0].Token != "t3" {
			t.Fatalf("got %+v, %v", got, err)
		}
	})
}
