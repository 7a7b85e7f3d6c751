package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"waybill/models"
)

// examined is how many rows a filter without an index of its own looks at for one page
// at most: a page costs the same whatever the tables hold, and goes on behind the last
// row that was looked at.
const examined = 2000

// Calls reads at most limit calls of the ledger, newest first, out of those of the last
// days that are not folded yet. more says where the list goes on; it is the zero Cursor
// at its end. A page may hold fewer than limit, or none, and still go on.
func (s *Store) Calls(ctx context.Context, f models.CallFilter, limit int) (page []models.LedgerCall, more models.Cursor, err error) {
	q := s.read.WithContext(ctx).Table("calls").Where("started_at > 0")
	if f.From > 0 {
		q = q.Where("started_at >= ?", f.From)
	}
	if f.To > 0 {
		q = q.Where("started_at < ?", f.To)
	}
	if f.Before != (models.Cursor{}) {
		q = q.Where("started_at <= ? AND (started_at < ? OR id < ?)", f.Before.At, f.Before.At, f.Before.ID)
	}
	look := looked(limit, f.Provider == "" && f.Outcome == "")
	var rows []models.LedgerCall
	if err := q.Order("started_at DESC, id DESC").Limit(look).Find(&rows).Error; err != nil {
		return nil, more, fmt.Errorf("read calls: %w", err)
	}
	for i, c := range rows {
		if (f.Provider == "" || c.Provider == f.Provider) && (f.Outcome == "" || c.Outcome == f.Outcome) {
			page = append(page, c)
		}
		if len(page) == limit && i+1 < len(rows) || i+1 == look {
			return page, models.Cursor{At: c.StartedAt, ID: c.ID}, nil
		}
	}
	return page, more, nil
}

// CallsAbout reads the calls about a waybill that are not folded yet, newest first.
func (s *Store) CallsAbout(ctx context.Context, number string, limit int) ([]models.LedgerCall, error) {
	if number == "" {
		return nil, nil
	}
	var rows []models.LedgerCall
	err := s.read.WithContext(ctx).Table("calls").Where("number = ? AND number <> ''", cut(number, sizeNumber)).
		Order("started_at DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read calls about parcel: %w", err)
	}
	return rows, nil
}

// ParcelIDs finds the parcels with these numbers: the newest of each.
func (s *Store) ParcelIDs(ctx context.Context, numbers []string) (map[string]int64, error) {
	var rows []models.Parcel
	if err := s.read.WithContext(ctx).Select("id", "number").Where("number IN ?", numbers).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("find parcels: %w", err)
	}
	ids := make(map[string]int64, len(rows))
	for _, p := range rows {
		ids[p.Number] = p.ID
	}
	return ids, nil
}

// ParcelsEnding reads at most limit parcels whose number ends with these characters, at
// least three, newest first, with ids below before (0: all).
func (s *Store) ParcelsEnding(ctx context.Context, end string, before int64, limit int) ([]models.Parcel, error) {
	if len(end) < 3 {
		return nil, nil
	}
	q := below(s.read.WithContext(ctx), before).Where("number_end = ?", end[len(end)-3:])
	if len(end) > 3 {
		q = q.Where("number LIKE ? ESCAPE '!'", "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(end))
	}
	var found []models.Parcel
	if err := q.Order("id DESC").Limit(limit).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("find parcels by end: %w", err)
	}
	return found, nil
}

// LiveParcels reads at most limit followed parcels that are not finished and have this
// status, newest first, with ids below before (0: all).
func (s *Store) LiveParcels(ctx context.Context, status models.Status, before int64, limit int) ([]models.Parcel, error) {
	var found []models.Parcel
	err := below(s.read.WithContext(ctx), before).Where("done_at = 0 AND left_at = 0 AND status = ?", status).
		Order("id DESC").Limit(limit).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read live parcels: %w", err)
	}
	return found, nil
}

// Parcels reads at most limit parcels that choose chooses (nil: all), newest first, with
// ids below before (0: all). more is where the list goes on, 0 at its end.
func (s *Store) Parcels(ctx context.Context, before int64, limit int, choose func(models.Parcel) bool) (page []models.Parcel, more int64, err error) {
	var rows []models.Parcel
	look := looked(limit, choose == nil)
	if err := below(s.read.WithContext(ctx), before).Order("id DESC").Limit(look).Find(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("read parcels: %w", err)
	}
	page, more = paged(rows, limit, look, choose, func(p models.Parcel) int64 { return p.ID })
	return page, more, nil
}

// Chats reads at most limit chats that choose chooses (nil: all), newest first, with ids
// below before (0: all). more is where the list goes on, 0 at its end.
func (s *Store) Chats(ctx context.Context, before int64, limit int, choose func(models.Chat) bool) (page []models.Chat, more int64, err error) {
	var rows []models.Chat
	look := looked(limit, choose == nil)
	if err := below(s.read.WithContext(ctx), before).Omit("tail", "listed").Order("id DESC").Limit(look).Find(&rows).Error; err != nil {
		return nil, 0, fmt.Errorf("read chats: %w", err)
	}
	page, more = paged(rows, limit, look, choose, func(c models.Chat) int64 { return c.ID })
	return page, more, nil
}

// looked is how many rows are read for a page.
func looked(limit int, all bool) int {
	if all {
		return limit + 1
	}
	return examined
}

// paged takes a page out of the rows that were read, at most look of them.
func paged[T any](rows []T, limit, look int, choose func(T) bool, id func(T) int64) (page []T, more int64) {
	for i, row := range rows {
		if choose == nil || choose(row) {
			page = append(page, row)
		}
		if len(page) == limit && i+1 < len(rows) || i+1 == look {
			return page, id(row)
		}
	}
	return page, 0
}

