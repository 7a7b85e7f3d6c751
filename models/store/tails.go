package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"waybill/models"
)

// followBind binds a sealed tail to the follow it was given for.
func followBind(chatID, parcelID int64) string {
	return "follow:" + strconv.FormatInt(chatID, 10) + ":" + strconv.FormatInt(parcelID, 10)
}

// chatBind binds a sealed tail to the chat that remembers it.
func chatBind(chatID int64) string { return "chat:" + strconv.FormatInt(chatID, 10) }

// Tails opens the tails that a parcel's followers gave, the oldest follow
// first. One that no key opens any more has no digits; one that was lost and opens again,
// because the key is back, is untried.
func (s *Store) Tails(ctx context.Context, parcelID int64) ([]models.Tail, error) {
	var follows []models.Follow
	err := s.read.WithContext(ctx).Where("parcel_id = ? AND tail IS NOT NULL", parcelID).Order("created_at, chat_id").Find(&follows).Error
	if err != nil {
		return nil, fmt.Errorf("read tails: %w", err)
	}
	var tails []models.Tail
	for _, f := range follows {
		t := models.Tail{FollowID: f.ID, ChatID: f.ChatID, Digits: s.opened(f), State: f.TailState, Sealed: f.Tail}
		if t.State == models.TailLost && t.Digits != "" {
			t.State = models.TailUntried
		}
		tails = append(tails, t)
	}
	return tails, nil
}

// ChatTail opens the tail that a chat had remembered; "" when there is none, or no key
// opens it any more: then it has to be given again.
func (s *Store) ChatTail(ctx context.Context, chatID int64) (string, error) {
	c, err := s.ChatByID(ctx, chatID)
	if err != nil || len(c.Tail) == 0 {
		return "", err
	}
	digits, err := s.sealer.Open(chatBind(chatID), c.Tail)
	if err != nil {
		return "", nil //nolint:nilerr // a tail that cannot be read counts as not given
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

// allChats is the chat in whose row the attempts of all chats together are counted.
const allChats = 0

// ReserveTailAttempt takes one of today's (Shanghai) attempts to guess a waybill's
// tail, before the tail is compared with anything or a provider is asked: ofChat
// and ofWaybill are at most how many one chat and all chats together may take,
// whatever they do at the same time. It says how many are taken now; without
// reserved there was none left, and nothing has changed. Unfollowing gives none
// back, only ReturnTailAttempt does.
func (s *Store) ReserveTailAttempt(ctx context.Context, chatID int64, number string, ofChat, ofWaybill int, now models.Moment) (taken models.TailAttempts, reserved bool, err error) {
	number, day := cut(number, sizeNumber), now.Day()
	ensure := "INSERT " + s.driver.words().ignore + " INTO tail_attempts (number, day, chat_id, count) VALUES (?, ?, ?, 0), (?, ?, ?, 0)"
	if _, err := s.change(ctx, ensure, number, day, allChats, number, day, chatID); err != nil {
		return taken, false, fmt.Errorf("reserve tail attempt: %w", err)
	}
	err = s.within(ctx, func(tx *gorm.DB) error {
		for _, limit := range []struct {
			chat int64
			most int
		}{{allChats, ofWaybill}, {chatID, ofChat}} { // always in this order, so that two chats never wait for one another
			const sql = "UPDATE tail_attempts SET count = count + 1 WHERE number = ? AND day = ? AND chat_id = ? AND count < ?"
			done := tx.Exec(sql, number, day, limit.chat, limit.most)
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected == 0 {
				return errSpent
			}
		}
		taken, err = tailAttempts(tx, chatID, number, day)
		return err
	})
	if errors.Is(err, errSpent) {
		taken, err = tailAttempts(s.read.WithContext(ctx), chatID, number, day)
		return taken, false, wrapped("read tail attempts", err)
	}
	return taken, err == nil, wrapped("reserve tail attempt", err)
}

// errSpent undoes a reservation that goes beyond a limit.
var errSpent = errors.New("no attempts left")

// ReturnTailAttempt gives back an attempt that was reserved at now: the tail was
// right, or nobody has judged it.
func (s *Store) ReturnTailAttempt(ctx context.Context, chatID int64, number string, now models.Moment) error {
	const sql = "UPDATE tail_attempts SET count = count - 1 WHERE number = ? AND day = ? AND chat_id IN ? AND count > 0"
	_, err := s.change(ctx, sql, cut(number, sizeNumber), now.Day(), []int64{allChats, chatID})
	return wrapped("return tail attempt", err)
}

// TailAttempts is how many attempts to guess a waybill's tail are taken today (Shanghai).
func (s *Store) TailAttempts(ctx context.Context, chatID int64, number string, now models.Moment) (models.TailAttempts, error) {
	taken, err := tailAttempts(s.read.WithContext(ctx), chatID, cut(number, sizeNumber), now.Day())
	return taken, wrapped("read tail attempts", err)
}

func tailAttempts(db *gorm.DB, chatID int64, number, day string) (taken models.TailAttempts, err error) {
	var rows []struct {
		ChatID int64
		Count  int
	}
	const sql = "SELECT chat_id, count FROM tail_attempts WHERE number = ? AND day = ? AND chat_id IN ?"
	err = db.Raw(sql, number, day, []int64{allChats, chatID}).Scan(&rows).Error
	for _, row := range rows {
		if row.ChatID == allChats {
			taken.OfWaybill = row.Count
		} else {
			taken.OfChat = row.Count
		}
	}
	return taken, err
}

func wrapped(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
