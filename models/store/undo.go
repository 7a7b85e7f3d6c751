package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// undoWithin is how long a stop can be taken back, names and tails included.
const undoWithin = 10 * time.Minute

// stoppedRow is a follow that its chat has stopped, as it was.
type stoppedRow struct {
	models.Follow
	StoppedAt models.Moment
}

// TableName is where GORM finds the rows.
func (stoppedRow) TableName() string { return "stopped" }

// keepStopped keeps follows that are about to be stopped, instead of those that were
// stopped before. One stop that is handled twice finds nothing the second time, and
// keeps what there is.
func keepStopped(tx *gorm.DB, chatID int64, parcelIDs []int64, now models.Moment) error {
	var follows []models.Follow
	err := locking(tx).Where("chat_id = ? AND parcel_id IN ?", chatID, parcelIDs).Order("id").Find(&follows).Error
	if err != nil || len(follows) == 0 {
		return err
	}
	if err := tx.Exec("DELETE FROM stopped WHERE chat_id = ?", chatID).Error; err != nil {
		return err
	}
	rows := make([]stoppedRow, len(follows))
	for i, f := range follows {
		rows[i] = stoppedRow{f, now}
	}
	return tx.CreateInBatches(rows, written).Error
}

// Undo follows again what the chat stopped last, if that is at most ten minutes ago,
// and returns the parcels. What has happened meanwhile is pending. Undoing once more
// changes nothing and returns the same.
func (s *Store) Undo(ctx context.Context, chatID int64, now models.Moment) ([]int64, error) {
	var undone []int64
	err := s.within(ctx, func(tx *gorm.DB) error {
		undone = nil
		var rows []stoppedRow
		err := tx.Where("chat_id = ? AND stopped_at > ?", chatID, now.Add(-undoWithin)).Order("id").Find(&rows).Error
		if err != nil {
			return err
		}
		for _, row := range rows {
			restored, err := restore(tx, row.Follow, now)
			if err != nil {
				return err
			}
			if restored {
				undone = append(undone, row.ParcelID)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("undo stop: %w", named(err))
	}
	return undone, nil
}

// restore follows a parcel again; false when it is there no more.
func restore(tx *gorm.DB, f models.Follow, now models.Moment) (bool, error) {
	p, c, err := lockBoth(tx, f.ParcelID, f.ChatID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var again int64
	if err := tx.Model(&models.Follow{}).Where("chat_id = ? AND parcel_id = ?", f.ChatID, f.ParcelID).Count(&again).Error; err != nil || again > 0 {
		return again > 0, err
	}
	f.ID, f.DoneAt = 0, p.DoneAt
	if summing, err := isImporting(tx, f); err != nil || !summing {
		if err != nil {
			return false, err
		}
		f.ImportedAt = 0
	}
	if f.Opens(p) && f.News(c.News).Everything() && p.Seq > f.DeliveredSeq {
		f.PendingSeq = p.Seq
	}
	if err := tx.Create(&f).Error; err != nil {
		return false, err
	}
	return true, joined(tx, f, p, c, now)
}
