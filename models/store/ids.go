package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

const blockSize = 4096

// block is a run of ledger ids that this process has reserved. Ids are given
// by the store, because what a multi-row insert got is not portable. Only one
// goroutine, that of the begins, uses it.
type block struct{ next, end int64 }

// take returns the first of n consecutive ids.
func (b *block) take(ctx context.Context, s *Store, n int64) (int64, error) {
	if b.end-b.next < n {
		var last int64
		err := s.within(ctx, func(tx *gorm.DB) (err error) {
			last, err = s.reserve(tx, "calls", blockSize)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("reserve ledger ids: %w", err)
		}
		b.next, b.end = last-blockSize+1, last+1
	}
	b.next += n
	return b.next - n, nil
}

// counterRow is one named counter.
type counterRow struct {
	Name  string `gorm:"primaryKey"`
	Value int64
}

// TableName is where GORM finds the rows.
func (counterRow) TableName() string { return "counters" }

// reserve raises a counter by n and returns its new value. The counter stays
// locked until the transaction ends; a missingRow when it is yet to be made.
func (s *Store) reserve(tx *gorm.DB, name string, n int64) (int64, error) {
	raised := tx.Exec("UPDATE counters SET value = value + ? WHERE name = ?", n, name)
	if raised.Error != nil {
		return 0, raised.Error
	}
	if raised.RowsAffected == 0 {
		return 0, &missingRow{&counterRow{Name: name}}
	}
	var value int64
	err := tx.Raw("SELECT value FROM counters WHERE name = ?", name).Scan(&value).Error
	return value, err
}
