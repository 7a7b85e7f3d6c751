package tracking

import (
	"context"
	"errors"

	"waybill/models"
)

// errand is a call that belongs to no parcel's check.
type errand struct {
	kind    models.CallKind
	purpose models.Purpose
	number  string // "" when it is about none or several
}

// side makes such a call: ledger row, call, ledger row completed. An error is
// the provider's, or *models.Refusal inside an unsent *Error.
func (t *Tracker) side(ctx context.Context, d *desk, e errand, do func(context.Context) (bool, error)) error {
	v, until, err := d.enter(ctx, e.kind, e.purpose)
	if err != nil {
		return delayed(err, until)
	}
	ticket, err := t.Ledger.Begin(ctx, models.Call{
		Provider: d.Name(), Kind: e.kind, Purpose: e.purpose, Number: e.number, Limit: t.limit(d.Name(), e.purpose),
	}, t.now())
	if err != nil {
		v.leave(ctx)
		return &Error{Provider: d.Name(), Kind: ErrUnavailable, Cause: err, Unsent: true, Until: refusedUntil(err)}
	}
	billed := false
	err = v.call(ctx, ticket, func(ctx context.Context) (bool, error) {
		var err error
		billed, err = do(ctx)
		return billed, err
	})
	settled := t.Ledger.Settle(context.WithoutCancel(ctx), []models.Closing{closing(ticket, e.number, billed, err, t.now())})
	if err == nil && settled != nil {
		return settled
	}
	return err
}

// delayed keeps until when a call cannot be made, where that is known.
func delayed(err error, until models.Moment) error {
	if e, ok := asError(err); ok && e.Until == 0 {
		e.Until = until
	}
	return err
}

// refusedUntil is from when on the ledger may allow the call.
func refusedUntil(err error) models.Moment {
	var refusal *models.Refusal
	if errors.As(err, &refusal) {
		return refusal.Until
	}
	return 0
}
