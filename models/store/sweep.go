package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

const (
	keepCalls    = 7 * 24 * time.Hour
	keepSums     = 800 * 24 * time.Hour
	keepArrivals = 3 * 24 * time.Hour
	keepAttempts = 2 * 24 * time.Hour
	keepBudgets  = 60 * 24 * time.Hour
	keepTokens   = 60 * 24 * time.Hour
	keepBodies   = 7 * 24 * time.Hour
	keepJourneys = 180 * 24 * time.Hour
)

const (
	sweptParcels = 200 // parcels in one transaction, at most: each has its events
	sweptChats   = 20  // the same, of chats
)

// sweep is one step of Sweep.
type sweep struct {
	what string
	// due asks in one look into an index whether there is anything to do: most of the
	// time nothing is, and then nothing is locked.
	due  string
	args []any
	some func(tx *gorm.DB) (int, error) // some of it; fewer than size: there is no more
	size int
}

// Sweep ends and removes what has had its time; docs/operate.md has the table of what
// bounds what. It works in small transactions, goes on where an interrupted one has
// ended, may be stopped at any time, and costs what it finds, not what there is.
func (s *Store) Sweep(ctx context.Context, keep models.Retention, now models.Moment) error {
	for _, step := range append(s.endings(keep, now), s.removals(keep, now)...) {
		if err := s.repeat(ctx, step); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	if err := s.inspect(ctx, keep, now); err != nil {
		return fmt.Errorf("look for forgotten parcels: %w", err)
	}
	return nil
}

// endings are the steps that end what goes on, as long as nobody ends it.
func (s *Store) endings(keep models.Retention, now models.Moment) []sweep {
	return []sweep{
		s.forgetGone(now.Add(-keep.Unreachable), now),
		s.endFollows(keep, now),
		s.dropTails(now.Add(-keep.Tails)),
	}
}

// removals are the steps that remove rows.
func (s *Store) removals(keep models.Retention, now models.Moment) []sweep {
	old := func(age time.Duration) models.Moment { return now.Add(-age) }
	left, calls, arrivals := old(keep.Parcels), old(keepCalls), old(keepArrivals)
	return []sweep{
		{
			what: "fold calls", due: "calls WHERE started_at > 0 AND started_at < ?", args: []any{calls},
			some: func(tx *gorm.DB) (int, error) { return s.fold(tx, calls) }, size: chunk,
		},
		{
			what: "drop parcels", due: "parcels WHERE left_at > 0 AND left_at < ?", args: []any{left},
			some: func(tx *gorm.DB) (int, error) { return dropLeft(tx, left) }, size: sweptParcels,
		},
		{
			what: "drop updates", due: "arrivals WHERE at < ?", args: []any{arrivals},
			some: func(tx *gorm.DB) (int, error) { return dropEnded(tx, arrivals) }, size: chunk,
		},
		s.removing("questions", "chat_id", "expires_at < ?", now+1),
		s.removing("stopped", "id", "stopped_at < ?", old(undoWithin)),
		s.removing("cache", "kind, cache_key", "until_at < ?", now+1),
		s.removing("dispatched", "parcel_id", "until_at < ?", old(time.Hour)),
		s.removing("tail_attempts", "number, day, chat_id", "day < ?", old(keepAttempts).Day()),
		s.removing("subscriptions", "id", "idle_at > 0 AND idle_at < ?", old(keepTokens)),
		s.removing("raw_pushes", "id", "at < ?", old(keepBodies)),
		s.removing("journeys", "parcel_id", "delivered_at < ?", old(keepJourneys)),
		s.removing("budgets", "day, provider", "day < ?", old(keepBudgets).Day()),
		s.removing("calls", "id", "day < ?", old(keepSums).Day()),
		s.removing("chat_usage", "period, chat_id", "period >= 'd' AND period < ?", models.OfDay(old(keepChatDays))),
		s.removing("chat_usage", "period, chat_id", "period >= 'm' AND period < ?", models.OfMonth(old(keepChatMonths))),
		s.removing("sent", "parcel_id, chat_id, upto, outcome", "at < ?", old(keepSent)),
		s.removing("notes", "id", "at < ?", old(keepSent)),
		s.removing("admin_sessions", "id", "until_at < ?", now+1),
		s.removing("wrong_tokens", "id", "at < ?", old(wrongFor)),
		{
			what: "drop forgotten chats", due: "chats WHERE forgotten = 1",
			some: func(tx *gorm.DB) (int, error) { return dropForgotten(tx, now) }, size: chunk,
		},
	}
}

// repeat runs a step, each time in its own transaction, while it finds as much as it takes.
func (s *Store) repeat(ctx context.Context, step sweep) error {
	var found []int
	err := s.read.WithContext(ctx).Raw("SELECT 1 FROM "+step.due+" LIMIT 1", step.args...).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return translate(s.read, err)
	}
	for {
		n := 0
		err := s.behind(ctx, func(tx *gorm.DB) (err error) {
			n, err = step.some(tx)
			return err
		})
		if err != nil || n < step.size {
			return err
		}
	}
}

// removing is a step that removes the rows of a table which a condition names, some at a
// time: hours of memories in one statement would hold up whoever writes.
func (s *Store) removing(table, key, where string, args ...any) sweep {
	sql := fmt.Sprintf("DELETE FROM %s WHERE %s LIMIT %d", table, where, chunk)
	if !s.driver.words().limits {
		keys := key
		if strings.Contains(key, ",") {
			keys = "(" + key + ")"
		}
		sql = fmt.Sprintf("DELETE FROM %s WHERE %s IN (SELECT %s FROM %s WHERE %s LIMIT %d)", table, keys, key, table, where, chunk)
	}
	return sweep{what: "drop " + table, due: table + " WHERE " + where, args: args, size: chunk, some: func(tx *gorm.DB) (int, error) {
		done := tx.Exec(sql, args...)
		return int(done.RowsAffected), done.Error
	}}
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
	err := locking(tx).Select("id", "number").Where("left_at > 0 AND left_at < ?", before).Order("left_at").Limit(sweptParcels).Find(&rows).Error
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
