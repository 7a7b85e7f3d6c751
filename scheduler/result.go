package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"waybill/models"
	"waybill/models/estimate"
	"waybill/tracking"
)

// result is what came of a check, as far as it is known.
type result struct {
	purpose  models.Purpose
	was      models.Parcel // before the check
	version  int64
	change   models.Change
	given    Given
	verified []int64
	refused  []int64
	lost     []models.Tail
	closings []models.Closing
	outcome  string
	fresh    bool
	pushed   bool  // a push brought it
	err      error // for Checked
}

// keep judges an answer and writes down what came of it.
func (c *Checker) keep(ctx context.Context, p models.Parcel, k key, a tracking.Answer, purpose models.Purpose) (models.Checked, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writing)
	defer cancel()
	now := c.moment()
	e := result{purpose: purpose, was: p, version: a.Version, closings: a.Closings, err: a.Err, given: Given{NotBefore: a.Until}}
	p = resumed(p, c.cadence.Speed, now)
	p.Version, p.AskedAt = a.Version, max(p.AskedAt, begun(a.Closings))
	if err := c.judge(ctx, &e, p, k, a, now); err != nil {
		return c.abortStale(ctx, e, err)
	}
	e.given.Silence = c.silenceOf(ctx, e.change.Parcel, now)
	if purpose == models.Poll {
		e.noteTailMissing(now)
		e.noteTailRefused(now)
		e.noteTailsUnreadable(unreadable(k.tails, models.TailUntried), now)
		e.change = Notice(e.change, c.cadence.Speed, e.given.Silence, now)
	}
	return c.finish(ctx, e, now)
}

// begun is when the last call began, zero without one.
func begun(closings []models.Closing) models.Moment {
	var at models.Moment
	for _, c := range closings {
		at = max(at, c.Ticket.At)
	}
	return at
}

// judge decides what an answer makes of the parcel.
func (c *Checker) judge(ctx context.Context, e *result, p models.Parcel, k key, a tracking.Answer, now models.Moment) error {
	switch {
	case a.Err == nil:
		return c.heard(ctx, e, p, k, a.Trace, now)
	case errors.Is(a.Err, tracking.ErrNoRecord):
		return c.heard(ctx, e, p, k, models.Trace{Provider: p.Provider, Status: models.Pending}, now)
	case errors.Is(a.Err, tracking.ErrNumber):
		return c.heard(ctx, e, p, k, models.Trace{Provider: p.Provider, Status: models.Invalid}, now)
	case errors.Is(a.Err, tracking.ErrTailNeeded) && !p.TailNeeded:
		e.outcome = OutcomeTail
		e.change = lock(models.Change{Parcel: p}, now)
	case errors.Is(a.Err, tracking.ErrTailWrong) && k.untried:
		e.outcome, e.refused = OutcomeTail, k.refused()
		e.change = models.Change{Parcel: p}
	case len(a.Closings) == 0 && !errors.Is(a.Err, tracking.ErrCarrier):
		e.outcome, e.given.Unasked = OutcomeUnasked, true
		e.change = models.Change{Parcel: p}
	default:
		p.Failures++
		e.outcome, e.change = OutcomeFailed, models.Change{Parcel: p}
	}
	return nil
}

// heard takes a provider's answer; "no record" is one too, and a provider that
// has none does not become the one to stay with.
func (c *Checker) heard(ctx context.Context, e *result, p models.Parcel, k key, t models.Trace, now models.Moment) error {
	opened := k.digits != "" && len(t.Events) > 0
	e.fresh, e.verified = true, k.verified(opened)
	if k.untried && !opened && e.err == nil {
		e.err = tracking.ErrNoRecord
	}
	p, err := c.changeCarrier(ctx, e, p, t.Carrier, now)
	if err != nil {
		return err
	}
	if p.ID != e.was.ID && len(k.tails) > 0 { // its followers have other rows there
		if k.tails, err = c.store.Tails(ctx, p.ID); err != nil {
			return fmt.Errorf("read tails: %w", err)
		}
		e.verified = k.verified(opened)
	}
	if e.change, err = c.decide(ctx, p, t, now); err != nil {
		return err
	}
	e.given.Leg = legOf(e.change.Parcel, t)
	c.rhythm.record(e, t, now)
	e.change = reminded(p, e.change)
	if slices.Contains(c.tailCarriers, p.Carrier) && !p.TailNeeded {
		e.change = lock(e.change, now)
	}
	e.outcome = OutcomeSame
	switch {
	case errors.Is(e.err, tracking.ErrNoRecord):
		e.outcome = OutcomeNoRecord
	case e.change.News():
		e.outcome = OutcomeNews
	}
	return nil
}

// changeCarrier moves the check to the parcel of the carrier that the provider
// names. The store keeps the notice of it.
func (c *Checker) changeCarrier(ctx context.Context, e *result, p models.Parcel, to models.Carrier, now models.Moment) (models.Parcel, error) {
	if to == "" || to == p.Carrier {
		return p, nil
	}
	moved, err := c.store.ChangeCarrier(ctx, p, to, now)
	if err != nil {
		return p, fmt.Errorf("correct carrier: %w", err)
	}
	e.version = moved.Version
	moved.AskedAt = max(moved.AskedAt, p.AskedAt)
	if moved.ID == p.ID {
		moved.StatusAt = p.StatusAt
	}
	return moved, nil
}

