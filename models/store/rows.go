package store

import (
	"strings"

	"waybill/models"
)

// parcelRow is a parcel with what only the store needs.
type parcelRow struct {
	models.Parcel
	NextAt models.Moment // when it is due once somebody follows it again
	LeftAt models.Moment // when its last follower left; zero while it has one
}

// TableName is where GORM finds the rows.
func (parcelRow) TableName() string { return "parcels" }

// parcelStart is as much of a parcel as the start of a call changes.
type parcelStart struct {
	ID      int64 `gorm:"primaryKey;autoIncrement:false"`
	Number  string
	Carrier models.Carrier
	Version int64
	AskedAt models.Moment
	AskedBy string
	DueAt   models.Moment
	NextAt  models.Moment
	touched bool
}

// TableName is where GORM finds the rows.
func (parcelStart) TableName() string { return "parcels" }

// parcelCheck is as much of a parcel as a check changes that has found nothing new.
type parcelCheck struct {
	ID        int64 `gorm:"primaryKey;autoIncrement:false"`
	Number    string
	Carrier   models.Carrier
	Version   int64
	DueAt     models.Moment
	NextAt    models.Moment
	AskedAt   models.Moment
	SettledAt models.Moment
	HeardAt   models.Moment
	Failures  int
}

// TableName is where GORM finds the rows.
func (parcelCheck) TableName() string { return "parcels" }

// providerCallRow is when a provider was last asked about a waybill, and until when
// it locked it.
type providerCallRow struct {
	Number      string `gorm:"primaryKey"`
	Provider    string `gorm:"primaryKey"`
	StartedAt   models.Moment
	LockedUntil models.Moment
	touched     bool
}

// TableName is where GORM finds the rows.
func (providerCallRow) TableName() string { return "provider_calls" }

// exemptionRow is when exempt calls were made inside the floor, about one waybill.
type exemptionRow struct {
	Number  string          `gorm:"primaryKey"`
	Times   []models.Moment `gorm:"serializer:json"`
	touched bool
}

// TableName is where GORM finds the rows.
func (exemptionRow) TableName() string { return "floor_exemptions" }

// budgetRow is how many billed calls a provider's day has had.
type budgetRow struct {
	Day      string `gorm:"primaryKey"`
	Provider string `gorm:"primaryKey"`
	Used     int64  // in an upsert: how many are added
	before   int64  // how many there were when the row was locked
}

// TableName is where GORM finds the rows.
func (budgetRow) TableName() string { return "budgets" }

// callRow is one call in the ledger, or the fold of many (StartedAt zero).
type callRow struct {
	ID         int64 `gorm:"primaryKey;autoIncrement:false"`
	Day        string
	Provider   string
	Kind       models.CallKind
	Outcome    models.Outcome
	Billed     bool
	Count      int64
	Number     string
	Purpose    models.Purpose
	StartedAt  models.Moment
	FinishedAt models.Moment
}

// TableName is where GORM finds the rows.
func (callRow) TableName() string { return "calls" }

// callEnd is as much of a ledger row as its completion reads and changes.
type callEnd struct {
	ID         int64 `gorm:"primaryKey;autoIncrement:false"`
	Day        string
	Provider   string
	Outcome    models.Outcome
	Billed     bool
	StartedAt  models.Moment
	FinishedAt models.Moment
}

// TableName is where GORM finds the rows.
func (callEnd) TableName() string { return "calls" }

// Sizes of columns, in characters. What is longer is cut, never an error.
const (
	sizeNumber       = 40
	sizeCarrier      = 32
	sizeStatus       = 24
	sizeDetail       = 255
	sizeProvider     = 16
	sizeCity         = 64
	sizeEstimate     = 200
	sizeDigest       = 64
	sizeKind         = 16
	sizeText         = 1000
	sizePlace        = 200
	sizeCode         = 64
	sizeExtra        = 2000
	sizeName         = 80
	sizeDoor         = 24
	sizeConversation = 128
	sizeThread       = 32
	sizeLang         = 12
	sizeOwner        = 80
	sizeNonce        = 16
	sizeKey          = 128
	sizeCacheKey     = 190
	sizeAccount      = 64
	sizeCursor       = 128
	sizeToken        = 128
	sizeRobot        = 64
	sizeReason       = 200
	sizeNote         = 400
	sizeAddress      = 64
)

// cut makes text fit a column: valid UTF-8, at most size characters.
func cut[S ~string](text S, size int) S {
	if len(text) <= size && isPlain(string(text)) {
		return text
	}
	valid := strings.ToValidUTF8(string(text), "\uFFFD")
	n := 0
	for at := range valid {
		if n == size {
			return S(valid[:at])
		}
		n++
	}
	return S(valid)
}

func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}
