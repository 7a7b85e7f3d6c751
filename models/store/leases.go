package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// leaseRow is one named lease, together with the database's clock.
type leaseRow struct {
	Owner     string
	Fence     int64
	ExpiresAt models.Moment
	Clock     models.Moment
}

// Lease takes or renews a named lease for ttl by the database's clock, and
// says whether owner holds it now. The fence grows whenever the owner changes.
func (s *Store) Lease(ctx context.Context, name, owner string, ttl time.Duration) (fence int64, held bool, err error) {
	name, owner = cut(name, sizeName), cut(owner, sizeOwner)
	err = s.within(ctx, func(tx *gorm.DB) error {
		fence, held = 0, false
		row, err := s.lockLease(tx, name)
		if err != nil {
			return err
		}
		if row.Owner != owner && row.ExpiresAt > row.Clock {
			fence = row.Fence
			return nil
		}
		if row.Owner != owner {
			row.Fence++
		}
		fence, held = row.Fence, true
		const sql = "UPDATE leases SET owner = ?, fence = ?, expires_at = ? WHERE name = ?"
		return tx.Exec(sql, owner, row.Fence, row.Clock.Add(ttl), name).Error
	})
	if err != nil {
		return 0, false, fmt.Errorf("take lease %s: %w", name, err)
	}
	return fence, held, nil
}

// lockLease locks the lease's row, made first if there is none.
func (s *Store) lockLease(tx *gorm.DB, name string) (leaseRow, error) {
	w := s.driver.words()
	var row leaseRow
	read := func() *gorm.DB {
		return locking(tx.Table("leases")).Select("owner, fence, expires_at, "+w.clock+" AS clock").Where("name = ?", name).Limit(1).Scan(&row)
	}
	found := read()
	if found.Error != nil || found.RowsAffected > 0 {
		return row, found.Error
	}
	if err := tx.Exec("INSERT "+w.ignore+" INTO leases (name) VALUES (?)", name).Error; err != nil {
		return row, err
	}
	return row, read().Error
}

// Unlease gives a lease back if owner holds it.
func (s *Store) Unlease(ctx context.Context, name, owner string) error {
	const sql = "UPDATE leases SET owner = '', expires_at = 0 WHERE name = ? AND owner = ?"
	if _, err := s.change(ctx, sql, cut(name, sizeName), cut(owner, sizeOwner)); err != nil {
		return fmt.Errorf("give back lease %s: %w", name, err)
	}
	return nil
}

// Slots reserves n consecutive slots of a rate of one per every, over all
// processes, and returns when the first begins: now, or later. Slots are kept
// to the microsecond; first is rounded up to the millisecond.
func (s *Store) Slots(ctx context.Context, name string, every time.Duration, n int, now models.Moment) (first models.Moment, err error) {
	name = cut(name, sizeName)
	err = s.within(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("INSERT "+s.driver.words().ignore+" INTO rates (name) VALUES (?)", name).Error; err != nil {
			return err
		}
		var next int64
		if err := locking(tx.Table("rates")).Select("next_us").Where("name = ?", name).Scan(&next).Error; err != nil {
			return err
		}
		begin := max(next, int64(now)*1000)
		first = models.Moment((begin + 999) / 1000)
		return tx.Exec("UPDATE rates SET next_us = ? WHERE name = ?", begin+every.Microseconds()*int64(n), name).Error
	})
	if err != nil {
		return 0, fmt.Errorf("reserve slots of %s: %w", name, err)
	}
	return first, nil
}
