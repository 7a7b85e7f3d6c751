package models

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Kind tells what an Event row is: a carrier's scan, or something that Waybill itself noticed.
type Kind string

const (
	Scan           Kind = "scan"    // the carrier wrote it
	StatusChanged  Kind = "status"  // the status changed without a new scan
	CarrierChanged Kind = "carrier" // the carrier was corrected
	Stuck          Kind = "stuck"   // 72 h without a scan
	PickupWaits    Kind = "pickup"  // it still waits to be picked up
	Ended          Kind = "ended"   // following ended; Event.Text says why (Ended… constants)
	TailRefused    Kind = "tail"    // the tail one follower gave was refused when it was tried
)

// Answers are the kinds that answer somebody's question. The others are notices
// that Waybill gives by itself.
func Answers() []Kind { return []Kind{Scan, StatusChanged, TailRefused} }

// Why following ended, kept in Event.Text of an Ended notice.
const (
	EndedPending = "pending" // seven days without any record
	EndedUnknown = "unknown" // three days invalid, expired or unknown
	EndedSilent  = "silent"  // 30 days without any event
)

// TailMissing in Event.Text of a TailRefused notice: no tail was refused, but
// one is wanted now, from those who have given none.
const TailMissing = "missing"

// Event is one line of a parcel's history: a carrier's scan or a notice.
// Seq is the parcel's sequence number, given when the event is stored; marks
// count Seq, not the carrier's clock.
type Event struct {
	ParcelID int64  `gorm:"primaryKey;autoIncrement:false"`
	Seq      int64  `gorm:"primaryKey;autoIncrement:false"`
	Kind     Kind   `gorm:"size:16"`
	Identity string `gorm:"size:32"` // see Event.Sign; unique within a parcel
	At       Moment // the carrier's clock; a notice's: when it was noticed
	Text     string // the carrier's words; at most 1,000 characters are kept
	Place    string
	Status   Status  // the scan's own status where the provider gives one, else ""
	Code     string  // the provider's finer code
	Extra    string  // provider's extras (area code, coordinates) as JSON, "" when none
	Urgency  Urgency `gorm:"column:urgent"` // of the status that it brought
	StoredAt Moment  // when we learned of it
}

// Sign fills Identity: a hash of the carrier's time, text and place, which
// tells one scan from another. Notices are told apart by kind and time.
func (e *Event) Sign() {
	sum := sha256.Sum256([]byte(string(e.Kind) + "\x00" + strconv.FormatInt(int64(e.At), 10) + "\x00" + e.Text + "\x00" + e.Place))
	e.Identity = hex.EncodeToString(sum[:16])
}
