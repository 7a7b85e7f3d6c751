package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// A parcel that no follower can be told about is parked: taken out of the queue
// when it is due, with NextAt keeping when that was. Whatever lets a follower be
// told again (a follow, a chat that comes back, a customer's message) puts it
// back. So only Take decides it, and whoever becomes unreachable writes nothing
// about parcels.

// lockParcels locks parcels in order of id and returns those that exist.
func lockParcels(tx *gorm.DB, ids []int64) ([]parcelRow, error) {
	var rows []parcelRow
	for part := range slices.Chunk(slices.Sorted(slices.Values(ids)), chunk) {
		var some []parcelRow
		if err := locking(tx).Where("id IN ?", part).Order("id").Find(&some).Error; err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// reachableChat narrows chats c to those that can be told something now: they are not
// gone, and have credit where their messages are counted. It takes the moment.
const reachableChat = "c.gone_at = 0 AND (c.credit_epoch = 0 OR c.credit_left > 0 AND c.credit_until > ?)"

// reachable says which of the parcels are followed by a chat that can be told now.
func reachable(tx *gorm.DB, ids []int64, now models.Moment) (map[int64]bool, error) {
	reached := make(map[int64]bool, len(ids))
	const sql = "SELECT /*+ USE_INDEX(f, follows_parcel) */ DISTINCT f.parcel_id FROM follows f JOIN chats c ON c.id = f.chat_id WHERE f.parcel_id IN ? AND " + reachableChat
	for part := range slices.Chunk(ids, chunk) {
		var found []int64
		if err := tx.Raw(sql, part, now).Scan(&found).Error; err != nil {
			return nil, err
		}
		for _, id := range found {
			reached[id] = true
		}
	}
	return reached, nil
}

// park takes those of the due parcels out of the queue that nobody can be told
// about, and returns the others. They are locked before it is looked again, so
// that whoever comes back at this moment either is seen or puts them back.
func park(tx *gorm.DB, due []int64, now models.Moment) (map[int64]bool, error) {
	reached, err := reachable(tx, due, now)
	if err != nil || len(reached) == len(due) {
		return reached, err
	}
	lost := slices.DeleteFunc(slices.Clone(due), func(id int64) bool { return reached[id] })
	if _, err := lockParcels(tx, lost); err != nil {
		return nil, err
	}
	again, err := reachable(tx, lost, now)
	if err != nil {
		return nil, err
	}
	lost = slices.DeleteFunc(lost, func(id int64) bool { return again[id] })
	const sql = "UPDATE parcels SET next_at = due_at, due_at = ? WHERE id IN ? AND due_at <= ?"
	for part := range slices.Chunk(lost, chunk) {
		if err := tx.Exec(sql, models.Never, part, now).Error; err != nil {
			return nil, err
		}
	}
	return reached, noteLeft(tx, lost, now)
}

// unpark puts parcels back into the queue: due when their cadence says, and at
// once when that has passed. It changes the rows of those that are not parked as
// well, to hold them until the transaction ends (see park).
func unpark(tx *gorm.DB, ids []int64, now models.Moment) error {
	const sql = `UPDATE parcels SET due_at = CASE WHEN due_at < ? OR next_at >= ? THEN due_at WHEN next_at > ? THEN next_at ELSE ? END
		WHERE id IN ?`
	for part := range slices.Chunk(slices.Sorted(slices.Values(ids)), chunk) {
		if err := tx.Exec(sql, models.Never, models.Never, now, now, part).Error; err != nil {
			return err
		}
	}
	return nil
}

// noteLeft notes when the last follower left those of the parcels that have none.
func noteLeft(tx *gorm.DB, ids []int64, now models.Moment) error {
	const left = `UPDATE parcels SET left_at = ? WHERE id IN ? AND left_at = 0
		AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.parcel_id = parcels.id)`
	for part := range slices.Chunk(ids, chunk) {
		if err := tx.Exec(left, now, part).Error; err != nil {
			return err
		}
	}
	return nil
}

// mostLooks is of how many finished parcels of a chat the last look may be waited for.
const mostLooks = 200

// askedFor reads which parcels of those that any of the chats follow may be asked about: live
// ones, and those that were finished last, which may have their last look before them. It
// costs the same however many parcels the chats have followed.
func askedFor(tx *gorm.DB, chatIDs ...int64) ([]int64, error) {
	asked := map[int64]bool{}
	for _, chat := range chatIDs {
		for _, part := range []*gorm.DB{
			tx.Where("chat_id = ? AND done_at = 0", chat),
			tx.Where("chat_id = ? AND done_at > 0", chat).Order("done_at DESC").Limit(mostLooks),
		} {
			var ids []int64
			if err := part.Model(&models.Follow{}).Pluck("parcel_id", &ids).Error; err != nil {
				return nil, err
			}
			for _, id := range ids {
				asked[id] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(asked)), nil
}

// followedBy reads which parcels any of the chats follow.
func followedBy(tx *gorm.DB, chatIDs ...int64) ([]int64, error) {
	var ids []int64
	err := tx.Model(&models.Follow{}).Where("chat_id IN ?", chatIDs).Distinct().Order("parcel_id").Pluck("parcel_id", &ids).Error
	return ids, err
}

// Gone notes that the chat cannot be told any more. Its follows stay, in case
// it comes back; what only it follows is parked when it is due.
func (s *Store) Gone(ctx context.Context, chatID int64, now models.Moment) error {
	if _, err := s.change(ctx, gone, now, chatID); err != nil {
		return fmt.Errorf("note that the chat is gone: %w", err)
	}
	return nil
}

// GoneUnder is Gone for whoever serves the chat; models.ErrStale when the claim
// is another's: the chat may have come back since.
func (s *Store) GoneUnder(ctx context.Context, c models.Claim, now models.Moment) error {
	err := s.underClaim(ctx, c, func(tx *gorm.DB, _ chatRow) error { return tx.Exec(gone, now, c.ChatID).Error })
	if err != nil {
		return fmt.Errorf("note that the chat is gone: %w", err)
	}
	return nil
}

const gone = "UPDATE chats SET gone_at = ? WHERE id = ? AND gone_at = 0"

// Back notes that the chat can be told (again): what it follows is polled,
// and what is pending is delivered now.
func (s *Store) Back(ctx context.Context, chatID int64, now models.Moment) error {
	err := s.within(ctx, func(tx *gorm.DB) error {
		ids, err := askedFor(tx, chatID)
		if err != nil {
			return err
		}
		if _, err := lockParcels(tx, ids); err != nil {
			return err
		}
		return back(tx, chatID, now)
	})
	if err != nil {
		return fmt.Errorf("note that the chat is back: %w", err)
	}
	return nil
}

// back is Back, once what the chat follows is locked.
func back(tx *gorm.DB, chatID int64, now models.Moment) error {
	if err := tx.Exec("UPDATE chats SET gone_at = 0, failures = 0, retry_at = 0 WHERE id = ?", chatID).Error; err != nil {
		return err
	}
	// Now that the chat is locked: one that was followed just before is parked too.
	ids, err := askedFor(tx, chatID)
	if err != nil {
		return err
	}
	if err := unpark(tx, ids, now); err != nil {
		return err
	}
	if err := awaitPending(tx, []int64{chatID}); err != nil {
		return err
	}
	return wake(tx, []int64{chatID}, now)
}

// awaitPending notes that somebody in the chats waits for everything that is pending.
func awaitPending(tx *gorm.DB, chatIDs []int64) error {
	return tx.Exec("UPDATE follows SET awaited = ? WHERE chat_id IN ? AND pending_seq > 0", true, chatIDs).Error
}
