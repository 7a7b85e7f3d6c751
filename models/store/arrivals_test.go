package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
)

// update is the n-th update of a room.
func update(room string, n int) models.Arrival {
	return models.Arrival{
		Door: "telegram", Key: fmt.Sprint(n), Pos: int64(n), Body: fmt.Appendf(nil, "body %d", n),
		Address: models.Address{Door: "telegram", Conversation: room},
	}
}

// arrive stores updates of one room and returns its chat.
func (k kit) arrive(room string, ns ...int) models.Chat {
	k.t.Helper()
	var all []models.Arrival
	for _, n := range ns {
		all = append(all, update(room, n))
	}
	_, err := k.Arrive(k.ctx(), all, noon())
	k.ok(err)
	c, err := k.Chat(k.ctx(), models.Address{Door: "telegram", Conversation: room}, false, noon())
	k.ok(err)
	return c
}

func TestAnUpdateHasOneEffectHoweverOftenItComes(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		stores := []*store.Store{k.Store, k.open()}
		fresh := make([]int, 8)
		k.ok(errors.Join(together(len(fresh), func(i int) (err error) {
			fresh[i], err = stores[i%2].Arrive(k.ctx(), []models.Arrival{update("1", 1), update("1", 2), update("1", 2)}, noon())
			return err
		})...))
		total := 0
		for _, n := range fresh {
			total += n
		}
		open, err := k.OpenArrivals(k.ctx(), k.chat(1).ID, noon())
		k.ok(err)
		if total != 2 || len(open) != 2 {
			t.Fatalf("%d were new, %d are open, want 2 and 2", total, len(open))
		}
		other := update("1", 1)
		other.Door, other.Address.Door = "wecom", "wecom"
		if n, err := k.Arrive(k.ctx(), []models.Arrival{other}, noon()); err != nil || n != 1 {
			t.Fatalf("got %d, %v for another door's update", n, err)
		}
	})
}

func TestUpdatesComeInThePlatformsOrder(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 3, 1)
		k.arrive("1", 2)
		open, err := k.OpenArrivals(k.ctx(), c.ID, noon())
		k.ok(err)
		for i, a := range open {
			if a.Pos != int64(i+1) || string(a.Body) != fmt.Sprintf("body %d", i+1) {
				t.Fatalf("got %+v", open)
			}
		}
		if len(open) != 3 {
			t.Fatalf("%d are open, want 3", len(open))
		}
	})
}

func TestAnAnswerSurvivesUntilItIsSent(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1)
		claim, id := k.claimed(noon()).Claim, k.first(c).ID
		k.ok(k.Answer(k.ctx(), claim, id, []byte(`["a","b"]`)))
		k.ok(k.RepliesSent(k.ctx(), claim, id, 1))
		k.ok(k.ArrivalFailed(k.ctx(), claim, id))
		k.ok(k.Release(k.ctx(), claim, noon()+minute, true))
		if got := k.claims("telegram", noon()+minute-1); len(got) != 0 {
			t.Fatalf("claimed %+v before it is due", got)
		}
		claim = k.claimed(noon() + minute).Claim
		if a := k.first(c); !a.Answered || string(a.Replies) != `["a","b"]` || a.Sent != 1 || a.Failures != 1 {
			t.Fatalf("got %+v", a)
		}
		k.ok(k.EndArrival(k.ctx(), claim, id))
		if err := k.RepliesSent(k.ctx(), claim, id, 1); !errors.Is(err, models.ErrStale) {
			t.Fatalf("got %v, want %v: it has ended", err, models.ErrStale)
		}
		if open, err := k.OpenArrivals(k.ctx(), c.ID, noon()+9*hour); err != nil || len(open) != 0 {
			t.Fatalf("got %+v, %v after it ended", open, err)
		}
	})
}

// first is the first open update of a chat.
func (k kit) first(c models.Chat) models.Arrival {
	k.t.Helper()
	open, err := k.OpenArrivals(k.ctx(), c.ID, noon())
	k.ok(err)
	if len(open) == 0 {
		k.t.Fatal("nothing is open")
	}
	return open[0]
}

