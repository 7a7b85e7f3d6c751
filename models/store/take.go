package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// dispatchedRow says that a parcel, as it stood at a version, has been handed out
// and is not handed out again before a moment.
type dispatchedRow struct {
	ParcelID int64 `gorm:"primaryKey;autoIncrement:false"`
	Version  int64
	UntilAt  models.Moment
}

// TableName is where GORM finds the rows.
func (dispatchedRow) TableName() string { return "dispatched" }

// Take hands out at most limit parcels that are due, the longest due first,
// each at most once in hold as long as its version stays: a hint that gets
// lost comes again, and of two that meet only one begins. Those that nobody can
// be told about are parked instead; the others themselves do not change.
func (s *Store) Take(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Hint, error) {
	for {
		var hints []models.Hint
		found := 0
		err := s.behind(ctx, func(tx *gorm.DB) (err error) {
			hints, found, err = s.take(tx, now, hold, limit)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("take due parcels: %w", err)
		}
		if len(hints) > 0 || found < limit {
			return hints, nil
		}
	}
}

// take is Take in one transaction; found counts the parked ones too.
func (s *Store) take(tx *gorm.DB, now models.Moment, hold time.Duration, limit int) (hints []models.Hint, found int, err error) {
	due, err := s.due(tx, now, limit)
	if err != nil || len(due) == 0 {
		return nil, 0, err
	}
	ids := make([]int64, len(due))
	for i, h := range due {
		ids[i] = h.Parcel
	}
	reached, err := park(tx, ids, now)
	if err != nil {
		return nil, 0, err
	}
	var rows []dispatchedRow
	for _, h := range due {
		if reached[h.Parcel] {
			hints = append(hints, h)
			rows = append(rows, dispatchedRow{ParcelID: h.Parcel, Version: h.Version, UntilAt: now.Add(hold)})
		}
	}
	if len(rows) == 0 {
		return nil, len(due), nil
	}
	return hints, len(due), upsert(tx, &rows, []string{"parcel_id"}, "version", "until_at")
}

// due reads what is due and not handed out, in the index alone. The counter's
// lock keeps two takers apart.
func (s *Store) due(tx *gorm.DB, now models.Moment, limit int) ([]models.Hint, error) {
	if _, err := s.reserve(tx, "take", 1); err != nil {
		return nil, err
	}
	if err := tx.Exec("DELETE FROM dispatched WHERE until_at <= ?", now).Error; err != nil {
		return nil, err
	}
	const sql = `SELECT p.id AS parcel, p.version FROM parcels p
		LEFT JOIN dispatched d ON d.parcel_id = p.id AND d.version = p.version
		WHERE p.due_at <= ? AND d.parcel_id IS NULL ORDER BY p.due_at LIMIT ?`
	var hints []models.Hint
	err := tx.Raw(sql, now, limit).Scan(&hints).Error
	return hints, err
}
