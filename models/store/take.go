package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// takenRow says that a parcel, as it stood at a version, has been handed out
// and is not handed out again before a moment.
type takenRow struct {
	ParcelID int64 `gorm:"primaryKey;autoIncrement:false"`
	Version  int64
	UntilAt  models.Moment
}

// TableName is where GORM finds the rows.
func (takenRow) TableName() string { return "taken" }

// Take hands out at most limit parcels that are due, the longest due first,
// each at most once in hold as long as its version stays: a hint that gets
// lost comes again, and of two that meet only one begins. The parcels
// themselves do not change.
func (s *Store) Take(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Hint, error) {
	var hints []models.Hint
	err := s.within(ctx, func(tx *gorm.DB) (err error) {
		if hints, err = s.due(tx, now, limit); err != nil || len(hints) == 0 {
			return err
		}
		rows := make([]takenRow, len(hints))
		for i, h := range hints {
			rows[i] = takenRow{ParcelID: h.Parcel, Version: h.Version, UntilAt: now.Add(hold)}
		}
		return upsert(tx, &rows, []string{"parcel_id"}, "version", "until_at")
	})
	if err != nil {
		return nil, fmt.Errorf("take due parcels: %w", err)
	}
	return hints, nil
}

// due reads what is due and not handed out, in the index alone. The counter's
// lock keeps two takers apart.
func (s *Store) due(tx *gorm.DB, now models.Moment, limit int) ([]models.Hint, error) {
	if _, err := s.reserve(tx, "take", 1); err != nil {
		return nil, err
	}
	if err := tx.Exec("DELETE FROM taken WHERE until_at <= ?", now).Error; err != nil {
		return nil, err
	}
	const sql = `SELECT p.id AS parcel, p.version FROM parcels p
		LEFT JOIN taken t ON t.parcel_id = p.id AND t.version = p.version
		WHERE p.due_at <= ? AND t.parcel_id IS NULL ORDER BY p.due_at LIMIT ?`
	var hints []models.Hint
	err := tx.Raw(sql, now, limit).Scan(&hints).Error
	return hints, err
}
