package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// Arrive stores incoming updates in one transaction, with the chats they come
// from, and says how many are new: one that was delivered before, by (door,
// key), changes nothing.
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
		return done.Error
	})
	if err != nil {
		return 0, fmt.Errorf("store updates: %w", err)
	}
	return fresh, nil
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

// ClaimInbox claims for owner, until now plus hold, at most limit chats of a
// door whose oldest open update is due, the longest due first.
func (s *Store) ClaimInbox(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Chat, error) {
	const sql = `SELECT i.chat_id FROM arrivals i JOIN chats c ON c.id = i.chat_id
		WHERE i.door = ? AND i.due_at <= ? AND c.claim_until <= ? AND NOT EXISTS (
			SELECT 1 FROM arrivals j WHERE j.chat_id = i.chat_id AND j.due_at > ? AND j.due_at < ?
			AND (j.pos < i.pos OR (j.pos = i.pos AND j.id < i.id)))
		GROUP BY i.chat_id ORDER BY MIN(i.due_at) LIMIT ?`
	var ids []int64
	if err := s.read.WithContext(ctx).Raw(sql, door, now, now, now, models.Never, limit).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("find open updates: %w", translate(s.read, err))
	}
	if len(ids) == 0 {
		return nil, nil
	}
	chats, err := s.claim(ctx, owner, now, hold, func(tx *gorm.DB) *gorm.DB { return tx.Where("id IN ?", ids).Order("id") })
	if err != nil {
		return nil, fmt.Errorf("claim chats with open updates: %w", err)
	}
	return chats, nil
}

// Pending reads a chat's open updates in the platform's order, up to the first
// that has to wait: what came after it waits with it.
func (s *Store) Pending(ctx context.Context, chatID int64, now models.Moment) ([]models.Arrival, error) {
	var open []models.Arrival
	err := s.read.WithContext(ctx).Where("chat_id = ? AND due_at < ?", chatID, models.Never).Order("pos, id").Find(&open).Error
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

// Answer stores what is to be sent for an update.
func (s *Store) Answer(ctx context.Context, arrivalID int64, replies []byte) error {
	return s.setArrival(ctx, "answered = ?, replies = ?", arrivalID, true, replies)
}

// SentOne notes how many of an update's replies the platform has accepted.
func (s *Store) SentOne(ctx context.Context, arrivalID int64, sent int) error {
	return s.setArrival(ctx, "sent = ?", arrivalID, sent)
}

// freeFor is how long an update that the customer's next message made due is
// not put off for longer, once: who does that had looked before.
const freeFor = time.Hour

// PostponeArrival has an update worked on again at until, and counts the
// failure. One that waits for the customer to write, and to whom this has just
// happened, stays due.
func (s *Store) PostponeArrival(ctx context.Context, arrivalID int64, until models.Moment) error {
	const set = `due_at = CASE WHEN freed_at > 0 AND freed_at < ? THEN due_at ELSE ? END,
		freed_at = CASE WHEN freed_at < ? THEN 0 ELSE freed_at END, failures = failures + 1`
	long := until.Add(-freeFor)
	return s.setArrival(ctx, set, arrivalID, long, until, long)
}

func (s *Store) setArrival(ctx context.Context, set string, arrivalID int64, values ...any) error {
	args := slices.Concat(values, []any{arrivalID, models.Never})
	if _, err := s.change(ctx, "UPDATE arrivals SET "+set+" WHERE id = ? AND due_at < ?", args...); err != nil {
		return fmt.Errorf("change update: %w", err)
	}
	return nil
}

// EndArrival ends an update and empties it; its key stays known for three
// days. The last update of a chat that was erased takes the chat with it.
func (s *Store) EndArrival(ctx context.Context, arrivalID int64) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		var a models.Arrival
		if err := tx.Select("id", "chat_id").Take(&a, "id = ?", arrivalID).Error; err != nil {
			return err
		}
		var c chatRow
		err := locking(tx).Take(&c, "id = ?", a.ChatID).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		const end = "UPDATE arrivals SET due_at = ?, body = NULL, replies = NULL WHERE id = ?"
		if err := tx.Exec(end, models.Never, arrivalID).Error; err != nil || !c.Forgotten {
			return err
		}
		return erase(tx, c.ID)
	})
	if err != nil {
		return fmt.Errorf("end update: %w", named(err))
	}
	return nil
}
