package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	clock := s.driver.words().clock
	due := "work_at <= ? AND claim_until <= " + clock
	var ids []int64
	// Outside a transaction: most of the time nothing is due.
	err := s.read.WithContext(ctx).Model(&models.Chat{}).Where("door = ? AND "+due, door, now).Order("work_at").Limit(limit).Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("find due chats: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var chats []models.Chat
	err = s.within(ctx, func(tx *gorm.DB) error {
		chats = nil
		err := locking(tx).Where("id IN ? AND "+due, ids, now).Order("id").Find(&chats).Error
		if err != nil || len(chats) == 0 {
			return err
		}
		const claim = "UPDATE chats SET claim_owner = ?, claim_epoch = claim_epoch + 1, work_at = ?, claim_until = ? + "
		return tx.Exec(claim+clock+" WHERE id IN ?", cut(owner, sizeOwner), now.Add(hold), hold.Milliseconds(), chatIDs(chats)).Error
	})
	if err != nil {
		return nil, fmt.Errorf("claim chats: %w", err)
	}
	slices.SortFunc(chats, func(a, b models.Chat) int { return cmp.Compare(a.WorkAt, b.WorkAt) })
	claimed := make([]models.Claimed, len(chats))
	for i, c := range chats {
		claimed[i] = models.Claimed{Chat: c, Claim: models.Claim{ChatID: c.ID, Epoch: c.ClaimEpoch + 1, At: now, WorkAt: now.Add(hold)}}
	}
	return claimed, nil
}

// TakeOver gives back a door's claims that others than owner hold, for whoever
// holds the door's lease now: their process is gone, or must not send any more.
// Their chats are due now.
func (s *Store) TakeOver(ctx context.Context, door, owner string, now models.Moment) error {
	const free = `UPDATE chats SET claim_owner = '', claim_until = 0, claim_epoch = claim_epoch + 1,
		work_at = CASE WHEN work_at > ? THEN ? ELSE work_at END WHERE claim_until > 0 AND door = ? AND claim_owner <> ?`
	if _, err := s.change(ctx, free, now, now, door, cut(owner, sizeOwner)); err != nil {
		return fmt.Errorf("take over chats: %w", err)
	}
	return nil
}

// Reclaim gives back the claims of owner on a door's chats that it does not serve:
// their rows were written, and no answer came. Their chats are due now.
func (s *Store) Reclaim(ctx context.Context, door, owner string, serving []int64, now models.Moment) error {
	const free = `UPDATE chats SET claim_owner = '', claim_until = 0, claim_epoch = claim_epoch + 1,
		work_at = CASE WHEN work_at > ? THEN ? ELSE work_at END WHERE claim_until > 0 AND door = ? AND claim_owner = ? AND id NOT IN ?`
	if _, err := s.change(ctx, free, now, now, door, cut(owner, sizeOwner), append(serving, 0)); err != nil {
		return fmt.Errorf("give back chats that nobody serves: %w", err)
	}
	return nil
}

// underClaim runs fn in a transaction in which the claim's chat is locked, or
// returns models.ErrStale when the claim is another's by now.
func (s *Store) underClaim(ctx context.Context, c models.Claim, fn func(tx *gorm.DB, chat chatRow) error) error {
	return s.within(ctx, func(tx *gorm.DB) error {
		var chat chatRow
		err := locking(tx).Take(&chat, "id = ? AND claim_epoch = ?", c.ChatID, c.Epoch).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return models.ErrStale
		}
		if err != nil {
			return err
		}
		return fn(tx, chat)
	})
}

// release is one chat that is given back.
type release struct {
	claim  models.Claim
	next   models.Moment
	failed bool
}

// Release gives a claimed chat back. It is due at next, or earlier when one of
// its updates is that had to wait; at once when new work has come since it was
// claimed. failed counts a failure, and then the chat is due at next whatever has
// come: a platform that failed, or asks to wait, is left alone. A claim that is
// not held any more is no error. Concurrent calls are written together.
func (s *Store) Release(ctx context.Context, c models.Claim, next models.Moment, failed bool) error {
	if _, err := s.releases.do(ctx, release{claim: c, next: next, failed: failed}); err != nil {
		return fmt.Errorf("release chat: %w", err)
	}
	return nil
}

func (s *Store) releaseAll(ctx context.Context, asks []release) ([]outcome[struct{}], error) {
	claims := make([]models.Claim, len(asks))
	for i, a := range asks {
		claims[i] = a.claim
	}
	err := s.behind(ctx, func(tx *gorm.DB) error {
		held, err := epochs(tx, claims)
		if err != nil {
			return err
		}
		alike := map[release][]int64{} // chats that were claimed together and are due together
		for _, a := range asks {
			if held[a.claim.ChatID] == a.claim.Epoch {
				of := release{models.Claim{At: a.claim.At, WorkAt: a.claim.WorkAt}, a.next, a.failed}
				alike[of] = append(alike[of], a.claim.ChatID)
			}
		}
		for of, chats := range alike {
			if err := of.write(tx, chats); err != nil {
				return err
			}
		}
		return nil
	})
	return make([]outcome[struct{}], len(asks)), err
}

// write gives chats back.
func (r release) write(tx *gorm.DB, chats []int64) error {
	const free = "UPDATE chats SET claim_owner = '', claim_until = 0, "
	if r.failed { // MySQL assigns from left to right
		const failed = free + `failing_at = CASE WHEN failures = 0 OR failing_at = 0 THEN ? ELSE failing_at END,
			failures = failures + 1, retry_at = ?, work_at = ? WHERE id IN ?`
		return tx.Exec(failed, r.claim.At, r.next, r.next, chats).Error
	}
	const waiting = "SELECT MIN(a.due_at) FROM arrivals a WHERE a.chat_id = chats.id AND a.due_at > ? AND a.due_at < ?"
	const well = free + `failures = 0, failing_at = 0, retry_at = 0,
		work_at = CASE WHEN work_at = ? THEN COALESCE((` + waiting + `), ?) ELSE work_at END WHERE id IN ?`
	return tx.Exec(well, r.claim.WorkAt, r.claim.At, r.next, r.next, chats).Error
}

// ReleaseStale gives back the leases and the claims of owners that begin with
// prefix and whose process is gone, so that whoever comes after a process that
// was killed need not wait until they run out. Of another machine's processes nobody
// can know that: prefix says which ones gone can judge. Chats whose claim
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
