package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Forget erases a chat: follows and their tails, question, language, tail, what
// was sent and what is remembered about it. The empty row with its address stays while an update of it is
// still open, and so has to be answered, and while what others count by must
// not begin anew: today's wrong tails, and the messages that a platform still
// allows. EndArrival removes it, or else Sweep.
func (s *Store) Forget(ctx context.Context, chatID int64, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		ids, err := followedBy(tx, chatID)
		if err == nil {
			_, err = lockParcels(tx, ids)
		}
		if err == nil {
			_, err = lockChats(tx, []int64{chatID})
		}
		if err != nil {
			return err
		}
		return forget(tx, chatID, now)
	})
	if err != nil {
		return fmt.Errorf("forget chat: %w", err)
	}
	return nil
}

// forget is Forget, once the chat and what it follows are locked.
func forget(tx *gorm.DB, chatID int64, now models.Moment) error {
	ids, err := followedBy(tx, chatID)
	if err != nil {
		return err
	}
	for _, table := range []string{"follows", "stopped", "sent", "imports"} {
		if err := tx.Exec("DELETE FROM "+table+" WHERE chat_id = ?", chatID).Error; err != nil {
			return err
		}
	}
	if err := moveChatUsage(tx, chatID, models.NoChat); err != nil {
		return err
	}
	if _, err := keepRobots(tx, ids); err != nil {
		return err
	}
	const erased = `UPDATE chats SET lang = '', spoken = '', tail = NULL, listed = NULL, news = '', news_at = 0, failures = 0, retry_at = 0, forgotten = ? WHERE id = ?`
	if err := tx.Exec(erased, true, chatID).Error; err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM questions WHERE chat_id = ?", chatID).Error; err != nil {
		return err
	}
	if err := forgetMemories(tx, chatID); err != nil {
		return err
	}
	const bodies = "UPDATE arrivals SET body = NULL, replies = NULL WHERE chat_id = ? AND due_at = ?"
	if err := tx.Exec(bodies, chatID, models.Never).Error; err != nil {
		return err
	}
	if err := noteLeft(tx, ids, now); err != nil {
		return err
	}
	return erase(tx, chatID)
}

// forgetMemories erases what is remembered about a chat for a while.
func forgetMemories(tx *gorm.DB, chatID int64) error {
	var c models.Chat
	err := tx.Select("door", "conversation", "thread").Limit(1).Find(&c, "id = ?", chatID).Error
	if err != nil {
		return err
	}
	const whole = "DELETE FROM cache WHERE kind IN ? AND cache_key = ?"
	if err := tx.Exec(whole, models.ChatMemories(), cacheKey(c.Key())).Error; err != nil {
		return err
	}
	const single = "DELETE FROM cache WHERE kind = ? AND cache_key >= ? AND cache_key < ?"
	prefix := c.KeyOf("")
	return tx.Exec(single, models.MemorySaid, prefix, prefix+"~").Error
}

// empty says that a forgotten chat may go: nothing of it is open, nothing is
// counted by it (a credit until a moment that is over counts no more), and
// nothing new has come.
const empty = `forgotten = 1 AND lang = '' AND tail IS NULL AND (credit_epoch = 0 OR credit_until < ?)
	AND NOT EXISTS (SELECT 1 FROM arrivals a WHERE a.chat_id = chats.id AND a.due_at < ?)
	AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.chat_id = chats.id)
	AND NOT EXISTS (SELECT 1 FROM questions q WHERE q.chat_id = chats.id)
	AND NOT EXISTS (SELECT 1 FROM tail_attempts t WHERE t.chat_id = chats.id AND t.count > 0)`

// erase removes a forgotten chat if it is empty. The caller holds its lock.
func erase(tx *gorm.DB, chatID int64) error {
	return tx.Exec("DELETE FROM chats WHERE id = ? AND "+empty, chatID, 0, models.Never).Error
}

// dropForgotten removes what Forget had to leave.
func dropForgotten(tx *gorm.DB, now models.Moment) (int, error) {
	var ids []int64
	err := locking(tx.Table("chats")).Where(empty, now, models.Never).Order("id").Limit(chunk).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	// Looked at again: an update may have come before they were locked.
	return len(ids), tx.Exec("DELETE FROM chats WHERE id IN ? AND "+empty, ids, now, models.Never).Error
}
