package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// ClaimChats claims for owner at most limit chats of a door with something to
// answer or to send now, the longest due first. A claim lasts for hold by the
// database's clock; a chat that somebody else holds is left out. Until its
// release a claimed chat is due only when new work comes, or once the claim has
// run out.
func (s *Store) ClaimChats(ctx context.Context, door, owner string, now models.Moment, hold time.Duration, limit int) ([]models.Claimed, error) {
	var chats []models.Chat
	clock := s.driver.words().clock
	owner = cut(owner, sizeOwner)
	err := s.within(ctx, func(tx *gorm.DB) error {
		chats = nil
		err := locking(tx).Where("door = ? AND work_at <= ? AND claim_until <= "+clock, door, now).
			Order("work_at").Limit(limit).Find(&chats).Error
		if err != nil || len(chats) == 0 {
			return err
		}
		const sql = "UPDATE chats SET claim_owner = ?, claim_epoch = claim_epoch + 1, work_at = ?, claim_until = ? + "
		return tx.Exec(sql+clock+" WHERE id IN ?", owner, now.Add(hold), hold.Milliseconds(), chatIDs(chats)).Error
	})
	if err != nil {
		return nil, fmt.Errorf("claim chats: %w", err)
	}
	claimed := make([]models.Claimed, len(chats))
	for i, c := range chats {
		claimed[i] = models.Claimed{Chat: c, Claim: models.Claim{ChatID: c.ID, Epoch: c.ClaimEpoch + 1, WorkAt: now.Add(hold)}}
	}
	return claimed, nil
}

// underClaim narrows a change of a chat's rows to whoever holds the claim; it
// takes the claim's chat and epoch.
const underClaim = " AND EXISTS (SELECT 1 FROM chats c WHERE c.id = ? AND c.claim_epoch = ?)"

// release is one chat that is given back.
type release struct {
	claim  models.Claim
	next   models.Moment
	failed bool
}

// Release gives a claimed chat back, due at next, or at once when new work has
// come since it was claimed. failed counts a failure, and then new work makes it
// due at next too: a platform that failed, or asks to wait, is left alone. A
// claim that is not held any more is no error. Concurrent calls are written
// together.
func (s *Store) Release(ctx context.Context, c models.Claim, next models.Moment, failed bool) error {
	if _, err := s.releases.do(ctx, release{claim: c, next: next, failed: failed}); err != nil {
		return fmt.Errorf("release chat: %w", err)
	}
	return nil
}

func (s *Store) releaseAll(ctx context.Context, asks []release) ([]outcome[struct{}], error) {
	const free = "UPDATE chats SET claim_owner = '', claim_until = 0, "
	const well = free + "failures = 0, retry_at = 0, work_at = CASE WHEN work_at = ? THEN ? ELSE work_at END WHERE id = ? AND claim_epoch = ?"
	const failed = free + "failures = failures + 1, retry_at = ?, work_at = ? WHERE id = ? AND claim_epoch = ?"
	err := s.within(ctx, func(tx *gorm.DB) error {
		for _, a := range asks {
			err := error(nil)
			if a.failed {
				err = tx.Exec(failed, a.next, a.next, a.claim.ChatID, a.claim.Epoch).Error
			} else {
				err = tx.Exec(well, a.claim.WorkAt, a.next, a.claim.ChatID, a.claim.Epoch).Error
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return make([]outcome[struct{}], len(asks)), err
}
