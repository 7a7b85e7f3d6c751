package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Forget erases a chat: follows and their tails, question, language, tail and
// what was sent. While an update of it is still open, and so has to be
// answered, the empty row with its address stays; EndArrival removes it.
func (s *Store) Forget(ctx context.Context, chatID int64, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		ids, err := followedBy(tx, chatID)
		if err != nil {
			return err
		}
		if _, err := lockParcels(tx, ids); err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM follows WHERE chat_id = ?", chatID).Error; err != nil {
			return err
		}
		const empty = `UPDATE chats SET lang = '', spoken = '', tail = NULL, listed = NULL, failures = 0,
			tell_at = ?, tell_version = tell_version + 1, forgotten = ? WHERE id = ?`
		if err := tx.Exec(empty, models.Never, true, chatID).Error; err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM questions WHERE chat_id = ?", chatID).Error; err != nil {
			return err
		}
		const bodies = "UPDATE arrivals SET body = NULL, replies = NULL WHERE chat_id = ? AND due_at = ?"
		if err := tx.Exec(bodies, chatID, models.Never).Error; err != nil {
			return err
		}
		if err := park(tx, ids, now); err != nil {
			return err
		}
		return erase(tx, chatID)
	})
	if err != nil {
		return fmt.Errorf("forget chat: %w", err)
	}
	return nil
}

// erase removes a forgotten chat once nothing of it is open and nothing new
// has come. The caller holds its lock.
func erase(tx *gorm.DB, chatID int64) error {
	const sql = `DELETE FROM chats WHERE id = ? AND forgotten = ? AND lang = '' AND tail IS NULL
		AND NOT EXISTS (SELECT 1 FROM arrivals a WHERE a.chat_id = chats.id AND a.due_at < ?)
		AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.chat_id = chats.id)
		AND NOT EXISTS (SELECT 1 FROM questions q WHERE q.chat_id = chats.id)`
	return tx.Exec(sql, chatID, true, models.Never).Error
}
