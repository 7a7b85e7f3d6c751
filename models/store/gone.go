package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// followedBy reads which parcels any of the chats follow.
func followedBy(tx *gorm.DB, chatIDs ...int64) ([]int64, error) {
	var ids []int64
	err := tx.Model(&models.Follow{}).Where("chat_id IN ?", chatIDs).Distinct().Order("parcel_id").Pluck("parcel_id", &ids).Error
	return ids, err
}

// lockFollowed locks what a chat follows and then the chat, so that it follows
// nothing else until the transaction ends, and returns those parcels.
func lockFollowed(tx *gorm.DB, chatID int64) ([]int64, error) {
	ids, err := followedBy(tx, chatID)
	if err != nil {
		return nil, err
	}
	if _, err := lockParcels(tx, ids); err != nil {
		return nil, err
	}
	var locked []int64
	if err := locking(tx.Table("chats")).Where("id = ?", chatID).Pluck("id", &locked).Error; err != nil {
		return nil, err
	}
	again, err := followedBy(tx, chatID)
	if err == nil && slices.ContainsFunc(again, func(id int64) bool { return !slices.Contains(ids, id) }) {
		err = errAgain // it was just followed, or is where the carrier was corrected to
	}
	return again, err
}

// Gone notes that the chat cannot be told any more. What only it follows is
// no longer polled; its follows stay, in case it comes back.
func (s *Store) Gone(ctx context.Context, chatID int64, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		ids, err := lockFollowed(tx, chatID)
		if err != nil {
			return err
		}
		const sql = "UPDATE chats SET gone_at = ?, tell_at = ?, tell_version = tell_version + 1 WHERE id = ? AND gone_at = 0"
		if err := tx.Exec(sql, now, models.Never, chatID).Error; err != nil {
			return err
		}
		return park(tx, ids, now)
	})
	if err != nil {
		return fmt.Errorf("note that the chat is gone: %w", err)
	}
	return nil
}

// Back notes that the chat can be told (again): what it follows is polled,
// and what it is owed is told now.
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
	if err := tx.Exec("UPDATE chats SET gone_at = 0, failures = 0 WHERE id = ?", chatID).Error; err != nil {
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
	owing, err := indebted(tx, []int64{chatID})
	if err != nil || !owing[chatID] {
		return err
	}
	if err := await(tx, []int64{chatID}); err != nil {
		return err
	}
	return wake(tx, map[int64]models.Moment{chatID: now})
}

// await notes that somebody in the chats waits for everything that they are owed.
func await(tx *gorm.DB, chatIDs []int64) error {
	return tx.Exec("UPDATE follows SET promised = owed WHERE chat_id IN ? AND owed > told", chatIDs).Error
}

// indebted says which of the chats are owed something.
func indebted(tx *gorm.DB, chatIDs []int64) (map[int64]bool, error) {
	var found []int64
	err := tx.Raw("SELECT DISTINCT chat_id FROM follows WHERE chat_id IN ? AND owed > told", chatIDs).Scan(&found).Error
	owing := make(map[int64]bool, len(found))
	for _, id := range found {
		owing[id] = true
	}
	return owing, err
}
