package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"waybill/models"
)

// ReleaseStale gives back the leases and the claims of owners that begin with
// prefix and whose process is gone, so that whoever comes after a process that
// was killed need not wait until they run out. Nobody can tell that of another
// machine's processes: prefix says which ones gone can judge. Chats whose claim
// was given back are due now.
func (s *Store) ReleaseStale(ctx context.Context, prefix string, gone func(owner string) bool, now models.Moment) error {
	leases, err := s.staleOwners(ctx, "leases", "owner", "expires_at", prefix, gone)
	if err != nil {
		return err
	}
	if len(leases) > 0 {
		if _, err := s.change(ctx, "UPDATE leases SET owner = '', expires_at = 0 WHERE owner IN ?", leases); err != nil {
			return fmt.Errorf("release stale leases: %w", err)
		}
	}
	claims, err := s.staleOwners(ctx, "chats", "claim_owner", "claim_until", prefix, gone)
	if err != nil || len(claims) == 0 {
		return err
	}
	const free = `UPDATE chats SET claim_owner = '', claim_until = 0, work_at = CASE WHEN work_at > ? THEN ? ELSE work_at END
		WHERE claim_until > 0 AND claim_owner IN ?`
	if _, err := s.change(ctx, free, now, now, claims); err != nil {
		return fmt.Errorf("release stale claims: %w", err)
	}
	return nil
}

// staleOwners are the owners in a table whose process is gone.
func (s *Store) staleOwners(ctx context.Context, table, owner, until, prefix string, gone func(string) bool) ([]string, error) {
	var owners []string
	sql := "SELECT DISTINCT " + owner + " FROM " + table + " WHERE " + until + " > 0"
	if err := s.read.WithContext(ctx).Raw(sql).Scan(&owners).Error; err != nil {
		return nil, fmt.Errorf("read owners of %s: %w", table, translate(s.read, err))
	}
	return slices.DeleteFunc(owners, func(o string) bool { return !strings.HasPrefix(o, prefix) || !gone(o) }), nil
}
