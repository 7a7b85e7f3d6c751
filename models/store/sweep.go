package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

const (
	keepCalls    = 7 * 24 * time.Hour
	keepArrivals = 3 * 24 * time.Hour
	keepAttempts = 2 * 24 * time.Hour
	keepBudgets  = 60 * 24 * time.Hour
	keepTokens   = 60 * 24 * time.Hour
	keepBodies   = 7 * 24 * time.Hour
	keepJourneys = 180 * 24 * time.Hour
)

// Sweep folds ledger rows older than seven days into one for each day,
// provider, kind, outcome and billing, and drops what has had its time:
// expired questions and memories, stops that can be undone no more, updates that ended three days ago, parcels
// that nobody has followed for as long as keep says, subscriptions that nobody has needed
// for 60, bodies of pushes after seven, journeys after 180, old tail attempts and budgets, what was sent to
// whom and notes after 30, usage by chat
// after 7 days and 13 months, sessions that are over, and forgotten chats that nothing is
// counted by any more. It works in
// small transactions and may be stopped at any time.
func (s *Store) Sweep(ctx context.Context, keep time.Duration, now models.Moment) error {
	old := func(age time.Duration) models.Moment { return now.Add(-age) }
	steps := []struct {
		what string
		some func(tx *gorm.DB) (int, error)
	}{
		{"fold calls", func(tx *gorm.DB) (int, error) { return s.fold(tx, old(keepCalls)) }},
		{"drop parcels", func(tx *gorm.DB) (int, error) { return dropLeft(tx, old(keep)) }},
		{"drop updates", func(tx *gorm.DB) (int, error) { return dropEnded(tx, old(keepArrivals)) }},
		{"drop questions", draining("questions", "expires_at", now+1)},
		{"drop stopped follows", draining("stopped", "stopped_at", old(undoWithin))},
		{"drop memories", draining("cache", "until_at", now+1)},
		{"drop tail attempts", draining("tail_attempts", "day", old(keepAttempts).Day())},
		{"drop forgotten chats", func(tx *gorm.DB) (int, error) { return dropForgotten(tx, now) }},
		{"drop subscriptions", dropIdle(old(keepTokens))},
		{"drop pushes", draining("raw_pushes", "at", old(keepBodies))},
		{"drop journeys", draining("journeys", "delivered_at", old(keepJourneys))},
		{"drop budgets", draining("budgets", "day", old(keepBudgets).Day())},
		{"drop usage by chat and day", dropChatUsage("d", models.OfDay(old(keepChatDays)))},
		{"drop usage by chat and month", dropChatUsage("m", models.OfMonth(old(keepChatMonths)))},
		{"drop what was sent", draining("sent", "at", old(keepSent))},
		{"drop notes", draining("notes", "at", old(keepSent))},
		{"drop sessions", draining("admin_sessions", "until_at", now+1)},
	}
	for _, step := range steps {
		if err := s.repeat(ctx, step.some); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// repeat runs a step, each time in its own transaction, while it fills chunks.
func (s *Store) repeat(ctx context.Context, some func(*gorm.DB) (int, error)) error {
	for {
		n := 0
		err := s.within(ctx, func(tx *gorm.DB) (err error) {
			n, err = some(tx)
			return err
		})
		if err != nil || n < chunk {
			return err
		}
	}
}

// dropIdle is a step that removes subscriptions that nobody has needed since.
func dropIdle(before models.Moment) func(*gorm.DB) (int, error) {
	return func(tx *gorm.DB) (int, error) {
		var ids []int64
		err := tx.Table("subscriptions").Where("idle_at > 0 AND idle_at < ?", before).Order("idle_at").Limit(chunk).Pluck("id", &ids).Error
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		return len(ids), tx.Exec("DELETE FROM subscriptions WHERE id IN ?", ids).Error
	}
}

// draining is a step that removes the rows whose column is below a limit, some
// at a time: hours of memories in one statement would hold up whoever writes.
func draining[T any](table, column string, limit T) func(*gorm.DB) (int, error) {
	return func(tx *gorm.DB) (int, error) {
		var part []T
		err := tx.Table(table).Where(column+" < ?", limit).Order(column).Offset(chunk-1).Limit(1).Pluck(column, &part).Error
		if err != nil {
			return 0, err
		}
		if len(part) == 0 {
			return 0, tx.Exec("DELETE FROM "+table+" WHERE "+column+" < ?", limit).Error
		}
		return chunk, tx.Exec("DELETE FROM "+table+" WHERE "+column+" <= ?", part[0]).Error
	}
}

// dropEnded removes updates that ended; their keys are forgotten with them.
func dropEnded(tx *gorm.DB, before models.Moment) (int, error) {
	var ids []int64
	err := tx.Table("arrivals").Where("at < ? AND due_at = ?", before, models.Never).Order("at").Limit(chunk).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), tx.Exec("DELETE FROM arrivals WHERE id IN ?", ids).Error
}

// dropLeft removes parcels that nobody follows any more, and what is kept
// about their numbers when no other carrier has them.
func dropLeft(tx *gorm.DB, before models.Moment) (int, error) {
	var rows []parcelRow
	err := locking(tx).Select("id", "number").Where("left_at > 0 AND left_at < ?", before).Order("left_at").Limit(chunk).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ids, numbers := make([]int64, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		ids[i], numbers[i] = row.ID, row.Number
	}
	if err := dropParcels(tx, ids); err != nil {
		return 0, err
	}
	for _, table := range []string{"provider_calls", "floor_exemptions"} {
		sql := "DELETE FROM " + table + " WHERE number IN ? AND NOT EXISTS (SELECT 1 FROM parcels p WHERE p.number = " + table + ".number)"
		if err := tx.Exec(sql, numbers).Error; err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}
