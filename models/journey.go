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

// Stop is a city on a parcel's way.
type Stop struct {
	City     string  // as people call it: 长沙
	Lon, Lat float64 // degrees; both 0 where nobody told them
	Ahead    bool    // where the parcel goes, and it has not been there yet
}

// Placed says that it is known where the stop lies.
func (s Stop) Placed() bool { return s.Lon != 0 || s.Lat != 0 }

// JourneyPicture is what a picture of a parcel's journey shows, in the words of those
// who look at it.
type JourneyPicture struct {
	Parcel   Parcel
	Name     string  // what the chat calls it; "" when it has no name
	Carrier  string  // the carrier's name
	Status   string  // where it stands
	Took     string  // how long it has been under way, or was: 已走 2 天; "" when nobody knows
	Estimate string  // when it is expected, a sentence; "" when nobody knows
	Stops    []Stop  // its way, in order
	Scans    []Event // newest first
	Lang     string  // of all these words (BCP 47), for those that the picture adds
	Zone     *time.Location
	Now      Moment
	Dark     bool
}

// RhythmHalves is how long it takes what was counted in Rhythm to count half.
const RhythmHalves = 21 * 24 * time.Hour

// Rhythm counts what scans have shown of when a carrier moves: how many came in a slot (an
// hour of the day, or a time since the scan before; package rhythm numbers them) of a leg,
// and for how long they could have come. Both fade over weeks. It holds nothing of any
// parcel.
type Rhythm struct {
	Carrier  Carrier `gorm:"primaryKey;size:32"`
	Leg      string  `gorm:"primaryKey;size:16"`
	Slot     int     `gorm:"primaryKey;autoIncrement:false"`
	Scans    float64
	Exposure float64
}

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
