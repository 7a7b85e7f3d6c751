package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// Parcel reads one parcel; models.ErrNotFound when there is none. Concurrent
// calls are read together.
func (s *Store) Parcel(ctx context.Context, id int64) (models.Parcel, error) {
	p, err := s.parcels.do(ctx, id)
	if err != nil {
		return models.Parcel{}, fmt.Errorf("read parcel: %w", err)
	}
	return p, nil
}

func (s *Store) parcelAll(ctx context.Context, ids []int64) ([]outcome[models.Parcel], error) {
	var found []models.Parcel
	if err := s.read.WithContext(ctx).Where("id IN ?", ids).Find(&found).Error; err != nil {
		return nil, err
	}
	byID := make(map[int64]models.Parcel, len(found))
	for _, p := range found {
		byID[p.ID] = p
	}
	read := make([]outcome[models.Parcel], len(ids))
	for i, id := range ids {
		p, ok := byID[id]
		if read[i].answer = p; !ok {
			read[i].err = models.ErrNotFound
		}
	}
	return read, nil
}

// named turns GORM's "no row" into models.ErrNotFound.
func named(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.ErrNotFound
	}
	return err
}

// ByNumber reads the parcels with this number, of whatever carrier, oldest first.
func (s *Store) ByNumber(ctx context.Context, number string) ([]models.Parcel, error) {
	var found []models.Parcel
	err := s.read.WithContext(ctx).Where("number = ?", cut(number, sizeNumber)).Order("created_at, carrier").Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read parcels by number: %w", err)
	}
	return found, nil
}

// Ensure gets the parcel, or makes it: followed by nobody, therefore not due.
// A parcel that is now known to need a tail is marked so. lang is the language of who
// asks: English, or "" for every other. A parcel that was made in English is Chinese for
// good once somebody asks in another language; what is stored of it then is not
// told again in Chinese.
func (s *Store) Ensure(
	ctx context.Context, number string, carrier models.Carrier, lang string, tailNeeded bool, now models.Moment,
) (models.Parcel, error) {
	number, carrier, lang = cut(number, sizeNumber), cut(carrier, sizeCarrier), cut(lang, sizeLang)
	var p models.Parcel
	err := s.read.WithContext(ctx).Take(&p, "number = ? AND carrier = ?", number, carrier).Error
	if err == nil && (p.TailNeeded || !tailNeeded) && (p.Lang == "" || p.Lang == lang) {
		return p, nil
	}
	err = s.within(ctx, func(tx *gorm.DB) error {
		row := parcelRow{LeftAt: now, Parcel: models.Parcel{
			Number: number, Carrier: carrier, Lang: lang, TailNeeded: tailNeeded, StatusAt: now, Version: 1,
			DueAt: models.Never, CreatedAt: now,
		}}
		made := tx.Clauses(s.ignore()).Create(&row)
		if made.Error != nil {
			return made.Error
		}
		if made.RowsAffected == 1 {
			p = row.Parcel
			return nil
		}
		const need = "UPDATE parcels SET tail_needed = ?, version = version + 1 WHERE number = ? AND carrier = ? AND tail_needed = ?"
		if tailNeeded {
			if err := tx.Exec(need, true, number, carrier, false).Error; err != nil {
				return err
			}
		}
		if err := tx.Exec(speakChinese+" WHERE number = ? AND carrier = ? AND lang <> '' AND lang <> ?", number, carrier, lang).Error; err != nil {
			return err
		}
		p = models.Parcel{}
		return tx.Take(&p, "number = ? AND carrier = ?", number, carrier).Error
	})
	if err != nil {
		return models.Parcel{}, fmt.Errorf("make parcel: %w", err)
	}
	return p, nil
}

// speakChinese has parcels' scans asked for in Chinese from now on.
const speakChinese = "UPDATE parcels SET lang = '', since = CASE WHEN event_at > since THEN event_at ELSE since END, version = version + 1"

// History reads a parcel's events and notices with a sequence number above
// after, the highest first; limit 0 reads all.
func (s *Store) History(ctx context.Context, parcelID, after int64, limit int) ([]models.Event, error) {
	q := s.read.WithContext(ctx).Where("parcel_id = ? AND seq > ?", parcelID, after).Order("seq DESC")
	if limit > 0 {
		q = q.Limit(limit)
	}
	var events []models.Event
	if err := q.Find(&events).Error; err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return events, nil
}

// NewestScans reads the newest scan of each of some parcels, by the parcel's id;
// those without scans are missing.
func (s *Store) NewestScans(ctx context.Context, parcelIDs []int64) (map[int64]models.Event, error) {
	const sql = "SELECT e.* FROM parcels p JOIN events e ON e.parcel_id = p.id AND e.seq = p.newest_seq WHERE p.id IN ? AND p.newest_seq > 0"
	newest := make(map[int64]models.Event, len(parcelIDs))
	for part := range slices.Chunk(parcelIDs, chunk) {
		var rows []models.Event
		if err := s.read.WithContext(ctx).Raw(sql, part).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("read newest scans: %w", err)
		}
		for _, e := range rows {
			newest[e.ParcelID] = e
		}
	}
	return newest, nil
}

// Known reads everything stored about a parcel, as much of each event as tells it
// from others: number, identity, kind, time, text and place. Concurrent calls are read
// together.
func (s *Store) Known(ctx context.Context, parcelID int64) ([]models.Event, error) {
	all, err := s.knowns.do(ctx, parcelID)
	if err != nil {
		return nil, fmt.Errorf("read what is known: %w", err)
	}
	return all, nil
}

func (s *Store) knownAll(ctx context.Context, parcelIDs []int64) ([]outcome[[]models.Event], error) {
	var all []models.Event
	columns := []string{"parcel_id", "seq", "identity", "kind", "at", "text", "place"}
	if err := s.read.WithContext(ctx).Select(columns).Where("parcel_id IN ?", parcelIDs).Find(&all).Error; err != nil {
		return nil, err
	}
	of := map[int64][]models.Event{}
	for _, e := range all {
		of[e.ParcelID] = append(of[e.ParcelID], e)
	}
	return answers(parcelIDs, of), nil
}
