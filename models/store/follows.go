package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// Follow has a chat follow a parcel, in one transaction: the row, the chat's
// limit of live parcels (models.ErrTooMany), the parcel's place in the queue.
// What has come after w.Delivered meanwhile is pending at once, and so is the
// answer to a question, once it is there, when it is awaited. On a parcel that
// the chat follows already, Name and Tail replace the old ones unless empty, and
// the mark never goes back.
func (s *Store) Follow(ctx context.Context, w models.Following, now models.Moment) (models.Follow, error) {
	var f models.Follow
	err := s.within(ctx, func(tx *gorm.DB) error {
		p, c, err := lockBoth(tx, w.ParcelID, w.ChatID)
		if err != nil {
			return err
		}
		if f, err = s.following(tx, w, p, c, now); err != nil {
			return err
		}
		if err := tx.Save(&f).Error; err != nil {
			return err
		}
		return joined(tx, f, p, c, now)
	})
	if err != nil {
		return models.Follow{}, fmt.Errorf("follow parcel: %w", named(err))
	}
	return f, nil
}

// lockBoth locks the parcel and then the chat, so that two follows in one
// chat cannot both take its last free place.
func lockBoth(tx *gorm.DB, parcelID, chatID int64) (p models.Parcel, c models.Chat, err error) {
	err = locking(tx).Take(&p, "id = ?", parcelID).Error
	if err == nil {
		err = locking(tx).Take(&c, "id = ?", chatID).Error
	}
	return p, c, err
}

// following is the row as the request makes it out of what is there.
func (s *Store) following(tx *gorm.DB, w models.Following, p models.Parcel, c models.Chat, now models.Moment) (models.Follow, error) {
	var f models.Follow
	err := locking(tx).Take(&f, "chat_id = ? AND parcel_id = ?", w.ChatID, w.ParcelID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		f = models.Follow{ChatID: w.ChatID, ParcelID: w.ParcelID, TailState: w.TailState, CreatedAt: now}
		err = checkLimit(tx, w, p)
	}
	if err != nil {
		return f, err
	}
	if w.Name != "" {
		f.Name = cut(w.Name, sizeName)
	}
	f.DeliveredSeq = max(f.DeliveredSeq, min(w.Delivered, p.Seq))
	if f, err = s.withTail(f, w); err != nil {
		return f, err
	}
	f.Awaited, f.DoneAt = f.Awaited || w.Awaited, p.DoneAt
	if f.Opens(p) && (f.News(c.News).Everything() || w.Awaited) && p.Seq > f.DeliveredSeq {
		f.PendingSeq, f.Awaited = p.Seq, true
	}
	if !f.Pending() {
		f.PendingSeq = 0
	}
	return f, nil
}

// withTail seals a new tail into the row. The same digits, untried here but
// verified already, stay verified.
func (s *Store) withTail(f models.Follow, w models.Following) (models.Follow, error) {
	if w.Tail == "" {
		return f, nil
	}
	if f.TailState == models.TailOK && w.TailState == models.TailUntried && s.opened(f) == w.Tail {
		return f, nil
	}
	sealed, err := s.sealer.Seal(followBind(f.ChatID, f.ParcelID), w.Tail)
	if err != nil {
		return f, fmt.Errorf("seal tail: %w", err)
	}
	f.Tail, f.TailState = sealed, w.TailState
	return f, nil
}

// liveFollows counts the live parcels that a chat follows. Comments such as this one steer
// TiDB, which else goes by few live parcels, and are comments to the others.
const liveFollows = "SELECT /*+ LEADING(f, p) INL_JOIN(p) USE_INDEX(f, follows_chat_done) */ COUNT(*) FROM follows f JOIN parcels p ON p.id = f.parcel_id WHERE f.chat_id = ? AND f.done_at = 0 AND p.done_at = 0"

// checkLimit refuses one more live parcel than the chat may follow.
func checkLimit(tx *gorm.DB, w models.Following, p models.Parcel) error {
	if w.Max <= 0 || !p.Live() {
		return nil
	}
	var live int
	if err := tx.Raw(liveFollows, w.ChatID).Scan(&live).Error; err != nil {
		return err
	}
	if live >= w.Max {
		return models.ErrTooMany
	}
	return nil
}

// joined puts the parcel into the queue, and wakes the chat for what is pending
// already.
func joined(tx *gorm.DB, f models.Follow, p models.Parcel, c models.Chat, now models.Moment) error {
	if err := tx.Exec("UPDATE parcels SET left_at = 0 WHERE id = ? AND left_at > 0", p.ID).Error; err != nil {
		return err
	}
	if f.PushTo != "" {
		if _, err := keepRobots(tx, []int64{p.ID}); err != nil {
			return err
		}
		if err := nameRobots(tx, f); err != nil {
			return err
		}
	}
	if err := unpark(tx, []int64{p.ID}, now); err != nil {
		return err
	}
	if !f.Pending() {
		return nil
	}
	return wakeReachable(tx, []int64{c.ID}, now)
}

// Unfollow ends the chat's following of these parcels, and what it alone pushed to
// robots. Undo takes it back for ten minutes; then names and tails are gone.
func (s *Store) Unfollow(ctx context.Context, chatID int64, parcelIDs []int64, now models.Moment) error {
	if len(parcelIDs) == 0 {
		return nil
	}
	err := s.within(ctx, func(tx *gorm.DB) error {
		if _, err := lockParcels(tx, parcelIDs); err != nil {
			return err
		}
		if err := keepStopped(tx, chatID, parcelIDs, now); err != nil {
			return err
		}
		if err := tx.Where("chat_id = ? AND parcel_id IN ?", chatID, parcelIDs).Delete(&models.Follow{}).Error; err != nil {
			return err
		}
		if _, err := keepRobots(tx, parcelIDs); err != nil {
			return err
		}
		return noteLeft(tx, parcelIDs, now)
	})
	if err != nil {
		return fmt.Errorf("unfollow parcels: %w", err)
	}
	return nil
}

// Rename names a chat's parcel, and at the robot to which this chat alone pushes
// it; at most 80 characters are kept.
func (s *Store) Rename(ctx context.Context, chatID, parcelID int64, name string) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		if _, err := lockParcels(tx, []int64{parcelID}); err != nil {
			return err
		}
		var f models.Follow
		if err := locking(tx).Take(&f, "chat_id = ? AND parcel_id = ?", chatID, parcelID).Error; err != nil {
			return err
		}
		f.Name = cut(name, sizeName)
		if err := tx.Exec("UPDATE follows SET name = ? WHERE id = ?", f.Name, f.ID).Error; err != nil {
			return err
		}
		return nameRobots(tx, f)
	})
	if err != nil {
		return fmt.Errorf("rename follow: %w", named(err))
	}
	return nil
}
