package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	for _, items := range [][]models.Item{q.Items, q.Rest} {
		s.openItems(chatID, items)
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
	for _, items := range []*[]models.Item{&q.Items, &q.Rest} {
		if err := s.sealItems(q.ChatID, items); err != nil {
			return fmt.Errorf("store question: %w", err)
		}
	}
	if err := s.replaceQuestion(ctx, q); err != nil {
		return fmt.Errorf("store question: %w", err)
	}
	return nil
}

// questionBind binds sealed tails to the question of a chat.
func questionBind(chatID int64) string { return "question:" + strconv.FormatInt(chatID, 10) }

// sealItems puts copies of a question's items in their place, whose tails are sealed.
func (s *Store) sealItems(chatID int64, items *[]models.Item) error {
	*items = slices.Clone(*items)
	for i := range *items {
		item := &(*items)[i]
		if item.Tail == "" {
			continue
		}
		sealed, err := s.sealer.Seal(questionBind(chatID), item.Tail)
		if err != nil {
			return fmt.Errorf("seal tail: %w", err)
		}
		item.Tail, item.Sealed = "", sealed
	}
	return nil
}

// openItems opens the tails of a question's items; one that no key opens any more
// counts as not given.
func (s *Store) openItems(chatID int64, items []models.Item) {
	for i := range items {
		if len(items[i].Sealed) == 0 {
			continue
		}
		if digits, err := s.sealer.Open(questionBind(chatID), items[i].Sealed); err == nil {
			items[i].Tail = digits
		}
		items[i].Sealed = nil
	}
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
