package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"waybill/models"
)

// start is one call that asks for leave.
type start struct {
	call models.Call
	now  models.Moment
}

// paced says that the floor and the provider's lock concern this call.
func (a start) paced() bool {
	return a.call.Number != "" && (a.call.Floor > 0 || a.call.Kind == models.CallQuery)
}

// Begin asks for leave to make one call. All or nothing, it raises the
// parcel's version and moves its due time (when the call names a parcel),
// notes the start for the floor, takes the call out of the day's budget and
// writes the ledger row that stands until Finish or Settle completes it.
// Concurrent calls are written together. A no is models.ErrStale or a
// *models.Refusal.
func (s *Store) Begin(ctx context.Context, c models.Call, now models.Moment) (models.Ticket, error) {
	c.Number, c.Provider = cut(c.Number, sizeNumber), cut(c.Provider, sizeProvider)
	t, err := s.begins.do(ctx, start{call: c, now: now})
	if err != nil {
		return models.Ticket{}, fmt.Errorf("begin call to %s: %w", c.Provider, err)
	}
	return t, nil
}

// beginAll decides many calls in one transaction, in their order.
func (s *Store) beginAll(ctx context.Context, asks []start) ([]outcome[models.Ticket], error) {
	first, err := s.ids.take(ctx, s, int64(len(asks)))
	if err != nil {
		return nil, err
	}
	var outcomes []outcome[models.Ticket]
	err = s.within(ctx, func(tx *gorm.DB) error {
		d, err := s.readDesk(tx, asks)
		if err != nil {
			return err
		}
		outcomes = make([]outcome[models.Ticket], len(asks))
		for i, a := range asks {
			outcomes[i].answer, outcomes[i].err = d.decide(a, first+int64(i))
		}
		return d.write(tx)
	})
	return outcomes, err
}
