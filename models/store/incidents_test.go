package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"waybill/models"
)

const forgotten = int64(30 * 60_000)

func (k kit) observe(seen ...models.Observation) {
	k.t.Helper()
	k.ok(k.Observe(k.ctx(), seen, forgotten))
}

// incident is the only one that there is.
func (k kit) incident() models.Incident {
	k.t.Helper()
	all, err := k.Incidents(k.ctx())
	k.ok(err)
	if len(all) != 1 {
		k.t.Fatalf("there are %+v", all)
	}
	return all[0]
}

func TestWhatProcessesSeeIsOneIncident(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		down := func(good bool, since, at models.Moment) models.Observation {
			return models.Observation{Name: models.DoorDown, Subject: "telegram", Good: good, Since: since, At: at, Args: map[string]string{"Door": "telegram"}}
		}
		k.observe(down(true, 0, noon()))
		if all, err := k.Incidents(k.ctx()); err != nil || len(all) != 0 {
			t.Fatalf("all is well: %+v, %v", all, err)
		}
		want := models.Incident{Name: models.DoorDown, Subject: "telegram", Args: map[string]string{"Door": "telegram"}}
		for _, step := range []struct {
			name             string
			seen             models.Observation
			first, bad, good models.Moment
		}{
			{"it begins", down(false, noon(), noon()), noon(), noon(), 0},
			{"it goes on, and for another process has for longer", down(false, noon()-5, noon()+10), noon() - 5, noon() + 10, 0},
			{"a late report changes nothing", down(false, noon()+2, noon()+2), noon() - 5, noon() + 10, 0},
			{"all is well for the first time", down(true, 0, noon()+20), noon() - 5, noon() + 10, noon() + 20},
			{"and goes on being well", down(true, 0, noon()+30), noon() - 5, noon() + 10, noon() + 20},
			{"trouble again", down(false, noon()+40, noon()+40), noon() - 5, noon() + 40, noon() + 20},
			{"well again", down(true, 0, noon()+50), noon() - 5, noon() + 40, noon() + 50},
			{"after long without a sign it begins anew", down(false, noon()+2*hour, noon()+2*hour), noon() + 2*hour, noon() + 2*hour, noon() + 50},
		} {
			k.observe(step.seen)
			want.FirstAt, want.BadAt, want.GoodAt = step.first, step.bad, step.good
			if got := k.incident(); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %+v, want %+v", step.name, got, want)
			}
		}
	})
}

func TestAnIncidentIsToldByOneProcess(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.observe(models.Observation{Name: models.QueueDown, Since: noon(), At: noon()})
		boss := models.Address{Door: "telegram", Conversation: "boss"}
		posts := []models.Post{{To: boss, About: "alert-1", Replies: []byte("[]")}}
		note := models.Note{Kind: models.NoteAlert, What: "down", At: noon()}
		tell := func(turn func(context.Context, models.Incident, []models.Post, models.Note, models.Moment) (bool, error)) int64 {
			var all sync.WaitGroup
			var mu sync.Mutex
			told := int64(0)
			i := k.incident()
			for range 4 {
				all.Go(func() {
					did, err := turn(k.ctx(), i, posts, note, noon()+1)
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
					} else if did {
						told++
					}
				})
			}
			all.Wait()
			return told
		}
		if n := tell(k.StartIncident); n != 1 {
			t.Errorf("%d processes tell its start", n)
		}
		old := k.incident()
		k.observe(models.Observation{Name: models.QueueDown, Since: noon(), At: noon() + minute})
		if did, err := k.EndIncident(k.ctx(), old, nil, models.Note{}, noon()); err != nil || did {
			t.Errorf("it ends although trouble was seen since: %v, %v", did, err)
		}
		posts[0].About = "alert-2"
		if n := tell(k.EndIncident); n != 1 {
			t.Errorf("%d processes tell its end", n)
		}
		c, _, err := k.ChatAt(k.ctx(), boss)
		k.ok(err)
		open, err := k.OpenArrivals(k.ctx(), c.ID, noon()+hour)
		k.ok(err)
		notes, err := k.Notes(k.ctx(), models.NoteAlert, 9)
		k.ok(err)
		if all, err := k.Incidents(k.ctx()); err != nil || len(all) != 0 || len(open) != 2 || len(notes) != 2 {
			t.Errorf("left are %v, %v; posted %d, noted %d", all, err, len(open), len(notes))
		}
	})
}

