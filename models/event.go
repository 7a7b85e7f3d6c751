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
	Stuck          Kind = "stuck"   // without a scan for longer than is normal on its way
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

// TailUnreadable in Event.Text of a TailRefused notice: the tail that was given cannot
// be read any more, because the key that sealed it is gone or the row is damaged.
const TailUnreadable = "unreadable"

// Event is one line of a parcel's history: a carrier's scan or a notice.
// Seq is the parcel's sequence number, given when the event is stored; marks
// count Seq, not the carrier's clock.
type Event struct {
	ParcelID int64  `gorm:"primaryKey;autoIncrement:false"`
	Seq      int64  `gorm:"primaryKey;autoIncrement:false"`
	Kind     Kind   `gorm:"size:16"`
	Identity string `gorm:"size:32"` // see Event.Sign; unique within a parcel. Rows of before 2026-11 hold a hash of the raw words
	At       Moment // the carrier's clock; a notice's: when it was noticed
	Text     string // the carrier's words; at most 1,000 characters are kept
	Place    string
	Status   Status  // the scan's own status where the provider gives one, else ""
	Code     string  // the provider's finer code
	Extra    string  // provider's extras (area code, coordinates) as JSON, "" when none
	Urgency  Urgency `gorm:"column:urgent"` // of the status that it brought
	StoredAt Moment  // when we learned of it
}

// Sign fills Identity, which tells one scan from another: a hash of the minute of
// the carrier's time, and of the words of text and place as words takes them, so that
// neither dropped seconds nor another punctuation makes another scan. Notices are
// told apart by kind and exact time.
func (e *Event) Sign() {
	var buffer [1024]byte
	b := append(buffer[:0], string(e.Kind)...)
	b = append(b, 0)
	if e.Kind == Scan {
		b = strconv.AppendInt(b, int64(e.At)/minute, 10)
		b = appendWords(append(b, 0), e.Text)
		b = append(b, 0)
		if e.Place != "" {
			b = appendWords(b, e.Place)
		}
	} else {
		b = strconv.AppendInt(b, int64(e.At), 10)
		b = append(append(b, 0), e.Text...)
		b = append(append(b, 0), e.Place...)
	}
	sum := sha256.Sum256(b)
	e.Identity = hex.EncodeToString(sum[:16])
}

// minute is how many of a Moment's units make one.
const minute = 60_000
