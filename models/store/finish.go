package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// finish is the end of one check.
type finish struct {
	models.Finish
	now     models.Moment
	answers bool          // somebody outside has said something of the parcel
	heardAt models.Moment // when somebody outside last said something before this
	ends    bool          // the parcel is finished now, or lives again
}

// Finish writes the end of a check in one transaction: the parcel as it shall
// be with its events and its journey, for whom they are pending, tails that were verified or
// refused, and the closings of the calls. It returns the parcel as
// it is stored. When the parcel's version has moved on, only the closings are
// written and the error is models.ErrStale. Number and carrier do not change
// here (see ChangeCarrier). Concurrent calls are written together.
func (s *Store) Finish(ctx context.Context, f models.Finish, now models.Moment) (models.Parcel, error) {
	p, err := s.finishes.do(ctx, finish{Finish: f, now: now})
	if err != nil {
		return models.Parcel{}, fmt.Errorf("finish check: %w", err)
	}
	return p, nil
}

// Settle completes the ledger rows of calls that belong to no parcel, gives
// back what was not billed and notes locks. A row that is completed already
// does not change.
func (s *Store) Settle(ctx context.Context, closings []models.Closing) error {
	if len(closings) == 0 {
		return nil
	}
	if _, err := s.finishes.do(ctx, finish{Finish: models.Finish{Purpose: models.Person, Closings: closings}}); err != nil {
		return fmt.Errorf("settle calls: %w", err)
	}
	return nil
}

// finishAll writes many ends in one transaction.
func (s *Store) finishAll(ctx context.Context, asks []finish) ([]outcome[models.Parcel], error) {
	var outcomes []outcome[models.Parcel]
	someone := slices.ContainsFunc(asks, func(f finish) bool { return f.Purpose == models.Person })
	err := s.conditionally(ctx, precedence(someone), func(tx *gorm.DB) error {
		e := &ending{outcomes: make([]outcome[models.Parcel], len(asks))}
		if err := e.lock(tx, asks); err != nil {
			return err
		}
		for i, f := range asks {
			e.accept(i, f)
		}
		outcomes = e.outcomes
		if err := e.write(tx, s); err != nil {
			return err
		}
		return closeCalls(tx, asks)
	})
	return outcomes, err
}

// ending is a group of ends on its way into the database.
type ending struct {
	stored   map[int64]*parcelRow
	outcomes []outcome[models.Parcel]
	fresh    []finish // those whose version was the stored one, with the parcel as it will be stored
	rows     []*parcelRow
	same     []*parcelCheck // of those that found nothing new
}

