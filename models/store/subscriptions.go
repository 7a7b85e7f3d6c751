package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// neededOnes narrows subscriptions to those whose parcel lives and is followed by a chat that
// can be told. The parcels are reached from the subscriptions on every database: a condition
// that asks the other way round has TiDB read all of them, and so has SQLite, by
// parcels_open, unless + 0 keeps the index of live parcels out of it.
const neededOnes = `SELECT /*+ INL_JOIN(p, f, c) */ DISTINCT s.id FROM subscriptions s JOIN parcels p ON p.id = s.parcel_id
	JOIN follows f ON f.parcel_id = p.id JOIN chats c ON c.id = f.chat_id
	WHERE s.id IN ? AND p.done_at + 0 = 0 AND ` + reachableChat

// needed says which of the subscriptions are.
func needed(tx *gorm.DB, ids []int64, now models.Moment) (map[int64]bool, error) {
	are := make(map[int64]bool, len(ids))
	for part := range slices.Chunk(ids, chunk) {
		var some []int64
		if err := tx.Raw(neededOnes, part, now).Scan(&some).Error; err != nil {
			return nil, translate(tx, err)
		}
		for _, id := range some {
			are[id] = true
		}
	}
	return are, nil
}

// EnsureSubscription has a parcel subscribed to at a provider from due on, under a new token
// or, if it was subscribed to there before, under the old one: late pushes and
// the vendor's "already subscribed" then mean the same row. One that lives and
// only nobody needed is needed again.
func (s *Store) EnsureSubscription(ctx context.Context, p models.Parcel, provider, token string, due, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		if _, err := lockParcels(tx, []int64{p.ID}); err != nil {
			return err
		}
		var rows []models.Subscription
		err := locking(tx).Where("parcel_id = ? AND provider = ?", p.ID, provider).Order("created_at DESC, token").Limit(1).Find(&rows).Error
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return tx.Create(&models.Subscription{
				ParcelID: p.ID, Provider: provider, Token: token, Number: p.Number, Carrier: p.Carrier,
				State: models.SubscriptionWanted, DueAt: due, CreatedAt: now,
			}).Error
		}
		return renew(tx, rows[0], p, due)
	})
	if err != nil {
		return fmt.Errorf("want subscription: %w", err)
	}
	return nil
}

// renew takes a subscription that was there before into use.
func renew(tx *gorm.DB, row models.Subscription, p models.Parcel, due models.Moment) error {
	if row.State != models.SubscriptionOver && row.State != models.SubscriptionRefused {
		return tx.Exec("UPDATE subscriptions SET idle_at = 0 WHERE id = ?", row.ID).Error
	}
	const sql = "UPDATE subscriptions SET state = ?, due_at = ?, carrier = ?, failures = 0, idle_at = 0 WHERE id = ?"
	return tx.Exec(sql, models.SubscriptionWanted, due, p.Carrier, row.ID).Error
}

// Subscriptions reads a parcel's, the oldest first.
func (s *Store) Subscriptions(ctx context.Context, parcelID int64) ([]models.Subscription, error) {
	var rows []models.Subscription
	if err := s.read.WithContext(ctx).Where("parcel_id = ?", parcelID).Order("created_at, token").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	return rows, nil
}

