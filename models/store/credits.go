package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// creditRow is as much of a chat as its credit is about.
type creditRow struct {
	ID int64
	models.Address
	CreditLeft  int
	CreditUntil models.Moment
	CreditEpoch int64
	SpokeAt     models.Moment

	renewed bool // the customer has written
	spent   bool // the platform has said that nothing is left
}

// TableName is where GORM finds the rows.
func (creditRow) TableName() string { return "chats" }

// Credit reads what may still be sent to a chat: the zero Credit, with the
// address, where the customer never wrote.
func (s *Store) Credit(ctx context.Context, a models.Address) (models.Credit, error) {
	var rows []creditRow
	if err := at(s.read.WithContext(ctx), fitAddress(a)).Limit(1).Find(&rows).Error; err != nil {
		return models.Credit{}, fmt.Errorf("read credit: %w", err)
	}
	c := models.Credit{Address: a}
	for _, r := range rows {
		c.Left, c.Until, c.Epoch, c.SpokeAt = r.CreditLeft, r.CreditUntil, r.CreditEpoch, r.SpokeAt
	}
	return c, nil
}

// SetCredit lowers what is left of a chat's credit to c.Left. Nothing happens
// when the customer has written since c was read.
func (s *Store) SetCredit(ctx context.Context, c models.Credit) error {
	const sql = `UPDATE chats SET credit_left = ?
		WHERE door = ? AND conversation = ? AND thread = ? AND credit_epoch = ? AND credit_left > ?`
	a := fitAddress(c.Address)
	if _, err := s.change(ctx, sql, c.Left, a.Door, a.Conversation, a.Thread, c.Epoch, c.Left); err != nil {
		return fmt.Errorf("count credit: %w", err)
	}
	return nil
}

// mergeCredits has the chat that is left go by the customer's last message to
// either of two. What is counted by an older state of it is void.
func mergeCredits(tx *gorm.DB, from, to int64) error {
	var rows []*creditRow
	if err := tx.Where("id IN ?", []int64{from, to}).Find(&rows).Error; err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b *creditRow) int { return cmp.Compare(a.SpokeAt, b.SpokeAt) })
	newest := *rows[len(rows)-1]
	if newest.ID == to || newest.CreditEpoch == 0 {
		return nil
	}
	newest.ID, newest.CreditEpoch = to, max(rows[0].CreditEpoch, newest.CreditEpoch)+1
	return writeCredits(tx, []*creditRow{&newest})
}
