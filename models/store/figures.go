package store

import (
	"context"
	"fmt"
	"slices"

	"waybill/models"
)

// sample is how many of the parcels that are checked next say how old their news is.
const sample = 101

// Figures counts what the operator looks at first. It costs what it counts: the live
// parcels in an index, and a look at one follow or more for each chat. Callers keep the
// result for a multiple of the time that it took.
func (s *Store) Figures(ctx context.Context, now models.Moment) (models.Figures, error) {
	f := models.Figures{Live: map[models.Status]int64{}}
	var live []struct {
		Status models.Status
		Count  int64
	}
	const open = "SELECT status, COUNT(*) AS `count` FROM parcels WHERE done_at = 0 AND left_at = 0 GROUP BY status"
	const counts = `SELECT
		(SELECT COUNT(*) FROM parcels WHERE due_at <= @now) AS due,
		COALESCE((SELECT MIN(due_at) FROM parcels WHERE due_at <= @now), 0) AS oldest_due,
		(SELECT COUNT(*) FROM arrivals WHERE due_at < @never AND update_key NOT LIKE 'post:%') AS inbox,
		(SELECT COUNT(*) FROM follows f JOIN chats c ON c.id = f.chat_id WHERE f.pending_seq > 0 AND c.gone_at = 0) AS pending,
		(SELECT COUNT(*) FROM chats WHERE failures > 0 AND gone_at = 0) AS failing,
		(SELECT COUNT(*) FROM chats c WHERE c.door <> @robot AND EXISTS (
			SELECT 1 FROM follows f JOIN parcels p ON p.id = f.parcel_id WHERE f.chat_id = c.id AND p.done_at = 0)) AS chats`
	db := s.read.WithContext(ctx)
	if err := db.Raw(open).Scan(&live).Error; err != nil {
		return f, fmt.Errorf("count parcels: %w", translate(db, err))
	}
	for _, l := range live {
		f.Live[l.Status] = l.Count
	}
	var row struct {
		Due, Inbox, Pending, Failing, Chats int64
		OldestDue                           models.Moment
	}
	err := db.Raw(counts, map[string]any{"now": now, "never": models.Never, "robot": models.RobotDoor}).Scan(&row).Error
	if err != nil {
		return f, fmt.Errorf("count work: %w", translate(db, err))
	}
	f.Due, f.Inbox, f.Pending, f.Failing, f.Chats, f.OldestDue = row.Due, row.Inbox, row.Pending, row.Failing, row.Chats, row.OldestDue
	var heard []models.Moment
	err = db.Table("parcels").Where("due_at < ?", models.Never).Order("due_at").Limit(sample).Pluck("heard_at", &heard).Error
	if err != nil {
		return f, fmt.Errorf("read ages: %w", err)
	}
	heard = slices.DeleteFunc(heard, func(m models.Moment) bool { return m == 0 })
	slices.Sort(heard)
	if len(heard) > 0 {
		f.NextAge = heard[len(heard)/2]
	}
	return f, nil
}

// UsageBetween is Usage of the calls that began at from or later, and before to.
func (s *Store) UsageBetween(ctx context.Context, day string, from, to models.Moment) ([]models.Usage, error) {
	const sql = "SELECT provider, kind, outcome, billed, SUM(`count`) AS `count` FROM calls WHERE started_at >= ? AND started_at < ? AND day = ?" +
		" GROUP BY provider, kind, outcome, billed ORDER BY provider, kind, outcome, billed"
	var rows []models.Usage
	if err := s.read.WithContext(ctx).Raw(sql, from, to, day).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("sum usage: %w", translate(s.read, err))
	}
	return rows, nil
}
