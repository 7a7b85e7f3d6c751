package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// leaseRow is one named lease.
type leaseRow struct {
	Name      string `gorm:"primaryKey"`
	Owner     string
	Fence     int64
	ExpiresAt models.Moment
}

// TableName is where GORM finds the rows.
func (leaseRow) TableName() string { return "leases" }

// rateRow is a rate with the first microsecond since 1970 that is not reserved yet.
type rateRow struct {
	Name   string `gorm:"primaryKey"`
	NextUS int64  `gorm:"column:next_us"`
}

// TableName is where GORM finds the rows.
func (rateRow) TableName() string { return "rates" }

// Lease takes or renews a named lease for ttl by the database's clock, and
// says whether owner holds it now. The fence grows whenever the owner changes.
func (s *Store) Lease(ctx context.Context, name, owner string, ttl time.Duration) (fence int64, held bool, err error) {
	name, owner = cut(name, sizeName), cut(owner, sizeOwner)
	clock := s.driver.words().clock
	// The fence comes before the owner, because MySQL assigns from left to right.
	take := "UPDATE leases SET fence = CASE WHEN owner = ? THEN fence ELSE fence + 1 END, owner = ?, expires_at = " + clock + ` + ?
		WHERE name = ? AND (owner = ? OR expires_at <= ` + clock + ")"
	var row leaseRow
	err = s.within(ctx, func(tx *gorm.DB) error {
		taken := tx.Exec(take, owner, owner, ttl.Milliseconds(), name, owner)
		if taken.Error != nil {
			return taken.Error
		}
		held = taken.RowsAffected > 0
		row = leaseRow{}
		err := tx.Take(&row, "name = ?", name).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return &missingRow{&leaseRow{Name: name}}
		}
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("take lease %s: %w", name, err)
	}
	return row.Fence, held, nil
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
	taken := every.Microseconds() * int64(n)
	const reserve = "UPDATE rates SET next_us = CASE WHEN next_us > ? THEN next_us ELSE ? END + ? WHERE name = ?"
	var row rateRow
	err = s.within(ctx, func(tx *gorm.DB) error {
		moved := tx.Exec(reserve, int64(now)*1000, int64(now)*1000, taken, name)
		if moved.Error != nil {
			return moved.Error
		}
		if moved.RowsAffected == 0 {
			return &missingRow{&rateRow{Name: name}}
		}
		row = rateRow{}
		return tx.Take(&row, "name = ?", name).Error
	})
	if err != nil {
		return 0, fmt.Errorf("reserve slots of %s: %w", name, err)
	}
	return models.Moment((row.NextUS - taken + 999) / 1000), nil
}
