package rhythm

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"

	"waybill/models"
)

//go:embed prior.csv
var builtIn string

// key is whose curve it is.
type key struct {
	carrier models.Carrier
	leg     Leg
}

// Table has the curves of all carriers and legs. It does not change once it is made. A nil
// table knows nothing.
type Table struct {
	legs     map[Leg]*Curve // of all carriers
	carriers map[key]*Curve // of those of which something was seen
	dear     float64        // see Dear
	lags     map[models.Carrier]Lag
}

// Load reads what is built in.
func Load() (*Table, error) {
	t := &Table{legs: map[Leg]*Curve{}, dear: 1}
	rows := csv.NewReader(strings.NewReader(builtIn))
	rows.FieldsPerRecord = -1
	all, err := rows.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read built-in rhythm: %w", err)
	}
	for _, row := range all {
		if err := t.read(row); err != nil {
			return nil, fmt.Errorf("read built-in rhythm of %s: %w", row[0], err)
		}
	}
	return t, nil
}

// read takes one row: a leg, "weekday", "weekend" or "gap", and a number for each slot.
func (t *Table) read(row []string) error {
	if len(row) < 3 {
		return fmt.Errorf("%d fields", len(row))
	}
	c := t.legs[Leg(row[0])]
	if c == nil {
		c = &Curve{}
		t.legs[Leg(row[0])] = c
	}
	into := c.gap[:]
	switch row[1] {
	case "weekday":
		into = c.hours[:hoursADay]
	case "weekend":
		into = c.hours[hoursADay:]
	}
	if len(row)-2 != len(into) {
		return fmt.Errorf("%d numbers for %s", len(row)-2, row[1])
	}
	for i, text := range row[2:] {
		var err error
		if into[i], err = strconv.ParseFloat(text, 64); err != nil {
			return err
		}
	}
	return nil
}

// Curve is what is to be expected of a carrier's parcels on a leg; false where nothing is
// known of the leg.
func (t *Table) Curve(carrier models.Carrier, leg Leg) (*Curve, bool) {
	if t == nil {
		return nil, false
	}
	if c, ok := t.carriers[key{carrier, leg}]; ok {
		return c, true
	}
	c, ok := t.legs[leg]
	return c, ok
}

// Lag is for how long a carrier's scans are not shown after they are made.
func (t *Table) Lag(carrier models.Carrier) Lag {
	if t != nil {
		if l, ok := t.lags[carrier]; ok {
			return l
		}
	}
	return usualLag()
}

// Dear is how many times its usual price a call costs in the eyes of Wait: less than 1
// while less than half of the news is found in time, more while much more is.
func (t *Table) Dear() float64 { return t.dear }

// With is the built-in table in the light of what scans have shown; counts are all that is
// stored. What all carriers have shown corrects what is built in, and what each has shown
// corrects that.
func (t *Table) With(counts []models.Rhythm) *Table {
	all, own := map[Leg]*seen{}, map[key]*seen{}
	lag := map[models.Carrier]Lag{}
	var soon, late float64
	for _, n := range counts {
		built := t.legs[Leg(n.Leg)]
		switch {
		case Leg(n.Leg) == found && n.Slot == foundSoon:
			soon += n.Scans
		case Leg(n.Leg) == found:
			late += n.Scans
		case Leg(n.Leg) == shown && n.Slot >= 0 && n.Slot < lags:
			l := lag[n.Carrier]
			l[n.Slot] += n.Scans
			lag[n.Carrier] = l
		case built != nil && n.Slot >= 0 && n.Slot < Slots: // others are of a version to come
			k := key{n.Carrier, Leg(n.Leg)}
			if all[k.leg] == nil {
				all[k.leg] = &seen{built: built}
			}
			if own[k] == nil {
				own[k] = &seen{built: built}
			}
			all[k.leg].add(n)
			own[k].add(n)
		}
	}
	with := &Table{legs: map[Leg]*Curve{}, carriers: map[key]*Curve{}, dear: dear(soon, late), lags: lag}
	for carrier, l := range lag {
		lag[carrier] = l.beside(usualLag())
	}
	for leg, built := range t.legs {
		with.legs[leg] = built
		if s := all[leg]; s != nil {
			with.legs[leg] = s.correct(built)
		}
	}
	for k, s := range own {
		with.carriers[k] = s.correct(with.legs[k.leg])
	}
	return with
}

const (
	// enough of all news is found in time, as far as Found can tell: then half of it is, on
	// networks that upload after five minutes, after an hour or at once (scripts/costs).
	enough = 0.55
	// firmly is how strongly the price follows: by a sixth for a hundredth of the news.
	firmly             = 16
	cheapest, dearest  = 0.4, 2.0
	believedBeforehand = 50 // scans, which as many must outweigh
)

// dear holds the delay where it should be on a network on which the usual price does not.
func dear(soon, late float64) float64 {
	share := (soon + enough*believedBeforehand) / (soon + late + believedBeforehand)
	return min(dearest, max(cheapest, math.Exp(firmly*(share-enough))))
}

// seen is what scans have shown of a leg, beside what is built in.
type seen struct {
	built           *Curve
	scans, exposure [Slots]float64
}

func (s *seen) add(n models.Rhythm) {
	s.scans[n.Slot] += n.Scans
	s.exposure[n.Slot] += n.Exposure
}

// enoughScans is how many scans must have been seen in a slot until they count as much as what
// was believed before.
const enoughScans = 2.0

// correct is a curve in the light of what was seen.
func (s *seen) correct(c *Curve) *Curve {
	is := *c
	var mean, scans, expected float64
	for slot := range gapSlot {
		mean += c.hours[slot] / gapSlot
	}
	hours := enoughScans / mean
	for slot := range gapSlot {
		is.hours[slot] = (s.scans[slot] + hours*c.hours[slot]) / (s.exposure[slot] + hours)
	}
	for slot := gapSlot; slot < Slots; slot++ {
		scans, expected = scans+s.scans[slot], expected+s.exposure[slot]
	}
	level := (scans + enoughScans) / (expected + enoughScans) // how much more often than built in: the hours have that already
	for g := range gaps {
		n, of := s.scans[gapSlot+g], level*s.exposure[gapSlot+g]
		is.gap[g] = (n*s.built.gap[g] + enoughScans*c.gap[g]) / (of + enoughScans)
	}
	return &is
}
