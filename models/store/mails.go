package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"waybill/models"
)

var errTooLong = errors.New("longer than its column")

// Announce notes that an account (at most 64 characters) has messages to
// fetch, with the announcement's token. A token of more than 128 characters is
// dropped: cut, it would be wrong.
func (s *Store) Announce(ctx context.Context, account, token string, now models.Moment) error {
	if cut(token, sizeToken) != token {
		token = ""
	}
	err := fits(account, sizeAccount)
	if err == nil {
		err = s.within(ctx, func(tx *gorm.DB) error {
			m := models.Mail{Account: account, Token: token, TokenAt: now, FirstAt: now, Announced: 1}
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

// fits is an error for what must not be cut.
func fits(text string, size int) error {
	if cut(text, size) != text {
		return errTooLong
	}
	return nil
}

// Mails reads how far every account that was ever announced is fetched.
func (s *Store) Mails(ctx context.Context) ([]models.Mail, error) {
	var all []models.Mail
	if err := s.read.WithContext(ctx).Order("account").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("read mails: %w", err)
	}
	return all, nil
}
