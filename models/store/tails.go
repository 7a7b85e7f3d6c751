package store

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"waybill/models"
)

// followBind binds a sealed tail to the follow it was given for.
func followBind(chatID, parcelID int64) string {
	return "follow:" + strconv.FormatInt(chatID, 10) + ":" + strconv.FormatInt(parcelID, 10)
}

// chatBind binds a sealed tail to the chat that remembers it.
func chatBind(chatID int64) string { return "chat:" + strconv.FormatInt(chatID, 10) }

// Tails opens the tails that a parcel's followers gave, the oldest follow
// first. One that no key opens any more counts as not given.
func (s *Store) Tails(ctx context.Context, parcelID int64) ([]models.Tail, error) {
	var follows []models.Follow
	err := s.read.WithContext(ctx).Where("parcel_id = ? AND tail IS NOT NULL", parcelID).Order("id").Find(&follows).Error
	if err != nil {
		return nil, fmt.Errorf("read tails: %w", err)
	}
	var tails []models.Tail
	for _, f := range follows {
		if digits := s.opened(f); digits != "" {
			tails = append(tails, models.Tail{FollowID: f.ID, ChatID: f.ChatID, Digits: digits, State: f.TailState})
		}
	}
	return tails, nil
}

// ChatTail opens the tail that a chat had remembered; "" when there is none.
func (s *Store) ChatTail(ctx context.Context, chatID int64) (string, error) {
	c, err := s.ChatByID(ctx, chatID)
	if err != nil || len(c.Tail) == 0 {
		return "", err
	}
	digits, err := s.sealer.Open(chatBind(chatID), c.Tail)
	if err != nil {
		return "", fmt.Errorf("open the chat's tail: %w", err)
	}
	return digits, nil
}

// SetChatTail remembers a tail for a chat; "" erases it.
func (s *Store) SetChatTail(ctx context.Context, chatID int64, tail string) error {
	var sealed []byte
	if tail != "" {
		var err error
		if sealed, err = s.sealer.Seal(chatBind(chatID), tail); err != nil {
			return fmt.Errorf("seal the chat's tail: %w", err)
		}
	}
	return s.setChat(ctx, chatID, "tail", sealed)
}

// tryRow counts a chat's wrong tails for one waybill and day.
type tryRow struct {
	Number string `gorm:"primaryKey"`
	Day    string `gorm:"primaryKey"`
	ChatID int64  `gorm:"primaryKey;autoIncrement:false"`
	Count  int
}

// TableName is where GORM finds the rows.
func (tryRow) TableName() string { return "tail_attempts" }

// WrongTail counts one wrong tail that a chat gave for a waybill today (Shanghai).
// Unfollowing does not reset the count.
func (s *Store) WrongTail(ctx context.Context, chatID int64, number string, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		more := clause.OnConflict{
			Columns:   []clause.Column{{Name: "number"}, {Name: "day"}, {Name: "chat_id"}},
			DoUpdates: clause.Assignments(map[string]any{"count": gorm.Expr("tail_attempts.count + 1")}),
		}
		return tx.Clauses(more).Create(&tryRow{Number: cut(number, sizeNumber), Day: now.Day(), ChatID: chatID, Count: 1}).Error
	})
	if err != nil {
		return fmt.Errorf("count wrong tail: %w", err)
	}
	return nil
}

// WrongTails is how many wrong tails were given for a waybill today
// (Shanghai), by this chat and by all.
func (s *Store) WrongTails(ctx context.Context, chatID int64, number string, now models.Moment) (ofChat, ofWaybill int, err error) {
	var rows []tryRow
	err = s.read.WithContext(ctx).Where("number = ? AND day = ?", cut(number, sizeNumber), now.Day()).Find(&rows).Error
	if err != nil {
		return 0, 0, fmt.Errorf("read wrong tails: %w", err)
	}
	for _, row := range rows {
		ofWaybill += row.Count
		if row.ChatID == chatID {
			ofChat += row.Count
		}
	}
	return ofChat, ofWaybill, nil
}
