package rhythm

import (
	"math"
	"time"

	"waybill/models"
)

const (
	hoursADay = 24
	// gapSlot is the first slot of the time since the newest scan; before it stand the
	// hours of a weekday, then those of a weekend's.
	gapSlot = 2 * hoursADay
	gaps    = 15
	// Slots is how many a leg has.
	Slots = gapSlot + gaps
)

// hourSlot is the slot of the hour in which a moment lies.
func hourSlot(at models.Moment) int {
	const hour, east = int64(time.Hour / time.Millisecond), 8
	hours := int64(at)/hour + east
	weekday := (hours/hoursADay + 4) % 7 // 1970 began on a Thursday
	if weekday == 0 || weekday == 6 {
		return hoursADay + int(hours%hoursADay)
	}
	return int(hours % hoursADay)
}

// gapOf is the slot of the time since the newest scan.
func gapOf(since time.Duration) int {
	slot := 0
	for slot < gaps-1 && since >= gapEnd(slot) {
		slot++
	}
	return slot
}

// gapEnd is when a slot of the time since the newest scan ends: each but the first and the
// last is from a quarter to twice as long as what lies before it.
func gapEnd(slot int) time.Duration {
	halfHours := [gaps - 1]int{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 144}
	return time.Duration(halfHours[slot]) * 30 * time.Minute
}

// Curve is how many scans an hour are to be expected on one leg.
type Curve struct {
	hours [gapSlot]float64 // scans an hour
	gap   [gaps]float64    // times which, by the time since the newest scan
}

// At is how many scans an hour are to be expected at a moment of a parcel whose newest
// scan was made at newest.
func (c *Curve) At(at, newest models.Moment) float64 {
	return c.hours[hourSlot(at)] * c.gap[gapOf(at.Sub(newest))]
}

const (
	// price is for how many hours news may wait altogether rather than a call is made: the
	// point of the curve in docs/costs.md at which half of it waits for less than half an
	// hour.
	price = 0.095
	// late is from when on an hour that news waits counts as overdue only: who has not
	// heard of it at once does not care as much for each further hour.
	late    = time.Hour
	overdue = 0.5
)

const (
	step = 5 * time.Minute  // how finely gaps are counted
	grid = 15 * time.Minute // how finely Wait looks ahead
	// horizon is how many steps of it: after twenty hours what is decided now has hardly
	// any effect.
	horizon = 80
	inHour  = int(late / grid)
	// same is what is no difference between two costs: else rounding would decide between
	// calls on a curve that is level. The last of them is made.
	same = 1e-9
)

// plan is what Wait looks ahead at, by steps of the grid, as sums over all steps before each,
// so that what the news of any steps waits is one look.
type plan struct {
	hours  [horizon + 1]float64 // that count
	news   [horizon + 1]float64 // scans that may come
	begun  [horizon + 1]float64 // times the hours at which they come
	recent [horizon + 1]float64 // what each waits while it is not overdue, less what is counted of it as overdue
}

func (p *plan) fill(c *Curve, newest, now models.Moment, weight func(models.Moment) float64) {
	var scans [horizon]float64
	gap := 0
	for i := range horizon {
		at := now.Add(grid*time.Duration(i) + grid/2)
		for gap < gaps-1 && at.Sub(newest) >= gapEnd(gap) {
			gap++
		}
		scans[i] = c.hours[hourSlot(at)] * c.gap[gap] * grid.Hours()
		p.hours[i+1] = p.hours[i] + grid.Hours()*weight(at)
	}
	for i, n := range scans {
		middle := (p.hours[i] + p.hours[i+1]) / 2 // it comes in the middle of its step
		late := p.hours[min(horizon, i+inHour)]
		p.news[i+1] = p.news[i] + n
		p.begun[i+1] = p.begun[i] + n*middle
		p.recent[i+1] = p.recent[i] + n*(late-middle-overdue*late)
	}
}

// waits is for how long the news of all steps from one until another waits until the other,
// as it counts.
func (p *plan) waits(from, until int) float64 {
	soon := max(from, until-inHour) // from here on nothing is overdue
	now := p.hours[until]
	return p.recent[soon] - p.recent[from] + overdue*now*(p.news[soon]-p.news[from]) +
		now*(p.news[until]-p.news[soon]) - (p.begun[until] - p.begun[soon])
}

// Wait is for how long from now on a parcel need not be asked about, at least least and at
// most most: until the first of those calls of the next day that together cost least,
// each by its price and the news by the hours that it waits for them. An hour of waiting
// counts weight(when) hours. newest is when the newest scan was made, dear what a call
// costs beside its usual price.
func (c *Curve) Wait(newest, now models.Moment, least, most time.Duration, dear float64, weight func(models.Moment) float64) time.Duration {
	first, last := max(1, int((least+grid-1)/grid)), max(1, int(most/grid))
	if first >= last {
		return max(least, min(most, grid*time.Duration(last)))
	}
	var p plan
	p.fill(c, newest, now, weight)
	var cost [horizon + 1]float64 // of all that comes after a call at a step
	best := last
	for from := horizon - first; from >= 0; from-- {
		cheapest := math.Inf(1)
		for until := from + first; until <= min(from+last, horizon); until++ {
			call := price*dear + p.waits(from, until)
			if call > cheapest+same {
				break // a later one costs no less
			}
			all := call + cost[until]
			if all <= cheapest+same && from == 0 {
				best = until
			}
			cheapest = min(cheapest, all)
		}
		cost[from] = cheapest
	}
	return grid * time.Duration(best)
}
