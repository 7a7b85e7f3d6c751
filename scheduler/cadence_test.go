package scheduler

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"waybill/models"
)

// noon is a Wednesday in Shanghai, far from quiet hours; midnight is not.
var (
	noon     = models.At(time.Date(2025, 6, 4, 12, 0, 0, 0, models.Shanghai))
	midnight = noon.Add(12 * time.Hour)
	nightly  = models.Quiet{From: 23, To: 7, Zone: models.Shanghai}
	regular  = Cadence{Floor: 30 * time.Minute, Speed: 1, Quiet: nightly}
)

// heardAt is a parcel that was answered just now, in this status since age.
func heardAt(now models.Moment, s models.Status, age time.Duration) models.Parcel {
	return models.Parcel{ID: 1, Status: s, CreatedAt: now.Add(-age), StatusAt: now.Add(-age), HeardAt: now, AskedAt: now}
}

// about checks that got is want plus at most a tenth.
func about(t *testing.T, got, want time.Duration) {
	t.Helper()
	if got < want || got > want+want/10 {
		t.Errorf("due in %s, want %s to a tenth more", got, want)
	}
}

func TestNextFollowsTheTable(t *testing.T) {
	const hour = time.Hour
	for _, c := range []struct {
		name   string
		status models.Status
		age    time.Duration
		want   time.Duration
	}{
		{"pending on the first day", models.Pending, hour, 2 * hour},
		{"pending after a day", models.Pending, day, 4 * hour},
		{"pending after three days", models.Pending, 3 * day, 8 * hour},
		{"collected", models.Collected, hour, 2 * hour},
		{"in transit", models.InTransit, hour, 2 * hour},
		{"returning", models.Returning, hour, 2 * hour},
		{"in transit, nothing new for three days", models.InTransit, 4 * day, 6 * hour},
		{"collected, nothing new for three days", models.Collected, 4 * day, 6 * hour},
		{"returning, nothing new for three days", models.Returning, 4 * day, 6 * hour},
		{"customs", models.Customs, hour, 6 * hour},
		{"out for delivery", models.OutForDelivery, hour, 45 * time.Minute},
		{"failed attempt", models.FailedAttempt, hour, 45 * time.Minute},
		{"ready for pickup", models.ReadyForPickup, hour, 4 * hour},
		{"exception", models.Exception, hour, 2 * hour},
		{"rejected", models.Rejected, hour, 2 * hour},
		{"delivered by words alone", models.Delivered, hour, 6 * hour},
		{"returned by words alone", models.Returned, hour, 6 * hour},
		{"invalid", models.Invalid, hour, 6 * hour},
		{"expired", models.Expired, hour, 6 * hour},
		{"unknown", models.Unknown, hour, 6 * hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := heardAt(noon, c.status, c.age)
			p.Noticed = models.NoticedStuck
			about(t, regular.Next(p, Given{}, noon).Sub(noon), c.want)
		})
	}
}

func TestNext(t *testing.T) {
	parcel := func(change func(*models.Parcel)) models.Parcel {
		p := heardAt(noon, models.InTransit, time.Hour)
		change(&p)
		return p
	}
	fast := Cadence{Floor: 30 * time.Minute, Speed: 600}
	for _, c := range []struct {
		name    string
		cadence Cadence
		parcel  models.Parcel
		given   Given
		now     models.Moment
		want    time.Duration
	}{
		{"nobody has answered yet", regular, parcel(func(p *models.Parcel) { p.Status, p.HeardAt = models.Unknown, 0 }), Given{}, noon, 2 * time.Hour},
		{"in quiet hours three times as long", regular, heardAt(midnight, models.InTransit, time.Hour), Given{}, midnight, 6 * time.Hour},
		{"in quiet hours out for delivery as ever", regular, heardAt(midnight, models.OutForDelivery, time.Hour), Given{}, midnight, 45 * time.Minute},
		{"with a push subscription", regular, parcel(func(*models.Parcel) {}), Given{Pushed: true}, noon, 12 * time.Hour},
		{"after one failure the floor", regular, parcel(func(p *models.Parcel) { p.Failures = 1 }), Given{}, noon, 30 * time.Minute},
		{"after three failures four floors", regular, parcel(func(p *models.Parcel) { p.Failures = 3 }), Given{}, noon, 2 * time.Hour},
		{"after many failures six hours", regular, parcel(func(p *models.Parcel) { p.Failures = 99 }), Given{}, noon, 6 * time.Hour},
		{"not before the provider says", regular, parcel(func(*models.Parcel) {}), Given{NotBefore: noon.Add(5 * time.Hour)}, noon, 5 * time.Hour},
		{"a long wait is looked at again, because another provider may be back", regular, parcel(func(*models.Parcel) {}), Given{NotBefore: noon.Add(day)}, noon, 6 * time.Hour},
		{"as soon as it is stuck", regular, parcel(func(p *models.Parcel) { p.StatusAt, p.CreatedAt = noon.Add(-71*time.Hour), 1 }), Given{}, noon, time.Hour},
		{"as soon as a pickup reminder is due", regular, heardAt(noon, models.ReadyForPickup, 22*time.Hour), Given{}, noon, 2 * time.Hour},
		{"as soon as following ends", regular, heardAt(noon, models.Pending, 6*day+23*time.Hour), Given{}, noon, time.Hour},
		{"never below the floor", regular, heardAt(noon, models.Pending, 7*day-time.Minute), Given{}, noon, 30 * time.Minute},
		{"a high floor holds", Cadence{Floor: 3 * time.Hour}, heardAt(noon, models.OutForDelivery, time.Hour), Given{}, noon, 3 * time.Hour},
		{"a high floor holds after failures", Cadence{Floor: 8 * time.Hour}, parcel(func(p *models.Parcel) { p.Failures = 9 }), Given{}, noon, 8 * time.Hour},
		{"speed divides the interval", fast, parcel(func(p *models.Parcel) { p.CreatedAt, p.StatusAt = noon, noon }), Given{}, noon, 12 * time.Second},
		{"speed divides ages", fast, heardAt(noon, models.Pending, 3*day/600), Given{}, noon, 48 * time.Second},
		{"speed divides failures and floor", fast, parcel(func(p *models.Parcel) { p.Failures = 2 }), Given{}, noon, 6 * time.Second},
		{"delivered, but the provider does not call it finished", regular, parcel(func(p *models.Parcel) { p.Status, p.DoneAt = models.Delivered, noon }), Given{}, noon, day},
		{"not asked: when it would have been due anyway", regular, parcel(func(p *models.Parcel) { p.AskedAt = noon.Add(-time.Hour) }), Given{Unasked: true}, noon, time.Hour},
		{"not asked: not before the refusal ends", regular, parcel(func(p *models.Parcel) { p.AskedAt = 1 }), Given{Unasked: true, NotBefore: noon.Add(time.Hour)}, noon, time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			about(t, c.cadence.Next(c.parcel, c.given, c.now).Sub(c.now), c.want)
		})
	}
}

