// Package estimate says when a parcel will come, and how long it is normal that nothing
// is heard of it, out of the journeys that have ended on its route. It is pure: what it
// is given decides.
//
// An estimate is a split conformal interval of days. Journeys that a parcel is compared
// with are put on its calendar, those that would have ended by now are left out, a third
// of the others says in which order days are added to the interval, and the rest, which
// had no part in that, says how many are needed. docs/estimates.md has the method and
// what it achieves.
package estimate

import (
	"slices"
	"time"

	"waybill/models"
)

const (
	// covered of outOf parcels shall come within what is shown.
	covered, outOf = 4, 5
	// calibrating is how many journeys measure an interval at least. With 20 of them the
	// share of parcels that it covers is 81 % give or take 8: the Beta(17, 4) of split
	// conformal intervals. Ten would make it 11.
	calibrating = 20
	// shaping is which of the journeys only says in which order days are added: every
	// third one.
	shaping = 3
	// enough is how many journeys a group must have: two thirds of them calibrate.
	enough = calibrating * shaping / (shaping - 1)
	// recent are the journeys that go before older ones: what slows a carrier down, or
	// ends, shows in all that is expected after so long.
	recent = 21 * 24 * time.Hour
	// widest is the longest interval that is shown, in days: a longer one helps nobody.
	widest = 5
)

// Expect is when a parcel will come: the days, in a zone, among which it comes in 80 %
// of the cases. groups are the journeys that it may be compared with, the most similar
// group first. False when it is not on its way, or too little is known of its like.
func Expect(groups [][]models.Journey, p models.Parcel, now models.Moment, zone *time.Location) (models.Expected, bool) {
	began, leg, ok := onItsWay(p)
	if !ok || began == 0 || began > now {
		return models.Expected{}, false
	}
	c := calendar{began: wallOf(began, zone), now: wallOf(now, zone), zone: zone, leg: leg, since: now.Add(-recent)}
	days := c.ends(groups, RouteOf(p))
	if days == nil {
		return models.Expected{}, false
	}
	from, to := interval(days)
	return models.Expected{From: dayStart(from, zone), To: dayStart(to, zone)}, to-from < widest
}

// OnItsWay says that it can be known of a parcel when it will come.
func OnItsWay(p models.Parcel) bool {
	began, _, ok := onItsWay(p)
	return ok && began != 0
}

// onItsWay says from when a parcel's time is counted, and whether that is its leg to the
// recipient. False where nobody can say when it comes: it waits, goes back, or something
// is wrong with it.
func onItsWay(p models.Parcel) (began models.Moment, leg, ok bool) {
	if !p.Live() || p.Noticed&models.NoticedStuck != 0 {
		return 0, false, false
	}
	switch p.Status {
	case models.Collected, models.InTransit, models.Customs:
		return p.StartedAt, false, true
	case models.OutForDelivery:
		return p.OutAt, true, true
	}
	return 0, false, false
}

// interval is a short range of days that is right often enough. days are those on which
// journeys end, in an order that has nothing to do with the days themselves.
func interval(days []int) (from, to int) {
	first, last := slices.Min(days), slices.Max(days)
	shape, checks := make([]int, last-first+3), make([]int, last-first+3) // a day more at both ends
	checked := 0
	for i, day := range days {
		if i%shaping == 0 {
			shape[day-first+1]++
			continue
		}
		checks[day-first+1]++
		checked++
	}
	need := (covered*(checked+1) + outOf - 1) / outOf
	from = likeliest(shape)
	held := checks[from]
	for to = from; held < need; {
		if to == len(shape)-2 || from > 1 && earlier(shape, from, to) {
			from--
			held += checks[from]
			continue
		}
		to++
		held += checks[to]
	}
	return from + first - 1, to + first - 1
}

// likeliest is the day that most journeys end on, with its neighbours counted half.
func likeliest(shape []int) int {
	best, most := 1, 0
	for day := 1; day < len(shape)-1; day++ {
		if weight := 2*shape[day] + shape[day-1] + shape[day+1]; weight > most {
			best, most = day, weight
		}
	}
	return best
}

// earlier says that a day before a range is worth more than the one behind it: by the
// journeys on it, then by all on that side. Where nothing is known it is the later one.
func earlier(shape []int, from, to int) bool {
	if before, behind := shape[from-1], shape[to+1]; before != behind {
		return before > behind
	}
	return sum(shape[:from]) > sum(shape[to+1:])
}

func sum(counts []int) int {
	all := 0
	for _, n := range counts {
		all += n
	}
	return all
}
