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
		Address: models.Address{Door: "telegram", Room: room},
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
	c, err := k.Chat(k.ctx(), models.Address{Door: "telegram", Room: room}, false, noon())
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
		open, err := k.Pending(k.ctx(), k.chat(1).ID, noon())
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
		open, err := k.Pending(k.ctx(), c.ID, noon())
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
		id := k.first(c).ID
		k.ok(k.Answer(k.ctx(), id, []byte(`["a","b"]`)))
		k.ok(k.SentOne(k.ctx(), id, 1))
		k.ok(k.PostponeArrival(k.ctx(), id, noon()+minute))
		if open, err := k.Pending(k.ctx(), c.ID, noon()); err != nil || len(open) != 0 {
			t.Fatalf("got %+v, %v before it is due", open, err)
		}
		open, err := k.Pending(k.ctx(), c.ID, noon()+minute)
		k.ok(err)
		if a := open[0]; !a.Answered || string(a.Replies) != `["a","b"]` || a.Sent != 1 || a.Failures != 1 {
			t.Fatalf("got %+v", a)
		}
		k.ok(k.EndArrival(k.ctx(), id))
		k.ok(k.PostponeArrival(k.ctx(), id, noon())) // it has ended: it stays so
		if open, err := k.Pending(k.ctx(), c.ID, noon()+9*hour); err != nil || len(open) != 0 {
			t.Fatalf("got %+v, %v after it ended", open, err)
		}
	})
}

// first is the first open update of a chat.
func (k kit) first(c models.Chat) models.Arrival {
	k.t.Helper()
	open, err := k.Pending(k.ctx(), c.ID, noon())
	k.ok(err)
	if len(open) == 0 {
		k.t.Fatal("nothing is open")
	}
	return open[0]
}

func TestWhatCameAfterAPostponedUpdateWaitsWithIt(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1, 2)
		k.ok(k.PostponeArrival(k.ctx(), k.first(c).ID, noon()+minute))
		k.arrive("1", 3)
		if got := k.inbox(noon()); len(got) != 0 {
			t.Fatalf("claimed %+v", got)
		}
		if open, err := k.Pending(k.ctx(), c.ID, noon()); err != nil || len(open) != 0 {
			t.Fatalf("got %+v, %v", open, err)
		}
		if got := k.inbox(noon() + minute); len(got) != 1 {
			t.Fatalf("claimed %d, want 1", len(got))
		}
		if open, err := k.Pending(k.ctx(), c.ID, noon()+minute); err != nil || len(open) != 3 {
			t.Fatalf("got %+v, %v", open, err)
		}
	})
}

// inbox claims the chats with open updates.
func (k kit) inbox(now models.Moment) []models.Chat {
	k.t.Helper()
	got, err := k.ClaimInbox(k.ctx(), "telegram", "me", now, time.Minute, 10)
	k.ok(err)
	return got
}

func TestAChatsUpdatesAreWorkedOffByOne(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1)
		k.arrive("2", 2)
		other := k.open()
		claimed := make([][]models.Chat, 8)
		k.ok(errors.Join(together(len(claimed), func(i int) (err error) {
			s := k.Store
			if i%2 == 1 {
				s = other
			}
			claimed[i], err = s.ClaimInbox(k.ctx(), "telegram", "me", noon(), time.Minute, 10)
			return err
		})...))
		n := 0
		for _, chats := range claimed {
			n += len(chats)
		}
		if n != 2 {
			t.Fatalf("%d claims of two chats", n)
		}
		k.ok(k.FreeChat(k.ctx(), c.ID, "somebody else"))
		if got := k.inbox(noon()); len(got) != 0 {
			t.Fatalf("claimed %+v", got)
		}
		k.ok(k.FreeChat(k.ctx(), c.ID, "me"))
		if got := k.inbox(noon()); len(got) != 1 || got[0].ID != c.ID || got[0].Claim != "me" {
			t.Fatalf("claimed %+v", got)
		}
	})
}

func TestNewsAndRepliesShareTheChatsClaim(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1)
		p := k.parcel(1)
		k.follow(c, p)
		k.finish(scan(p, "x", noon()), noon())
		k.claimed(noon())
		if got := k.inbox(noon()); len(got) != 0 {
			t.Fatalf("claimed %+v while news is sent", got)
		}
	})
}

func TestTheBacklogCountsWhatIsBehind(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1, 2)
		k.ok(k.EndArrival(k.ctx(), k.first(c).ID))
		p := k.parcel(1)
		k.follow(c, p)
		k.follow(c, k.parcel(2))
		k.parcel(3)
		f := scan(p, "x", noon())
		f.DueAt = noon() + hour
		k.finish(f, noon())
		got, err := k.Backlog(k.ctx(), noon()+minute)
		k.ok(err)
		want := models.Backlog{Live: 2, Due: 1, OldestDue: noon(), Inbox: 1, Owed: 1}
		if got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		if got, err = k.Backlog(k.ctx(), noon()-1); err != nil || got.OldestDue != 0 {
			t.Fatalf("got %+v, %v", got, err)
		}
	})
}

func TestWhatStandsBeforeAnUpdateThatWaitsIsDue(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a := models.Address{Door: "wecom_kf", Room: "1"}
		_, err := k.Arrive(k.ctx(), []models.Arrival{{Key: "question", Pos: 2, Address: a}}, noon())
		k.ok(err)
		c, err := k.Chat(k.ctx(), a, false, noon())
		k.ok(err)
		k.ok(k.PostponeArrival(k.ctx(), k.first(c).ID, noon()+day))
		for key, pos := range map[string]int64{"entrance": 1, "another": 3} {
			_, err = k.Arrive(k.ctx(), []models.Arrival{{Key: key, Pos: pos, Address: a}}, noon())
			k.ok(err)
		}
		claimed, err := k.ClaimInbox(k.ctx(), "wecom_kf", "me", noon(), time.Minute, 10)
		k.ok(err)
		open, err := k.Pending(k.ctx(), c.ID, noon())
		if err != nil || len(claimed) != 1 || len(open) != 1 || open[0].Key != "entrance" {
			t.Fatalf("claimed %d, got %+v, %v", len(claimed), open, err)
		}
	})
}
