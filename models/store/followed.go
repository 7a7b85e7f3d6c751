package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// Followed reads the live parcels that a chat follows, the newest news first; all adds
// those that were finished last, models.MostFinished at most. It costs what it returns,
// however many parcels the chat has followed.
//
// A follow says whether its parcel is finished (Follow.DoneAt). One that says that it lives
// may be wrong, where another version of the program has finished the parcel: then it is
// set right here, so that the next call does not meet it.
func (s *Store) Followed(ctx context.Context, chatID int64, all bool) ([]models.Followed, error) {
	db := s.read.WithContext(ctx)
	var follows []models.Follow
	if err := db.Where("chat_id = ? AND done_at = 0", chatID).Find(&follows).Error; err != nil {
		return nil, fmt.Errorf("read follows: %w", err)
	}
	if all {
		var done []models.Follow
		err := db.Where("chat_id = ? AND done_at > 0", chatID).Order("done_at DESC").Limit(models.MostFinished).Find(&done).Error
		if err != nil {
			return nil, fmt.Errorf("read finished follows: %w", err)
		}
		follows = append(follows, done...)
	}
	rows, err := followedRows(db, follows)
	if err != nil {
		return nil, err
	}
	var live, finished []models.Followed
	var mistaken []int64
	for _, f := range rows {
		if f.Parcel.Live() {
			live = append(live, f)
			continue
		}
		finished = append(finished, f)
		if f.Follow.DoneAt == 0 {
			mistaken = append(mistaken, f.Parcel.ID)
		}
	}
	if err := s.inParts(ctx, mistaken, correctDone); err != nil {
		return nil, fmt.Errorf("note finished parcels: %w", err)
	}
	if all {
		slices.SortFunc(finished, func(a, b models.Followed) int { return cmp.Compare(b.Parcel.DoneAt, a.Parcel.DoneAt) })
		live = append(live, finished[:min(len(finished), models.MostFinished)]...)
	}
	return newestNewsFirst(live), nil
}

// AllFollowed reads everything that a chat follows, the newest news first. It costs as much
// as the chat has followed, and is for what hands out everything.
func (s *Store) AllFollowed(ctx context.Context, chatID int64) ([]models.Followed, error) {
	return s.followedWhere(ctx, "chat_id = ?", chatID)
}

// FollowedOf reads which of some parcels a chat follows, the newest news first.
func (s *Store) FollowedOf(ctx context.Context, chatID int64, parcelIDs []int64) ([]models.Followed, error) {
	if len(parcelIDs) == 0 {
		return nil, nil
	}
	return s.followedWhere(ctx, "chat_id = ? AND parcel_id IN ?", chatID, parcelIDs)
}

// FollowedByNumber reads which of the parcels with a number a chat follows, the newest
// news first.
func (s *Store) FollowedByNumber(ctx context.Context, chatID int64, number string) ([]models.Followed, error) {
	parcels, err := s.ByNumber(ctx, number)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(parcels))
	for i, p := range parcels {
		ids[i] = p.ID
	}
	return s.FollowedOf(ctx, chatID, ids)
}

func (s *Store) followedWhere(ctx context.Context, where string, args ...any) ([]models.Followed, error) {
	db := s.read.WithContext(ctx)
	var follows []models.Follow
	if err := db.Where(where, args...).Find(&follows).Error; err != nil {
		return nil, fmt.Errorf("read follows: %w", err)
	}
	rows, err := followedRows(db, follows)
	return newestNewsFirst(rows), err
}

// followedRows puts follows and their parcels together.
func followedRows(db *gorm.DB, follows []models.Follow) ([]models.Followed, error) {
	parcels, err := parcelsOf(db, follows)
	if err != nil {
		return nil, fmt.Errorf("read followed parcels: %w", err)
	}
	rows := make([]models.Followed, 0, len(follows))
	for _, f := range follows {
		if p, ok := parcels[f.ParcelID]; ok {
			rows = append(rows, models.Followed{Follow: f, Parcel: p})
		}
	}
	return rows, nil
}

