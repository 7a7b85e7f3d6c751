package store

import (
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// lockParcels locks parcels in order of id and returns those that exist.
func lockParcels(tx *gorm.DB, ids []int64) ([]parcelRow, error) {
	var rows []parcelRow
	for part := range slices.Chunk(slices.Sorted(slices.Values(ids)), chunk) {
		var some []parcelRow
		if err := locking(tx).Where("id IN ?", part).Order("id").Find(&some).Error; err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// reach says until when each of the parcels is followed by a chat that can be
// told: Never where some chat can be told whatever happens, and for as long as
// the longest credit lasts where all that can be told are metered. Parcels that
// nobody reachable follows are left out.
func reach(tx *gorm.DB, ids []int64) (map[int64]models.Moment, error) {
	until := make(map[int64]models.Moment, len(ids))
	const sql = `SELECT f.parcel_id AS id, MAX(CASE WHEN c.credit_serial = 0 THEN ?
			WHEN c.credit_left > 0 THEN c.credit_until ELSE 0 END) AS until_at
		FROM follows f JOIN chats c ON c.id = f.chat_id WHERE f.parcel_id IN ? AND c.gone_at = 0 GROUP BY f.parcel_id`
	for part := range slices.Chunk(ids, chunk) {
		var rows []struct {
			ID      int64
			UntilAt models.Moment
		}
		if err := tx.Raw(sql, models.Never, part).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, row := range rows {
			until[row.ID] = row.UntilAt
		}
	}
	return until, nil
}

// alike groups the parcels by until when they reach somebody, so that equal
// ones are written together: a parcel is in the queue only while it is due
// before that. What is due later waits until somebody can be told again.
func alike(tx *gorm.DB, ids []int64, do func(until models.Moment, ids []int64) error) error {
	reached, err := reach(tx, ids)
	if err != nil {
		return err
	}
	groups := map[models.Moment][]int64{}
	for _, id := range ids {
		groups[reached[id]] = append(groups[reached[id]], id)
	}
	for _, until := range slices.Sorted(maps.Keys(groups)) {
		for part := range slices.Chunk(groups[until], chunk) {
			if err := do(until, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// park takes those of the parcels out of the queue that nobody follows who
// can be told, and notes when the last follower left. The caller holds the
// parcels' locks.
func park(tx *gorm.DB, ids []int64, now models.Moment) error {
	if err := stop(tx, ids); err != nil {
		return err
	}
	return noteLeft(tx, ids, now)
}

// noteLeft notes when the last follower left those of the parcels that have none.
// The caller holds the parcels' locks.
func noteLeft(tx *gorm.DB, ids []int64, now models.Moment) error {
	const left = `UPDATE parcels SET left_at = ? WHERE id IN ? AND left_at = 0
		AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.parcel_id = parcels.id)`
	for part := range slices.Chunk(ids, chunk) {
		if err := tx.Exec(left, now, part).Error; err != nil {
			return err
		}
	}
	return nil
}

// stop takes those of the parcels out of the queue that are due when nobody
// can be told. Checks that are under way become stale. The caller holds the
// parcels' locks.
func stop(tx *gorm.DB, ids []int64) error {
	const sql = "UPDATE parcels SET due_at = ?, version = version + 1 WHERE id IN ? AND due_at >= ? AND due_at < ?"
	return alike(tx, ids, func(until models.Moment, ids []int64) error {
		return tx.Exec(sql, models.Never, ids, until, models.Never).Error
	})
}

// requeue gives parcels the place in the queue that they have now that somebody
// who follows them can be told, or no longer can. The caller holds their locks.
func requeue(tx *gorm.DB, ids []int64, now models.Moment) error {
	if err := stop(tx, ids); err != nil {
		return err
	}
	return unpark(tx, ids, now)
}

// unpark puts those of the parcels back into the queue whose followers can be
// told: due when their cadence says, and at once when that has passed. A
// finished one is due when it gets one more look.
func unpark(tx *gorm.DB, ids []int64, now models.Moment) error {
	const sql = `UPDATE parcels SET due_at = CASE WHEN next_at > ? THEN next_at ELSE ? END
		WHERE id IN ? AND due_at = ? AND next_at < ?`
	return alike(tx, ids, func(until models.Moment, ids []int64) error {
		if until <= now {
			return nil
		}
		return tx.Exec(sql, now, now, ids, models.Never, until).Error
	})
}