func TestWhatCameAfterAnUpdateThatFailedWaitsWithIt(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1, 2)
		claim := k.claimed(noon()).Claim
		k.ok(k.ArrivalFailed(k.ctx(), claim, k.first(c).ID))
		k.ok(k.Release(k.ctx(), claim, noon()+minute, true))
		k.arrive("1", 3)
		if got := k.claims("telegram", noon()); len(got) != 0 {
			t.Fatalf("claimed %+v", got)
		}
		k.claimed(noon() + minute)
		if open, err := k.OpenArrivals(k.ctx(), c.ID, noon()+minute); err != nil || len(open) != 3 || open[0].Failures != 1 {
			t.Fatalf("got %+v, %v", open, err)
		}
	})
}

func TestAChatIsServedByOne(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1)
		k.arrive("2", 2)
		stores := []*store.Store{k.Store, k.open()}
		claimed := make([][]models.Claimed, 8)
		k.ok(errors.Join(together(len(claimed), func(i int) (err error) {
			claimed[i], err = stores[i%2].ClaimChats(k.ctx(), "telegram", "me", noon(), time.Minute, 10)
			return err
		})...))
		var all []models.Claimed
		for _, some := range claimed {
			all = append(all, some...)
		}
		if len(all) != 2 {
			t.Fatalf("%d claims of two chats", len(all))
		}
		mine := all[0].Claim
		if mine.ChatID != c.ID {
			mine = all[1].Claim
		}
		stale := mine
		stale.Epoch--
		k.ok(k.Release(k.ctx(), stale, noon(), false))
		if got := k.claims("telegram", noon()); len(got) != 0 {
			t.Fatalf("claimed %+v", got)
		}
		k.ok(k.Release(k.ctx(), mine, noon(), false))
		if got := k.claimed(noon()); got.Chat.ID != c.ID || got.Claim.Epoch != mine.Epoch+1 || k.again(c).ClaimOwner != "me" {
			t.Fatalf("claimed %+v", got)
		}
	})
}

func TestNewsAndRepliesShareTheChatsClaim(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		p := k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		k.claimed(noon())
		k.arrive("1", 1)
		if got := k.claims("telegram", noon()); len(got) != 0 {
			t.Fatalf("claimed %+v while news is sent", got)
		}
	})
}

func TestTheBacklogCountsWhatIsBehind(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1, 2)
		k.end(c)
		p := k.parcel(1)
		k.follow(c, p)
		k.follow(c, k.parcel(2))
		k.parcel(3)
		f := scan(p, "x", noon())
		f.DueAt = noon() + hour
		k.finish(f, noon())
		got, err := k.Backlog(k.ctx(), noon()+minute)
		k.ok(err)
		got.Live = k.live()
		want := models.Backlog{Live: 2, Due: 1, OldestDue: noon(), Inbox: 1, Chats: 1}
		if got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		if got, err = k.Backlog(k.ctx(), noon()-1); err != nil || got.OldestDue != 0 || got.Chats != 0 {
			t.Fatalf("got %+v, %v", got, err)
		}
	})
}

// TestWhatStandsBeforeAnUpdateThatWaitsIsDue: what was not delivered waits for
// the customer; what stands before it, in the platform's order, does not.
func TestWhatStandsBeforeAnUpdateThatWaitsIsDue(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		c := k.at(1)
		k.end(c)
		k.ok(k.Release(k.ctx(), k.claims("wecom_kf", noon())[0].Claim, models.Never, false))
		k.synced(undelivered("c1", "c2", 1, k.credit(1).Epoch, noon()+1), noon()+1)
		for key, pos := range map[string]int64{"entrance": int64(noon()), "another": int64(noon()) + 2} {
			_, err := k.Arrive(k.ctx(), []models.Arrival{{Key: key, Pos: pos, Address: customer(1)}}, noon()+1)
			k.ok(err)
		}
		claimed := k.claims("wecom_kf", noon()+1)
		open, err := k.OpenArrivals(k.ctx(), c.ID, noon()+1)
		if err != nil || len(claimed) != 1 || len(open) != 1 || open[0].Key != "entrance" {
			t.Fatalf("claimed %d, got %+v, %v", len(claimed), open, err)
		}
	})
}
