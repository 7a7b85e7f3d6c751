package tracking

import (
	"context"
	"errors"
	"time"

	"waybill/models"
)

// round is one Ask on its way through the providers.
type round struct {
	tracker     *Tracker
	ask         Ask
	answer      Answer
	unconfirmed *models.Trace // an answer that is believed only if nobody knows better
	noRecord    *Error
	wrong       *Error // a provider calls the number no valid one
	failure     error
	failed      int
}

// reply is what one call brought.
type reply struct {
	trace models.Trace
	err   error
}

// wording is one way to put the question to a provider.
type wording struct {
	query      Query
	exempt     models.Exempt // why it may be asked inside the floor, "" when it may not
	otherPhone bool
}

// try asks one provider and says whether the round is over.
func (r *round) try(ctx context.Context, c *client) bool {
	if r.noRecord != nil && r.hadSecondOpinion(ctx) {
		return true
	}
	first, second, after := r.wordings(ctx, c)
	got, over := r.call(ctx, c, first)
	if got == nil {
		return over
	}
	if after != nil && errors.Is(got.err, after) {
		if got, over = r.call(ctx, c, second); got == nil {
			return over
		}
		r.rememberPhone(ctx, c, second, got.err)
	}
	return r.apply(got.trace, got.err)
}

// wordings are the question as it is put first, and as it is put once more when
// the first is answered by the error after; nil: never.
//
// A tail may be the other phone's: the field that last brought a trace goes
// first, which spares a call. A carrier that the provider calls wrong is left
// out, where it can do without one: it names the right one itself.
func (r *round) wordings(ctx context.Context, c *client) (first, second wording, after error) {
	p := c.provider
	plain := wording{query: p.Query, exempt: r.exempt(c)}
	if p.QueryEnglish != nil && r.ask.Parcel.Lang == models.English {
		plain.query = p.QueryEnglish
	}
	switch {
	case p.QueryOtherPhone != nil && r.ask.Tail != "":
		other := wording{query: p.QueryOtherPhone, exempt: r.exempt(c), otherPhone: true}
		if _, found, _ := r.tracker.memory.recall(ctx, "phone", r.key(c)); found {
			plain, other = other, plain
		}
		other.exempt = models.ExemptPhone
		return plain, other, ErrTailWrong
	case r.ask.Parcel.Carrier != "" && p.Serves(""):
		ask := plain.query
		open := func(ctx context.Context, waybill string, _ models.Carrier, tail string) (models.Trace, error) {
			return ask(ctx, waybill, "", tail)
		}
		return plain, wording{query: open, exempt: models.ExemptCarrier}, ErrCarrier
	}
	return plain, wording{}, nil
}

// phoneKept is how long the phone field that brought a trace is used first.
const phoneKept = 60 * day

// rememberPhone keeps which phone field brought the trace.
func (r *round) rememberPhone(ctx context.Context, c *client, w wording, err error) {
	switch m := r.tracker.memory; {
	case err != nil || c.provider.QueryOtherPhone == nil || r.ask.Tail == "":
	case w.otherPhone:
		m.remember(ctx, "phone", r.key(c), []byte("1"), r.tracker.now().Add(phoneKept))
	default:
		m.forget(ctx, "phone", r.key(c))
	}
}

func (r *round) key(c *client) string { return c.name() + ":" + r.ask.Parcel.Number }

// exempt is why the provider may be asked inside the floor, "" when it may not.
func (r *round) exempt(c *client) models.Exempt {
	switch {
	case r.ask.Untried:
		return models.ExemptTail
	case corrected(r.ask.Parcel, c.name()):
		return models.ExemptCarrier
	}
	return ""
}

// call makes one call if the provider and the ledger allow it; nil when they
// do not, and then whether the round is over.
func (r *round) call(ctx context.Context, c *client, w wording) (*reply, bool) {
	a, err := c.acquire(ctx, models.CallQuery, r.ask.Purpose)
	if err != nil {
		r.fail(err)
		return nil, r.ask.Purpose == models.Poll && errors.Is(err, errBusy) // only busy: polling stays with its provider
	}
	ticket, err := r.begin(ctx, c, w.exempt)
	if err != nil {
		a.release(ctx)
		return nil, r.refused(err)
	}
	r.answer.Version = ticket.Version
	if r.noRecord != nil {
		r.noteSecondOpinion(ctx)
	}
	return r.query(ctx, a, ticket, w), false
}

