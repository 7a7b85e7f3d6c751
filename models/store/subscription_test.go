package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"waybill/models"
)

// wanted is the one subscription that a parcel wants at a provider.
func (k kit) wanted(p models.Parcel, token string, due models.Moment) models.Subscription {
	k.t.Helper()
	k.ok(k.EnsureSubscription(k.ctx(), p, "kuaidi100", token, due, noon()))
	rows, err := k.Subscriptions(k.ctx(), p.ID)
	k.ok(err)
	return rows[len(rows)-1]
}

// subscription reads one again.
func (k kit) subscription(token string) models.Subscription {
	k.t.Helper()
	s, err := k.Subscription(k.ctx(), token)
	k.ok(err)
	return s
}

func TestASubscriptionIsOrderedOnceWhileItsParcelIsFollowed(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		followed, left := k.parcel(1), k.parcel(2)
		k.follow(k.chat(1), followed)
		s := k.wanted(followed, "t1", noon())
		k.wanted(left, "t2", noon())
		k.wanted(followed, "t3", noon()+hour) // it has one already
		got, err := k.TakeDueSubscriptions(k.ctx(), noon(), time.Minute, 10)
		k.ok(err)
		if len(got) != 1 || got[0].Token != "t1" || got[0].Number != followed.Number || got[0].Carrier != "sf" {
			t.Fatalf("wanted %+v", got)
		}
		if again, err := k.TakeDueSubscriptions(k.ctx(), noon(), time.Minute, 10); err != nil || len(again) != 0 {
			t.Errorf("taken twice: %+v, %v", again, err)
		}
		k.ok(k.SubscriptionsOrdered(k.ctx(), []int64{s.ID}, models.Ordering{State: models.SubscriptionWanted, DueAt: noon() + hour, Failed: true}, noon()))
		if s = k.subscription("t1"); s.Failures != 1 || s.Orders != 0 || s.DueAt != noon()+hour {
			t.Errorf("after a failure: %+v", s)
		}
		k.ok(k.SubscriptionsOrdered(k.ctx(), []int64{s.ID}, models.Ordering{State: models.SubscriptionLiving, DueAt: models.Never, Counted: true}, noon()))
		if s = k.subscription("t1"); !s.Serves() || s.Failures != 0 || s.Orders != 1 || s.Month != "2025-06" || s.AskedAt != noon() {
			t.Errorf("after an order: %+v", s)
		}
		july := noon() + 30*24*hour
		k.ok(k.SubscriptionsOrdered(k.ctx(), []int64{s.ID}, models.Ordering{State: models.SubscriptionLiving, DueAt: models.Never, Counted: true}, july))
		if s = k.subscription("t1"); s.Orders != 1 || s.Month != "2025-07" {
			t.Errorf("orders of another month count: %+v", s)
		}
		if _, err := k.Subscription(k.ctx(), "unknown"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("an unknown token: %v", err)
		}
	})
}

func TestAPushTellsHowItsSubscriptionStands(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		k.follow(k.chat(1), p)
		s := k.wanted(p, "t", noon())
		k.ok(k.PushReceived(k.ctx(), s.ID, models.Pushed{}, noon()+minute))
		if s = k.subscription("t"); !s.Serves() || s.DueAt != models.Never || s.HeardAt != noon()+minute {
			t.Errorf("an order whose end nobody saw: %+v", s)
		}
		k.ok(k.MarkSilent(k.ctx(), s.ID, noon()))
		if s = k.subscription("t"); s.Serves() {
			t.Error("a silent one serves")
		}
		k.ok(k.PushReceived(k.ctx(), s.ID, models.Pushed{Carrier: "yto", Hint: true}, noon()+hour))
		if s = k.subscription("t"); !s.Serves() || s.Carrier != "yto" || s.HintedAt != noon()+hour {
			t.Errorf("after a hint: %+v", s)
		}
		k.ok(k.PushReceived(k.ctx(), s.ID, models.Pushed{Over: true}, noon()+hour))
		k.ok(k.PushReceived(k.ctx(), s.ID, models.Pushed{}, noon()+2*hour)) // late
		if s = k.subscription("t"); s.State != models.SubscriptionOver || s.DueAt != models.Never {
			t.Errorf("after its end: %+v", s)
		}
		again := k.wanted(p, "new", noon()+3*hour)
		if again.ID != s.ID || again.Token != "t" || again.State != models.SubscriptionWanted || again.DueAt != noon()+3*hour {
			t.Errorf("wanted again: %+v", again)
		}
	})
}