func TestNextIsNeverForWhatIsDone(t *testing.T) {
	done := func(s models.Status, final bool, asked time.Duration) models.Parcel {
		return models.Parcel{Status: s, Final: final, DoneAt: noon, AskedAt: noon.Add(asked)}
	}
	for name, p := range map[string]models.Parcel{
		"delivered and final":                       done(models.Delivered, true, 0),
		"delivered, after the one look a day later": done(models.Delivered, false, day),
		"returned":           done(models.Returned, false, 0),
		"cancelled":          done(models.Cancelled, false, 0),
		"rejected and final": done(models.Rejected, true, 0),
		"given up":           done(models.Pending, false, 0),
	} {
		if due := regular.Next(p, Given{}, noon.Add(day)); due != models.Never {
			t.Errorf("%s: due %s", name, due.Time())
		}
	}
}

func TestAParcelWhoseTurnItWasNotComesSoonAndSpreadsOut(t *testing.T) {
	seen := map[models.Moment]bool{}
	for id := range int64(50) {
		p := models.Parcel{ID: id, Status: models.InTransit, CreatedAt: noon, AskedAt: 1}
		due := regular.Next(p, Given{Unasked: true}, noon)
		if wait := due.Sub(noon); wait < time.Minute || wait > 5*time.Minute {
			t.Errorf("due in %s", wait)
		}
		seen[due] = true
	}
	if len(seen) < 40 {
		t.Errorf("50 parcels come back at only %d moments", len(seen))
	}
}

func TestChanceIsTheSameForTheSameParcelAndVersion(t *testing.T) {
	seen := map[int]bool{}
	for v := range int64(100) {
		p := models.Parcel{ID: 7, Version: v}
		if again := p; chance(p) != chance(again) {
			t.Fatal("differs")
		}
		seen[chance(p)] = true
	}
	if len(seen) < 80 {
		t.Errorf("100 versions have only %d chances", len(seen))
	}
}

// Whatever the parcel and the hour, a call is followed by a floor; what is
// live is due some day; and the tenth is only ever added.
func TestNextKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := noon.Add(time.Duration(rapid.Int64Range(0, int64(2*day)).Draw(t, "hour")))
		ago := func(what string) models.Moment {
			return now.Add(-time.Duration(rapid.Int64Range(0, int64(40*day)).Draw(t, what)))
		}
		p := models.Parcel{
			ID: rapid.Int64().Draw(t, "id"), Version: rapid.Int64().Draw(t, "version"),
			Status: rapid.SampledFrom(models.Statuses()).Draw(t, "status"), Final: rapid.Bool().Draw(t, "final"),
			Failures: rapid.IntRange(0, 99).Draw(t, "failures"), Noticed: models.Notices(rapid.IntRange(0, 7).Draw(t, "noticed")),
			CreatedAt: ago("created"), StatusAt: ago("status at"), NewsAt: ago("news at"), AskedAt: ago("asked"), HeardAt: now,
		}
		c := Cadence{
			Floor: time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "floor")),
			Speed: Speed(rapid.Float64Range(1, 10_000).Draw(t, "speed")), Quiet: nightly,
		}
		g := Given{NotBefore: now.Add(time.Duration(rapid.Int64Range(0, int64(c.Speed.Of(longest))).Draw(t, "not before")))}
		due := c.Next(p, g, now)
		floor := c.Speed.Of(c.Floor)
		if wait := due.Sub(now); wait < floor.Truncate(time.Millisecond) || due < g.NotBefore {
			t.Fatalf("due in %s, floor %s, not before %s", wait, floor, g.NotBefore.Sub(now))
		}
		if most := max(c.Speed.Of(3*8*time.Hour), floor, g.NotBefore.Sub(now)); due.Sub(now) > most+most/10 {
			t.Fatalf("due in %s, at most %s", due.Sub(now), most)
		}
		p.DoneAt = now
		if due := c.Next(p, g, now); due != models.Never && (p.Status != models.Delivered || p.Final) {
			t.Fatalf("done, and due in %s", due.Sub(now))
		}
	})
}
