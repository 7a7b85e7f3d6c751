package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Mute has only what is urgent delivered to a chat from now on, or everything
// again: then what it has missed is pending.
func (s *Store) Mute(ctx context.Context, chatID, parcelID int64, muted bool, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		p, c, err := lockBoth(tx, parcelID, chatID)
		if err != nil {
			return err
		}
		var f models.Follow
		if err := locking(tx).Take(&f, "chat_id = ? AND parcel_id = ?", chatID, parcelID).Error; err != nil {
			return err
		}
		f.Mute = muteOf(muted, c.News)
		if muted {
			f.Awaited = false
			if f.PendingSeq, err = urgentSeq(tx, f); err != nil {
				return err
			}
		}
		if !muted && f.Opens(p) && p.Seq > f.DeliveredSeq {
			f.PendingSeq, f.Awaited = p.Seq, true
		}
		if err := tx.Model(&f).Select("muted", "pending_seq", "awaited").Updates(&f).Error; err != nil || !f.Pending() {
			return err
		}
		return wakeReachable(tx, []int64{c.ID}, now)
	})
	if err != nil {
		return fmt.Errorf("mute follow: %w", named(err))
	}
	return nil
}

// muteOf is what a follow needs to be muted, or not, in a chat that hears this much.
func muteOf(muted bool, chat models.News) models.Mute {
	switch {
	case muted:
		return models.Muted
	case chat.Everything():
		return models.MuteInherited
	}
	return models.Unmuted
}

// urgentSeq is the newest urgent event that is pending for a follow, zero when
// there is none.
func urgentSeq(tx *gorm.DB, f models.Follow) (int64, error) {
	if !f.Pending() {
		return 0, nil
	}
	const sql = "SELECT COALESCE(MAX(seq), 0) FROM events WHERE parcel_id = ? AND seq > ? AND seq <= ? AND urgent > ?"
	var seq int64
	err := tx.Raw(sql, f.ParcelID, f.DeliveredSeq, f.PendingSeq, models.Ordinary).Scan(&seq).Error
	return seq, err
}
