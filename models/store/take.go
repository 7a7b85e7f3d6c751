package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// Take gives out at most limit parcels that are due, the longest due first. It
// raises their versions and makes them due again after hold, in case the hints
// get lost.
func (s *Store) Take(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Hint, error) {
	var hints []models.Hint
	err := s.within(ctx, func(tx *gorm.DB) error {
		var due []parcelStart
		err := locking(tx).Select("id", "version").Where("due_at <= ?", now).Order("due_at").Limit(limit).Find(&due).Error
		if err != nil || len(due) == 0 {
			hints = nil
			return err
		}
		hints = make([]models.Hint, len(due))
		ids := make([]int64, len(due))
		for i, p := range due {
			ids[i] = p.ID
			hints[i] = models.Hint{Parcel: p.ID, Version: p.Version + 1}
		}
		return tx.Exec("UPDATE parcels SET version = version + 1, due_at = ? WHERE id IN ?", now.Add(hold), ids).Error
	})
	if err != nil {
		return nil, fmt.Errorf("take due parcels: %w", err)
	}
	return hints, nil
}
