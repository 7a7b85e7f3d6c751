package rhythm

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"waybill/models"
)

// Fit finds the curves that explain gaps between scans best, of all carriers together: of
// each leg the scans an hour by the hour of the day, times a factor by the time since the
// scan before. It is how prior.csv was made, out of emulated journeys (scripts/costs).
type Fit struct {
	legs map[Leg]*exposure
}

// exposure is how many hours parcels waited in which hour after which time, and how many
// scans came then.
type exposure struct {
	hours, scans [gapSlot][gaps]float64
}

// NewFit begins.
func NewFit() *Fit { return &Fit{legs: map[Leg]*exposure{}} }

// Gap takes in that a scan on a leg was made at from, and the next at to.
func (f *Fit) Gap(leg Leg, from, to models.Moment) {
	if leg == "" || to < from || to.Sub(from) > longestGap {
		return
	}
	f.wait(leg, from, to).scans[hourSlot(to)][gapOf(to.Sub(from))]++
}

// Silence takes in that after a scan on a leg nothing came any more.
func (f *Fit) Silence(leg Leg, from models.Moment) { f.wait(leg, from, from.Add(longestGap)) }

func (f *Fit) wait(leg Leg, from, to models.Moment) *exposure {
	e := f.legs[leg]
	if e == nil {
		e = &exposure{}
		f.legs[leg] = e
	}
	for at := from; at < to; at = at.Add(step) {
		e.hours[hourSlot(at)][gapOf(at.Sub(from))] += min(step, to.Sub(at)).Hours()
	}
	return e
}

// Write writes what Load reads. A leg of which nothing was seen gets the mean of all.
func (f *Fit) Write(w io.Writer) error {
	all := &exposure{}
	for _, e := range f.legs {
		for h := range gapSlot {
			for g := range gaps {
				all.hours[h][g] += e.hours[h][g]
				all.scans[h][g] += e.scans[h][g]
			}
		}
	}
	out := csv.NewWriter(w)
	for _, leg := range Legs() {
		e := f.legs[leg]
		if e == nil {
			e = all
		}
		c := e.curve()
		for _, part := range []struct {
			name   string
			values []float64
		}{{"weekday", c.hours[:hoursADay]}, {"weekend", c.hours[hoursADay:]}, {"gap", c.gap[:]}} {
			row := []string{string(leg), part.name}
			for _, v := range part.values {
				row = append(row, strconv.FormatFloat(v, 'g', 3, 64))
			}
			if err := out.Write(row); err != nil {
				return fmt.Errorf("write built-in rhythm: %w", err)
			}
		}
	}
	out.Flush()
	return out.Error()
}

const (
	// rounds of fitting hours and gaps in turn, after which neither changes any more.
	rounds = 40
	// blur is how many hours of waiting at a leg's mean rate are put into each slot, so
	// that a slot of which nothing was seen is not taken for impossible.
	blur = 8.0
	// flat is how much of each hour is a leg's mean: nobody's carrier keeps the hours of
	// another's exactly.
	flat = 0.2
)

// curve is where expected and real scans agree for every hour and for every gap
// (iterative proportional fitting of a Poisson model).
func (e *exposure) curve() Curve {
	var c Curve
	var scans, hours float64
	for g := range gaps {
		c.gap[g] = 1
		for h := range gapSlot {
			scans, hours = scans+e.scans[h][g], hours+e.hours[h][g]
		}
	}
	mean := (scans + 0.1) / (hours + 1)
	for range rounds {
		for h := range gapSlot {
			n, expected := blur*mean, blur
			for g := range gaps {
				n, expected = n+e.scans[h][g], expected+e.hours[h][g]*c.gap[g]
			}
			c.hours[h] = (1-flat)*n/expected + flat*mean
		}
		for g := range gaps {
			n, expected := blur*mean, blur*mean
			for h := range gapSlot {
				n, expected = n+e.scans[h][g], expected+e.hours[h][g]*c.hours[h]
			}
			c.gap[g] = n / expected
		}
	}
	return c
}
