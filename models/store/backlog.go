package store

import (
	"context"
	"fmt"

	"waybill/models"
)

// Backlog counts how far the work is behind, up to models.MostCounted each. It
// does not count Live, which costs as much as there is: CountLiveParcels does.
func (s *Store) Backlog(ctx context.Context, now models.Moment) (models.Backlog, error) {
	b := models.Backlog{}
	for _, of := range []struct {
		count *int64
		rows  string
		bound models.Moment
	}{
		{&b.Due, "parcels WHERE due_at <= ?", now},
		{&b.Inbox, "arrivals WHERE due_at < ?", models.Never},
	} {
		if err := s.countSome(ctx, of.count, of.rows, of.bound); err != nil {
			return models.Backlog{}, err
		}
	}
	if b.Due > 0 {
		const oldest = "SELECT due_at FROM parcels WHERE due_at <= ? ORDER BY due_at LIMIT 1"
		if err := s.read.WithContext(ctx).Raw(oldest, now).Scan(&b.OldestDue).Error; err != nil {
			return models.Backlog{}, fmt.Errorf("read oldest due parcel: %w", translate(s.read, err))
		}
	}
	doors, err := s.doors(ctx)
	if err != nil {
		return models.Backlog{}, err
	}
	for _, door := range doors {
		var due int64
		if err := s.countSome(ctx, &due, "chats WHERE door = ? AND work_at <= ?", door, now); err != nil {
			return models.Backlog{}, err
		}
		b.Chats = min(b.Chats+due, models.MostCounted)
	}
	return b, nil
}

// countSome counts rows up to models.MostCounted.
func (s *Store) countSome(ctx context.Context, into *int64, rows string, args ...any) error {
	sql := "SELECT COUNT(*) FROM (SELECT 1 FROM " + rows + " LIMIT ?) counted"
	if err := s.read.WithContext(ctx).Raw(sql, append(args, models.MostCounted)...).Scan(into).Error; err != nil {
		return fmt.Errorf("count backlog: %w", translate(s.read, err))
	}
	return nil
}

// doors are the doors that have chats, each found by one look into an index.
func (s *Store) doors(ctx context.Context) ([]string, error) {
	var doors []string
	for last := ""; ; {
		var next []string
		err := s.read.WithContext(ctx).Raw("SELECT door FROM chats WHERE door > ? ORDER BY door LIMIT 1", last).Scan(&next).Error
		if err != nil {
			return nil, fmt.Errorf("read doors: %w", translate(s.read, err))
		}
		if len(next) == 0 {
			return doors, nil
		}
		last = next[0]
		doors = append(doors, last)
	}
}

// CountLiveParcels counts the parcels that are asked about now and then. It costs as much as
// there are.
func (s *Store) CountLiveParcels(ctx context.Context) (live int64, err error) {
	err = s.read.WithContext(ctx).Raw("SELECT COUNT(*) FROM parcels WHERE due_at < ?", models.Never).Scan(&live).Error
	if err != nil {
		return 0, fmt.Errorf("count live parcels: %w", translate(s.read, err))
	}
	return live, nil
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