func below(db *gorm.DB, before int64) *gorm.DB {
	if before > 0 {
		return db.Where("id < ?", before)
	}
	return db
}

// FailingChats reads chats to which sending fails now, the worst first.
func (s *Store) FailingChats(ctx context.Context, limit int) ([]models.Chat, error) {
	var chats []models.Chat
	err := s.read.WithContext(ctx).Omit("tail", "listed").Where("failures > 0 AND gone_at = 0").Order("failures DESC").Limit(limit).Find(&chats).Error
	if err != nil {
		return nil, fmt.Errorf("read failing chats: %w", err)
	}
	return chats, nil
}

// ChatsAt reads the chats with this platform's id at the given doors, all their topics.
func (s *Store) ChatsAt(ctx context.Context, doors []string, conversation string) ([]models.Chat, error) {
	var chats []models.Chat
	err := s.read.WithContext(ctx).Omit("tail", "listed").
		Where("door IN ? AND conversation = ?", doors, cut(conversation, sizeConversation)).Order("id DESC").Find(&chats).Error
	if err != nil {
		return nil, fmt.Errorf("find chats: %w", err)
	}
	return chats, nil
}

// CountFollows counts what chats follow, by the chat's id.
func (s *Store) CountFollows(ctx context.Context, chatIDs []int64) (map[int64]int64, error) {
	return s.countFollows(ctx, "chat_id", chatIDs)
}

// CountFollowers counts who follows parcels, by the parcel's id.
func (s *Store) CountFollowers(ctx context.Context, parcelIDs []int64) (map[int64]int64, error) {
	return s.countFollows(ctx, "parcel_id", parcelIDs)
}

func (s *Store) countFollows(ctx context.Context, column string, ids []int64) (map[int64]int64, error) {
	var rows []struct{ ID, Count int64 }
	sql := "SELECT " + column + " AS id, COUNT(*) AS `count` FROM follows WHERE " + column + " IN ? GROUP BY " + column
	if err := s.read.WithContext(ctx).Raw(sql, ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count follows: %w", translate(s.read, err))
	}
	counts := make(map[int64]int64, len(rows))
	for _, r := range rows {
		counts[r.ID] = r.Count
	}
	return counts, nil
}

// Followers reads at most limit follows of a parcel with their chats, those with
// something pending first.
func (s *Store) Followers(ctx context.Context, parcelID int64, limit int) ([]models.Follower, error) {
	var follows []models.Follow
	err := s.read.WithContext(ctx).Omit("tail").Where("parcel_id = ?", parcelID).
		Order("CASE WHEN pending_seq > 0 THEN 0 ELSE 1 END, id").Limit(limit).Find(&follows).Error
	if err != nil {
		return nil, fmt.Errorf("read followers: %w", err)
	}
	return s.withChats(ctx, follows)
}

// Waiting reads at most limit follows of reachable chats with something pending.
func (s *Store) Waiting(ctx context.Context, limit int) ([]models.Follower, error) {
	var follows []models.Follow
	err := s.read.WithContext(ctx).Table("follows f").Joins("JOIN chats c ON c.id = f.chat_id").Select("f.*").Omit("tail").
		Where("f.pending_seq > 0 AND c.gone_at = 0").Limit(limit).Find(&follows).Error
	if err != nil {
		return nil, fmt.Errorf("read waiting deliveries: %w", err)
	}
	return s.withChats(ctx, follows)
}

// FollowsOf reads at most limit follows of a chat with ids below before (0: all), the
// newest first.
func (s *Store) FollowsOf(ctx context.Context, chatID, before int64, limit int) ([]models.Follow, error) {
	var follows []models.Follow
	err := below(s.read.WithContext(ctx), before).Omit("tail").Where("chat_id = ?", chatID).Order("id DESC").Limit(limit).Find(&follows).Error
	if err != nil {
		return nil, fmt.Errorf("read follows of chat: %w", err)
	}
	return follows, nil
}

// ParcelsByID reads parcels by their ids.
func (s *Store) ParcelsByID(ctx context.Context, ids []int64) (map[int64]models.Parcel, error) {
	parcels := map[int64]models.Parcel{}
	for part := range slices.Chunk(ids, chunk) {
		var rows []models.Parcel
		if err := s.read.WithContext(ctx).Where("id IN ?", part).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("read parcels: %w", err)
		}
		for _, p := range rows {
			parcels[p.ID] = p
		}
	}
	return parcels, nil
}

func (s *Store) withChats(ctx context.Context, follows []models.Follow) ([]models.Follower, error) {
	ids := make([]int64, len(follows))
	for i, f := range follows {
		ids[i] = f.ChatID
	}
	var rows []struct {
		models.Chat
		CreditLeft  int
		CreditUntil models.Moment
		CreditEpoch int64
	}
	if err := s.read.WithContext(ctx).Table("chats").Omit("tail", "listed").Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read chats: %w", err)
	}
	chats := make(map[int64]models.Follower, len(rows))
	for _, r := range rows {
		chats[r.ID] = models.Follower{
			Chat: r.Chat, Credit: models.Credit{Address: r.Address, Left: r.CreditLeft, Until: r.CreditUntil, Epoch: r.CreditEpoch},
		}
	}
	all := make([]models.Follower, 0, len(follows))
	for _, f := range follows {
		if one, ok := chats[f.ChatID]; ok {
			one.Follow = f
			all = append(all, one)
		}
	}
	return all, nil
}

// RawPushes reads the pushes that are kept as they came, the newest first.
func (s *Store) RawPushes(ctx context.Context) ([]models.RawPush, error) {
	var rows []models.RawPush
	if err := s.read.WithContext(ctx).Table("raw_pushes").Order("at DESC").Limit(keepPushes).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read pushes: %w", err)
	}
	return rows, nil
}
