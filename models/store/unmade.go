package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Made says whether the database has its schema; nothing is changed.
func (s *Store) Made(ctx context.Context) bool {
	return s.read.WithContext(ctx).Migrator().HasTable("follows")
}

// ChatAt reads the chat at an address; false when it has never been seen.
func (s *Store) ChatAt(ctx context.Context, a models.Address) (models.Chat, bool, error) {
	var c models.Chat
	err := at(s.read.WithContext(ctx), fitAddress(a)).Take(&c).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Chat{}, false, nil
	}
	if err != nil {
		return models.Chat{}, false, fmt.Errorf("read chat: %w", err)
	}
	return c, true, nil
}
