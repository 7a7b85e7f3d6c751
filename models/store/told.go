package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// mark is how far a follow has been told.
type mark struct{ follow, upto int64 }

// Told moves a follow's mark to upto, never back. It is called after the
// platform has accepted the message. Concurrent calls are written together.
func (s *Store) Told(ctx context.Context, followID, upto int64) error {
	if _, err := s.told.do(ctx, mark{follow: followID, upto: upto}); err != nil {
		return fmt.Errorf("move told mark: %w", err)
	}
	return nil
}

func (s *Store) toldAll(ctx context.Context, asks []mark) ([]outcome[struct{}], error) {
	upto := map[int64][]int64{}
	for _, a := range asks {
		upto[a.upto] = append(upto[a.upto], a.follow)
	}
	err := s.within(ctx, func(tx *gorm.DB) error {
		for _, seq := range slices.Sorted(maps.Keys(upto)) {
			ids := upto[seq]
			slices.Sort(ids)
			if err := tx.Exec("UPDATE follows SET told = ? WHERE told < ? AND id IN ?", seq, seq, ids).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return make([]outcome[struct{}], len(asks)), err
}

// release is one chat that its teller gives back.
type release struct {
	chat   models.Chat
	owner  string
	next   models.Moment
	putOff bool // nothing failed
}

// Release gives back a chat that ClaimOwed gave. When nothing new is owed since
// the claim and everything was told, it is not due any more. Otherwise next
// says when to try again and counts a failure; next 0 resets the failures and
// leaves the chat due as it is. Concurrent calls are written together.
func (s *Store) Release(ctx context.Context, c models.Chat, owner string, next models.Moment) error {
	return s.give(ctx, release{chat: c, owner: owner, next: next})
}

// PutOff gives back a chat that ClaimOwed gave and that is not to be told before
// until. Nothing counts as failed, so that whatever wakes the chat meanwhile has
// it told at once; one that was woken since the claim stays due.
func (s *Store) PutOff(ctx context.Context, c models.Chat, owner string, until models.Moment) error {
	return s.give(ctx, release{chat: c, owner: owner, next: until, putOff: true})
}

func (s *Store) give(ctx context.Context, r release) error {
	r.owner = cut(r.owner, sizeOwner)
	if _, err := s.releases.do(ctx, r); err != nil {
		return fmt.Errorf("release chat: %w", err)
	}
	return nil
}

// rest is the state in which a chat is left behind.
type rest struct {
	tellAt   models.Moment
	failures int
}

func (s *Store) releaseAll(ctx context.Context, asks []release) ([]outcome[struct{}], error) {
	ids := make([]int64, len(asks))
	for i, a := range asks {
		ids[i] = a.chat.ID
	}
	err := s.within(ctx, func(tx *gorm.DB) error {
		var chats []models.Chat
		columns := []string{"id", "claim", "tell_at", "tell_version", "failures", "gone_at"}
		if err := locking(tx).Select(columns).Where("id IN ?", ids).Order("id").Find(&chats).Error; err != nil {
			return err
		}
		owing, err := indebted(tx, ids)
		if err != nil {
			return err
		}
		return leave(tx, leaving(asks, chats, owing))
	})
	return make([]outcome[struct{}], len(asks)), err
}

// leaving decides in which state the chats are left behind.
func leaving(asks []release, chats []models.Chat, owing map[int64]bool) map[rest][]int64 {
	stored := map[int64]models.Chat{}
	for _, c := range chats {
		stored[c.ID] = c
	}
	left := map[rest][]int64{}
	for _, a := range asks {
		c, ok := stored[a.chat.ID]
		if !ok || c.Claim != a.owner {
			continue
		}
		r := rest{tellAt: c.TellAt}
		switch {
		case c.GoneAt > 0, c.TellVersion == a.chat.TellVersion && !owing[c.ID]:
			r.tellAt = models.Never
		case (a.putOff || a.next == models.Never) && c.TellVersion != a.chat.TellVersion:
			// what it waits for may have happened meanwhile
		case a.next > 0:
			r.tellAt = a.next
		}
		if a.next > 0 && !a.putOff {
			r.failures = c.Failures + 1
		}
		left[r] = append(left[r], c.ID)
	}
	return left
}

func leave(tx *gorm.DB, left map[rest][]int64) error {
	const sql = "UPDATE chats SET claim = '', claim_until = 0, tell_at = ?, failures = ? WHERE id IN ?"
	for r, ids := range left {
		if err := tx.Exec(sql, r.tellAt, r.failures, ids).Error; err != nil {
			return err
		}
	}
	return nil
}
