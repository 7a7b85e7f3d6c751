package models

import "time"

// CheckTakes is longer than a check of a parcel takes after the start of its last
// call: one that has not ended by then has died with its process.
const CheckTakes = 20 * time.Second

// Parcel is a waybill that somebody follows or has followed: (carrier, number).
type Parcel struct {
	ID         int64   `gorm:"primaryKey"`
	Number     string  `gorm:"size:40;uniqueIndex:parcels_number_carrier,priority:1"`
	Carrier    Carrier `gorm:"size:32;uniqueIndex:parcels_number_carrier,priority:2"`
	Status     Status  `gorm:"size:24"`
	Detail     string  // the provider's own, finer state
	Provider   string  `gorm:"size:16"` // who answered last; asked first next time
	TailNeeded bool    // a phone's tail opens it; see Follow.TailState
	Final      bool    // the provider calls it finished

	Seq       int64 // the last sequence number given to an event or notice
	Version   int64 // every write that decides something raises it
	DueAt     Moment
	AskedAt   Moment // the start of the last call, whatever came of it
	AskedBy   string `gorm:"size:80"` // the process that made it; "" when nobody knows
	SettledAt Moment // the end of the last check, whatever came of it; store.Finish sets it
	HeardAt   Moment // the last time a provider answered (a trace or "no record")
	// CorrectedAt is when a provider put the carrier right; see store.ChangeCarrier.
	CorrectedAt Moment

	Failures int    // checks in a row without an answer
	EventAt  Moment // carrier time of the newest scan
	NewsAt   Moment // when the newest scan was stored; zero before the first
	StatusAt Moment // when Status became what it is
	Since    Moment // after a switch of provider: scans up to here are not news
	DoneAt   Moment // when it was finished or given up; zero while it lives
	Digest   string `gorm:"size:32"` // of the last trace, to see at once that nothing changed
	// What is known of the whole journey, as far as it is known: where it begins and
	// ends (places as people call them), when it began (carrier time), what the
	// carrier expects (its own words), and the sequence number of the newest scan.
	Origin      string `gorm:"size:64"`
	Destination string `gorm:"size:64"`
	StartedAt   Moment
	Estimate    string `gorm:"size:200"`
	NewestSeq   int64
	OutAt       Moment // when it first went out for delivery (carrier time); zero when it has not
	ReadyAt     Moment // when it could first be fetched (carrier time); zero when it could not
	Silence     int64  // the longest time between two of its scans until then, in milliseconds
	Lang        string `gorm:"size:12"` // in which its scans are asked for where a provider offers a choice; English, or "" for Chinese
	Noticed     Notices

	CreatedAt Moment `gorm:"autoCreateTime:false"`
}

// Live says that the parcel is still followed up: neither finished nor given up.
func (p Parcel) Live() bool { return p.DoneAt == 0 }

// CheckUnderWay says that a check of the parcel has begun and not ended. gone says
// of a process that it is no more, as far as anybody can tell: its checks are not
// under way any more.
func (p Parcel) CheckUnderWay(now Moment, gone func(process string) bool) bool {
	return p.AskedAt > p.SettledAt && now.Sub(p.AskedAt) < CheckTakes && !gone(p.AskedBy)
}

// SameButChecked says that nothing of a parcel has changed since before but what every
// check changes: version, moments of the check, and the failures in a row.
func (p Parcel) SameButChecked(before Parcel) bool {
	before.Version, before.DueAt, before.Failures = p.Version, p.DueAt, p.Failures
	before.AskedAt, before.SettledAt, before.HeardAt = p.AskedAt, p.SettledAt, p.HeardAt
	return p == before
}

// Notices remembers which notices were given since the newest scan.
type Notices int

const (
	NoticedStuck Notices = 1 << iota
	NoticedPickup1
	NoticedPickup2
)

// Retention is how long what is over stays. What is not named here has one time for all
// (store.Sweep).
type Retention struct {
	Parcels     time.Duration // parcels and their events, after their end or after their last follower left
	Follows     time.Duration // follows, after the end of their parcels
	Tails       time.Duration // sealed tails, after the end of their parcels, once these are not asked about any more
	Unreachable time.Duration // chats that are gone; live parcels of which nobody can be told
}
