package tracking

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"waybill/models"
)

// begun is how long after its start, the time of its ledger row, a request may
// still be sent: later, it would be too near to the next one for a vendor, who
// counts from when it came.
const begun = 3 * time.Second

// errLate ends a request that has found no connection in time.
var errLate = errors.New("no connection in time")

// errNotAsked ends a visit without a call; the breaker learns nothing from it.
var errNotAsked = errors.New("not asked")

// visit is the leave to make one call at one desk.
type visit struct {
	desk  *desk
	rest  *rest
	probe bool // it finds out whether a rest is over
	done  func(error)

	timeout time.Duration // of the call
}

// leave gives the turn back unused.
func (v *visit) leave(ctx context.Context) {
	v.done(errNotAsked)
	if v.probe {
		v.rest.leave(context.WithoutCancel(ctx))
	}
}

// call makes the call for which the ticket stands, under a time-out, counts
// it, and learns from its end.
func (v *visit) call(ctx context.Context, ticket models.Ticket, do func(context.Context) (bool, error)) error {
	d := v.desk
	start := d.now()
	left := begun - models.At(start).Sub(ticket.At)
	if left < 0 {
		v.leave(ctx)
		return d.unsent("its turn came too late")
	}
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel()
	ctx, over := inTime(ctx, left)
	defer over()
	billed, err := d.guarded(ctx, do)
	v.done(err)
	v.rest.learn(context.WithoutCancel(ctx), err, v.probe)
	d.meter.Called(d.Name(), ticket.Kind, outcome(err), billedNow(billed, err), d.now().Sub(start))
	return err
}

// inTime ends a request that is made under its context and whose headers have
// not left in what is left of its time. Once they have, it lets it be.
func inTime(parent context.Context, left time.Duration) (ctx context.Context, over func()) {
	ctx, drop := context.WithCancelCause(parent)
	latest := time.Now().Add(left)
	var late atomic.Pointer[time.Timer]
	stop := func() {
		if t := late.Load(); t != nil {
			t.Stop()
		}
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { late.Store(time.AfterFunc(time.Until(latest), func() { drop(errLate) })) },
		WroteHeaders: stop,
	})
	return ctx, func() { stop(); drop(nil) }
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