func newestNewsFirst(rows []models.Followed) []models.Followed {
	slices.SortFunc(rows, func(a, b models.Followed) int {
		return cmp.Or(cmp.Compare(b.Parcel.NewsAt, a.Parcel.NewsAt), cmp.Compare(b.Follow.CreatedAt, a.Follow.CreatedAt), cmp.Compare(b.Follow.ID, a.Follow.ID))
	})
	return rows
}

// CountLive counts the live parcels that a chat follows.
func (s *Store) CountLive(ctx context.Context, chatID int64) (live int, err error) {
	if err := s.read.WithContext(ctx).Raw(liveFollows, chatID).Scan(&live).Error; err != nil {
		return 0, fmt.Errorf("count live follows: %w", translate(s.read, err))
	}
	return live, nil
}

// CountFollowed counts what a chat follows: live parcels, and finished ones.
func (s *Store) CountFollowed(ctx context.Context, chatID int64) (live, done int, err error) {
	if live, err = s.CountLive(ctx, chatID); err != nil {
		return 0, 0, err
	}
	var all int
	if err := s.read.WithContext(ctx).Raw("SELECT COUNT(*) FROM follows WHERE chat_id = ?", chatID).Scan(&all).Error; err != nil {
		return 0, 0, fmt.Errorf("count follows: %w", translate(s.read, err))
	}
	return live, max(0, all-live), nil
}

// parcelsOf reads the parcels of some follows.
func parcelsOf(db *gorm.DB, follows []models.Follow) (map[int64]models.Parcel, error) {
	ids := make([]int64, len(follows))
	for i, f := range follows {
		ids[i] = f.ParcelID
	}
	var rows []models.Parcel
	for part := range slices.Chunk(ids, chunk) {
		var some []models.Parcel
		if err := db.Where("id IN ?", part).Find(&some).Error; err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	parcels := make(map[int64]models.Parcel, len(rows))
	for _, p := range rows {
		parcels[p.ID] = p
	}
	return parcels, nil
}

// FollowOf reads the chat's follow of one parcel; false when it has none.
func (s *Store) FollowOf(ctx context.Context, chatID, parcelID int64) (models.Follow, bool, error) {
	var f models.Follow
	err := s.read.WithContext(ctx).Take(&f, "chat_id = ? AND parcel_id = ?", chatID, parcelID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return f, false, nil
	}
	if err != nil {
		return f, false, fmt.Errorf("read follow: %w", err)
	}
	return f, true, nil
}

// corrected is how many parcels are locked at once when what their follows say is set right.
const corrected = 200

// inParts changes some parcels in small transactions.
func (s *Store) inParts(ctx context.Context, ids []int64, change func(tx *gorm.DB, ids []int64) error) error {
	for part := range slices.Chunk(ids, corrected) {
		if err := s.within(ctx, func(tx *gorm.DB) error { return change(tx, part) }); err != nil {
			return err
		}
	}
	return nil
}

// correctDone has the follows of parcels say when these were finished, or that they live.
func correctDone(tx *gorm.DB, ids []int64) error {
	rows, err := lockParcels(tx, ids)
	if err != nil {
		return err
	}
	return noteDone(tx, rows)
}

// noteDone has the follows of parcels, which the caller has locked, say when these were
// finished, or that they live.
func noteDone(tx *gorm.DB, parcels []parcelRow) error {
	ids := map[models.Moment][]int64{}
	for _, p := range parcels {
		ids[p.DoneAt] = append(ids[p.DoneAt], p.ID)
	}
	for done, of := range ids {
		if err := tx.Exec("UPDATE follows SET done_at = ? WHERE parcel_id IN ? AND done_at <> ?", done, of, done).Error; err != nil {
			return err
		}
	}
	return nil
}
