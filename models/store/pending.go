package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// Pending builds the notifications that are to be delivered to a chat, one for
// each parcel. Concurrent calls are read together.
func (s *Store) Pending(ctx context.Context, c models.Chat) ([]models.Notification, error) {
	all, err := s.pendings.do(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("read pending notifications: %w", err)
	}
	return all, nil
}

// pendingAll builds the notifications of many chats out of three statements.
func (s *Store) pendingAll(ctx context.Context, chats []models.Chat) ([]outcome[[]models.Notification], error) {
	built := make([]outcome[[]models.Notification], len(chats))
	db := s.read.WithContext(ctx)
	follows, err := pendingFollows(db, chats)
	if err != nil || len(follows) == 0 {
		return built, err
	}
	parcels, err := parcelsOf(db, follows)
	if err != nil {
		return nil, err
	}
	events, err := pendingEvents(db, chats, parcels)
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
				built[i].answer = append(built[i].answer, models.BuildNotification(c, f, p, after(events[f.ParcelID], f.DeliveredSeq)))
			}
		}
	}
	return built, nil
}

// pendingFollows reads the follows of chats for which something is pending,
// the first that was followed first.
func pendingFollows(db *gorm.DB, chats []models.Chat) ([]models.Follow, error) {
	var follows []models.Follow
	err := db.Where("chat_id IN ? AND pending_seq > 0", chatIDs(chats)).Order("created_at, parcel_id").Find(&follows).Error
	return follows, err
}

// pendingEvents reads what is pending of each parcel for one of the chats, the
// newest first.
func pendingEvents(db *gorm.DB, chats []models.Chat, parcels map[int64]models.Parcel) (map[int64][]models.Event, error) {
	const sql = `SELECT e.* FROM events e JOIN (
			SELECT parcel_id, MIN(delivered_seq) AS delivered_seq FROM follows
			WHERE chat_id IN ? AND parcel_id IN ? AND pending_seq > 0 GROUP BY parcel_id
		) f ON f.parcel_id = e.parcel_id WHERE e.seq > f.delivered_seq ORDER BY e.parcel_id, e.seq DESC`
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
func after(events []models.Event, delivered int64) []models.Event {
	for i, e := range events {
		if e.Seq <= delivered {
			return events[:i]
		}
	}
	return events
}