func TestASubscriptionThatNobodyNeedsKeepsItsTokenForSixtyDays(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p, c := k.parcel(1), k.chat(1)
		k.follow(c, p)
		s := k.wanted(p, "t", noon())
		k.ok(k.SubscriptionsOrdered(k.ctx(), []int64{s.ID}, models.Ordering{State: models.SubscriptionLiving, DueAt: models.Never}, noon()))
		k.ok(k.RetireSubscriptions(k.ctx(), noon()))
		if !k.subscription("t").Serves() {
			t.Error("a followed parcel's subscription rests")
		}
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		k.ok(k.RetireSubscriptions(k.ctx(), noon()+hour))
		k.ok(k.RetireSubscriptions(k.ctx(), noon()+2*hour))
		if s = k.subscription("t"); s.Serves() || s.IdleAt != noon()+hour {
			t.Errorf("nobody follows: %+v", s)
		}
		if to, err := k.SubscriptionsTo(k.ctx(), "kuaidi100", []string{p.Number}); err != nil || len(to) != 0 {
			t.Errorf("found by number: %+v, %v", to, err)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+59*24*hour))
		k.follow(c, p)
		if s = k.wanted(p, "new", noon()); !s.Serves() || s.Token != "t" {
			t.Errorf("followed again: %+v", s)
		}
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		k.ok(k.RetireSubscriptions(k.ctx(), noon()+hour))
		k.ok(k.Sweep(k.ctx(), keep(), noon()+61*24*hour+hour))
		if _, err := k.Subscription(k.ctx(), "t"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("after sixty days: %v", err)
		}
	})
}

func TestAMergedParcelTakesItsSubscriptionAlong(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		wrong := k.parcel(1)
		right, err := k.Ensure(k.ctx(), wrong.Number, "yto", "", false, noon())
		k.ok(err)
		k.follow(k.chat(1), wrong)
		k.wanted(wrong, "t", noon())
		left, err := k.ChangeCarrier(k.ctx(), k.stored(wrong.ID), "yto", noon())
		k.ok(err)
		if s := k.subscription("t"); left.ID != right.ID || s.ParcelID != right.ID {
			t.Errorf("the token leads to parcel %d, want %d", s.ParcelID, right.ID)
		}
	})
}

func TestAHurriedParcelWaitsForTheFloorAlone(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p, parked := k.parcel(1), k.parcel(2)
		k.follow(k.chat(1), p)
		ticket := k.begin(query(k.stored(p.ID)), noon())
		f := scan(k.stored(p.ID), "揽收", noon())
		f.Version, f.DueAt = ticket.Version, noon()+12*hour
		p = k.finish(f, noon())
		k.ok(k.CheckSoon(k.ctx(), []int64{p.ID, parked.ID}, floor, noon()+minute))
		if got := k.stored(p.ID); got.DueAt != noon()+30*minute || got.Version != p.Version {
			t.Errorf("inside the floor: due %d minutes after noon, version %d", (got.DueAt-noon())/minute, got.Version-p.Version)
		}
		k.ok(k.CheckSoon(k.ctx(), []int64{p.ID}, floor, noon()+hour))
		if got := k.stored(p.ID); got.DueAt != noon()+30*minute {
			t.Error("what is due already is put off")
		}
		k.ok(k.CheckLater(k.ctx(), p, noon()+5*hour))
		k.ok(k.CheckSoon(k.ctx(), []int64{p.ID}, floor, noon()+2*hour))
		if got := k.stored(p.ID); got.DueAt != noon()+2*hour {
			t.Error("not due at once after the floor")
		}
		old := p
		old.Version--
		k.ok(k.CheckLater(k.ctx(), old, noon()+9*hour))
		if got := k.stored(p.ID); got.DueAt != noon()+2*hour {
			t.Error("a parcel that has changed is deferred")
		}
		if k.stored(parked.ID).DueAt != models.Never {
			t.Error("a parcel that nobody follows is hurried")
		}
	})
}

func TestTheOperatorFindsTheNewestPushes(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		for i := range 105 {
			k.ok(k.KeepRawPush(k.ctx(), "kuaibao", fmt.Sprintf("body %d", i), noon()))
		}
		bodies, err := k.Pushes(k.ctx(), "kuaibao")
		if err != nil || len(bodies) != 100 || bodies[0] != "body 104" {
			t.Errorf("%d kept, %v", len(bodies), err)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+8*24*hour))
		if bodies, err = k.Pushes(k.ctx(), "kuaibao"); err != nil || len(bodies) != 0 {
			t.Errorf("%d kept for more than a week, %v", len(bodies), err)
		}
	})
}

func TestOnceIsOnceOverAllReplicas(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		others := k.open()
		count := 0
		results := make(chan bool, 16)
		for i := range 16 {
			db := k.Store
			if i%2 == 1 {
				db = others
			}
			go func() {
				first, err := db.Once(k.ctx(), "alert", "muzhi:80", noon()+hour, noon())
				if err != nil {
					t.Error(err)
				}
				results <- first
			}()
		}
		for range 16 {
			if <-results {
				count++
			}
		}
		if count != 1 {
			t.Errorf("%d were the first", count)
		}
		if first, err := k.Once(k.ctx(), "alert", "muzhi:80", noon()+2*hour, noon()+hour); err != nil || !first {
			t.Errorf("the next day: %v, %v", first, err)
		}
	})
}

func TestSpentIsWhatTheDayHasBeenUsedFor(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		for i := range 3 {
			ticket := k.begin(models.Call{Provider: "juhe", Kind: models.CallQuery, Number: number(i)}, noon())
			if i > 0 {
				k.ok(k.Settle(k.ctx(), []models.Closing{closing(ticket, models.OutcomeTrace, i == 1)}))
			}
		}
		spent, err := k.Spent(k.ctx(), noon().Day())
		if err != nil || spent["juhe"] != 2 { // one billed, one not known yet
			t.Errorf("spent %v, %v", spent, err)
		}
	})
}
