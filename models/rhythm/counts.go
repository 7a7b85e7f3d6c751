package rhythm

import (
	"cmp"
	"slices"
	"time"

	"waybill/models"
)

// longestGap is the longest time between two scans of which anything is learned.
const longestGap = 10 * 24 * time.Hour

// found is where Counts keeps how soon scans were found, of all carriers.
const (
	found     Leg = "found"
	foundSoon int = 0 // slots
	foundLate int = 1
	// inTime is what half of all news waits for at most where one asks each hour.
	inTime time.Duration = 30 * time.Minute
)

// Counts collects what scans show, to be stored. It is not safe for concurrent use.
type Counts struct {
	legs  map[Leg]*Curve // as they are built in
	cells map[cell]*models.Rhythm
}

type cell struct {
	key
	slot int
}

// NewCounts begins to collect beside the built-in table.
func (t *Table) NewCounts() *Counts { return &Counts{legs: t.legs, cells: map[cell]*models.Rhythm{}} }

// Gap counts that a carrier's parcel whose newest scan was made at from, on a leg, showed its
// next at to. An hour's exposure is for how long parcels waited in it, times what is built
// in for the time since their scans; that of such a time is how many scans were expected.
func (n *Counts) Gap(carrier models.Carrier, leg Leg, from, to models.Moment) {
	c := n.legs[leg]
	if c == nil || carrier == "" || from <= 0 || to < from || to.Sub(from) > longestGap {
		return
	}
	k := key{carrier, leg}
	for at := from; at < to; {
		next := min(to, at.Add(2*step))
		middle := at + (next-at)/2
		hour, gap, waited := hourSlot(middle), gapOf(middle.Sub(from)), next.Sub(at).Hours()
		n.at(k, hour).Exposure += c.gap[gap] * waited
		n.at(k, gapSlot+gap).Exposure += c.hours[hour] * c.gap[gap] * waited
		at = next
	}
	n.at(k, hourSlot(to)).Scans++
	n.at(k, gapSlot+gapOf(to.Sub(from))).Scans++
}

// Found counts a carrier's scan that a check has found: whether soon, and how long after it
// was made it was shown, both as likely as l says.
func (n *Counts) Found(carrier models.Carrier, l Lag, s Sighting) {
	soon := l.soon(s)
	n.at(key{leg: found}, foundSoon).Scans += soon
	n.at(key{leg: found}, foundLate).Scans += 1 - soon
	least, most := s.bounds()
	all, _ := l.within(least, most)
	for i := range l {
		if part, _ := l.part(i, least, most); part > 0 && carrier != "" {
			n.at(key{carrier, shown}, i).Scans += part / all
		}
	}
}

func (n *Counts) at(k key, slot int) *models.Rhythm {
	r := n.cells[cell{k, slot}]
	if r == nil {
		r = &models.Rhythm{Carrier: k.carrier, Leg: string(k.leg), Slot: slot}
		n.cells[cell{k, slot}] = r
	}
	return r
}

// All is what was collected, in the order of its key.
func (n *Counts) All() []models.Rhythm {
	all := make([]models.Rhythm, 0, len(n.cells))
	for _, r := range n.cells {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b models.Rhythm) int {
		return cmp.Or(cmp.Compare(a.Carrier, b.Carrier), cmp.Compare(a.Leg, b.Leg), cmp.Compare(a.Slot, b.Slot))
	})
	return all
}
