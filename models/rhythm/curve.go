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
	price = 0.10
	// late is from when on an hour that news waits counts as overdue only: who has not
	// heard of it at once does not care as much for each further hour.
	late    = time.Hour
	overdue = 0.4
)

const (
	step = 5 * time.Minute  // how finely gaps are counted
	grid = 15 * time.Minute // how finely Wait looks ahead
	// horizon is how many steps of it: after twenty hours what is decided now has hardly
	// any effect.
	horizon = 80
	inHour  = int(late / grid)
)

// plan is what Wait looks ahead at, by steps of the grid: how many scans may come in each,
// and the hours that count until each.
type plan struct {
	news  [horizon]float64
	hours [horizon + 1]float64
}

func (c *Curve) plan(newest, now models.Moment, weight func(models.Moment) float64) plan {
	var p plan
	gap := 0
	for i := range horizon {
		at := now.Add(grid*time.Duration(i) + grid/2)
		for gap < gaps-1 && at.Sub(newest) >= gapEnd(gap) {
			gap++
		}
		p.news[i] = c.hours[hourSlot(at)] * c.gap[gap] * grid.Hours()
		p.hours[i+1] = p.hours[i] + grid.Hours()*weight(at)
	}
	return p
}

// waits is for how long the news of a step waits until another, as it counts.
func (p *plan) waits(from, until int) float64 {
	recent := min(until, from+inHour)
	half := (p.hours[from+1] - p.hours[from]) / 2 // it comes in the middle of its step
	return p.news[from] * (p.hours[recent] - p.hours[from] - half + overdue*(p.hours[until]-p.hours[recent]))
}

// Wait is for how long from now on a parcel need not be asked about, at least least and at
// most most: until the first of those calls of the next day that together cost least,
// each by its price and the news by the hours that it waits for them. An hour of waiting
// counts weight(when) hours. newest is when the newest scan was made, dear what a call
// costs beside its usual price.
func (c *Curve) Wait(newest, now models.Moment, least, most time.Duration, dear float64, weight func(models.Moment) float64) time.Duration {
	p := c.plan(newest, now, weight)
	first, last := max(1, int((least+grid-1)/grid)), max(1, int(most/grid))
	if first >= last {
		return max(least, min(most, grid*time.Duration(last)))
	}
	var cost [horizon + 1]float64 // of all that comes after a call at a step
	best := last
	for from := horizon - 1; from >= 0; from-- {
		cheapest := math.Inf(1)
		for until := from + first; until <= from+last; until++ {
			if until > horizon {
				break
			}
			waited := 0.0
			for i := from; i < until; i++ {
				waited += p.waits(i, until)
			}
			if all := price*dear + waited + cost[until]; all < cheapest {
				cheapest = all
				if from == 0 {
					best = until
				}
			}
		}
		if math.IsInf(cheapest, 1) {
			cheapest = 0
		}
		cost[from] = cheapest
	}
	return grid * time.Duration(best)
}
