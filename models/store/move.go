package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// MoveChat gives a chat its new id on the platform. When the new id has a chat
// already, the old one is merged into it, in one transaction: follows, open
// question, updates, language and tail; the old row ends.
func (s *Store) MoveChat(ctx context.Context, chatID int64, conversation string, now models.Moment) error {
	return s.move(ctx, chatID, conversation, now, func(models.Chat) error { return nil })
}

// MoveChatUnder is MoveChat for whoever serves the chat; models.ErrStale when the
// claim is another's.
func (s *Store) MoveChatUnder(ctx context.Context, c models.Claim, conversation string, now models.Moment) error {
	return s.move(ctx, c.ChatID, conversation, now, func(chat models.Chat) error {
		if chat.ClaimEpoch != c.Epoch {
			return models.ErrStale
		}
		return nil
	})
}

// move moves a chat if its row, once it is locked, may be moved.
func (s *Store) move(ctx context.Context, chatID int64, conversation string, now models.Moment, may func(models.Chat) error) error {
	conversation = cut(conversation, sizeConversation)
	err := s.within(ctx, func(tx *gorm.DB) error {
		from, to, err := lockBothChats(tx, chatID, conversation)
		if err == nil {
			err = may(from)
		}
		if err != nil || from.Conversation == conversation {
			return err
		}
		if to.ID != 0 {
			return s.mergeChats(tx, from, to, now)
		}
		err = tx.Exec("UPDATE chats SET conversation = ? WHERE id = ?", conversation, from.ID).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return errAgain // the new id wrote just now: merge with it
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("move chat: %w", named(err))
	}
	return nil
}

// lockBothChats locks what both chats follow and then both chats; to is empty when
// the new id has no chat.
func lockBothChats(tx *gorm.DB, chatID int64, conversation string) (from, to models.Chat, err error) {
	if from, to, err = findBothChats(tx, chatID, conversation); err != nil {
		return from, to, err
	}
	ids := []int64{from.ID, to.ID}
	var parcels []int64
	err = tx.Model(&models.Follow{}).Where("chat_id IN ?", ids).Distinct().Pluck("parcel_id", &parcels).Error
	if err == nil {
		_, err = lockParcels(tx, parcels)
	}
	if err != nil {
		return from, to, err
	}
	var locked []models.Chat
	err = locking(tx).Where("id IN ?", ids).Order("id").Find(&locked).Error
	if err == nil && !slices.ContainsFunc(locked, func(c models.Chat) bool { return c.ID == chatID }) {
		err = gorm.ErrRecordNotFound
	}
	return from, to, err
}

// findBothChats reads the chat and the one that has its new id, if any.
func findBothChats(tx *gorm.DB, chatID int64, conversation string) (from, to models.Chat, err error) {
	err = tx.Take(&from, "id = ?", chatID).Error
	if err != nil {
		return from, to, err
	}
	address := from.Address
	address.Conversation = conversation
	err = at(tx, address).Limit(1).Find(&to).Error
	return from, to, err
}

// mergeChats moves everything of one chat to another and ends it.
func (s *Store) mergeChats(tx *gorm.DB, from, to models.Chat, now models.Moment) error {
	if err := s.moveChatFollows(tx, from, to); err != nil {
		return err
	}
	if err := s.mergeRow(tx, from, to); err != nil {
		return err
	}
	ids, err := followedBy(tx, to.ID)
	if err == nil {
		_, err = keepRobots(tx, ids)
	}
	if err != nil {
		return err
	}
	for _, sql := range []string{
		"UPDATE arrivals SET chat_id = ? WHERE chat_id = ?",
		"UPDATE questions SET chat_id = ? WHERE chat_id = ?",
		"UPDATE " + s.driver.words().ignore + " imports SET chat_id = ? WHERE chat_id = ?",
	} {
		if err := tx.Exec(sql, to.ID, from.ID).Error; err != nil {
			return err
		}
	}
	if err := tx.Exec("DELETE FROM sent WHERE chat_id = ?", from.ID).Error; err != nil {
		return err
	}
	if err := moveChatUsage(tx, from.ID, to.ID); err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM chats WHERE id = ?", from.ID).Error; err != nil {
		return err
	}
	if err := unpark(tx, ids, now); err != nil {
		return err
	}
	return wake(tx, []int64{to.ID}, now)
}

