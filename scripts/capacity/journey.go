package main

import (
	"time"

	"waybill/models"
	"waybill/scheduler"
)

// scan is one of a journey's scans, counted from when the parcel is followed.
type scan struct {
	after  time.Duration
	status models.Status
}

// typicalJourney is that of a domestic parcel which is followed when it was
// ordered: collected the same evening, two nights on the road, delivered on the third day.
func typicalJourney() []scan {
	return []scan{
		{8 * time.Hour, models.Collected},
		{11 * time.Hour, models.InTransit},
		{16 * time.Hour, models.InTransit},
		{25 * time.Hour, models.InTransit},
		{38 * time.Hour, models.InTransit},
		{44 * time.Hour, models.InTransit},
		{46 * time.Hour, models.OutForDelivery},
		{50 * time.Hour, models.Delivered},
	}
}

// asked is what asking about one parcel by the cadence comes to.
type asked struct {
	calls  int
	news   int           // calls that brought new scans
	lives  time.Duration // from the follow to the end
	byHour [24]int       // calls by the hour of the day
}

// perDay is how often a live parcel is asked about in a day.
func (a asked) perDay() float64 { return float64(a.calls) / (a.lives.Hours() / 24) }

// peak is how many times the mean the busiest hour has.
func (a asked) peak() float64 {
	most := 0
	for _, calls := range a.byHour {
		most = max(most, calls)
	}
	return float64(most) * 24 / float64(a.calls)
}

// add counts another parcel.
func (a asked) add(b asked) asked {
	for hour, calls := range b.byHour {
		a.byHour[hour] += calls
	}
	return asked{a.calls + b.calls, a.news + b.news, a.lives + b.lives, a.byHour}
}

// askAll follows parcels at every hour of a day and asks about each until it is
// delivered, by the cadence with its night.
func askAll(journey []scan) asked {
	quiet := models.Quiet{From: 23, To: 7, Zone: models.Shanghai}
	cadence := scheduler.Cadence{Floor: 30 * time.Minute, Quiet: quiet}
	var all asked
	for hour := range 24 {
		followed := time.Date(2026, 3, 2, hour, 17, 0, 0, models.Shanghai)
		all = all.add(ask(cadence, journey, int64(hour+1), followed))
	}
	return all
}

// ask asks about one parcel from its follow to its delivery, which the provider calls final.
func ask(cadence scheduler.Cadence, journey []scan, id int64, followed time.Time) asked {
	start := models.At(followed)
	p := models.Parcel{ID: id, Status: models.Pending, CreatedAt: start}
	var a asked
	seen := 0
	for now := start; now != models.Never; now = cadence.Next(p, scheduler.Given{}, now) {
		before := seen
		for seen < len(journey) && start.Add(journey[seen].after) <= now {
			p.Status, p.EventAt = journey[seen].status, start.Add(journey[seen].after)
			seen++
		}
		a.calls++
		a.byHour[now.Time().In(models.Shanghai).Hour()]++
		p.Version++
		p.AskedAt = now
		if seen > before {
			a.news++
			p.NewsAt = now
		}
		if seen == len(journey) {
			p.DoneAt, p.Final = now, true
		}
		a.lives = now.Sub(start)
	}
	return a
}
