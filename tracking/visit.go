package tracking

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waybill/models"
)

// begun is how long after its start a request may still be sent: later, its
// place in the ledger's floor may have been given to somebody else.
const begun = 3 * time.Second

// errNotAsked ends a visit without a call; the breaker learns nothing from it.
var errNotAsked = errors.New("not asked")

// visit is the leave to make one call at one desk.
type visit struct {
	desk *desk
	rest *rest
	done func(error)

	timeout time.Duration // of the call
}

// leave gives the turn back unused.
func (v *visit) leave() { v.done(errNotAsked) }

// call makes the call for which the ticket stands, under a time-out, counts
// it, and learns from its end.
func (v *visit) call(ctx context.Context, ticket models.Ticket, do func(context.Context) (bool, error)) error {
	d := v.desk
	start := d.now()
	if models.At(start).Sub(ticket.At) > begun {
		v.leave()
		return d.unsent("its turn came too late")
	}
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel()
	billed, err := d.guarded(ctx, do)
	v.done(err)
	v.rest.learn(context.WithoutCancel(ctx), err)
	d.meter.Called(d.Name(), ticket.Kind, outcome(err), billedNow(billed, err), d.now().Sub(start))
	return err
}

// guarded makes a call whose answer may be such nonsense that reading it
// panics: that is the provider's failure, and the next one is asked.
func (d *desk) guarded(ctx context.Context, do func(context.Context) (bool, error)) (billed bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			billed, err = true, &Error{Provider: d.Name(), Kind: ErrUnavailable, Text: Mask(fmt.Sprint("panic: ", r)), Billed: true}
		}
	}()
	return do(ctx)
}

// harmful says what counts against a provider: no usable answer. A refusal,
// "no record" and our own shutdown are none of its failures.
func harmful(err error) bool {
	return errors.Is(err, ErrUnavailable) && !errors.Is(err, context.Canceled)
}
