package tracking

import (
	"context"
	"errors"
	"time"

	"waybill/models"
)

const day = 24 * time.Hour

// round is one Ask on its way through the providers.
type round struct {
	tracker  *Tracker
	ask      Ask
	answer   Answer
	doubted  *models.Trace // an answer that is believed only if nobody knows better
	noRecord *Error
	failure  error
	failed   int
}

// said is what one call brought.
type said struct {
	trace models.Trace
	err   error
}

// try asks one provider and says whether the round is over.
func (r *round) try(ctx context.Context, d *desk) bool {
	if r.noRecord != nil && r.opined(ctx) {
		return true
	}
	words := r.words(ctx, d)
	heard, over := r.call(ctx, d, words)
	if heard == nil {
		return over
	}
	if other, ok := words.otherwise(heard.err); ok {
		if heard, over = r.call(ctx, d, other); heard == nil {
			return over
		}
		r.keep(ctx, d, other, heard.err)
	}
	return r.heard(heard.trace, heard.err)
}

// call makes one call if the provider and the ledger allow it; nil when they
// do not, and then whether the round is over.
func (r *round) call(ctx context.Context, d *desk, w words) (*said, bool) {
	v, until, err := d.enter(ctx, models.CallQuery, r.ask.Purpose)
	if err != nil {
		r.fail(err, until)
		return nil, r.ask.Purpose == models.Poll && errors.Is(err, errBusy) // only busy: polling stays with its provider
	}
	ticket, err := r.begin(ctx, d, w.exempt)
	if err != nil {
		v.leave(ctx)
		return nil, r.refused(err)
	}
	r.answer.Version = ticket.Version
	if r.noRecord != nil {
		r.opine(ctx)
	}
	return r.query(ctx, v, ticket, w), false
}

// query makes the call and keeps the end of its ledger row.
func (r *round) query(ctx context.Context, v *visit, ticket models.Ticket, w words) *said {
	var trace models.Trace
	p := r.ask.Parcel
	err := v.call(ctx, ticket, func(ctx context.Context) (billed bool, err error) {
		trace, err = w.query(ctx, p.Number, p.Carrier, r.ask.Tail)
		return trace.Billed, err
	})
	r.answer.Closings = append(r.answer.Closings, closing(ticket, p.Number, trace.Billed, err, r.tracker.now()))
	if err == nil && trace.Carrier == "" {
		trace.Carrier = r.tracker.named(ctx, v.desk, trace.Named, r.ask.Purpose)
	}
	return &said{trace: trace, err: err}
}

// begin writes the call into the ledger.
func (r *round) begin(ctx context.Context, d *desk, e models.Exempt) (models.Ticket, error) {
	call := models.Call{
		Provider: d.Name(), Kind: models.CallQuery, Purpose: r.ask.Purpose,
		Number: r.ask.Parcel.Number, Exempt: e,
		Floor: r.tracker.apart(d.Name()), Limit: r.tracker.limit(d.Name(), r.ask.Purpose),
		Parcel: r.ask.Parcel.ID, Version: r.answer.Version,
	}
	return r.tracker.Ledger.Begin(ctx, call, r.tracker.now())
}

// exempt is why the call may be made inside the floor, "" when it may not.
func (r *round) exempt() models.Exempt {
	switch {
	case r.ask.Untried:
		return models.ExemptTail
	case r.ask.Corrected:
		return models.ExemptCarrier
	}
	return ""
}

// refused takes the ledger's no. A waybill that this provider was asked about
// too recently, or a spent budget, leaves the others; a stale parcel ends it.
func (r *round) refused(err error) bool {
	var refusal *models.Refusal
	if !errors.As(err, &refusal) {
		r.failure = err
		return true
	}
	r.fail(err, refusal.Until)
	return false
}

// heard takes a provider's answer and says whether the round is over.
func (r *round) heard(trace models.Trace, err error) bool {
	e, failed := asError(err)
	switch {
	case err == nil && (trace.Status == models.Invalid || trace.Status == models.Expired):
		if r.doubted == nil {
			r.doubted = &trace
		}
		return false
	case err == nil:
		r.answer.Trace, r.doubted, r.noRecord, r.failure = trace, nil, nil, nil
		r.answer.Err, r.answer.Until = nil, 0
		return true
	case !failed:
		r.fail(err, 0)
		return false
	case errors.Is(e.Kind, ErrNoRecord):
		if r.noRecord == nil {
			r.noRecord = e
		}
		return false
	case errors.Is(e.Kind, ErrTailNeeded), errors.Is(e.Kind, ErrTailWrong):
		r.failure = e
		return true
	}
	r.fail(e, e.Until)
	return false
}

// fail keeps the first failure, the one of the provider that was to be asked,
// and the earliest moment at which asking again makes sense: at any time when
// one of those that failed gave none.
func (r *round) fail(err error, until models.Moment) {
	if r.failure == nil || errors.Is(r.failure, models.ErrFloor) && !errors.Is(err, models.ErrFloor) {
		r.failure = err
	}
	r.failed++
	if r.failed == 1 || until < r.answer.Until {
		r.answer.Until = until
	}
}

// result weighs what was heard: a doubted answer beats "no record", which
// beats a failure.
func (r *round) result() Answer {
	a := r.answer
	if a.Trace.Provider != "" {
		return a
	}
	switch {
	case r.failure != nil && final(r.failure):
		a.Err = r.failure
	case r.doubted != nil:
		a.Trace, a.Until = *r.doubted, 0
	case r.noRecord != nil:
		a.Err, a.Until = r.noRecord, 0
	case r.failure != nil:
		a.Err = r.failure
	default:
		a.Err = &Error{Provider: "tracker", Kind: ErrCarrier, Text: "no provider serves this carrier", Unsent: true}
	}
	return a
}

// final says that a failure is about the question itself, so that it stands
// whatever else was heard.
func final(err error) bool {
	return errors.Is(err, ErrTailNeeded) || errors.Is(err, ErrTailWrong) || errors.Is(err, models.ErrStale)
}

// opined says whether another provider has been asked today about a waybill
// that one has no record of: at most once a day, over all replicas.
func (r *round) opined(ctx context.Context) bool {
	t := r.tracker
	_, had, err := t.Memory.Recall(ctx, "second", r.ask.Parcel.Number, t.now())
	return had || err != nil
}

// opine notes that another provider is asked now. One that could not be asked
// has given no opinion.
func (r *round) opine(ctx context.Context) {
	t := r.tracker
	again := t.now().Add(time.Duration(float64(day) / t.Speed))
	_ = t.Memory.Remember(ctx, "second", r.ask.Parcel.Number, []byte("1"), again) // forgetting costs a call, no more
}

func (t *Tracker) now() models.Moment { return models.At(t.Now()) }

// limit is the budget that a purpose may use: polling stops at 80 %.
func (t *Tracker) limit(provider string, purpose models.Purpose) int64 {
	whole, limited := t.Budgets[provider]
	if !limited {
		return 0
	}
	if purpose == models.Poll {
		return PollLimit(whole)
	}
	return whole
}

// PollLimit is how much of a day's budget polling may use: 80 %, never more,
// but one call at least.
func PollLimit(budget int64) int64 { return max(1, budget/10*8+budget%10*8/10) }
