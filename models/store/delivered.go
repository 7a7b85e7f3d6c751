package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// mark is how far a follow was delivered, under a claim.
type mark struct {
	claim models.Claim
	models.Mark
}

// Delivered moves a follow's mark to m.Upto, never back, once the platform has
// accepted the message, and keeps how that ended. models.ErrStale when the claim is
// another's: then that one delivers it once more. Concurrent calls are written together.
func (s *Store) Delivered(ctx context.Context, c models.Claim, m models.Mark) error {
	if _, err := s.marks.do(ctx, mark{claim: c, Mark: m}); err != nil {
		return fmt.Errorf("mark delivered: %w", err)
	}
	return nil
}

func (s *Store) deliveredAll(ctx context.Context, asks []mark) ([]outcome[struct{}], error) {
	outcomes := make([]outcome[struct{}], len(asks))
	claims := make([]models.Claim, len(asks))
	for i, a := range asks {
		claims[i] = a.claim
	}
	err := s.behind(ctx, func(tx *gorm.DB) error {
		clear(outcomes)
		held, err := epochs(tx, claims)
		if err != nil {
			return err
		}
		follows := map[int64][]int64{}
		var moved []mark
		for i, a := range asks {
			if held[a.claim.ChatID] != a.claim.Epoch {
				outcomes[i].err = models.ErrStale
				continue
			}
			follows[a.Upto] = append(follows[a.Upto], a.FollowID)
			moved = append(moved, a)
		}
		if err := markDelivered(tx, follows); err != nil {
			return err
		}
		return s.noteSent(tx, moved)
	})
	return outcomes, err
}

// epochs reads under which claim each chat is, and keeps it so until the
// transaction ends.
func epochs(tx *gorm.DB, claims []models.Claim) (map[int64]int64, error) {
	ids := make([]int64, len(claims))
	for i, c := range claims {
		ids[i] = c.ChatID
	}
	var rows []models.Chat
	err := locking(tx).Select("id", "claim_epoch").Where("id IN ?", ids).Order("id").Find(&rows).Error
	held := make(map[int64]int64, len(rows))
	for _, c := range rows {
		held[c.ID] = c.ClaimEpoch
	}
	return held, err
}

// markDelivered writes equal marks together. What came after the mark stays
// pending, and who waits for an answer and was given only a notice goes on
// waiting. The order of the assignments matters: MySQL reads new values.
func markDelivered(tx *gorm.DB, follows map[int64][]int64) error {
	const answered = "SELECT 1 FROM events e WHERE e.parcel_id = follows.parcel_id AND e.seq > follows.delivered_seq AND e.seq <= ? AND e.kind IN ?"
	const sql = `UPDATE follows SET failures = 0,
		awaited = CASE WHEN pending_seq > ? OR NOT EXISTS (` + answered + `) THEN awaited ELSE 0 END,
		pending_seq = CASE WHEN pending_seq > ? THEN pending_seq ELSE 0 END,
		delivered_seq = CASE WHEN delivered_seq < ? THEN ? ELSE delivered_seq END WHERE id IN ?`
	for _, upto := range slices.Sorted(maps.Keys(follows)) {
		ids := follows[upto]
		slices.Sort(ids)
		if err := tx.Exec(sql, upto, upto, models.Answers(), upto, upto, upto, ids).Error; err != nil {
			return err
		}
	}
	return nil
}

// Undeliverable counts that what is pending for a follow could not be put into
// words, or made the door fail, and returns how often in a row.
// models.ErrStale when the claim is another's.
func (s *Store) Undeliverable(ctx context.Context, c models.Claim, followID int64) (failures int, err error) {
	err = s.underClaim(ctx, c, func(tx *gorm.DB, _ chatRow) error {
		if err := tx.Exec("UPDATE follows SET failures = failures + 1 WHERE id = ?", followID).Error; err != nil {
			return err
		}
		return tx.Model(&models.Follow{}).Where("id = ?", followID).Pluck("failures", &failures).Error
	})
	if err != nil {
		return 0, fmt.Errorf("count undeliverable notification: %w", err)
	}
	return failures, nil
}
