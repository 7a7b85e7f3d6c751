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
	// inTime is half an hour, and five minutes in which carriers and providers upload:
	// when a scan could be seen first nobody tells.
	inTime time.Duration = 35 * time.Minute
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

// Gap counts that a carrier's parcel whose newest scan was made at from, on a leg, had its
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

// Found counts for how long a scan had waited when a poll found it.
func (n *Counts) Found(waited time.Duration) {
	slot := foundSoon
	if waited > inTime {
		slot = foundLate
	}
	n.at(key{leg: found}, slot).Scans++
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
