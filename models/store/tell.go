package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// claim gives chats to owner until now plus hold; find narrows and orders
// them. Chats that somebody else holds are left out.
func (s *Store) claim(ctx context.Context, owner string, now models.Moment, hold time.Duration, find func(*gorm.DB) *gorm.DB) ([]models.Chat, error) {
	owner = cut(owner, sizeOwner)
	var chats []models.Chat
	err := s.within(ctx, func(tx *gorm.DB) error {
		chats = nil
		if err := find(locking(tx)).Where("claim_until <= ?", now).Find(&chats).Error; err != nil || len(chats) == 0 {
			return err
		}
		ids := make([]int64, len(chats))
		for i := range chats {
			chats[i].Claim, chats[i].ClaimUntil = owner, now.Add(hold)
			ids[i] = chats[i].ID
		}
		return tx.Exec("UPDATE chats SET claim = ?, claim_until = ? WHERE id IN ?", owner, now.Add(hold), ids).Error
	})
	return chats, err
}

// ClaimOwed claims for owner, until now plus hold, at most limit chats of a
// door that are owed something now, the longest due first.
func (s *Store) ClaimOwed(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Chat, error) {
	chats, err := s.claim(ctx, owner, now, hold, func(tx *gorm.DB) *gorm.DB {
		return tx.Where("door = ? AND tell_at <= ? AND gone_at = 0", door, now).Order("tell_at").Limit(limit)
	})
	if err != nil {
		return nil, fmt.Errorf("claim chats that are owed news: %w", err)
	}
	return chats, nil
}

// FreeChat gives a claim back and changes nothing else.
func (s *Store) FreeChat(ctx context.Context, chatID int64, owner string) error {
	const sql = "UPDATE chats SET claim = '', claim_until = 0 WHERE id = ? AND claim = ?"
	if _, err := s.change(ctx, sql, chatID, cut(owner, sizeOwner)); err != nil {
		return fmt.Errorf("free chat: %w", err)
	}
	return nil
}
