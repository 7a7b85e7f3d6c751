package scheduler

import (
	"context"
	"errors"
	"fmt"

	"waybill/models"
	"waybill/tracking"
)

// Decider takes what a push says of a parcel (Checker).
type Decider interface {
	Push(ctx context.Context, parcelID int64, t models.Trace, corrected models.Carrier) error
	Correct(ctx context.Context, parcelID int64, to models.Carrier) error
}

// Receiver takes the providers' pushes.
type Receiver struct {
	*Subscriber
	decider Decider
}

// NewReceiver makes a Receiver.
func NewReceiver(s *Subscriber, d Decider) *Receiver { return &Receiver{s, d} }

// Push takes what a provider sent to the address of one subscription. Once it
// returns without an error everything is kept, and the reply may be given.
// Errors wrap tracking.ErrPushToken, ErrPushSign or ErrPushBody; any other is a
// failure of the store, after which the provider has to send it again.
func (r *Receiver) Push(ctx context.Context, provider, token string, body []byte) (reply string, err error) {
	row, err := r.Hearing.Subscription(ctx, token)
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
	push, reply, err := r.Orders.ReadPush(provider, of, body)
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
	tails, err := r.Parcels.Tails(ctx, parcelID)
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
	said := models.Pushed{Carrier: p.Corrected, Over: p.Over(), Hint: p.Stage == tracking.StageHint && !p.Traced()}
	if err := r.Hearing.Heard(ctx, row.ID, said, r.now()); err != nil {
		return err
	}
	if p.Err != nil {
		r.Log.Debug("a push without a trace", "provider", row.Provider, "parcel", row.ParcelID, "stage", p.Stage, "why", p.Err)
	}
	if p.Traced() {
		return r.decider.Push(ctx, row.ParcelID, p.Trace, p.Corrected)
	}
	if p.Corrected != "" {
		if err := r.decider.Correct(ctx, row.ParcelID, p.Corrected); err != nil {
			return err
		}
	}
	if said.Over || said.Hint {
		return r.hurry(ctx, []int64{row.ParcelID})
	}
	return nil
}

// Hint takes what a provider sent to the one address of all its subscriptions:
// it only tells that something happened to the waybills that it names. Errors
// are those of Push.
func (r *Receiver) Hint(ctx context.Context, provider, token string, body []byte) (reply string, err error) {
	push, reply, err := r.Orders.ReadPush(provider, tracking.Subscription{Token: token}, body)
	if err != nil {
		return "", err
	}
	if err := r.Hearing.KeepPush(ctx, provider, push.Raw, r.now()); err != nil {
		return "", err
	}
	rows, err := r.Hearing.SubscriptionsTo(ctx, provider, push.Numbers)
	if err != nil {
		return "", err
	}
	var parcels []int64
	for _, row := range rows {
		if err := r.Hearing.Heard(ctx, row.ID, models.Pushed{Hint: true}, r.now()); err != nil {
			return "", err
		}
		parcels = append(parcels, row.ParcelID)
	}
	return reply, r.hurry(ctx, parcels)
}

// hurry has parcels checked as soon as the floor allows.
func (r *Receiver) hurry(ctx context.Context, parcels []int64) error {
	return r.Turns.Hurry(ctx, parcels, r.Cadence.Speed.Of(r.Cadence.Floor), r.now())
}
