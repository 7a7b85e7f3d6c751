package models

import "time"

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
