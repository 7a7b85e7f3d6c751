package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"waybill/models"
)

// FollowMany makes n parcels with one event each, which a chat follows; of the
// first ones the event is pending, the others are not checked any more. It is
// faster than n calls, and returns the parcels' ids.
func (s *Store) FollowMany(ctx context.Context, chatID int64, n, pending int, now models.Moment) ([]int64, error) {
	parcels, ids := make([]parcelRow, n), make([]int64, n)
	follows, events := make([]models.Follow, n), make([]models.Event, n)
	for i := range n {
		ids[i] = int64(i + 1)
		parcels[i] = parcelRow{Parcel: models.Parcel{ID: ids[i], Number: fmt.Sprintf("SF1%012d", i), Seq: 1, Version: 1, DueAt: now}}
		follows[i] = models.Follow{ChatID: chatID, ParcelID: ids[i], PendingSeq: 1}
		if i >= pending {
			parcels[i].DueAt = models.Never
			follows[i].PendingSeq, follows[i].DeliveredSeq = 0, 1
		}
		events[i] = cutEvent(models.Event{ParcelID: ids[i], Seq: 1, Kind: models.Scan, At: now, Text: "x"})
	}
	return ids, s.within(ctx, func(tx *gorm.DB) error {
		for _, rows := range []any{&parcels, &follows, &events} {
			if err := tx.CreateInBatches(rows, written).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// Lose ends all following of a parcel as nobody should.
func (s *Store) Lose(ctx context.Context, parcelID int64) error {
	_, err := s.change(ctx, "DELETE FROM follows WHERE parcel_id = ?", parcelID)
	return err
}

// Strays counts the parcels that nobody follows and that are polled or kept
// for all that.
func (s *Store) Strays(ctx context.Context) (n int64, err error) {
	const stray = "(left_at = 0 OR due_at < ?) AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.parcel_id = parcels.id)"
	return n, s.read.WithContext(ctx).Table("parcels").Where(stray, models.Never).Count(&n).Error
}

// Idle counts the parcels that are polled though every chat that follows them
// is gone.
func (s *Store) Idle(ctx context.Context) (n int64, err error) {
	const idle = `due_at < ? AND NOT EXISTS (
		SELECT 1 FROM follows f JOIN chats c ON c.id = f.chat_id WHERE f.parcel_id = parcels.id AND c.gone_at = 0)`
	return n, s.read.WithContext(ctx).Table("parcels").Where(idle, models.Never).Count(&n).Error
}

// RememberMany remembers n values until the milliseconds from a moment on,
// faster than n calls would.
func (s *Store) RememberMany(ctx context.Context, n int, from models.Moment) error {
	rows := make([]cacheRow, n)
	for i := range rows {
		rows[i] = cacheRow{Kind: "detect", Key: fmt.Sprint(i), Value: []byte("x"), UntilAt: from + models.Moment(i)}
	}
	return s.within(ctx, func(tx *gorm.DB) error { return tx.CreateInBatches(rows, written).Error })
}

// ClaimOf claims one chat for nobody in particular, whether it is due or not.
func (s *Store) ClaimOf(ctx context.Context, chatID int64) (c models.Claim, err error) {
	err = s.within(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("UPDATE chats SET claim_epoch = claim_epoch + 1 WHERE id = ?", chatID).Error; err != nil {
			return err
		}
		var chat models.Chat
		err := tx.Take(&chat, "id = ?", chatID).Error
		c = models.Claim{ChatID: chatID, Epoch: chat.ClaimEpoch}
		return err
	})
	return c, err
}

// Exec runs a statement as nobody should.
func (s *Store) Exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.change(ctx, sql, args...)
	return err
}

// Column reads the texts of a query's only column.
func (s *Store) Column(ctx context.Context, sql string) (texts []string, err error) {
	return texts, s.read.WithContext(ctx).Raw(sql).Scan(&texts).Error
}

// ParkedInVain counts the live parcels that are parked though a chat that can be
// told follows them.
func (s *Store) ParkedInVain(ctx context.Context, now models.Moment) (n int64, err error) {
	const sql = `SELECT COUNT(DISTINCT p.id) FROM parcels p JOIN follows f ON f.parcel_id = p.id JOIN chats c ON c.id = f.chat_id
		WHERE p.due_at = ? AND p.done_at = 0 AND ` + reachableChat
	return n, s.read.WithContext(ctx).Raw(sql, models.Never, now).Scan(&n).Error
}

// Explain runs do and returns how the database finds the rows of the queries that
// it makes.
func (s *Store) Explain(ctx context.Context, do func()) (plans []string, err error) {
	type query struct {
		sql  string
		vars []any
	}
	var queries []query
	note := func(db *gorm.DB) {
		queries = append(queries, query{strings.TrimSuffix(db.Statement.SQL.String(), "FOR UPDATE"), db.Statement.Vars})
	}
	for _, db := range []*gorm.DB{s.read, s.write} {
		if err := errors.Join(
			db.Callback().Query().After("gorm:query").Replace("explain", note),
			db.Callback().Row().After("gorm:row").Replace("explain", note),
		); err != nil {
			return nil, err
		}
	}
	do()
	explain := "EXPLAIN "
	if s.write.Name() == "sqlite" {
		explain = "EXPLAIN QUERY PLAN "
	}
	for _, q := range slices.Clone(queries) {
		var rows []map[string]any
		if err := s.read.WithContext(ctx).Raw(explain+q.sql, q.vars...).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("%s: %w", q.sql, err)
		}
		plan := q.sql
		for _, row := range rows {
			plan += fmt.Sprintf("\n%v", row)
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

// Value reads one value.
func (s *Store) Value(ctx context.Context, into *int64, sql string) error {
	return s.read.WithContext(ctx).Raw(sql).Scan(into).Error
}

// Pool is where statements are run as nobody should.
func (s *Store) Pool() *sql.DB { return s.pools()[0] }

// SweepOnce is Sweep that is interrupted after its first part of follows.
func (s *Store) SweepOnce(ctx context.Context, keep models.Retention, now models.Moment) error {
	step := s.endFollows(keep, now)
	return s.within(ctx, func(tx *gorm.DB) error {
		_, err := step.some(tx)
		return err
	})
}

// FillSubscriptions makes n living subscriptions, of which the first is a parcel's and the
// others' parcels are not there.
func (s *Store) FillSubscriptions(ctx context.Context, n int, parcelID int64) error {
	rows := make([]models.Subscription, n)
	for i := range rows {
		rows[i] = models.Subscription{ParcelID: 1_000_000 + int64(i), Provider: "kuaidi100", Token: fmt.Sprint(i), State: models.SubscriptionLiving, DueAt: models.Never}
	}
	rows[0].ParcelID = parcelID
	return s.within(ctx, func(tx *gorm.DB) error { return tx.CreateInBatches(&rows, written).Error })
}

// FillChats makes n chats that are due.
func (s *Store) FillChats(ctx context.Context, n int, due models.Moment) error {
	rows := make([]models.Chat, n)
	for i := range rows {
		rows[i] = models.Chat{Address: models.Address{Door: "telegram", Conversation: fmt.Sprint(i)}, WorkAt: due}
	}
	return s.within(ctx, func(tx *gorm.DB) error { return tx.CreateInBatches(&rows, written).Error })
}

// StandStill locks a lease's row in a transaction, says so, and does nothing until
// it may go on; then it tries to change the row once, as a process does that was
// stopped meanwhile.
func (s *Store) StandStill(ctx context.Context, lease string, locked chan<- struct{}, goOn <-chan struct{}) error {
	return s.write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := locking(tx).Take(&leaseRow{}, "name = ?", lease).Error; err != nil {
			return err
		}
		close(locked)
		<-goOn
		return tx.Exec("UPDATE leases SET owner = 'stale' WHERE name = ?", lease).Error
	})
}
