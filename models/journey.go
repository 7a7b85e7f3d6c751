package models

import "time"

// Route is between which places a carrier takes a parcel: cities and the provinces
// around them, "" where they are not known. Package estimate spells them.
type Route struct {
	Carrier         Carrier
	Origin          string
	Destination     string
	OriginArea      string
	DestinationArea string
}

// Journey is how one parcel of its route travelled, once it has arrived. It holds
// neither the waybill's number nor anything of those who followed it.
type Journey struct {
	ParcelID int64 `gorm:"primaryKey;autoIncrement:false"` // so that a parcel counts once; nothing is looked up by it
	Route
	StartedAt   Moment // carrier time of the first scan
	OutAt       Moment // when it went out for delivery; zero when no scan said so
	DeliveredAt Moment // when it was handed over, or could be fetched
	Silence     int64  // the longest time between two scans until then, in milliseconds
}

// LongestSilence is the longest time between two scans.
func (j Journey) LongestSilence() time.Duration { return time.Duration(j.Silence) * time.Millisecond }

// Expected is when a parcel is expected: from one day to another, as the moments at
// which those days begin where it is shown, or in its carrier's own words. The zero
// value expects nothing.
type Expected struct {
	From, To   Moment
	ByProvider string // the provider's own estimate; From and To are zero then
}

// Known says that something is expected.
func (e Expected) Known() bool { return e.ByProvider != "" || e.From != 0 }

// milestones takes over when the parcel went out for delivery and when it could be
// fetched, by the carrier's clock, and how long its scans were silent on the way there.
// What an earlier answer said stays.
func (p *Parcel) milestones(t Trace) {
	p.OutAt = p.reached(p.OutAt, OutForDelivery, t)
	p.ReadyAt = p.reached(p.ReadyAt, ReadyForPickup, t)
	var later Moment
	for _, e := range t.Events { // newest first
		if p.ReadyAt != 0 && e.At > p.ReadyAt {
			continue
		}
		if later != 0 {
			p.Silence = max(p.Silence, int64(later-e.At))
		}
		later = e.At
	}
}

// reached is when a status was reached first: known, or the time of the oldest scan
// that has it, or of the newest scan when the parcel has it now.
func (p *Parcel) reached(known Moment, s Status, t Trace) Moment {
	if known != 0 {
		return known
	}
	for i := len(t.Events) - 1; i >= 0; i-- {
		if t.Events[i].Status == s {
			return t.Events[i].At
		}
	}
	if p.Status == s {
		return p.EventAt
	}
	return 0
}
