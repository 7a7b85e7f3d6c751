package tracking

import (
	"context"

	"waybill/models"
)

// sideCall is a call that belongs to no parcel's check.
type sideCall struct {
	kind    models.CallKind
	purpose models.Purpose
	number  string // "" when it is about none or several
}

// sideCall makes such a call: ledger row, call, ledger row completed. An error is
// the provider's, or *models.Refusal inside an unsent *Error.
func (t *Tracker) sideCall(ctx context.Context, c *client, call sideCall, do func(context.Context) (bool, error)) error {
	a, err := c.acquire(ctx, call.kind, call.purpose)
	if err != nil {
		return err
	}
	ticket, err := t.ledger.Begin(ctx, models.Call{
		Provider: c.name(), Kind: call.kind, Purpose: call.purpose, Number: call.number, Limit: t.limit(c.name(), call.purpose),
	}, t.now())
	if err != nil {
		a.release(ctx)
		return &Error{Provider: c.name(), Kind: ErrUnavailable, Cause: err, Unsent: true, Until: untilOf(err)}
	}
	billed := false
	err = a.call(ctx, ticket, func(ctx context.Context) (bool, error) {
		var err error
		billed, err = do(ctx)
		return billed, err
	})
	settled := t.ledger.Settle(context.WithoutCancel(ctx), []models.Closing{closing(ticket, call.number, billed, err, t.now())})
	if err == nil && settled != nil {
		return settled
	}
	return err
}
