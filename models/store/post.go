package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Post has replies (JSON of the handlers) sent to a chat that has asked nothing:
// by whoever serves its door's chats, and as often as it takes. about, at
// most 64 characters, names what they are about. Nothing happens, and fresh is
// false, while something about the same waits for this chat already, or when
// it came at or after since.
func (s *Store) Post(ctx context.Context, to models.Address, about string, replies []byte, since, now models.Moment) (fresh bool, err error) {
	to = fitAddress(to)
	err = s.within(ctx, func(tx *gorm.DB) error {
		fresh = false
		var known models.Chat
		if err := at(tx, to).Limit(1).Find(&known).Error; err != nil {
			return err
		}
		c, err := s.ensureChat(tx, to, known.Group, now)
		if err != nil {
			return err
		}
		prefix := fmt.Sprintf("post:%d:%s:", c.ID, about)
		var equal int64
		const told = "door = ? AND update_key >= ? AND update_key < ? AND (due_at < ? OR at >= ?)"
		err = tx.Model(&models.Arrival{}).Where(told, to.Door, prefix, prefix+"~", models.Never, since).Count(&equal).Error
		if err != nil || equal > 0 {
			return err
		}
		fresh = true
		err = tx.Create(&models.Arrival{
			Door: to.Door, Key: prefix + fmt.Sprint(now), ChatID: c.ID, Replies: replies, Answered: true, DueAt: now, At: now,
		}).Error
		if err != nil {
			return err
		}
		return wake(tx, []int64{c.ID}, now)
	})
	if err != nil {
		return false, fmt.Errorf("post to chat: %w", err)
	}
	return fresh, nil
}
