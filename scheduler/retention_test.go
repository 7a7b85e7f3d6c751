package scheduler

import (
	"context"
	"testing"
	"time"

	"waybill/models"
)

func TestWhatIsOverStaysAsLongAsItShould(t *testing.T) {
	for name, c := range map[string]struct {
		keep  time.Duration
		speed Speed
		want  models.Retention
	}{
		"in production":               {90 * day, 1, models.Retention{Parcels: 90 * day, Follows: 30 * day, Tails: 2 * day, Unreachable: 30 * day}},
		"no speed is production's":    {90 * day, 0, models.Retention{Parcels: 90 * day, Follows: 30 * day, Tails: 2 * day, Unreachable: 30 * day}},
		"follows not after parcels":   {7 * day, 1, models.Retention{Parcels: 7 * day, Follows: 7 * day, Tails: 2 * day, Unreachable: 30 * day}},
		"faster":                      {90 * day, 24 * 60, models.Retention{Parcels: 90 * time.Minute, Follows: 30 * time.Minute, Tails: 2 * time.Minute, Unreachable: 30 * time.Minute}},
		"parcels are not dropped new": {90 * day, 1e6, models.Retention{Parcels: 10 * time.Minute, Follows: 2592 * time.Millisecond, Tails: 172800 * time.Microsecond, Unreachable: 2592 * time.Millisecond}},
	} {
		if got := retention(c.keep, c.speed); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestASweepComesEveryMinuteAndSoonerWithSpeed(t *testing.T) {
	for speed, want := range map[Speed]time.Duration{0: time.Minute, 1: time.Minute, 2: 30 * time.Second, 600: 5 * time.Second} {
		if got := sweepEvery(speed); got != want {
			t.Errorf("at speed %v: every %v, want %v", speed, got, want)
		}
	}
}

// slowCount counts in a second of the test's clock.
type slowCount struct {
	Store
	now   *time.Time
	times int
}

func (s *slowCount) CountLiveParcels(context.Context) (int64, error) {
	s.times++
	*s.now = s.now.Add(time.Second)
	return int64(s.times), nil
}

func TestLiveParcelsAreCountedRarelyWhereThatTakesLong(t *testing.T) {
	now := time.Unix(0, 0)
	db := &slowCount{now: &now}
	var live liveCount
	for _, c := range []struct {
		pass time.Duration
		want int64
	}{{0, 1}, {15 * time.Second, 1}, {900 * time.Second, 1}, {100 * time.Second, 2}} {
		now = now.Add(c.pass)
		if got, err := live.read(t.Context(), db, func() time.Time { return now }); err != nil || got != c.want {
			t.Errorf("after %v: got %d, %v, want %d", c.pass, got, err, c.want)
		}
	}
}

func TestALastLookThatNobodyCanMakeIsNotWaitedForForEver(t *testing.T) {
	c := Cadence{Floor: 30 * time.Minute}
	done := models.At(time.Date(2026, 3, 2, 12, 0, 0, 0, models.Shanghai))
	p := models.Parcel{ID: 1, Status: models.Delivered, DoneAt: done, TailNeeded: true}
	if got := c.Next(p, Given{Unasked: true}, done.Add(3*day)); got == models.Never {
		t.Error("it is given up before a week is over")
	}
	if got := c.Next(p, Given{Unasked: true}, done.Add(8*day)); got != models.Never {
		t.Errorf("it is due at %v for ever", got.Time())
	}
}
