package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// Owed composes everything a chat is owed, one News for each parcel, the
// oldest follow first. Concurrent calls are read together.
func (s *Store) Owed(ctx context.Context, c models.Chat) ([]models.News, error) {
	news, err := s.oweds.do(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("read what is owed: %w", err)
	}
	return news, nil
}

// owedAll composes what many chats are owed, out of three statements.
func (s *Store) owedAll(ctx context.Context, chats []models.Chat) ([]outcome[[]models.News], error) {
	news := make([]outcome[[]models.News], len(chats))
	db := s.read.WithContext(ctx)
	follows, err := owedFollows(db, chats)
	if err != nil || len(follows) == 0 {
		return news, err
	}
	parcels, err := parcelsOf(db, follows)
	if err != nil {
		return nil, err
	}
	events, err := owedEvents(db, chats, parcels)
	if err != nil {
		return nil, err
	}
	of := map[int64][]models.Follow{}
	for _, f := range follows {
		of[f.ChatID] = append(of[f.ChatID], f)
	}
	for i, c := range chats {
		for _, f := range of[c.ID] {
			if p, ok := parcels[f.ParcelID]; ok {
				news[i].answer = append(news[i].answer, models.Compose(c, f, p, after(events[f.ParcelID], f.Told)))
			}
		}
	}
	return news, nil
}

// owedFollows reads the follows of chats that are owed something.
func owedFollows(db *gorm.DB, chats []models.Chat) ([]models.Follow, error) {
	var follows []models.Follow
	err := db.Where("chat_id IN ? AND owed > told", chatIDs(chats)).Order("id").Find(&follows).Error
	return follows, err
}

// owedEvents reads what one of the chats is owed of each parcel, the newest first.
func owedEvents(db *gorm.DB, chats []models.Chat, parcels map[int64]models.Parcel) (map[int64][]models.Event, error) {
	const sql = `SELECT e.* FROM events e JOIN (
			SELECT parcel_id, MIN(told) AS told FROM follows
			WHERE chat_id IN ? AND parcel_id IN ? AND owed > told GROUP BY parcel_id
		) f ON f.parcel_id = e.parcel_id WHERE e.seq > f.told ORDER BY e.parcel_id, e.seq DESC`
	events := map[int64][]models.Event{}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(parcels)), chunk) {
		var rows []models.Event
		if err := db.Raw(sql, chatIDs(chats), part).Scan(&rows).Error; err != nil {
			return nil, translate(db, err)
		}
		for _, e := range rows {
			events[e.ParcelID] = append(events[e.ParcelID], e)
		}
	}
	return events, nil
}

func chatIDs(chats []models.Chat) []int64 {
	ids := make([]int64, len(chats))
	for i, c := range chats {
		ids[i] = c.ID
	}
	return ids
}

// after is the part of events, newest first, that lies after a mark.
func after(events []models.Event, told int64) []models.Event {
	for i, e := range events {
		if e.Seq <= told {
			return events[:i]
		}
	}
	return events
}