func TestSinceWhenSendingFailsIsKept(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		turn := func(at models.Moment, failed bool) {
			k.ok(k.Exec(k.ctx(), "UPDATE chats SET work_at = 0"))
			got, err := k.ClaimChats(k.ctx(), "telegram", "me", at, time.Minute, 1)
			k.ok(err)
			if len(got) != 1 {
				t.Fatalf("claimed %d", len(got))
			}
			k.ok(k.Release(k.ctx(), got[0].Claim, at, failed))
		}
		failing := func(since models.Moment) models.Failing {
			f, err := k.Failing(k.ctx(), "telegram", since)
			k.ok(err)
			return f
		}
		k.chat(1)
		turn(noon(), true)
		turn(noon()+minute, true)
		if f := failing(noon()); f.Chats != 1 || f.Since != noon() || failing(noon()-1).Chats != 0 {
			t.Errorf("%+v", f)
		}
		turn(noon()+2*minute, false)
		if f := failing(noon() + hour); f.Chats != 0 {
			t.Errorf("after a success %+v", f)
		}
		k.ok(k.Exec(k.ctx(), "UPDATE chats SET failures = 3, failing_at = 0")) // an older version has counted
		turn(noon()+3*minute, true)
		if f := failing(noon() + hour); f.Since != noon()+3*minute {
			t.Errorf("after an older version %+v", f)
		}
	})
}

func TestSinceWhenWorkWaits(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		waits := func(at models.Moment) models.Waits {
			w, err := k.Waits(k.ctx(), at)
			k.ok(err)
			return w
		}
		if w := waits(noon()); w != (models.Waits{}) {
			t.Errorf("an empty database: %+v", w)
		}
		c := k.chat(1)
		k.arrive("1", 1)
		k.ok(k.Exec(k.ctx(), "UPDATE arrivals SET at = ?", noon()-minute))
		k.follow(c, k.parcel(1))
		k.ok(k.Exec(k.ctx(), "UPDATE parcels SET due_at = ?", noon()-5))
		if w := waits(noon()); w.Message != noon()-minute || w.Check != noon()-5 {
			t.Errorf("%+v", w)
		}
		k.ok(k.Exec(k.ctx(), "UPDATE chats SET failures = 1"))
		if w := waits(noon()); w.Message != 0 {
			t.Errorf("a chat that nothing can be sent to: %+v", w)
		}
	})
}

func TestChatsWithoutCreditAreCounted(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		k.follow(c, k.parcel(1))
		count := func() int64 {
			n, err := k.Exhausted(k.ctx(), "telegram", noon())
			k.ok(err)
			return n
		}
		k.ok(k.Exec(k.ctx(), "UPDATE chats SET credit_epoch = 1, credit_left = 0, credit_until = ?", noon()+hour))
		if n := count(); n != 0 {
			t.Errorf("%d with nothing pending", n)
		}
		k.ok(k.Exec(k.ctx(), "UPDATE follows SET pending_seq = 1"))
		if n := count(); n != 1 {
			t.Errorf("%d without credit", n)
		}
		k.ok(k.Exec(k.ctx(), "UPDATE chats SET credit_left = 2"))
		if n := count(); n != 0 {
			t.Errorf("%d with credit", n)
		}
		k.ok(k.Exec(k.ctx(), "UPDATE chats SET credit_until = ?", noon()))
		if n := count(); n != 1 {
			t.Errorf("%d whose credit ran out", n)
		}
	})
}

func TestTheDatabaseIsExamined(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.ok(k.Examine(k.ctx()))
		over, cancel := context.WithCancel(k.ctx())
		cancel()
		if k.Examine(over) == nil {
			t.Error("an examination that has no time is passed")
		}
	})
}
