package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"waybill/models"
)

// BuryLeases gives back the leases of owners that begin with prefix and are
// dead, so that a process that comes after one that was killed need not wait
// until they run out. Nobody can tell that of another machine's processes:
// prefix says which ones dead can judge.
func (s *Store) BuryLeases(ctx context.Context, prefix string, dead func(owner string) bool) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		var owners []string
		if err := tx.Raw("SELECT DISTINCT owner FROM leases WHERE owner LIKE ?", prefix+"%").Scan(&owners).Error; err != nil {
			return err
		}
		owners = slices.DeleteFunc(owners, func(o string) bool { return !strings.HasPrefix(o, prefix) || !dead(o) })
		if len(owners) == 0 {
			return nil
		}
		return tx.Exec("UPDATE leases SET owner = '', expires_at = 0 WHERE owner IN ?", owners).Error
	})
	if err != nil {
		return fmt.Errorf("bury leases: %w", err)
	}
	return nil
}

// BuryClaims gives back the claims on chats of such owners. It reads all chats
// once, which nobody has to wait for.
func (s *Store) BuryClaims(ctx context.Context, prefix string, dead func(owner string) bool, now models.Moment) error {
	var claims []models.Chat
	const sql = "SELECT id, claim FROM chats WHERE claim_until > ? AND claim LIKE ?"
	if err := s.read.WithContext(ctx).Raw(sql, now, prefix+"%").Scan(&claims).Error; err != nil {
		return fmt.Errorf("read claims: %w", err)
	}
	for _, c := range claims {
		if !strings.HasPrefix(c.Claim, prefix) || !dead(c.Claim) {
			continue
		}
		if err := s.FreeChat(ctx, c.ID, c.Claim); err != nil {
			return fmt.Errorf("bury claims: %w", err)
		}
	}
	return nil
}
