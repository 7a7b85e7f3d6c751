package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

// wrongFor is how long a wrong token is counted.
const wrongFor = time.Minute

// BeginSession keeps a session of the operator, under a hash of what the browser holds.
func (s *Store) BeginSession(ctx context.Context, id string, until, now models.Moment) error {
	if _, err := s.change(ctx, "INSERT INTO admin_sessions (id, created_at, until_at) VALUES (?, ?, ?)", id, now, until); err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	return nil
}

// Session says when a session began and until when it lasts; models.ErrNotFound when
// there is none, or it is over.
func (s *Store) Session(ctx context.Context, id string, now models.Moment) (created, until models.Moment, err error) {
	var row struct{ CreatedAt, UntilAt models.Moment }
	err = s.read.WithContext(ctx).Table("admin_sessions").Where("id = ? AND until_at > ?", id, now).Take(&row).Error
	if err != nil {
		return 0, 0, fmt.Errorf("read session: %w", named(err))
	}
	return row.CreatedAt, row.UntilAt, nil
}

// RenewSession has a session that is not over last until then.
func (s *Store) RenewSession(ctx context.Context, id string, until, now models.Moment) error {
	if _, err := s.change(ctx, "UPDATE admin_sessions SET until_at = ? WHERE id = ? AND until_at > ?", until, id, now); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	return nil
}

// EndSession ends a session; one that is not there is no error.
func (s *Store) EndSession(ctx context.Context, id string) error {
	if _, err := s.change(ctx, "DELETE FROM admin_sessions WHERE id = ?", id); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// wrongRow is one try of a token that has not turned out right.
type wrongRow struct {
	ID      int64
	Address string
	At      models.Moment
}

// TableName is where GORM finds the rows.
func (wrongRow) TableName() string { return "wrong_tokens" }

// TryToken counts a try as a wrong one before anybody looks at the token, so that tries
// at one moment, on whatever replicas, see one another, and returns its id and how
// many of the last minute come from the address, this one included.
func (s *Store) TryToken(ctx context.Context, address string, now models.Moment) (id, wrong int64, err error) {
	since := now.Add(-wrongFor)
	row := wrongRow{Address: cut(address, sizeAddress), At: now}
	err = s.within(ctx, func(tx *gorm.DB) error {
		row.ID = 0
		if err := tx.Exec("DELETE FROM wrong_tokens WHERE at <= ?", since).Error; err != nil {
			return err
		}
		return tx.Create(&row).Error
	})
	if err == nil {
		err = s.read.WithContext(ctx).Model(&wrongRow{}).Where("address = ? AND at > ?", row.Address, since).Count(&wrong).Error
	}
	if err != nil {
		return 0, 0, fmt.Errorf("count sign-in: %w", err)
	}
	return row.ID, wrong, nil
}

// UncountToken takes back that a try was counted: it was right, or it was not looked at.
func (s *Store) UncountToken(ctx context.Context, id int64) error {
	if _, err := s.change(ctx, "DELETE FROM wrong_tokens WHERE id = ?", id); err != nil {
		return fmt.Errorf("count sign-in: %w", err)
	}
	return nil
}

// Note keeps something that the operator shall find again, for 30 days.
func (s *Store) Note(ctx context.Context, n models.Note) error {
	n.ID, n.What = 0, cut(n.What, sizeNote)
	err := s.within(ctx, func(tx *gorm.DB) error { return tx.Create(&n).Error })
	if err != nil {
		return fmt.Errorf("keep note: %w", err)
	}
	return nil
}

// Notes reads notes of a kind, the newest first.
func (s *Store) Notes(ctx context.Context, kind models.NoteKind, limit int) ([]models.Note, error) {
	var notes []models.Note
	err := s.read.WithContext(ctx).Where("kind = ?", kind).Order("at DESC").Limit(limit).Find(&notes).Error
	if err != nil {
		return nil, fmt.Errorf("read notes: %w", err)
	}
	return notes, nil
}
