package store

import (
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

// reachable says which of the parcels a chat follows that can be told.
func reachable(tx *gorm.DB, ids []int64) (map[int64]bool, error) {
	reached := make(map[int64]bool, len(ids))
	if len(ids) == 0 {
		return reached, nil
	}
	const sql = `SELECT DISTINCT f.parcel_id FROM follows f JOIN chats c ON c.id = f.chat_id
		WHERE f.parcel_id IN ? AND c.gone_at = 0`
	var found []int64
	if err := tx.Raw(sql, ids).Scan(&found).Error; err != nil {
		return nil, err
	}
	for _, id := range found {
		reached[id] = true
	}
	return reached, nil
}

// park takes those of the parcels out of the queue that nobody follows who
// can be told, and notes when the last follower left. Checks that are under
// way become stale. The caller holds the parcels' locks.
func park(tx *gorm.DB, ids []int64, now models.Moment) error {
	for part := range slices.Chunk(ids, chunk) {
		if err := parkSome(tx, part, now); err != nil {
			return err
		}
	}
	return nil
}

func parkSome(tx *gorm.DB, ids []int64, now models.Moment) error {
	reached, err := reachable(tx, ids)
	if err != nil {
		return err
	}
	var idle []int64
	for _, id := range ids {
		if !reached[id] {
			idle = append(idle, id)
		}
	}
	if len(idle) == 0 {
		return nil
	}
	const stop = "UPDATE parcels SET due_at = ?, version = version + 1 WHERE id IN ? AND due_at <> ?"
	if err := tx.Exec(stop, models.Never, idle, models.Never).Error; err != nil {
		return err
	}
	const left = `UPDATE parcels SET left_at = ? WHERE id IN ? AND left_at = 0
		AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.parcel_id = parcels.id)`
	return tx.Exec(left, now, idle).Error
}

// unpark puts parcels back into the queue: due when their cadence says, and at
// once when that has passed. A finished one is due when it gets one more look.
func unpark(tx *gorm.DB, ids []int64, now models.Moment) error {
	const sql = `UPDATE parcels SET due_at = CASE WHEN next_at > ? THEN next_at ELSE ? END
		WHERE id IN ? AND due_at = ?`
	for part := range slices.Chunk(ids, chunk) {
		if err := tx.Exec(sql, now, now, part, models.Never).Error; err != nil {
			return err
		}
	}
	return nil
}
