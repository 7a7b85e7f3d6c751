package estimate

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"waybill/models"
)

const (
	hour = time.Hour
	day  = 24 * hour
)

// at is a time of June 2026 in Shanghai; the 1st is a Monday.
func at(date, hour int) models.Moment {
	return models.At(time.Date(2026, 6, date, hour, 0, 0, 0, models.Shanghai))
}

// took is a journey that began at a moment, on a route of zto's, and took so long.
func took(began models.Moment, d time.Duration) models.Journey {
	r := models.Route{Carrier: "zto", Origin: "深圳", Destination: "北京", OriginArea: "广东", DestinationArea: "北京"}
	return models.Journey{Route: r, StartedAt: began, OutAt: began.Add(d - 2*hour), DeliveredAt: began.Add(d)}
}

// many are journeys that began at six in the evening of the days before the 1st, and took
// so many days each in turn, less eight hours.
func many(n int, days ...int) []models.Journey {
	var all []models.Journey
	for i := range n {
		all = append(all, took(at(-20-i/10, 18), time.Duration(days[i%len(days)])*day-8*hour))
	}
	return all
}

// moving is a parcel that was collected at six in the evening of Wednesday the 3rd.
func moving() models.Parcel {
	return models.Parcel{Carrier: "zto", Origin: "深圳", Destination: "北京", Status: models.InTransit, StartedAt: at(3, 18)}
}

func TestExpect(t *testing.T) {
	parcel := func(change func(*models.Parcel)) models.Parcel {
		p := moving()
		change(&p)
		return p
	}
	steady := [][]models.Journey{many(60, 2)}
	for _, c := range []struct {
		name     string
		groups   [][]models.Journey
		p        models.Parcel
		now      models.Moment
		from, to int // days of June; 0: nothing is expected
	}{
		{"all took two days", steady, moving(), at(3, 20), 5, 5},
		{"half took two days, half three", [][]models.Journey{many(60, 2, 3)}, moving(), at(3, 20), 5, 6},
		{"one of ten took long", [][]models.Journey{many(60, 2, 2, 2, 2, 2, 2, 2, 2, 2, 9)}, moving(), at(3, 20), 5, 5},
		{"what is left are those that took longer", [][]models.Journey{many(120, 2, 3)}, moving(), at(5, 12), 6, 6},
		{"on the day itself, before the hour", steady, moving(), at(5, 9), 5, 5},
		{"it takes longer than all others", steady, moving(), at(5, 11), 0, 0},
		{"a group that is too small", [][]models.Journey{many(enough-1, 2)}, moving(), at(3, 20), 0, 0},
		{"a group that is just big enough", [][]models.Journey{many(enough, 2)}, moving(), at(3, 20), 5, 5},
		{"the wider group where the narrow one is too small", [][]models.Journey{many(10, 2), many(60, 4)}, moving(), at(3, 20), 7, 7},
		{"the narrow group where it is big enough", [][]models.Journey{many(60, 2), many(60, 4)}, moving(), at(3, 20), 5, 5},
		{"nobody can say", [][]models.Journey{many(120, 2, 3, 4, 5, 6, 7, 8, 9)}, moving(), at(3, 20), 0, 0},
		{"no journey at all", nil, moving(), at(3, 20), 0, 0},
		{"it is done", steady, parcel(func(p *models.Parcel) { p.DoneAt = at(3, 19) }), at(3, 20), 0, 0},
		{"it waits to be fetched", steady, parcel(func(p *models.Parcel) { p.Status = models.ReadyForPickup }), at(3, 20), 0, 0},
		{"it goes back", steady, parcel(func(p *models.Parcel) { p.Status = models.Returning }), at(3, 20), 0, 0},
		{"it is stuck", steady, parcel(func(p *models.Parcel) { p.Noticed = models.NoticedStuck }), at(3, 20), 0, 0},
		{"nobody knows when it began", steady, parcel(func(p *models.Parcel) { p.StartedAt = 0 }), at(3, 20), 0, 0},
		{"its carrier's clock is ahead", steady, moving(), at(3, 17), 0, 0},
		{"out for delivery", steady, parcel(func(p *models.Parcel) { p.Status, p.OutAt = models.OutForDelivery, at(6, 8) }), at(6, 8) + 1, 6, 6},
		{"out for delivery since nobody knows when", steady, parcel(func(p *models.Parcel) { p.Status = models.OutForDelivery }), at(6, 8), 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Expect(c.groups, c.p, c.now, models.Shanghai)
			if !ok && c.from == 0 {
				return
			}
			if ok != (c.from != 0) || got.From != at(c.from, 0) || got.To != at(c.to, 0) {
				t.Errorf("from %s to %s, %v", got.From.Time().In(models.Shanghai), got.To.Time().In(models.Shanghai), ok)
			}
		})
	}
}

func TestJourneysThatBeganOnTheSameDayOfTheWeekGoFirst(t *testing.T) {
	var all []models.Journey
	for i := range 100 * 7 { // all from Wednesdays took four days, others two
		began := at(-i/10, 18)
		d := 2 * day
		if began.Time().In(models.Shanghai).Weekday() == time.Wednesday {
			d = 4 * day
		}
		all = append(all, took(began, d-8*hour))
	}
	if got, ok := Expect([][]models.Journey{all}, moving(), at(3, 20), models.Shanghai); !ok || got.From != at(7, 0) || got.To != at(7, 0) {
		t.Errorf("from %s to %s, %v", got.From.Time(), got.To.Time(), ok)
	}
}