// TakeDueSubscriptions hands out at most limit subscriptions that are to be ordered now and
// whose parcels are followed, each once in hold. Those that nobody needs are noted as such.
func (s *Store) TakeDueSubscriptions(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Subscription, error) {
	for {
		// Outside a transaction: most of the time nothing is due.
		var due []int64
		err := s.read.WithContext(ctx).Model(&models.Subscription{}).
			Where("idle_at = 0 AND due_at <= ?", now).Order("due_at").Limit(limit).Pluck("id", &due).Error
		if err != nil {
			return nil, fmt.Errorf("find wanted subscriptions: %w", err)
		}
		if len(due) == 0 {
			return nil, nil
		}
		var rows []models.Subscription
		err = s.within(ctx, func(tx *gorm.DB) (err error) {
			rows, err = takeSubscriptions(tx, due, now, hold)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("take wanted subscriptions: %w", err)
		}
		if len(rows) > 0 || len(due) < limit {
			return rows, nil
		}
	}
}

func takeSubscriptions(tx *gorm.DB, due []int64, now models.Moment, hold time.Duration) ([]models.Subscription, error) {
	var rows []models.Subscription
	// + 0 has SQLite find the few by their ids, and not all that are due by subscriptions_due.
	err := locking(tx).Where("id IN ? AND idle_at + 0 = 0 AND due_at + 0 <= ?", due, now).Order("due_at").Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	are, err := needed(tx, due, now)
	if err != nil {
		return nil, err
	}
	var taken, idle []int64
	for _, row := range rows {
		if are[row.ID] {
			taken = append(taken, row.ID)
		} else {
			idle = append(idle, row.ID)
		}
	}
	if len(idle) > 0 {
		if err := tx.Exec("UPDATE subscriptions SET idle_at = ? WHERE id IN ?", now, idle).Error; err != nil {
			return nil, err
		}
	}
	if len(taken) == 0 {
		return nil, nil
	}
	rows = slices.DeleteFunc(rows, func(row models.Subscription) bool { return !are[row.ID] })
	return rows, tx.Exec("UPDATE subscriptions SET due_at = ? WHERE id IN ?", now.Add(hold), taken).Error
}

// SubscriptionsOrdered writes down what became of an order. Pushes that came meanwhile stay counted.
func (s *Store) SubscriptionsOrdered(ctx context.Context, ids []int64, o models.Ordering, now models.Moment) error {
	set := "state = ?, due_at = ?, asked_at = ?"
	args := []any{o.State, o.DueAt, now}
	if o.Failed {
		set += ", failures = failures + 1"
	} else {
		set += ", failures = 0, silent_at = 0"
	}
	if month := now.Day()[:7]; o.Counted {
		set += ", orders = CASE WHEN month = ? THEN orders + 1 ELSE 1 END, month = ?"
		args = append(args, month, month)
	}
	if _, err := s.change(ctx, "UPDATE subscriptions SET "+set+" WHERE id IN ?", append(args, ids)...); err != nil {
		return fmt.Errorf("note what became of an order: %w", err)
	}
	return nil
}

// Subscription finds the one with this token; models.ErrNotFound when there is none.
func (s *Store) Subscription(ctx context.Context, token string) (models.Subscription, error) {
	var row models.Subscription
	if err := s.read.WithContext(ctx).Take(&row, "token = ?", token).Error; err != nil {
		return models.Subscription{}, fmt.Errorf("find subscription: %w", named(err))
	}
	return row, nil
}

// SubscriptionsTo finds the needed ones at a provider to any of the numbers.
func (s *Store) SubscriptionsTo(ctx context.Context, provider string, numbers []string) ([]models.Subscription, error) {
	var rows []models.Subscription
	if len(numbers) == 0 {
		return nil, nil
	}
	err := s.read.WithContext(ctx).Where("number IN ? AND provider = ? AND idle_at = 0", numbers, provider).Order("created_at, token").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find subscriptions by number: %w", err)
	}
	return rows, nil
}

// PushReceived notes a push. One that comes shows that an order was taken whose end
// nobody saw; one that is over stays over, whatever comes late.
func (s *Store) PushReceived(ctx context.Context, id int64, p models.Pushed, now models.Moment) error {
	set, args := "heard_at = ?, silent_at = 0", []any{now}
	if p.Carrier != "" {
		set, args = set+", carrier = ?", append(args, p.Carrier)
	}
	if p.Hint {
		set, args = set+", hinted_at = ?", append(args, now)
	}
	if p.Over {
		set, args = set+", state = ?, due_at = ?", append(args, models.SubscriptionOver, models.Never)
	} else {
		set += ", due_at = CASE WHEN state = ? THEN ? ELSE due_at END, state = CASE WHEN state = ? THEN ? ELSE state END"
		args = append(args, models.SubscriptionWanted, models.Never, models.SubscriptionWanted, models.SubscriptionLiving)
	}
	if _, err := s.change(ctx, "UPDATE subscriptions SET "+set+" WHERE id = ?", append(args, id)...); err != nil {
		return fmt.Errorf("note push: %w", err)
	}
	return nil
}

// MarkSilent notes that a subscription's pushes do not come.
func (s *Store) MarkSilent(ctx context.Context, id int64, now models.Moment) error {
	if _, err := s.change(ctx, "UPDATE subscriptions SET silent_at = ? WHERE id = ?", now, id); err != nil {
		return fmt.Errorf("note silence: %w", err)
	}
	return nil
}

// retiredAtOnce is how many subscriptions one call of RetireSubscriptions looks at.
const retiredAtOnce = 2000

// cursorRetire is up to which subscription's id RetireSubscriptions has come.
const cursorRetire = "retire subscriptions"

