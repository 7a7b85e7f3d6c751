package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// finished narrows parcels to those that are over and that somebody still follows.
const finished = "left_at = 0 AND done_at > 0"

// Cursors of sweeps, by name in the table counters.
const (
	cursorFollows = "end follows" // up to which end of parcels
	cursorTails   = "drop tails"  // likewise
	cursorInspect = "inspect"     // up to which parcel's id
)

// mostKept is how many parcels whose follows have to stay one sweep looks at.
const mostKept = 2000

// endFollows is a step that ends the follows of parcels that have been over for long. Nobody
// is told. What is pending for a chat that can be told some day stays until it is delivered,
// but not longer than parcels do, and so does what an import has not summed up. Who began to
// follow a finished parcel follows it as long. Those that stay are looked at again in turn.
func (s *Store) endFollows(keep models.Retention, now models.Moment) sweep {
	before, atLast, kept := now.Add(-keep.Follows), now.Add(-keep.Parcels), 0
	step := sweep{what: "end follows", due: "parcels WHERE " + finished + " AND done_at <= ?", args: []any{before}, size: sweptParcels}
	step.some = func(tx *gorm.DB) (int, error) {
		from, err := s.reserve(tx, cursorFollows, 0)
		if err != nil {
			return 0, err
		}
		var parcels []parcelRow
		err = locking(tx).Select("id", "done_at").Where(finished+" AND done_at <= ? AND done_at > ?", before, from).
			Order("done_at").Limit(sweptParcels).Find(&parcels).Error
		if err != nil {
			return 0, err
		}
		left, err := endFollowsOf(tx, idsOfParcels(parcels), before, atLast)
		if err != nil {
			return 0, err
		}
		kept += len(parcels) - left
		next := models.Moment(0) // from the beginning
		if len(parcels) == sweptParcels {
			next = parcels[len(parcels)-1].DoneAt
		}
		if err := setCursor(tx, cursorFollows, int64(next)); err != nil || kept > mostKept {
			return 0, err
		}
		return len(parcels), nil
	}
	return step
}

// endFollowsOf ends what may end of the follows of parcels, which the caller has locked, and
// says how many parcels nobody follows any more. A parcel stays as long after its end as any
// other, not after that of its follows.
func endFollowsOf(tx *gorm.DB, ids []int64, before, atLast models.Moment) (left int, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	const those = `SELECT f.id FROM parcels p JOIN follows f ON f.parcel_id = p.id JOIN chats c ON c.id = f.chat_id
		WHERE p.id IN ? AND f.created_at <= ? AND (p.done_at <= ? OR f.imported_at = 0 AND (f.pending_seq = 0 OR c.gone_at > 0))`
	var follows []int64
	if err := tx.Raw(those, ids, before, atLast).Scan(&follows).Error; err != nil {
		return 0, err
	}
	for part := range slices.Chunk(follows, chunk) {
		if err := tx.Exec("DELETE FROM follows WHERE id IN ?", part).Error; err != nil {
			return 0, err
		}
	}
	if _, err := keepRobots(tx, ids); err != nil {
		return 0, err
	}
	const alone = `UPDATE parcels SET left_at = done_at WHERE id IN ? AND left_at = 0
		AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.parcel_id = parcels.id)`
	done := tx.Exec(alone, ids)
	return int(done.RowsAffected), done.Error
}

func idsOfParcels(parcels []parcelRow) []int64 {
	ids := make([]int64, len(parcels))
	for i, p := range parcels {
		ids[i] = p.ID
	}
	return ids
}

// setCursor notes how far a sweep has come. The caller has reserved the counter.
func setCursor(tx *gorm.DB, name string, to int64) error {
	return tx.Exec("UPDATE counters SET value = ? WHERE name = ?", to, name).Error
}

// dropTails is a step that removes the sealed tails of parcels that were over at a moment,
// and that are not asked about any more. Each parcel is looked at once; what is still asked
// about then keeps its tails until its follows end. Whoever has seen the trace goes on
// seeing it.
func (s *Store) dropTails(before models.Moment) sweep {
	const due = "parcels WHERE " + finished + " AND done_at <= ? AND done_at > COALESCE((SELECT value FROM counters WHERE name = ?), 0)"
	return sweep{what: "drop tails", due: due, args: []any{before, cursorTails}, size: 1, some: func(tx *gorm.DB) (int, error) {
		upto, err := s.reserve(tx, cursorTails, 0)
		if err != nil {
			return 0, err
		}
		part := func() *gorm.DB {
			return tx.Model(&models.Parcel{}).Where(finished+" AND done_at <= ? AND done_at > ?", before, upto)
		}
		var ends []models.Moment
		if err := part().Order("done_at").Limit(sweptParcels).Pluck("done_at", &ends).Error; err != nil || len(ends) == 0 {
			return 0, err
		}
		last := ends[len(ends)-1]
		var ids []int64
		err = part().Where("done_at <= ? AND due_at >= ? AND next_at >= ?", last, models.Never, models.Never).Pluck("id", &ids).Error
		if err != nil {
			return 0, err
		}
		if len(ids) > 0 {
			if err := tx.Exec("UPDATE follows SET tail = NULL WHERE parcel_id IN ? AND tail IS NOT NULL", ids).Error; err != nil {
				return 0, err
			}
		}
		return 1, setCursor(tx, cursorTails, int64(last))
	}}
}