// query makes the call and keeps the end of its ledger row.
func (r *round) query(ctx context.Context, a *attempt, ticket models.Ticket, w wording) *reply {
	var trace models.Trace
	p := r.ask.Parcel
	err := a.call(ctx, ticket, func(ctx context.Context) (billed bool, err error) {
		trace, err = w.query(ctx, p.Number, p.Carrier, r.ask.Tail)
		return trace.Billed, err
	})
	r.answer.Closings = append(r.answer.Closings, closing(ticket, p.Number, trace.Billed, err, r.tracker.now()))
	if err == nil && trace.Carrier == "" {
		trace.Carrier = r.tracker.carrierNamed(ctx, a.client, trace.Named, r.ask.Purpose)
	}
	return &reply{trace, err}
}

// begin writes the call into the ledger.
func (r *round) begin(ctx context.Context, c *client, e models.Exempt) (models.Ticket, error) {
	call := models.Call{
		Provider: c.name(), Kind: models.CallQuery, Purpose: r.ask.Purpose,
		Number: r.ask.Parcel.Number, Exempt: e,
		Floor: r.tracker.apart(c.name()), Limit: r.tracker.limit(c.name(), r.ask.Purpose),
		Parcel: r.ask.Parcel.ID, Version: r.answer.Version, Owner: r.tracker.owner,
	}
	return r.tracker.ledger.Begin(ctx, call, r.tracker.now())
}

// refused takes the ledger's no. A waybill that this provider was asked about
// too recently, or a spent budget, leaves the others; a stale parcel ends it.
func (r *round) refused(err error) bool {
	var refusal *models.Refusal
	if !errors.As(err, &refusal) {
		r.failure = err
		return true
	}
	r.fail(err)
	return false
}

// apply takes a provider's answer and says whether the round is over.
func (r *round) apply(trace models.Trace, err error) bool {
	e, refused := asError(err)
	switch {
	case err == nil && (trace.Status == models.Invalid || trace.Status == models.Expired):
		if r.unconfirmed == nil {
			r.unconfirmed = &trace
		}
		return false
	case err == nil:
		r.answer.Trace, r.unconfirmed, r.noRecord, r.wrong, r.failure = trace, nil, nil, nil, nil
		r.answer.Err, r.answer.Until = nil, 0
		return true
	case refused && errors.Is(e.Kind, ErrNoRecord):
		if r.noRecord == nil {
			r.noRecord = e
		}
		return false
	case refused && errors.Is(e.Kind, ErrNumber) && !e.Unsent:
		if r.wrong == nil {
			r.wrong = e
		}
		return false
	case refused && (errors.Is(e.Kind, ErrTailNeeded) || errors.Is(e.Kind, ErrTailWrong)):
		r.failure = e
		return true
	}
	r.fail(err)
	return false
}

// fail keeps the first failure, the one of the provider that was to be asked,
// and the earliest moment at which asking again makes sense: at any time when
// one of those that failed gave none.
func (r *round) fail(err error) {
	if r.failure == nil || errors.Is(r.failure, models.ErrFloor) && !errors.Is(err, models.ErrFloor) {
		r.failure = err
	}
	r.failed++
	if until := untilOf(err); r.failed == 1 || until < r.answer.Until {
		r.answer.Until = until
	}
}

// result weighs what was heard: an unconfirmed answer beats "no such number", which
// beats "no record", which beats a failure. A number that one calls wrong and
// another one only does not know may yet be right: it is invalid for now.
func (r *round) result() Answer {
	a := r.answer
	if a.Trace.Provider != "" {
		return a
	}
	switch {
	case r.failure != nil && final(r.failure):
		a.Err = r.failure
	case r.unconfirmed != nil:
		a.Trace, a.Until = *r.unconfirmed, 0
	case r.wrong != nil && r.noRecord != nil:
		a.Trace, a.Until = models.Trace{Provider: r.wrong.Provider, Status: models.Invalid}, 0
	case r.wrong != nil:
		a.Err, a.Until = r.wrong, 0
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

// hadSecondOpinion says whether another provider has been asked today about a
// waybill that one has no record of: at most once a day, over all replicas. When
// nobody knows it is asked.
func (r *round) hadSecondOpinion(ctx context.Context) bool {
	_, had, _ := r.tracker.memory.recall(ctx, "second", r.ask.Parcel.Number)
	return had
}

// noteSecondOpinion notes that another provider is asked now. One that could not
// be asked has given no opinion.
func (r *round) noteSecondOpinion(ctx context.Context) {
	t := r.tracker
	again := t.now().Add(time.Duration(float64(day) / t.speed))
	t.memory.remember(ctx, "second", r.ask.Parcel.Number, []byte("1"), again)
}