// mergeRow keeps what the chat knows and adds what only the old one knew. The
// newer of two open questions stays.
func (s *Store) mergeRow(tx *gorm.DB, from, to models.Chat) error {
	if to.Lang == "" {
		to.Lang = from.Lang
	}
	if len(to.Tail) == 0 && len(from.Tail) > 0 {
		if digits, err := s.sealer.Open(chatBind(from.ID), from.Tail); err == nil {
			if to.Tail, err = s.sealer.Seal(chatBind(to.ID), digits); err != nil {
				return fmt.Errorf("seal tail: %w", err)
			}
		}
	}
	const keep = "UPDATE chats SET lang = ?, tail = ?, gone_at = 0 WHERE id = ?"
	if err := tx.Exec(keep, to.Lang, to.Tail, to.ID).Error; err != nil {
		return err
	}
	if err := mergeCredits(tx, from.ID, to.ID); err != nil {
		return err
	}
	var questions []models.Question
	err := tx.Where("chat_id IN ?", []int64{from.ID, to.ID}).Order("asked_at").Find(&questions).Error
	if err != nil || len(questions) < 2 {
		return err
	}
	return tx.Delete(&models.Question{}, "chat_id = ?", questions[0].ChatID).Error
}

// moveChatFollows takes the follows of one chat to another. Where both follow
// a parcel the older mark holds: news may come twice, but not never.
func (s *Store) moveChatFollows(tx *gorm.DB, from, to models.Chat) error {
	there, err := followsOf(tx, "chat_id", to.ID)
	if err != nil {
		return err
	}
	twins := map[int64]models.Follow{}
	for _, f := range there {
		twins[f.ParcelID] = f
	}
	moving, err := followsOf(tx, "chat_id", from.ID)
	if err != nil {
		return err
	}
	for _, f := range moving {
		id := f.ID
		if f, err = s.rebind(f, to.ID, f.ParcelID); err != nil {
			return err
		}
		if twin, ok := twins[f.ParcelID]; ok {
			f = missed(unite(twin, f), twin, f)
			if err := tx.Delete(&models.Follow{}, "id = ?", id).Error; err != nil {
				return err
			}
		}
		if err := tx.Save(&f).Error; err != nil {
			return err
		}
	}
	return nil
}

// missed sets the marks of the follow that two have become: what one of them was
// not delivered is pending, as far as the other knew of it.
func missed(united, one, other models.Follow) models.Follow {
	united.DeliveredSeq = min(one.DeliveredSeq, other.DeliveredSeq)
	united.PendingSeq = max(one.PendingSeq, other.PendingSeq)
	if united.Mute != models.Muted {
		united.PendingSeq = max(united.PendingSeq, one.DeliveredSeq, other.DeliveredSeq)
	}
	if !united.Pending() {
		united.PendingSeq = 0
	}
	return united
}

// rebind moves a follow to another chat or parcel: its tail is sealed anew,
// because what was sealed for one row opens in no other. Of a tail that no key
// opens any more it stays known that there was one.
func (s *Store) rebind(f models.Follow, chatID, parcelID int64) (models.Follow, error) {
	digits, given := s.opened(f), f.Tail != nil
	f.ChatID, f.ParcelID, f.Tail = chatID, parcelID, nil
	if digits == "" {
		if given {
			f.Tail = unreadable()
		}
		return f, nil
	}
	sealed, err := s.sealer.Seal(followBind(chatID, parcelID), digits)
	if err != nil {
		return f, fmt.Errorf("seal tail: %w", err)
	}
	f.Tail = sealed
	return f, nil
}

// unreadable stands where a sealed tail was that no key opens. It is not empty: SQLite's
// driver reads what is empty as NULL.
func unreadable() []byte { return []byte{0} }

// opened is the tail that a follower gave, "" when there is none or no key
// opens it any more: then it counts as not given.
func (s *Store) opened(f models.Follow) string {
	if len(f.Tail) == 0 {
		return ""
	}
	digits, err := s.sealer.Open(followBind(f.ChatID, f.ParcelID), f.Tail)
	if err != nil {
		return ""
	}
	return digits
}

// unite puts two follows of one chat and one parcel, both bound to it, into
// the row of the first. A better tail and a missing name come from the second.
func unite(keep, other models.Follow) models.Follow {
	if keep.Name == "" {
		keep.Name = other.Name
	}
	if keep.PushTo == "" {
		keep.PushTo = other.PushTo
	}
	if keep.TailState != models.TailOK && len(other.Tail) > 0 &&
		(other.TailState == models.TailOK || len(keep.Tail) == 0 || keep.TailState.Wanting()) {
		keep.Tail, keep.TailState = other.Tail, other.TailState
	}
	keep.Awaited = keep.Awaited || other.Awaited
	if keep.Mute == models.Muted {
		keep.Mute = other.Mute
	}
	return keep
}

// followsOf locks and reads follows by the value of one column.
func followsOf(tx *gorm.DB, column string, id int64) ([]models.Follow, error) {
	var follows []models.Follow
	err := locking(tx).Where(column+" = ?", id).Order("id").Find(&follows).Error
	return follows, err
}
