package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"waybill/internal/expiring"
	"waybill/internal/retry"
	"waybill/internal/troublelog"
	"waybill/models"
	"waybill/tracking"
)

// DeliverTopic wakes the workers that deliver: something is pending for a chat.
const DeliverTopic = "deliver"

// writing is how long the end of a check may take, even while the process stops.
const writing = 3 * time.Second

// Tracker asks the providers about one parcel.
type Tracker interface {
	Ask(ctx context.Context, a tracking.Ask) tracking.Answer
}

// Waker wakes whoever listens to a topic, on every replica that can be reached (queue.Local, queue.Cluster).
type Waker interface {
	Wake(ctx context.Context, topic string) error
}

// CheckerSettings are what a Checker needs.
type CheckerSettings struct {
	Tracker      Tracker
	Store        Store
	Waker        Waker
	Subscriber   *Subscriber // nil: nothing is subscribed to
	Cadence      Cadence
	Rhythm       *Rhythm                 // when carriers move; nil: nobody knows
	TailCarriers []models.Carrier        // a carrier corrected to one of these wants a tail from now on
	Gone         func(owner string) bool // whether a process is no more; nil: nobody can tell
	Meter        Meter                   // may be nil
	Log          *slog.Logger            // may be nil
	Now          func() time.Time
}

// Checker asks about one parcel and keeps what came of it. It is safe for
// concurrent use.
type Checker struct {
	tracker      Tracker
	store        Store
	waker        Waker
	subscriber   *Subscriber
	cadence      Cadence
	rhythm       *Rhythm
	tailCarriers []models.Carrier
	gone         func(owner string) bool
	meter        Meter
	log          *slog.Logger
	trouble      *troublelog.Log
	now          func() time.Time
	silences     *expiring.Map[models.Route, time.Duration] // what is normal, by route
}

// NewChecker makes a Checker.
func NewChecker(s CheckerSettings) *Checker {
	if s.Meter == nil {
		s.Meter = unmetered{}
	}
	if s.Gone == nil {
		s.Gone = func(string) bool { return false }
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	return &Checker{
		tracker: s.Tracker, store: s.Store, waker: s.Waker, subscriber: s.Subscriber, cadence: s.Cadence,
		rhythm: s.Rhythm, tailCarriers: s.TailCarriers, gone: s.Gone, meter: s.Meter, log: s.Log, trouble: troublelog.New(s.Log), now: s.Now,
		silences: expiring.New[models.Route, time.Duration](mostSilences, s.Now),
	}
}

// Check asks about p as it was read, for a poll or for a person, with the tail
// that the person gave ("" for none: a follower's is used). Checked says what
// is stored now, and why there is no fresh answer; its Err is also
// tracking.ErrNoRecord when a tail was tried and brought no scan, so that nil
// means that the tail fits. A person whose question finds another check of the
// parcel under way waits for its end. An error is a failure of the store.
func (c *Checker) Check(ctx context.Context, p models.Parcel, tail string, purpose models.Purpose) (models.Checked, error) {
	checked, err := c.check(ctx, p, tail, purpose)
	if err != nil || purpose != models.Person || !overtaken(checked.Err) {
		return checked, err
	}
	later, ended, err := c.await(ctx, p.ID)
	if err != nil || !ended {
		return checked, err
	}
	return c.check(ctx, later, tail, purpose)
}

// Followed has a parcel subscribed to that a chat has just begun to follow. A
// subscription that is not ordered now comes with the parcel's next check.
func (c *Checker) Followed(ctx context.Context, parcelID int64) {
	if c.subscriber == nil {
		return
	}
	if err := c.subscriber.EnsureSubscription(ctx, parcelID); err != nil {
		c.log.Warn("ensure subscription", "parcel", parcelID, "error", err)
	}
}

// check is Check that waits for nobody.
func (c *Checker) check(ctx context.Context, p models.Parcel, tail string, purpose models.Purpose) (models.Checked, error) {
	var tails []models.Tail
	if p.TailNeeded {
		var err error
		if tails, err = c.store.Tails(ctx, p.ID); err != nil {
			return models.Checked{}, fmt.Errorf("read tails: %w", err)
		}
	}
	k, ok := choose(p, tails, tail)
	if !ok {
		return c.skipWithoutTail(ctx, p, tails, purpose)
	}
	answer := c.tracker.Ask(ctx, tracking.Ask{Parcel: p, Tail: k.digits, Untried: k.untried, Purpose: purpose})
	if superseded(ctx, answer) {
		return c.abandon(ctx, p, answer)
	}
	if answer.Err != nil && len(answer.Closings) == 0 && purpose == models.Person {
		c.count(OutcomeUnasked, p)
		return models.Checked{Parcel: p, Err: answer.Err}, nil // nothing happened that is worth a write
	}
	return c.keep(ctx, p, k, answer, purpose)
}

// superseded says that an answer counts for nothing: another check was first, or
// this process is to stop.
func superseded(ctx context.Context, a tracking.Answer) bool {
	return errors.Is(a.Err, models.ErrStale) || a.Err != nil && ctx.Err() != nil && !verdict(a.Err)
}

// verdict says that an error is a provider's answer to the question.
func verdict(err error) bool {
	for _, kind := range []error{tracking.ErrNoRecord, tracking.ErrNumber, tracking.ErrTailNeeded, tracking.ErrTailWrong} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// abandon completes the ledger and leaves the parcel to whoever was first.
func (c *Checker) abandon(ctx context.Context, p models.Parcel, a tracking.Answer) (models.Checked, error) {
	c.count(OutcomeStale, p)
	if len(a.Closings) > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writing)
		defer cancel()
		if err := c.store.Settle(ctx, a.Closings); err != nil {
			return models.Checked{}, fmt.Errorf("settle calls: %w", err)
		}
	}
	return models.Checked{Parcel: p, Err: a.Err}, nil
}

