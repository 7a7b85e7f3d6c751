package store_test

import (
	"errors"
	"slices"
	"testing"

	"waybill/models"
)

const day = 24 * hour

func TestOldCallsAreFoldedAndCountTheSame(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		call := models.Call{Provider: "muzhi", Kind: models.CallQuery, Number: number(1)}
		var last models.Ticket
		for i := range 5 {
			last = k.begin(call, noon()+models.Moment(i))
			if i < 3 {
				k.ok(k.Settle(k.ctx(), []models.Closing{closing(last, models.OutcomeTrace, true)}))
			}
		}
		before, err := k.Usage(k.ctx(), noon().Day())
		k.ok(err)
		for _, now := range []models.Moment{noon() + 6*day, noon() + 7*day + 3, noon() + 8*day, noon() + 9*day} {
			k.ok(k.Sweep(k.ctx(), keep(), now))
			if after, err := k.Usage(k.ctx(), noon().Day()); err != nil || !slices.Equal(after, before) {
				t.Fatalf("got %+v, want %+v, %v", after, before, err)
			}
		}
		k.ok(k.Settle(k.ctx(), []models.Closing{closing(last, models.OutcomeTrace, false)})) // too late
		if after, err := k.Usage(k.ctx(), noon().Day()); err != nil || !slices.Equal(after, before) {
			t.Fatalf("got %+v, want %+v, %v", after, before, err)
		}
	})
}

func TestParcelsThatNobodyFollowedFor90DaysGo(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, left, kept, never := k.chat(1), k.parcel(1), k.parcel(2), k.parcel(3)
		k.follow(c, left)
		k.follow(c, kept)
		k.finish(scan(k.stored(left.ID), "x", noon()), noon())
		k.begin(query(k.stored(left.ID)), noon())
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{left.ID}, noon()+10*day))
		k.ok(k.Sweep(k.ctx(), keep(), noon()+90*day+1))
		if _, err := k.Parcel(k.ctx(), never.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v for the one never followed", err)
		}
		k.stored(left.ID)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+100*day+1))
		if _, err := k.Parcel(k.ctx(), left.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v for the one that was left", err)
		}
		if events, err := k.History(k.ctx(), left.ID, 0, 0); err != nil || len(events) != 0 {
			t.Fatalf("got %+v, %v", events, err)
		}
		k.stored(kept.ID)
	})
}

func TestAParcelThatIsFollowedAgainStays(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		k.follow(c, p)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+200*day))
		k.stored(p.ID)
	})
}

func TestWhatHasHadItsTimeGoes(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.arrive("1", 1, 2)
		k.end(c)
		k.ok(k.Ask(k.ctx(), models.Question{ChatID: c.ID, ExpiresAt: noon() + day}))
		k.ok(k.Remember(k.ctx(), "detect", "a", []byte("x"), noon()+day))
		k.ok(k.Sweep(k.ctx(), keep(), noon()+2*day))
		if fresh, err := k.Arrive(k.ctx(), []models.Arrival{update("1", 1)}, noon()+2*day); err != nil || fresh != 0 {
			t.Fatalf("got %d, %v: a key is known for three days", fresh, err)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+3*day+1))
		if fresh, err := k.Arrive(k.ctx(), []models.Arrival{update("1", 1), update("1", 2)}, noon()+3*day); err != nil || fresh != 1 {
			t.Fatalf("got %d new, %v: one key is forgotten, the open one is not", fresh, err)
		}
		if _, ok, err := k.Question(k.ctx(), c.ID, 0, noon()); ok || err != nil {
			t.Fatalf("got %v, %v", ok, err)
		}
		if _, ok, err := k.Recall(k.ctx(), "detect", "a", noon()); ok || err != nil {
			t.Fatalf("got %v, %v", ok, err)
		}
	})
}

func TestWhatHasExpiredGoesHoweverMuchItIs(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.ok(k.RememberMany(k.ctx(), 2500, noon()))
		k.ok(k.Sweep(k.ctx(), keep(), noon()+2400))
		for key, want := range map[string]bool{"0": false, "1000": false, "2400": false, "2401": true, "2499": true} {
			if _, ok, err := k.Recall(k.ctx(), "detect", key, noon()-1); err != nil || ok != want {
				t.Errorf("%s: remembered %v, %v", key, ok, err)
			}
		}
	})
}
