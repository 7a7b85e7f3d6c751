package rhythm

import (
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
	halfHours := [gaps - 1]time.Duration{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 144}
	return halfHours[slot] * 30 * time.Minute
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
	// price is for how many hours altogether the news that may have come must have waited
	// until it is worth a call: the point of the curve in docs/costs.md at which half of
	// it waits for less than half an hour.
	price = 0.12
	// late is from when on an hour that news waits counts as overdue only: who has not
	// heard of it at once does not care as much for each further hour.
	late    = time.Hour
	overdue = 0.32
)

const (
	step    = 5 * time.Minute // how finely Wait looks ahead
	quarter = 15 * 60_000     // milliseconds; rates and weights do not change within one
)

// Wait is for how long from now on a parcel need not be asked about: until the news that
// may have come would be worth a call, at most most. An hour of waiting counts weight(when)
// hours. newest is when the newest scan was made, dear what a call costs beside its usual
// price.
func (c *Curve) Wait(newest, now models.Moment, most time.Duration, dear float64, weight func(models.Moment) float64) time.Duration {
	var news, waited, rate, counts float64 // scans that may have come, and the hours that they waited
	recent := make([]float64, 0, late/step+1)
	last, gap := models.Moment(-1), 0
	for wait := step; wait < most; wait += step {
		at := now.Add(wait - step/2)
		if at/quarter != last {
			last, rate, counts = at/quarter, c.hours[hourSlot(at)], weight(at)
		}
		for gap < gaps-1 && at.Sub(newest) >= gapEnd(gap) {
			gap++
		}
		news += rate * c.gap[gap] * step.Hours()
		matters := news
		if recent = append(recent, news); len(recent) > int(late/step) {
			matters -= (1 - overdue) * recent[0]
			recent = append(recent[:0], recent[1:]...)
		}
		waited += matters * step.Hours() * counts
		if waited >= price*dear {
			return wait
		}
	}
	return most
}
