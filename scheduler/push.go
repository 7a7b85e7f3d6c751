package scheduler

import (
	"context"
	"errors"
	"fmt"

	"waybill/models"
	"waybill/tracking"
)

// pushTries is how often a push is decided anew because a check, or another
// push, was first.
const pushTries = 10

// Push takes a trace that came unasked for about a parcel, as if a poll had
// brought it. It may come twice and late: then nothing is news. corrected is
// the carrier that the provider has put right, "" when it has not. An error is
// a failure of the store; nothing is kept then that a repetition would double.
func (c *Checker) Push(ctx context.Context, parcelID int64, t models.Trace, corrected models.Carrier) error {
	if corrected != "" {
		t.Carrier = corrected
	}
	return c.untilCurrent(func() error {
		p, err := c.store.Parcel(ctx, parcelID)
		if err != nil {
			return fmt.Errorf("read pushed parcel: %w", err)
		}
		now := c.moment()
		e := result{was: p, version: p.Version, pushed: true}
		if err := c.heard(ctx, &e, p, key{}, t, now); err != nil {
			return err
		}
		e.given.Silence = c.silenceOf(ctx, e.change.Parcel, now)
		parcelID = e.change.Parcel.ID // another one after a corrected carrier
		checked, err := c.finish(ctx, e, now)
		return errors.Join(err, checked.Err)
	})
}

// Correct puts a parcel's carrier right, as a provider has said unasked.
func (c *Checker) Correct(ctx context.Context, parcelID int64, to models.Carrier) error {
	return c.untilCurrent(func() error {
		p, err := c.store.Parcel(ctx, parcelID)
		if err != nil {
			return fmt.Errorf("read pushed parcel: %w", err)
		}
		if p.Carrier == to {
			return nil
		}
		now := c.moment()
		_, err = c.store.ChangeCarrier(ctx, p, to, now)
		return err
	})
}

// untilCurrent does something again while another check is first.
func (c *Checker) untilCurrent(do func() error) error {
	var err error
	for range pushTries {
		if err = do(); !errors.Is(err, models.ErrStale) {
			return err
		}
	}
	return err
}

// Receiver takes the providers' pushes.
type Receiver struct {
	subscriber *Subscriber
	checker    *Checker
}

// NewReceiver makes a Receiver.
func NewReceiver(s *Subscriber, c *Checker) *Receiver { return &Receiver{subscriber: s, checker: c} }

// Push takes what a provider sent to the address of one subscription. Once it
// returns without an error everything is kept, and the reply may be given.
// Errors wrap tracking.ErrPushToken, ErrPushSign or ErrPushBody; any other is a
// failure of the store, after which the provider has to send it again.
func (r *Receiver) Push(ctx context.Context, provider, token string, body []byte) (reply string, err error) {
	row, err := r.subscriber.store.Subscription(ctx, token)
	if errors.Is(err, models.ErrNotFound) || err == nil && row.Provider != provider {
		return "", tracking.ErrPushToken
	}
	if err != nil {
		return "", err
	}
	tail, err := r.tail(ctx, row.ParcelID)
	if err != nil {
		return "", err
	}
	of := tracking.Subscription{Number: row.Number, Carrier: row.Carrier, Tail: tail, Token: token}
	push, reply, err := r.subscriber.orders.ReadPush(provider, of, body)
	if err != nil {
		return "", err
	}
	if err := r.take(ctx, row, push); err != nil && !errors.Is(err, models.ErrNotFound) { // a parcel that is gone needs nothing
		return "", fmt.Errorf("take push of %s: %w", provider, err)
	}
	return reply, nil
}

// tail is a proved one, "" when there is none.
func (r *Receiver) tail(ctx context.Context, parcelID int64) (string, error) {
	tails, err := r.subscriber.store.Tails(ctx, parcelID)
	if err != nil {
		return "", err
	}
	if proved := digits(tails, models.TailOK); len(proved) > 0 {
		return proved[0], nil
	}
	return "", nil
}

// take keeps what a push says, first of its subscription: a journey that is
// over is polled no longer as one that is pushed.
func (r *Receiver) take(ctx context.Context, row models.Subscription, p tracking.Push) error {
	readable, err := r.readable(ctx, row.ParcelID, p)
	if err != nil {
		return err
	}
	said := models.Pushed{Carrier: p.Corrected, Over: p.Over(), Hint: p.Traced() != readable || p.Stage == tracking.StageHint && !p.Traced()}
	if err := r.subscriber.store.PushReceived(ctx, row.ID, said, r.subscriber.moment()); err != nil {
		return err
	}
	if p.Err != nil {
		r.subscriber.log.Debug("a push without a trace", "provider", row.Provider, "parcel", row.ParcelID, "stage", p.Stage, "why", p.Err)
	}
	if readable {
		return r.checker.Push(ctx, row.ParcelID, p.Trace, p.Corrected)
	}
	if p.Corrected != "" {
		if err := r.checker.Correct(ctx, row.ParcelID, p.Corrected); err != nil {
			return err
		}
	}
	if said.Over || said.Hint {
		return r.checkSoon(ctx, []int64{row.ParcelID})
	}
	return nil
}

// readable says that a push brings a trace in the parcel's language. One in another
// language only tells that something happened: asking brings it in the parcel's.
func (r *Receiver) readable(ctx context.Context, parcelID int64, p tracking.Push) (bool, error) {
	if !p.Traced() {
		return false, nil
	}
	parcel, err := r.subscriber.store.Parcel(ctx, parcelID)
	return parcel.Lang == p.Trace.Lang, err
}

// Hint takes what a provider sent to the one address of all its subscriptions:
// it only tells that something happened to the waybills that it names. Errors
// are those of Push.
func (r *Receiver) Hint(ctx context.Context, provider, token string, body []byte) (reply string, err error) {
	push, reply, err := r.subscriber.orders.ReadPush(provider, tracking.Subscription{Token: token}, body)
	if err != nil {
		return "", err
	}
	if err := r.subscriber.store.KeepRawPush(ctx, provider, push.Raw, r.subscriber.moment()); err != nil {
		return "", err
	}
	rows, err := r.subscriber.store.SubscriptionsTo(ctx, provider, push.Numbers)
	if err != nil {
		return "", err
	}
	var parcels []int64
	for _, row := range rows {
		if err := r.subscriber.store.PushReceived(ctx, row.ID, models.Pushed{Hint: true}, r.subscriber.moment()); err != nil {
			return "", err
		}
		parcels = append(parcels, row.ParcelID)
	}
	return reply, r.checkSoon(ctx, parcels)
}

// checkSoon has parcels checked as soon as the floor allows.
func (r *Receiver) checkSoon(ctx context.Context, parcels []int64) error {
	return r.subscriber.store.CheckSoon(ctx, parcels, r.subscriber.cadence.Speed.Of(r.subscriber.cadence.Floor), r.subscriber.moment())
}
