package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Question reads a chat's open question; false when there is none, or it has expired.
func (s *Store) Question(ctx context.Context, chatID int64, now models.Moment) (models.Question, bool, error) {
	var q models.Question
	err := s.read.WithContext(ctx).Take(&q, "chat_id = ? AND expires_at > ?", chatID, now).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Question{}, false, nil
	}
	if err != nil {
		return models.Question{}, false, fmt.Errorf("read question: %w", err)
	}
	return q, true, nil
}

// Ask stores a chat's question in the place of the one it had.
func (s *Store) Ask(ctx context.Context, q models.Question) error {
	q.Nonce = cut(q.Nonce, sizeNonce)
	err := s.within(ctx, func(tx *gorm.DB) error {
		return upsert(tx, &q, []string{"chat_id"}, "asking", "nonce", "items", "rest", "asked_at", "expires_at")
	})
	if err != nil {
		return fmt.Errorf("store question: %w", err)
	}
	return nil
}

// DropQuestion forgets a chat's question, if it has one.
func (s *Store) DropQuestion(ctx context.Context, chatID int64) error {
	if _, err := s.change(ctx, "DELETE FROM questions WHERE chat_id = ?", chatID); err != nil {
		return fmt.Errorf("drop question: %w", err)
	}
	return nil
}
