package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// Arrive stores incoming updates in one transaction, with the chats they come
// from, which are due now, and says how many are new: one that was delivered
// before, by (door, key), changes nothing.
func (s *Store) Arrive(ctx context.Context, as []models.Arrival, now models.Moment) (fresh int, err error) {
	if len(as) == 0 {
		return 0, nil
	}
	err = s.within(ctx, func(tx *gorm.DB) error {
		rows, err := s.arriving(tx, as, now)
		if err != nil {
			return err
		}
		done := tx.Clauses(s.ignore()).Create(&rows)
		fresh = int(done.RowsAffected)
		if done.Error != nil || fresh == 0 {
			return done.Error
		}
		return wake(tx, chatsOf(rows), now)
	})
	if err != nil {
		return 0, fmt.Errorf("store updates: %w", err)
	}
	return fresh, nil
}

func chatsOf(arrivals []models.Arrival) []int64 {
	var ids []int64
	for _, a := range arrivals {
		ids = append(ids, a.ChatID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// arriving makes the rows, and the chats, which stay locked: one that is being
// erased must not lose its next update.
func (s *Store) arriving(tx *gorm.DB, as []models.Arrival, now models.Moment) ([]models.Arrival, error) {
	var fresh []models.Chat
	seen := map[models.Address]bool{}
	for _, a := range as {
		to := fitAddress(a.Address)
		if !seen[to] {
			seen[to] = true
			fresh = append(fresh, models.Chat{Address: to, Group: a.Group, CreatedAt: now})
		}
	}
	chats, err := s.ensureChats(tx, fresh)
	if err != nil {
		return nil, err
	}
	rows := make([]models.Arrival, len(as))
	for i, a := range as {
		a.Address = fitAddress(a.Address)
		rows[i] = models.Arrival{
			Door: cut(a.Door, sizeDoor), Key: cut(a.Key, sizeKey), ChatID: chats[a.Address].ID, Pos: a.Pos, Body: a.Body, DueAt: now, At: now,
			Answered: a.Answered, Replies: a.Replies,
		}
		if rows[i].Door == "" {
			rows[i].Door = a.Address.Door
		}
	}
	return rows, nil
}

// OpenArrivals reads a chat's open updates in the platform's order, up to the
// first that has to wait: what came after it waits with it. Those that one
// position holds are in the order of their keys. Concurrent calls are read together.
func (s *Store) OpenArrivals(ctx context.Context, chatID int64, now models.Moment) ([]models.Arrival, error) {
	open, err := s.opens.do(ctx, chatID)
	if err != nil {
		return nil, fmt.Errorf("read open updates: %w", err)
	}
	for i, a := range open {
		if a.DueAt > now {
			return open[:i], nil
		}
	}
	return open, nil
}

// openAll reads the open updates of many chats.
func (s *Store) openAll(ctx context.Context, chatIDs []int64) ([]outcome[[]models.Arrival], error) {
	var open []models.Arrival
	err := s.read.WithContext(ctx).Where("chat_id IN ? AND due_at < ?", chatIDs, models.Never).Order("pos, at, update_key").Find(&open).Error
	if err != nil {
		return nil, err
	}
	of := map[int64][]models.Arrival{}
	for _, a := range open {
		of[a.ChatID] = append(of[a.ChatID], a)
	}
	return answers(chatIDs, of), nil
}

// Answer stores what is to be sent for an update.
func (s *Store) Answer(ctx context.Context, c models.Claim, arrivalID int64, replies []byte) error {
	return s.setArrival(ctx, c, "answered = ?, replies = ?", arrivalID, true, replies)
}

// RepliesSent notes how many of an update's replies the platform has accepted.
func (s *Store) RepliesSent(ctx context.Context, c models.Claim, arrivalID int64, sent int) error {
	return s.setArrival(ctx, c, "sent = ?", arrivalID, sent)
}

// ArrivalFailed counts that an update could not be answered.
func (s *Store) ArrivalFailed(ctx context.Context, c models.Claim, arrivalID int64) error {
	return s.setArrival(ctx, c, "failures = failures + 1", arrivalID)
}

// setArrival changes an open update; models.ErrStale when the claim is
// another's, or the update is not the claim's any more.
func (s *Store) setArrival(ctx context.Context, c models.Claim, set string, arrivalID int64, values ...any) error {
	args := slices.Concat(values, []any{arrivalID, c.ChatID, models.Never})
	err := s.underClaim(ctx, c, func(tx *gorm.DB, _ chatRow) error {
		done := tx.Exec("UPDATE arrivals SET "+set+" WHERE id = ? AND chat_id = ? AND due_at < ?", args...)
		if done.Error == nil && done.RowsAffected == 0 {
			return models.ErrStale
		}
		return done.Error
	})
	if err != nil {
		return fmt.Errorf("change update: %w", err)
	}
	return nil
}

// EndArrival ends an update and empties it; its key stays known for three
// days. The last update of a chat that was erased takes the chat with it.
// models.ErrStale when the claim is another's.
func (s *Store) EndArrival(ctx context.Context, c models.Claim, arrivalID int64) error {
	err := s.underClaim(ctx, c, func(tx *gorm.DB, chat chatRow) error {
		const end = "UPDATE arrivals SET due_at = ?, body = NULL, replies = NULL WHERE id = ? AND chat_id = ?"
		if err := tx.Exec(end, models.Never, arrivalID, c.ChatID).Error; err != nil || !chat.Forgotten {
			return err
		}
		return erase(tx, c.ChatID)
	})
	if err != nil {
		return fmt.Errorf("end update: %w", err)
	}
	return nil
}

// Post has replies (JSON of the handlers) sent to a chat that has asked nothing:
// by whoever serves the chats of its door. about, at most 64 characters, names
// what they are about. Nothing happens, and fresh is
// false, while something about the same waits for this chat already, or when
// it came at or after since.
func (s *Store) Post(ctx context.Context, to models.Address, about string, replies []byte, since, now models.Moment) (fresh bool, err error) {
	err = s.within(ctx, func(tx *gorm.DB) (err error) {
		fresh, err = s.post(tx, models.Post{To: to, About: about, Replies: replies}, since, now)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("post to chat: %w", err)
	}
	return fresh, nil
}

func (s *Store) post(tx *gorm.DB, p models.Post, since, now models.Moment) (fresh bool, err error) {
	to := fitAddress(p.To)
	var known models.Chat
	if err := at(tx, to).Limit(1).Find(&known).Error; err != nil {
		return false, err
	}
	c, err := s.ensureChat(tx, to, known.Group, now)
	if err != nil {
		return false, err
	}
	prefix := fmt.Sprintf("post:%d:%s:", c.ID, p.About)
	var equal int64
	const same = "door = ? AND update_key >= ? AND update_key < ? AND (due_at < ? OR at >= ?)"
	err = tx.Model(&models.Arrival{}).Where(same, to.Door, prefix, prefix+"~", models.Never, since).Count(&equal).Error
	if err != nil || equal > 0 {
		return false, err
	}
	err = tx.Create(&models.Arrival{
		Door: to.Door, Key: prefix + fmt.Sprint(now), ChatID: c.ID, Replies: p.Replies, Answered: true, DueAt: now, At: now,
	}).Error
	if err != nil {
		return false, err
	}
	return true, wake(tx, []int64{c.ID}, now)
}

// ArrivalID is the row of an update, by the platform's key; models.ErrNotFound
// when there is none.
func (s *Store) ArrivalID(ctx context.Context, door, key string) (int64, error) {
	var ids []int64
	err := s.read.WithContext(ctx).Model(&models.Arrival{}).Where("door = ? AND update_key = ?", cut(door, sizeDoor), cut(key, sizeKey)).Limit(1).Pluck("id", &ids).Error
	if err != nil {
		return 0, fmt.Errorf("find update: %w", err)
	}
	if len(ids) == 0 {
		return 0, models.ErrNotFound
	}
	return ids[0], nil
}
