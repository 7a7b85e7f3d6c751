package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// followedBy reads which parcels any of the chats follow.
func followedBy(tx *gorm.DB, chatIDs ...int64) ([]int64, error) {
	var ids []int64
	err := tx.Model(&models.Follow{}).Where("chat_id IN ?", chatIDs).Distinct().Order("parcel_id").Pluck("parcel_id", &ids).Error
	return ids, err
}

// Gone notes that the chat cannot be told any more. Its follows stay, in case
// it comes back; what only it follows is parked when it is due.
func (s *Store) Gone(ctx context.Context, chatID int64, now models.Moment) error {
	if _, err := s.change(ctx, "UPDATE chats SET gone_at = ? WHERE id = ? AND gone_at = 0", now, chatID); err != nil {
		return fmt.Errorf("note that the chat is gone: %w", err)
	}
	return nil
}

// Back notes that the chat can be told (again): what it follows is polled,
// and what is pending is delivered now.
func (s *Store) Back(ctx context.Context, chatID int64, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		ids, err := followedBy(tx, chatID)
		if err != nil {
			return err
		}
		if _, err := lockParcels(tx, ids); err != nil {
			return err
		}
		return back(tx, chatID, now)
	})
	if err != nil {
		return fmt.Errorf("note that the chat is back: %w", err)
	}
	return nil
}

// back is Back, once what the chat follows is locked.
func back(tx *gorm.DB, chatID int64, now models.Moment) error {
	if err := tx.Exec("UPDATE chats SET gone_at = 0, failures = 0, retry_at = 0 WHERE id = ?", chatID).Error; err != nil {
		return err
	}
	// Now that the chat is locked: one that was followed just before is parked too.
	ids, err := followedBy(tx, chatID)
	if err != nil {
		return err
	}
	if err := unpark(tx, ids, now); err != nil {
		return err
	}
	if err := awaitPending(tx, []int64{chatID}); err != nil {
		return err
	}
	return wake(tx, []int64{chatID}, now)
}

// awaitPending notes that somebody in the chats waits for everything that is pending.
func awaitPending(tx *gorm.DB, chatIDs []int64) error {
	return tx.Exec("UPDATE follows SET awaited = ? WHERE chat_id IN ? AND pending_seq > 0", true, chatIDs).Error
}
