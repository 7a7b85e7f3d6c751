package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

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

// Records are what a check reads and corrects.
type Records interface {
	Parcel(ctx context.Context, id int64) (models.Parcel, error)
	Tails(ctx context.Context, parcelID int64) ([]models.Tail, error)
	Identities(ctx context.Context, parcelID int64) (map[string]bool, error)
	Recarry(ctx context.Context, p models.Parcel, to models.Carrier, now models.Moment) (models.Parcel, error)
}

// Ledger takes the end of a check: Settle where only the calls count.
type Ledger interface {
	Finish(ctx context.Context, f models.Finish, now models.Moment) (models.Parcel, error)
	Settle(ctx context.Context, closings []models.Closing) error
}

// Pushes say how a parcel's push subscriptions stand (Subscriber). missed tells
// them that a poll found something that should have been pushed.
type Pushes interface {
	Standing(ctx context.Context, p models.Parcel, missed bool) (Standing, error)
}

// Bell wakes whoever listens to a topic, on every replica.
type Bell interface {
	Wake(ctx context.Context, topic string) error
}

// Checking is what a Checker needs.
type Checking struct {
	Tracker      Tracker
	Records      Records
	Ledger       Ledger
	Bell         Bell
	Pushes       Pushes // nil: nothing is subscribed to
	Cadence      Cadence
	TailCarriers []models.Carrier // a carrier corrected to one of these wants a tail from now on
	Meter        Meter            // may be nil
	Log          *slog.Logger     // may be nil
	Now          func() time.Time
}

// Checker asks about one parcel and keeps what came of it. It is safe for
// concurrent use.
type Checker struct{ Checking }

// NewChecker makes a Checker.
func NewChecker(c Checking) *Checker {
	if c.Meter == nil {
		c.Meter = unmetered{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &Checker{c}
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

// check is Check that waits for nobody.
func (c *Checker) check(ctx context.Context, p models.Parcel, tail string, purpose models.Purpose) (models.Checked, error) {
	var tails []models.Tail
	if p.TailNeeded {
		var err error
		if tails, err = c.Records.Tails(ctx, p.ID); err != nil {
			return models.Checked{}, fmt.Errorf("read tails: %w", err)
		}
	}
	k, ok := choose(p, tails, tail)
	if !ok {
		return c.shut(ctx, p, purpose)
	}
	answer := c.Tracker.Ask(ctx, tracking.Ask{Parcel: p, Tail: k.digits, Untried: k.untried, Purpose: purpose})
	if broken(ctx, answer) {
		return c.drop(ctx, p, answer)
	}
	if answer.Err != nil && len(answer.Closings) == 0 && purpose == models.Person {
		c.count(OutcomeUnasked, p)
		return models.Checked{Parcel: p, Err: answer.Err}, nil // nothing happened that is worth a write
	}
	return c.keep(ctx, p, k, answer, purpose)
}

// broken says that an answer is none: somebody else was first, or we are to stop.
func broken(ctx context.Context, a tracking.Answer) bool {
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

// drop completes the ledger and leaves the parcel to whoever was first.
func (c *Checker) drop(ctx context.Context, p models.Parcel, a tracking.Answer) (models.Checked, error) {
	c.count(OutcomeStale, p)
	if len(a.Closings) > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writing)
		defer cancel()
		if err := c.Ledger.Settle(ctx, a.Closings); err != nil {
			return models.Checked{}, fmt.Errorf("settle calls: %w", err)
		}
	}
	return models.Checked{Parcel: p, Err: a.Err}, nil
}

// shut is for a parcel that wants a tail while nobody has one that may fit: a
// call would be paid for nothing, but time passes.
func (c *Checker) shut(ctx context.Context, p models.Parcel, purpose models.Purpose) (models.Checked, error) {
	if purpose == models.Person {
		c.count(OutcomeTail, p)
		return models.Checked{Parcel: p, Err: tracking.ErrTailNeeded}, nil
	}
	now := c.now()
	e := ending{was: p, version: p.Version, outcome: OutcomeTail, err: tracking.ErrTailNeeded}
	e.change = Notice(models.Change{Parcel: p}, c.Cadence.Speed, now)
	return c.finish(ctx, e, now)
}

func (c *Checker) now() models.Moment { return models.At(c.Now()) }

func (c *Checker) count(outcome string, p models.Parcel) {
	var age time.Duration
	if p.HeardAt != 0 {
		age = c.now().Sub(p.HeardAt)
	}
	c.Meter.Checked(outcome, age)
}
