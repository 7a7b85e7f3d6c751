package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// FollowsBegun reads the follows of a chat that began at a moment, with their parcels,
// oldest row first: those of one message, whatever became of their carriers since.
func (s *Store) FollowsBegun(ctx context.Context, chatID int64, begun models.Moment) ([]models.Followed, error) {
	db := s.read.WithContext(ctx)
	var follows []models.Follow
	if err := db.Where("chat_id = ? AND created_at = ?", chatID, begun).Order("id").Find(&follows).Error; err != nil {
		return nil, fmt.Errorf("read follows that began: %w", err)
	}
	parcels, err := parcelsOf(db, follows)
	if err != nil {
		return nil, fmt.Errorf("read parcels of follows that began: %w", err)
	}
	var rows []models.Followed
	for _, f := range follows {
		if p, ok := parcels[f.ParcelID]; ok {
			rows = append(rows, models.Followed{Follow: f, Parcel: p})
		}
	}
	return rows, nil
}

// ChatAt reads the chat at an address; false when there is none. It makes none.
func (s *Store) ChatAt(ctx context.Context, a models.Address) (models.Chat, bool, error) {
	var c models.Chat
	err := at(s.read.WithContext(ctx), fitAddress(a)).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("read chat: %w", err)
	}
	return c, true, nil
}
