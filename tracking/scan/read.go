package scan

import (
	"strings"

	"waybill/models"
)

// RefineStatus reads a finer status out of the newest scan's words where a
// provider's own is coarse or missing: unknown, pending, collected, in transit
// and out for delivery. Every other status stands, and so does one that the
// words do not contradict; only "pending" with a scan that states nothing
// becomes in transit, because something was scanned.
func RefineStatus(coarse models.Status, newest string) models.Status {
	if !refinable(coarse) || strings.TrimSpace(newest) == "" {
		return coarse
	}
	said := read(newest)
	switch {
	case !said.known && coarse == models.Pending:
		return models.InTransit
	case !said.known:
		return coarse
	}
	return said.beside(coarse)
}

// Read reads the status out of one scan's words alone. Stated is false when
// they state nothing about a parcel; the status is then Unknown.
func Read(text string) (status models.Status, stated bool) {
	said := read(text)
	if !said.known {
		return models.Unknown, false
	}
	return said.status, true
}

// ContainsAny says whether one of the words stands in a text.
func ContainsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func refinable(s models.Status) bool {
	switch s {
	case "", models.Unknown, models.Pending, models.Collected, models.InTransit, models.OutForDelivery:
		return true
	}
	return false
}

// reading is what a whole scan says.
type reading struct {
	status models.Status
	known  bool // something of a parcel's journey was recognised
	either bool // collected from the sender or fetched by the receiver: the words do not say which
}

// beside is the reading in the light of the provider's own status: words that
// only tell of a place or of the beginning take back neither that the parcel
// is with its courier nor that it was collected, and whoever fetches a parcel
// that was out for delivery is its receiver.
func (r reading) beside(coarse models.Status) models.Status {
	switch {
	case coarse == models.OutForDelivery && r.either:
		return models.Delivered
	case coarse == models.OutForDelivery && (r.status == models.InTransit || r.status == models.Collected || r.status == models.Pending):
		return coarse
	case coarse == models.Collected && r.status == models.InTransit:
		return coarse
	}
	return r.status
}

// read folds a text, takes it apart and decides what it says.
func read(text string) reading {
	var p parser
	p.text, p.traditional = fold(text)
	p.parse()
	return decide(&p)
}