// lock locks and reads the parcels.
func (e *ending) lock(tx *gorm.DB, asks []finish) error {
	e.stored = map[int64]*parcelRow{}
	var ids []int64
	for _, f := range asks {
		if f.Change.Parcel.ID != 0 {
			ids = append(ids, f.Change.Parcel.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []*parcelRow
	columns := []string{"id", "number", "carrier", "version", "tail_needed", "left_at", "asked_at", "heard_at", "done_at", "created_at"}
	if err := locking(tx).Select(columns).Where("id IN ?", ids).Order("id").Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		e.stored[row.ID] = row
	}
	return nil
}

// accept takes one end in, or refuses it as stale.
func (e *ending) accept(i int, f finish) {
	if f.Change.Parcel.ID == 0 {
		return
	}
	stored := e.stored[f.Change.Parcel.ID]
	if stored == nil || stored.Version != f.Version {
		e.outcomes[i].err = models.ErrStale
		return
	}
	row := &parcelRow{Parcel: cutParcel(f.Change.Parcel), NextAt: f.DueAt, LeftAt: stored.LeftAt}
	row.Number, row.Carrier, row.CreatedAt = stored.Number, stored.Carrier, stored.CreatedAt
	row.AskedAt, row.SettledAt = max(row.AskedAt, stored.AskedAt), f.now
	row.Version, row.DueAt = stored.Version+1, f.DueAt
	f.heardAt = stored.HeardAt
	f.answers = row.HeardAt > stored.HeardAt || row.TailNeeded && !stored.TailNeeded
	f.ends = row.DoneAt != stored.DoneAt
	stored.Version, stored.HeardAt, stored.DoneAt = row.Version, row.HeardAt, row.DoneAt
	f.Change.Parcel = row.Parcel
	e.outcomes[i].answer = row.Parcel
	e.fresh = append(e.fresh, f)
	if !f.Same {
		e.rows = append(e.rows, row)
		return
	}
	e.same = append(e.same, &parcelCheck{
		ID: row.ID, Number: row.Number, Carrier: row.Carrier, Version: row.Version, DueAt: row.DueAt, NextAt: row.NextAt,
		AskedAt: row.AskedAt, SettledAt: row.SettledAt, HeardAt: row.HeardAt, Failures: row.Failures,
	})
}

// cutParcel cuts a parcel's texts to their columns.
func cutParcel(p models.Parcel) models.Parcel {
	p.Status = cut(p.Status, sizeStatus)
	p.Detail = cut(p.Detail, sizeDetail)
	p.Provider = cut(p.Provider, sizeProvider)
	p.Digest = cut(p.Digest, sizeDigest)
	p.Origin, p.Destination, p.Estimate = cut(p.Origin, sizeCity), cut(p.Destination, sizeCity), cut(p.Estimate, sizeEstimate)
	return p
}

// write stores parcels, events, journeys, tails and marks.
func (e *ending) write(tx *gorm.DB, s *Store) error {
	if len(e.fresh) == 0 {
		return nil
	}
	if err := e.writeParcels(tx); err != nil {
		return err
	}
	if err := e.addEvents(tx, s); err != nil {
		return err
	}
	if err := e.addJourneys(tx); err != nil {
		return err
	}
	return e.notify(tx)
}

// writeParcels stores the parcels. Most checks find nothing new, and a third of the
// columns is a third of the work.
func (e *ending) writeParcels(tx *gorm.DB) error {
	checked := []string{"version", "due_at", "next_at", "asked_at", "settled_at", "heard_at", "failures"}
	if len(e.same) > 0 {
		if err := upsert(tx, &e.same, []string{"id"}, checked...); err != nil {
			return err
		}
	}
	if len(e.rows) == 0 {
		return nil
	}
	return upsert(tx, &e.rows, []string{"id"}, append(checked,
		"status", "detail", "provider", "tail_needed", "final", "seq",
		"event_at", "news_at", "status_at", "since", "done_at", "digest", "noticed",
		"origin", "destination", "started_at", "estimate", "newest_seq", "out_at", "ready_at", "silence",
	)...)
}

// now is when the checks ended.
func (e *ending) now() models.Moment {
	var now models.Moment
	for _, f := range e.fresh {
		now = max(now, f.now)
	}
	return now
}

// addEvents stores the new scans and notices.
func (e *ending) addEvents(tx *gorm.DB, s *Store) error {
	var events []models.Event
	for _, f := range e.fresh {
		for _, event := range f.Change.Events {
			event.ParcelID, event.StoredAt = f.Change.Parcel.ID, f.now
			events = append(events, cutEvent(event))
		}
	}
	if len(events) == 0 {
		return nil
	}
	return tx.Clauses(s.ignore()).Create(&events).Error
}

// cutEvent cuts an event's texts to their columns and signs it if nobody has.
func cutEvent(e models.Event) models.Event {
	if e.Identity == "" {
		e.Sign()
	}
	e.Kind = cut(e.Kind, sizeKind)
	e.Text = cut(e.Text, sizeText)
	e.Place = cut(e.Place, sizePlace)
	e.Status = cut(e.Status, sizeStatus)
	e.Code = cut(e.Code, sizeCode)
	if cut(e.Extra, sizeExtra) != e.Extra {
		e.Extra = "" // half of a JSON text is none
	}
	return e
}
