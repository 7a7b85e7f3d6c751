package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// cacheRow is something worth remembering for a while.
type cacheRow struct {
	Kind    string `gorm:"primaryKey"`
	Key     string `gorm:"primaryKey;column:cache_key"`
	Value   []byte
	UntilAt models.Moment
}

// TableName is where GORM finds the rows.
func (cacheRow) TableName() string { return "cache" }

// Recall reads what was remembered under a kind (at most 16 characters) and a
// key; false when nothing was, or it has expired.
func (s *Store) Recall(ctx context.Context, kind, key string, now models.Moment) (value []byte, ok bool, err error) {
	var row cacheRow
	err = s.read.WithContext(ctx).
		Take(&row, "kind = ? AND cache_key = ? AND until_at > ?", cut(kind, sizeKind), cacheKey(key), now).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("recall %s: %w", kind, err)
	}
	return row.Value, true, nil
}

// Remember stores a value until a moment, in the place of an older one.
func (s *Store) Remember(ctx context.Context, kind, key string, value []byte, until models.Moment) error {
	row := cacheRow{Kind: cut(kind, sizeKind), Key: cacheKey(key), Value: value, UntilAt: until}
	err := s.repeatable(ctx, func(db *gorm.DB) error {
		return upsert(db, &row, []string{"kind", "cache_key"}, "value", "until_at")
	})
	if err != nil {
		return fmt.Errorf("remember %s: %w", kind, err)
	}
	return nil
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

// cacheKey is the key itself, or its hash when the column cannot hold it: two
// long keys must not become one.
func cacheKey(key string) string {
	if cut(key, sizeCacheKey) == key {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