// RetireSubscriptions looks at the next two thousand subscriptions, and begins anew behind
// the last, and notes which of them nobody needs any more, because their parcels are finished
// or nobody who can be told follows them. It costs the same however many there are.
func (s *Store) RetireSubscriptions(ctx context.Context, now models.Moment) error {
	from, to, next, err := s.nextPart(ctx, "subscriptions", cursorRetire, retiredAtOnce)
	if err == nil && from != to {
		err = s.retirePart(ctx, from, to, now)
	}
	if err == nil && from != to {
		err = s.moveCursor(ctx, cursorRetire, from, next)
	}
	if err != nil {
		return fmt.Errorf("retire subscriptions: %w", err)
	}
	return nil
}

func (s *Store) retirePart(ctx context.Context, from, to int64, now models.Moment) error {
	db := s.read.WithContext(ctx)
	var ids []int64
	err := db.Model(&models.Subscription{}).Where("id > ? AND id <= ? AND idle_at + 0 = 0", from, to).Pluck("id", &ids).Error
	if err != nil {
		return err
	}
	idle, err := unneeded(db, ids, now)
	if err != nil {
		return err
	}
	return s.inParts(ctx, idle, func(tx *gorm.DB, ids []int64) error {
		// Looked at again: somebody may have begun to follow one just now.
		idle, err := unneeded(tx, ids, now)
		if err != nil || len(idle) == 0 {
			return err
		}
		return tx.Exec("UPDATE subscriptions SET idle_at = ? WHERE id IN ? AND idle_at = 0", now, idle).Error
	})
}

func unneeded(tx *gorm.DB, ids []int64, now models.Moment) ([]int64, error) {
	are, err := needed(tx, ids, now)
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return are[id] }), err
}

// CheckSoon has live parcels checked as soon as the floor allows. Those that are
// parked stay so.
func (s *Store) CheckSoon(ctx context.Context, parcelIDs []int64, floor time.Duration, now models.Moment) error {
	if len(parcelIDs) == 0 {
		return nil
	}
	const at = "CASE WHEN asked_at + ? > ? THEN asked_at + ? ELSE ? END"
	const sql = "UPDATE parcels SET next_at = " + at + ", due_at = " + at + " WHERE id IN ? AND done_at = 0 AND due_at < ? AND due_at > " + at
	when := []any{floor.Milliseconds(), now, floor.Milliseconds(), now}
	args := slices.Concat(when, when, []any{parcelIDs, models.Never}, when)
	if _, err := s.change(ctx, sql, args...); err != nil {
		return fmt.Errorf("hurry parcels: %w", err)
	}
	return nil
}

// CheckLater has a parcel checked later than it was to be, unless it has changed
// since it was read, or waits longer already.
func (s *Store) CheckLater(ctx context.Context, p models.Parcel, due models.Moment) error {
	const sql = "UPDATE parcels SET due_at = ?, next_at = ? WHERE id = ? AND version = ? AND done_at = 0 AND due_at < ?"
	if _, err := s.change(ctx, sql, due, due, p.ID, p.Version, due); err != nil {
		return fmt.Errorf("defer parcel: %w", err)
	}
	return nil
}

// keepPushes is how many pushes are kept for the operator.
const keepPushes = 100

// KeepRawPush keeps a push's body as it came, in the place of the oldest. It may
// hold phones: nobody but the operator sees it. Of two that come in one
// millisecond the second counts as one later, so that their times tell the order.
func (s *Store) KeepRawPush(ctx context.Context, provider, body string, now models.Moment) error {
	row := struct {
		ID       int64
		Provider string
		At       models.Moment
		Body     string
	}{Provider: provider, Body: body}
	err := s.within(ctx, func(tx *gorm.DB) error {
		var newest models.Moment
		if err := tx.Raw("SELECT COALESCE(MAX(at), 0) FROM raw_pushes").Scan(&newest).Error; err != nil {
			return err
		}
		row.ID, row.At = 0, max(now, newest+1)
		if err := tx.Table("raw_pushes").Create(&row).Error; err != nil {
			return err
		}
		var oldest []models.Moment
		err := tx.Table("raw_pushes").Order("at DESC").Offset(keepPushes).Limit(1).Pluck("at", &oldest).Error
		if err != nil || len(oldest) == 0 {
			return err
		}
		return tx.Exec("DELETE FROM raw_pushes WHERE at <= ?", oldest[0]).Error
	})
	if err != nil {
		return fmt.Errorf("keep push: %w", err)
	}
	return nil
}

// Pushes reads a provider's bodies that are kept, the newest first.
func (s *Store) Pushes(ctx context.Context, provider string) ([]string, error) {
	var bodies []string
	err := s.read.WithContext(ctx).Table("raw_pushes").Where("provider = ?", provider).Order("at DESC").Pluck("body", &bodies).Error
	if err != nil {
		return nil, fmt.Errorf("read pushes: %w", err)
	}
	return bodies, nil
}