// forgetGone is a step that erases chats which have been gone for long: following has ended
// with them.
func (s *Store) forgetGone(before, now models.Moment) sweep {
	const where = "gone_at > 0 AND gone_at <= ? AND door <> ? AND (forgotten = 0 OR EXISTS (SELECT 1 FROM follows f WHERE f.chat_id = chats.id))"
	args := []any{before, models.RobotDoor}
	return sweep{what: "forget chats that are gone", due: "chats WHERE " + where, args: args, size: sweptChats, some: func(tx *gorm.DB) (int, error) {
		var ids []int64
		err := tx.Table("chats").Where(where, args...).Order("gone_at").Limit(sweptChats).Pluck("id", &ids).Error
		if err != nil {
			return 0, err
		}
		followed, err := followedBy(tx, ids...)
		if err == nil {
			_, err = lockParcels(tx, followed)
		}
		if err != nil {
			return 0, err
		}
		var gone []int64
		if err := locking(tx.Table("chats")).Where("id IN ? AND "+where, append([]any{ids}, args...)...).Order("id").Pluck("id", &gone).Error; err != nil {
			return 0, err
		}
		for _, id := range gone {
			if err := forget(tx, id, now); err != nil {
				return 0, err
			}
		}
		return len(ids), nil
	}}
}

// inspected is how many parcels one inspection looks at.
const inspected = 10_000

// inspect looks at the next ten thousand parcels, and begins anew behind the last, for what
// no index finds: live parcels of which nobody could be told for long are given up, and
// follows that another version of the program has left saying the wrong thing about their
// parcel's end are set right. It costs the same however many parcels there are.
func (s *Store) inspect(ctx context.Context, keep models.Retention, now models.Moment) error {
	from, to, next, err := s.nextPart(ctx, "parcels", cursorInspect, inspected)
	if err != nil || from == to {
		return err
	}
	if err := s.giveUpParked(ctx, from, to, now.Add(-keep.Unreachable), now); err != nil {
		return fmt.Errorf("give up parcels: %w", err)
	}
	db := s.read.WithContext(ctx)
	const wrong = `SELECT /*+ INL_JOIN(f) */ DISTINCT p.id FROM parcels p JOIN follows f ON f.parcel_id = p.id
		WHERE p.id > ? AND p.id <= ? AND f.done_at <> p.done_at`
	var mistaken []int64
	if err := db.Raw(wrong, from, to).Scan(&mistaken).Error; err != nil {
		return translate(db, err)
	}
	if err := s.inParts(ctx, mistaken, correctDone); err != nil {
		return fmt.Errorf("note finished parcels: %w", err)
	}
	return s.moveCursor(ctx, cursorInspect, from, next)
}

// giveUpParked ends live parcels that have been parked since before, as nobody could be told
// about them. Nobody is told of that either.
func (s *Store) giveUpParked(ctx context.Context, from, to int64, before, now models.Moment) error {
	// The sums keep databases from reading all parcels that are not due.
	const those = "id > ? AND id <= ? AND due_at + 0 = ? AND done_at + 0 = 0 AND left_at + 0 = 0 AND next_at <= ?"
	var parked []int64
	err := s.read.WithContext(ctx).Table("parcels").Where(those, from, to, models.Never, before).Pluck("id", &parked).Error
	if err != nil {
		return err
	}
	return s.inParts(ctx, parked, func(tx *gorm.DB, ids []int64) error {
		const end = `UPDATE parcels SET done_at = ?, version = version + 1, next_at = due_at
			WHERE id IN ? AND due_at = ? AND done_at = 0 AND next_at <= ?`
		if err := tx.Exec(end, now, ids, models.Never, before).Error; err != nil {
			return err
		}
		return correctDone(tx, ids)
	})
}

// nextPart is the next part of a table by its ids, above from and up to to, and where the
// part behind it begins: at zero when this is the last.
func (s *Store) nextPart(ctx context.Context, table, cursor string, size int) (from, to, next int64, err error) {
	db := s.read.WithContext(ctx)
	var at []int64
	if err := db.Raw("SELECT value FROM counters WHERE name = ?", cursor).Scan(&at).Error; err != nil {
		return 0, 0, 0, translate(db, err)
	}
	if len(at) > 0 {
		from = at[0]
	}
	var part struct {
		Last *int64
		Rows int
	}
	sql := "SELECT MAX(id) AS last, COUNT(*) AS `rows` FROM (SELECT id FROM " + table + " WHERE id > ? ORDER BY id LIMIT ?) part"
	if err := db.Raw(sql, from, size).Scan(&part).Error; err != nil {
		return 0, 0, 0, translate(db, err)
	}
	if part.Last == nil { // whatever was behind the cursor is gone
		return from, from, 0, s.moveCursor(ctx, cursor, from, 0)
	}
	if part.Rows == size {
		next = *part.Last
	}
	return from, *part.Last, next, nil
}

// moveCursor notes how far a round over a table has come.
func (s *Store) moveCursor(ctx context.Context, cursor string, from, to int64) error {
	if from == to {
		return nil
	}
	return s.within(ctx, func(tx *gorm.DB) error {
		if _, err := s.reserve(tx, cursor, 0); err != nil {
			return err
		}
		return setCursor(tx, cursor, to)
	})
}
