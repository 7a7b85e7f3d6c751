package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

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

// Once says whether this is the first time that anybody, on any replica, has
// something to do that is worth doing once until then.
func (s *Store) Once(ctx context.Context, kind, key string, until, now models.Moment) (first bool, err error) {
	row := cacheRow{Kind: cut(kind, sizeKind), Key: cacheKey(key), UntilAt: until}
	err = s.within(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("DELETE FROM cache WHERE kind = ? AND cache_key = ? AND until_at <= ?", row.Kind, row.Key, now).Error; err != nil {
			return err
		}
		made := tx.Clauses(s.ignore()).Create(&row)
		first = made.RowsAffected == 1
		return made.Error
	})
	if err != nil {
		return false, fmt.Errorf("claim %s: %w", kind, err)
	}
	return first, nil
}
