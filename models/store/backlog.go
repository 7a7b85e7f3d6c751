package store

import (
	"context"
	"fmt"

	"waybill/models"
)

// Backlog counts how far the work is behind.
func (s *Store) Backlog(ctx context.Context, now models.Moment) (models.Backlog, error) {
	const sql = `SELECT
		(SELECT COUNT(*) FROM parcels WHERE due_at < @never) AS live,
		(SELECT COUNT(*) FROM parcels WHERE due_at <= @now) AS due,
		COALESCE((SELECT MIN(due_at) FROM parcels WHERE due_at <= @now), 0) AS oldest_due,
		(SELECT COUNT(*) FROM arrivals WHERE due_at < @never) AS inbox,
		(SELECT COUNT(*) FROM chats WHERE work_at <= @now) AS chats`
	var b models.Backlog
	err := s.read.WithContext(ctx).Raw(sql, map[string]any{"now": now, "never": models.Never}).Scan(&b).Error
	if err != nil {
		return models.Backlog{}, fmt.Errorf("count backlog: %w", translate(s.read, err))
	}
	return b, nil
}

// Usage sums the calls of a day in Shanghai (2006-01-02) by provider, kind,
// outcome and whether they are billed.
func (s *Store) Usage(ctx context.Context, day string) ([]models.Usage, error) {
	const sql = "SELECT provider, kind, outcome, billed, SUM(`count`) AS `count` FROM calls WHERE day = ?" +
		" GROUP BY provider, kind, outcome, billed ORDER BY provider, kind, outcome, billed"
	var rows []models.Usage
	if err := s.read.WithContext(ctx).Raw(sql, day).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("sum usage: %w", translate(s.read, err))
	}
	return rows, nil
}

// UsageSince is Usage of a day and all days after it.
func (s *Store) UsageSince(ctx context.Context, day string) ([]models.Usage, error) {
	const sql = "SELECT provider, kind, outcome, billed, SUM(`count`) AS `count` FROM calls WHERE day >= ?" +
		" GROUP BY provider, kind, outcome, billed ORDER BY provider, kind, outcome, billed"
	var rows []models.Usage
	if err := s.read.WithContext(ctx).Raw(sql, day).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("sum usage: %w", translate(s.read, err))
	}
	return rows, nil
}

// Spent is how many calls of a day (2006-01-02 in Shanghai) each provider's
// budget has been used for: billed ones, and those whose end is not known yet.
func (s *Store) Spent(ctx context.Context, day string) (map[string]int64, error) {
	var rows []budgetRow
	if err := s.read.WithContext(ctx).Where("day = ?", day).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read budgets: %w", err)
	}
	spent := map[string]int64{}
	for _, row := range rows {
		spent[row.Provider] = row.Used
	}
	return spent, nil
}