// decide compares an answer with what is stored; what has not changed at all
// is seen without reading it.
func (c *Checker) decide(ctx context.Context, p models.Parcel, t models.Trace, now models.Moment) (models.Change, error) {
	if p.Digest == models.Digest(t) {
		p.HeardAt, p.Failures = now, 0
		return models.Change{Parcel: p}, nil
	}
	var known []models.Event
	if p.Seq > 0 { // else nothing is stored
		var err error
		if known, err = c.store.Known(ctx, p.ID); err != nil {
			return models.Change{}, fmt.Errorf("compare answer: %w", err)
		}
	}
	p.Status = standing(p)
	return models.Decide(p, known, t, now), nil
}

// lock makes a tail wanted from now on. Followers of a parcel that was open
// before hear of it, because they have to give theirs.
func lock(c models.Change, now models.Moment) models.Change {
	heard := c.Parcel.HeardAt != 0 && c.Parcel.Seq > 0
	c.Parcel.TailNeeded = true
	if heard {
		c.Everyone = true
		c.Note(models.TailRefused, models.TailMissing, now)
	}
	return c
}

// noteTailMissing notes that the parcel turns out to want a tail while nobody asks:
// its followers could not know when they asked, and would wait in vain.
func (e *result) noteTailMissing(now models.Moment) {
	if e.change.Parcel.TailNeeded && !e.was.TailNeeded && !e.change.News() {
		e.change.Everyone = true
		e.change.Note(models.TailRefused, models.TailMissing, now)
	}
}

// noteTailRefused notes that a follower's tail was refused, while nobody asked.
func (e *result) noteTailRefused(now models.Moment) {
	if len(e.refused) > 0 {
		e.change.Everyone = true
		e.change.Note(models.TailRefused, "", now)
	}
}

// noteTailsUnreadable notes that tails were given which no key opens, so that their chats
// give them again. One that has opened the parcel for its chat may wait as long as
// another follower's still does.
func (e *result) noteTailsUnreadable(lost []models.Tail, now models.Moment) {
	if e.lost = lost; len(lost) == 0 {
		return
	}
	e.change.Everyone = true
	e.change.Note(models.TailRefused, models.TailUnreadable, now)
}

// abortStale ends a check that cannot be written, but for its calls.
func (c *Checker) abortStale(ctx context.Context, e result, why error) (models.Checked, error) {
	c.count(OutcomeStale, e.was)
	if err := c.store.Settle(ctx, e.closings); err != nil {
		return models.Checked{}, errors.Join(why, fmt.Errorf("settle calls: %w", err))
	}
	if errors.Is(why, models.ErrStale) {
		return models.Checked{Parcel: e.was, Err: why}, nil
	}
	return models.Checked{}, why
}

// finish writes the end of a check and wakes those who deliver.
func (c *Checker) finish(ctx context.Context, e result, now models.Moment) (models.Checked, error) {
	c.applySubscriptions(ctx, &e, now)
	e.given.Rhythm = c.rhythm.Table()
	f := models.Finish{
		Purpose: e.purpose, Version: e.version, Change: e.change,
		DueAt:    c.cadence.Next(e.change.Parcel, e.given, now),
		Same:     len(e.change.Events) == 0 && e.change.Parcel.SameButChecked(e.was),
		Verified: e.verified, Refused: e.refused, Lost: e.lost, Closings: e.closings,
	}
	if j, arrived := estimate.Finished(e.was, e.change.Parcel); arrived {
		f.Journey = &j
	}
	stored, err := c.store.Finish(ctx, f, now)
	if errors.Is(err, models.ErrStale) {
		c.count(OutcomeStale, e.was)
		return models.Checked{Parcel: e.change.Parcel, Err: err}, nil
	}
	if err != nil {
		return models.Checked{}, fmt.Errorf("finish check: %w", err)
	}
	c.count(e.outcome, e.was)
	if f.Change.News() || len(f.Verified) > 0 {
		c.wake(ctx)
	}
	return models.Checked{Parcel: stored, Fresh: e.fresh, Err: e.err}, nil
}

// late is how long ago a scan must have happened for its push to be overdue:
// the vendors take up to four hours, and try again for two.
const late = 6 * time.Hour

// applySubscriptions finds out whether pushes spare the parcel most of its polls. One
// that cannot be found out is polled.
func (c *Checker) applySubscriptions(ctx context.Context, e *result, now models.Moment) {
	p := e.change.Parcel
	if c.subscriber == nil || !p.Live() || e.was.DueAt == models.Never {
		return
	}
	before := now.Add(-c.cadence.Speed.Of(late))
	missed := !e.pushed && slices.ContainsFunc(e.change.Events, func(n models.Event) bool { return n.Kind == models.Scan && n.At <= before })
	s, err := c.subscriber.Standing(ctx, p, missed)
	if err != nil {
		c.log.Warn("look for subscriptions", "parcel", p.ID, "error", err)
		return
	}
	e.given.Pushed, e.given.Hinted = s.Served, s.HintedAt > p.AskedAt
}

// wake wakes the workers that deliver. They look by themselves every second, so
// a wake-up that is lost is no failure of the check.
func (c *Checker) wake(ctx context.Context) {
	if err := c.waker.Wake(ctx, DeliverTopic); err != nil {
		c.trouble.Failed("wake deliveries", err)
		return
	}
	c.trouble.Worked("wake deliveries")
}
