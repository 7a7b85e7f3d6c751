package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"waybill/models"
)

const arrivalsAtOnce = 200 // in one statement: a body has kilobytes

// ArriveSynced stores a page in one transaction: the arrivals that are new, of
// which it returns how many, what the customers' messages and the platform's
// word do to the credits, and the cursor. models.ErrStale when the stored
// cursor is not p.From; an account that was never announced has the cursor "".
//
// A renewal counts when the arrival with its key is new and the customer has
// not written since. It makes what is pending for the chat, and its updates that
// have to wait, due at once, and its parcels are polled again. What was not
// delivered arrives once more, and waits for such a renewal.
func (s *Store) ArriveSynced(ctx context.Context, p models.SyncPage, now models.Moment) (fresh int, err error) {
	if err = checkLength(p.Account, sizeAccount); err == nil {
		err = checkLength(p.Cursor, sizeCursor)
	}
	if err == nil {
		err = s.within(ctx, func(tx *gorm.DB) (err error) {
			fresh, err = s.arriveSynced(tx, p, now)
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("store page of messages: %w", err)
	}
	return fresh, nil
}

func (s *Store) arriveSynced(tx *gorm.DB, p models.SyncPage, now models.Moment) (int, error) {
	if err := turnPage(tx, p); err != nil {
		return 0, err
	}
	fresh, err := unseen(tx, p.All())
	if err != nil {
		return 0, err
	}
	c := newCrediting(p, fresh.keys, now)
	if err := c.lock(tx); err != nil {
		return 0, err
	}
	rows, err := s.arriving(tx, fresh.arrivals, now)
	if err != nil {
		return 0, err
	}
	if err := c.apply(tx); err != nil {
		return 0, err
	}
	for i, row := range rows {
		if until, waits := c.waiting[row.Key]; waits {
			rows[i].DueAt = until
		}
	}
	if err := s.insertAll(tx, rows); err != nil {
		return 0, err
	}
	return len(rows), wakeAt(tx, rows)
}

// turnPage moves the account's cursor, which stays locked: what follows is
// done by one process at a time.
func turnPage(tx *gorm.DB, p models.SyncPage) error {
	var m models.SyncCursor
	err := locking(tx).Take(&m, "account = ?", p.Account).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return &missingRow{&models.SyncCursor{Account: p.Account}}
	}
	if err != nil {
		return err
	}
	if m.Cursor != p.From {
		return models.ErrStale
	}
	const sql = "UPDATE sync_cursors SET next_cursor = ?, fetched = ? WHERE account = ?"
	return tx.Exec(sql, p.Cursor, max(m.Fetched, p.Fetched), p.Account).Error
}

// unstored are the arrivals of a page that are not stored yet, each once, and
// their keys.
type unstored struct {
	arrivals []models.Arrival
	keys     map[string]bool
}

// unseen leaves out what is stored already.
func unseen(tx *gorm.DB, as []models.Arrival) (unstored, error) {
	type name struct{ Door, UpdateKey string }
	of := func(a models.Arrival) name {
		door := a.Door
		if door == "" {
			door = a.Address.Door
		}
		return name{cut(door, sizeDoor), cut(a.Key, sizeKey)}
	}
	doors, keys := map[string]bool{}, map[string]bool{}
	for _, a := range as {
		doors[of(a).Door], keys[of(a).UpdateKey] = true, true
	}
	seen := map[name]bool{}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(keys)), chunk) {
		var stored []name
		err := tx.Table("arrivals").Select("door", "update_key").
			Where("door IN ? AND update_key IN ?", slices.Sorted(maps.Keys(doors)), part).Find(&stored).Error
		if err != nil {
			return unstored{}, err
		}
		for _, n := range stored {
			seen[n] = true
		}
	}
	fresh := unstored{keys: map[string]bool{}}
	for _, a := range as {
		if !seen[of(a)] {
			seen[of(a)], fresh.keys[a.Key] = true, true
			fresh.arrivals = append(fresh.arrivals, a)
		}
	}
	return fresh, nil
}

// insertAll stores new arrivals.
func (s *Store) insertAll(tx *gorm.DB, rows []models.Arrival) error {
	for part := range slices.Chunk(rows, arrivalsAtOnce) {
		done := tx.Clauses(s.ignore()).Create(&part)
		if done.Error != nil {
			return done.Error
		}
		if int(done.RowsAffected) < len(part) {
			return errAgain // another account's page had the same message just now
		}
	}
	return nil
}

// wakeAt makes the chats due when the earliest of their new arrivals is.
func wakeAt(tx *gorm.DB, rows []models.Arrival) error {
	due := map[models.Moment][]models.Arrival{}
	for _, a := range rows {
		due[a.DueAt] = append(due[a.DueAt], a)
	}
	for at, some := range due {
		if err := wake(tx, chatsOf(some), at); err != nil {
			return err
		}
	}
	return nil
}

var errTooLong = errors.New("longer than its column")

// Announce notes that an account (at most 64 characters) has messages to
// fetch, with the announcement's token. A token of more than 128 characters is
// dropped: cut, it would be wrong.
func (s *Store) Announce(ctx context.Context, account, token string, now models.Moment) error {
	if cut(token, sizeToken) != token {
		token = ""
	}
	err := checkLength(account, sizeAccount)
	if err == nil {
		err = s.within(ctx, func(tx *gorm.DB) error {
			m := models.SyncCursor{Account: account, Token: token, TokenAt: now, FirstAt: now, Announced: 1}
			return tx.Clauses(clause.OnConflict{
				Columns: []clause.Column{{Name: "account"}},
				DoUpdates: clause.Assignments(map[string]any{
					"token": token, "token_at": now, "announced": gorm.Expr("sync_cursors.announced + 1"),
				}),
			}).Create(&m).Error
		})
	}
	if err != nil {
		return fmt.Errorf("note announcement: %w", err)
	}
	return nil
}

// checkLength refuses what its column cannot hold and must not be cut.
func checkLength(text string, size int) error {
	if cut(text, size) != text {
		return errTooLong
	}
	return nil
}

// SyncCursors reads how far every account that was ever announced is fetched.
func (s *Store) SyncCursors(ctx context.Context) ([]models.SyncCursor, error) {
	var all []models.SyncCursor
	if err := s.read.WithContext(ctx).Order("account").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("read mails: %w", err)
	}
	return all, nil
}
