package store

import (
	"context"
)

// Made says whether the database has its schema; nothing is changed.
func (s *Store) Made(ctx context.Context) bool {
	return s.read.WithContext(ctx).Migrator().HasTable("follows")
}
