package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// Question reads a chat's open question as the handling of an arrival finds it (0:
// nobody handles one); false when there is none, or it has expired.
func (s *Store) Question(ctx context.Context, chatID, arrivalID int64, now models.Moment) (models.Question, bool, error) {
	q, err := question(s.read.WithContext(ctx), chatID, arrivalID)
	if err != nil {
		return models.Question{}, false, fmt.Errorf("read question: %w", err)
	}
	if q.Asking == "" || q.ExpiresAt <= now {
		return models.Question{}, false, nil
	}
	return q, true, nil
}

// question is what was open before an arrival was handled: what its handling has
// made of it, if it was handled before, is undone.
func question(db *gorm.DB, chatID, arrivalID int64) (models.Question, error) {
	var q models.Question
	err := db.Take(&q, "chat_id = ?", chatID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Question{}, nil
	}
	if err != nil || arrivalID == 0 || q.ChangedBy != arrivalID {
		return q, err
	}
	if q.Previous == nil {
		return models.Question{}, nil
	}
	return *q.Previous, nil
}

// Ask stores a chat's question in the place of the one it had, which stays known
// to whoever handles q.ChangedBy once more.
func (s *Store) Ask(ctx context.Context, q models.Question) error {
	q.Nonce = cut(q.Nonce, sizeNonce)
	if err := s.replaceQuestion(ctx, q); err != nil {
		return fmt.Errorf("store question: %w", err)
	}
	return nil
}

// previousTTL is how long a question that was dropped stays known to whoever
// handles the arrival once more that dropped it.
const previousTTL = time.Hour

// DropQuestion ends a chat's question, if it has one, which stays known for an
// hour to whoever handles the arrival once more (0: nobody does).
func (s *Store) DropQuestion(ctx context.Context, chatID, arrivalID int64, now models.Moment) error {
	var err error
	if arrivalID == 0 {
		_, err = s.change(ctx, "DELETE FROM questions WHERE chat_id = ?", chatID)
	} else {
		err = s.replaceQuestion(ctx, models.Question{ChatID: chatID, ChangedBy: arrivalID, ExpiresAt: now.Add(previousTTL)})
	}
	if err != nil {
		return fmt.Errorf("drop question: %w", err)
	}
	return nil
}

func (s *Store) replaceQuestion(ctx context.Context, q models.Question) error {
	return s.within(ctx, func(tx *gorm.DB) error {
		q.Previous = nil
		if q.ChangedBy != 0 {
			before, err := question(tx, q.ChatID, q.ChangedBy)
			if err != nil {
				return err
			}
			if before.Asking != "" {
				before.Previous = nil
				q.Previous = &before
			}
		}
		return upsert(tx, &q, []string{"chat_id"}, "asking", "nonce", "items", "rest", "asked_at", "expires_at", "changed_by", "previous")
	})
}