// skipWithoutTail is for a parcel that wants a tail while nobody has one that may
// fit: a call would be paid for nothing, but time passes.
func (c *Checker) skipWithoutTail(ctx context.Context, p models.Parcel, tails []models.Tail, purpose models.Purpose) (models.Checked, error) {
	if purpose == models.Person {
		c.count(OutcomeTail, p)
		return models.Checked{Parcel: p, Err: tracking.ErrTailNeeded}, nil
	}
	now := c.moment()
	e := result{was: p, version: p.Version, outcome: OutcomeTail, err: tracking.ErrTailNeeded}
	e.given.Silence = c.silenceOf(ctx, p, now)
	e.change = models.Change{Parcel: p}
	e.noteTailsUnreadable(unreadable(tails, models.TailOK, models.TailUntried), now)
	e.change = Notice(e.change, c.cadence.Speed, e.given.Silence, now)
	return c.finish(ctx, e, now)
}

func (c *Checker) moment() models.Moment { return models.At(c.now()) }

func (c *Checker) count(outcome string, p models.Parcel) {
	var age time.Duration
	if p.HeardAt != 0 {
		age = c.moment().Sub(p.HeardAt)
	}
	c.meter.Checked(outcome, age)
}

// lookAgain is how often a waiting question looks whether the other check has ended.
const lookAgain = 100 * time.Millisecond

// overtaken says that somebody else's check came first.
func overtaken(err error) bool {
	return errors.Is(err, models.ErrStale) || errors.Is(err, models.ErrFloor)
}

// await waits until the check of a parcel that is under way has ended, and
// returns the parcel as it is then: many people who ask at once pay for one
// call, and all of them shall see what it brings. False when ctx ended first,
// or the parcel has become another one meanwhile.
func (c *Checker) await(ctx context.Context, id int64) (models.Parcel, bool, error) {
	for ctx.Err() == nil {
		p, err := c.store.Parcel(ctx, id)
		switch {
		case errors.Is(err, models.ErrNotFound):
			return p, false, nil
		case err != nil && ctx.Err() == nil:
			return p, false, fmt.Errorf("wait for check: %w", err)
		case err == nil && !p.CheckUnderWay(c.moment(), c.gone):
			return p, true, nil
		}
		_ = retry.Sleep(ctx, lookAgain) // the loop sees the end of ctx
	}
	return models.Parcel{}, false, nil
}
