package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"waybill/models"
)

// keepSent is how long it is kept what was sent to whom, and what notes say.
const keepSent = 30 * 24 * time.Hour

// sentRow is how a delivery ended.
type sentRow struct{ models.Sent }

// TableName is where GORM finds the rows.
func (sentRow) TableName() string { return "sent" }

// noteSent keeps how the deliveries of a group of marks ended.
func (s *Store) noteSent(tx *gorm.DB, marks []mark) error {
	var rows []sentRow
	for _, m := range marks {
		if m.Outcome != "" && m.ParcelID != 0 {
			rows = append(rows, sentRow{models.Sent{
				ParcelID: m.ParcelID, ChatID: m.claim.ChatID, Upto: m.Upto, Outcome: m.Outcome, Attempts: 1, Reason: cut(m.Reason, sizeReason), At: m.At,
			}})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Clauses(s.ignore()).CreateInBatches(rows, written).Error
}

// NotSent keeps why something was not delivered to the claim's chat: for each of some
// parcels with what is pending of it, or for a reply (parcel 0). What fails again is
// counted. models.ErrStale when the claim is another's.
func (s *Store) NotSent(ctx context.Context, c models.Claim, all []models.Sent) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([]sentRow, len(all))
	for i, one := range all {
		one.ChatID, one.Attempts, one.Reason = c.ChatID, 1, cut(one.Reason, sizeReason)
		rows[i] = sentRow{one}
	}
	again := clause.OnConflict{
		Columns: []clause.Column{{Name: "parcel_id"}, {Name: "chat_id"}, {Name: "upto"}, {Name: "outcome"}},
		DoUpdates: append(clause.AssignmentColumns([]string{"reason", "at"}),
			clause.Assignment{Column: clause.Column{Name: "attempts"}, Value: gorm.Expr("sent.attempts + 1")}),
	}
	err := s.underClaim(ctx, c, func(tx *gorm.DB, _ chatRow) error {
		return tx.Clauses(again).CreateInBatches(rows, written).Error
	})
	if err != nil {
		return fmt.Errorf("note what was not sent: %w", err)
	}
	return nil
}

// SentOf reads how deliveries of a parcel's news ended, the last first.
func (s *Store) SentOf(ctx context.Context, parcelID int64, limit int) ([]models.Sent, error) {
	return s.sent(ctx, "parcel_id", parcelID, limit)
}

// SentTo reads how deliveries to a chat ended, the last first.
func (s *Store) SentTo(ctx context.Context, chatID int64, limit int) ([]models.Sent, error) {
	return s.sent(ctx, "chat_id", chatID, limit)
}

func (s *Store) sent(ctx context.Context, column string, id int64, limit int) ([]models.Sent, error) {
	var rows []models.Sent
	err := s.read.WithContext(ctx).Table("sent").Where(column+" = ?", id).Order("at DESC").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read what was sent: %w", err)
	}
	return rows, nil
}