func TestRecentJourneysGoBeforeOlderOnes(t *testing.T) {
	var all []models.Journey
	for i := range 40 {
		all = append(all, took(at(-8+i/10, 18), 4*day-8*hour))
	}
	all = append(all, many(200, 2)...)
	narrow := many(60, 2)
	for i := range narrow { // older than three weeks
		narrow[i].StartedAt, narrow[i].DeliveredAt = narrow[i].StartedAt.Add(-20*day), narrow[i].DeliveredAt.Add(-20*day)
	}
	if got, ok := Expect([][]models.Journey{narrow, all}, moving(), at(3, 20), models.Shanghai); !ok || got.From != at(7, 0) {
		t.Errorf("from %s to %s, %v", got.From.Time(), got.To.Time(), ok)
	}
}

func TestACarriersJourneysOfTheSameReachAreCompared(t *testing.T) {
	near := many(60, 1)
	for i := range near {
		near[i].Destination, near[i].DestinationArea = "广州", "广东"
	}
	group := append(many(60, 4), near...)
	p := moving()
	p.Destination = "惠州"
	if got, ok := Expect([][]models.Journey{group}, p, at(3, 20), models.Shanghai); !ok || got.From != at(4, 0) || got.To != at(4, 0) {
		t.Errorf("from %s to %s, %v", got.From.Time(), got.To.Time(), ok)
	}
}

// TestShortJourneysKeepTheirLength: at a speed of 600 an emulated journey takes five
// minutes, and one across midnight says nothing of tomorrow.
func TestShortJourneysKeepTheirLength(t *testing.T) {
	var group []models.Journey
	for i := range 60 {
		group = append(group, took(at(-i, 24)-60_000, 5*time.Minute))
	}
	p := moving()
	if got, ok := Expect([][]models.Journey{group}, p, at(3, 18)+60_000, models.Shanghai); !ok || got.From != at(3, 0) || got.To != at(3, 0) {
		t.Errorf("from %s to %s, %v", got.From.Time(), got.To.Time(), ok)
	}
	if got, ok := Expect([][]models.Journey{group}, p, at(3, 18)+6*60_000, models.Shanghai); ok {
		t.Errorf("from %s to %s after all others have come", got.From.Time(), got.To.Time())
	}
}

// TestAnEmulatedParcelIsExpectedWhenItComes: at a speed of 600, as in the demo, a carrier's
// clock shows five minutes for two days, and what is expected must be as true there.
func TestAnEmulatedParcelIsExpectedWhenItComes(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 19))
	emulated := func(began models.Moment) models.Journey {
		pace := (0.9 + 0.2*random.Float64()) * float64(time.Hour) / 600
		j := took(began, time.Duration(53*pace))
		j.OutAt = began.Add(time.Duration(45 * pace))
		j.Silence = time.Duration(16 * pace).Milliseconds()
		return j
	}
	var ended []models.Journey
	for range 80 {
		ended = append(ended, emulated(at(1, 0).Add(time.Duration(random.Int64N(int64(2*day))))))
	}
	groups, shown, held := [][]models.Journey{ended}, 0, 0
	for range 500 {
		j := emulated(at(3, 0).Add(time.Duration(random.Int64N(int64(day)))))
		p := moving()
		p.StartedAt = j.StartedAt
		now := j.StartedAt.Add(2 * time.Minute)
		if random.IntN(2) == 0 {
			p.Status, p.OutAt, now = models.OutForDelivery, j.OutAt, j.OutAt+1
		}
		got, ok := Expect(groups, p, now, models.Shanghai)
		if !ok {
			continue
		}
		shown++
		if got.From <= j.DeliveredAt && j.DeliveredAt < got.To.Add(day) {
			held++
		}
	}
	if shown < 400 || held < shown-5 { // around midnight it may be the other day
		t.Errorf("a range was shown for %d of 500, and held for %d", shown, held)
	}
	if silence, ok := Silence(groups); !ok || silence != leastSilence {
		t.Errorf("silent for %s at most", silence)
	}
}

func TestDaysAreThoseOfTheZone(t *testing.T) {
	zone := time.FixedZone("west", -5*3600)
	got, ok := Expect([][]models.Journey{many(60, 2)}, moving(), at(3, 20), zone)
	want := models.At(time.Date(2026, 6, 4, 0, 0, 0, 0, zone)) // ten in the morning of the 5th is nine in the evening of the 4th there
	if !ok || got.From != want || got.To != want {
		t.Errorf("from %s to %s, %v", got.From.Time().In(zone), got.To.Time().In(zone), ok)
	}
}

func TestNothingIsEverExpectedInThePast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.IntRange(1, 6), 3, 12).Draw(t, "days")
		p := moving()
		now := p.StartedAt.Add(time.Duration(rapid.IntRange(0, 8*24*60).Draw(t, "minutes")) * time.Minute)
		got, ok := Expect([][]models.Journey{many(rapid.IntRange(0, 200).Draw(t, "journeys"), days...)}, p, now, models.Shanghai)
		if !ok {
			return
		}
		today := at(now.Time().In(models.Shanghai).Day(), 0)
		if got.From < today || got.To < got.From || got.To.Sub(got.From) >= widest*day {
			t.Fatalf("from %s to %s at %s", got.From.Time(), got.To.Time(), now.Time())
		}
	})
}
