package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

// staysDone is how long a finished parcel is not asked about any more: a carrier
// may use a number again after a year.
const staysDone = 30 * 24 * time.Hour

// check asks about one parcel, unless its journey is over. When the parcel
// turns out to want a tail, the one at hand is tried.
func (t *turn) check(ctx context.Context, o opened) (step, error) {
	if p := o.parcel; p.Status.Done() && !p.Live() && t.now.Sub(p.DoneAt) < staysDone && o.untried() == "" {
		return checked{opened: o, answer: models.Checked{Parcel: p}, stored: true}, nil
	}
	c, err := t.query(ctx, o)
	p := c.answer.Parcel
	if err != nil || o.parcel.TailNeeded || !p.TailNeeded && !errors.Is(c.answer.Err, tracking.ErrTailNeeded) {
		return c, err
	}
	l := o.located
	if l.parcel, err = t.store.Ensure(ctx, p.Number, p.Carrier, t.render.scanLanguage(), true, t.now); err != nil {
		return nil, wrap("keep parcel", err)
	}
	next, err := t.open(ctx, l)
	again, ok := next.(opened)
	switch {
	case err != nil || !ok:
		return next, err
	case again.untried() == "":
		c.opened, c.answer.Parcel = again, l.parcel
		return c, nil
	}
	return t.query(ctx, again)
}

// query asks the providers once.
func (t *turn) query(ctx context.Context, o opened) (checked, error) {
	answer, err := t.settings.Checker.Check(ctx, o.parcel, o.untried(), models.Person)
	if err != nil && ctx.Err() == nil {
		return checked{opened: o}, fmt.Errorf("check parcel: %w", err)
	}
	if err != nil {
		answer = models.Checked{Err: ctx.Err()}
	}
	if answer.Parcel.ID == 0 {
		answer.Parcel = o.parcel
	}
	return checked{opened: o, answer: answer}, nil
}

// conclude takes what came of asking: the chat follows the parcel, is told why
// not, or has to be asked something first.
func (t *turn) conclude(ctx context.Context, c checked) (step, error) {
	err := c.answer.Err
	switch {
	case errors.Is(err, tracking.ErrTailWrong):
		return t.tailWrong(ctx, c)
	case errors.Is(err, tracking.ErrTailNeeded) && c.parcel.TailNeeded && c.digits == "" && !c.state.Wanting():
		return t.tailUnreadable(ctx, c)
	case errors.Is(err, tracking.ErrNumber):
		return refused{c.located, "bad_number"}, nil
	case errors.Is(err, tracking.ErrCarrier):
		return wrongCarrier(c), nil
	}
	return t.follow(ctx, c)
}

// wrongCarrier is for a number that no provider can be asked about under its
// carrier: where its form leaves no other, it is said whose it is; else the chat
// may know it.
func wrongCarrier(c checked) step {
	var e *tracking.Error
	unsent := errors.As(c.answer.Err, &e) && e.Unsent
	byForm, _ := recognise.ByShape(c.number)
	only := len(byForm) == 1 && byForm[0] == c.parcel.Carrier
	if c.parcel.Carrier != "" && (unsent || only) {
		return refused{c.located, "unserved"}
	}
	return needsCarrier{request: c.request}
}

// follow makes the chat follow the parcel. What the reply shows counts as
// delivered; a tail that no answer has proved yet opens nothing.
func (t *turn) follow(ctx context.Context, c checked) (step, error) {
	if c.proved() {
		c.state = models.TailOK
	}
	if c.answer.Parcel.TailNeeded && c.state == models.TailNone {
		return needsTail{located: c.located}, nil
	}
	if c.attempt.compared && c.state != models.TailOK {
		t.spendAttempt(c.number)
	}
	follow, err := t.store.Follow(ctx, t.following(c), t.now)
	if errors.Is(err, models.ErrTooMany) {
		return refused{c.located, "full"}, nil
	}
	if err != nil {
		return nil, wrap("follow parcel", err)
	}
	t.settings.Checker.Followed(ctx, follow.ParcelID)
	f := followed{checked: c, begun: c.follow.ID == 0}
	f.follow = follow
	return f, nil
}

// following is the row that follow wants. A tail that has opened the parcel
// before is not replaced by one that has opened nothing yet.
func (t *turn) following(c checked) models.Following {
	p := c.answer.Parcel
	w := models.Following{
		ChatID: t.chat.ID, ParcelID: p.ID, Name: c.name,
		Delivered: p.Seq, Awaited: reason(c.answer.Err) == underWay, Max: t.maxParcels(),
	}
	kept := c.follow.TailState == models.TailOK && c.state != models.TailOK
	if p.TailNeeded && c.digits != "" && !kept {
		w.Tail, w.TailState = c.digits, c.state
	}
	return w
}
