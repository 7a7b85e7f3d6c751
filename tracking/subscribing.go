package tracking

import (
	"context"
	"slices"

	"waybill/models"
)

// Subscribers names the providers at which waybills of a carrier can be
// subscribed to, in the order in which they are to be tried.
func (t *Tracker) Subscribers(c models.Carrier) []string {
	var names []string
	for _, p := range t.Providers {
		if s, ok := p.(Subscriber); ok && s.Subscribes(c) {
			names = append(names, p.Name())
		}
	}
	return names
}

// Batches says how many waybills one subscribing call takes, by provider; none
// when no provider can be subscribed at.
func (t *Tracker) Batches() map[string]int {
	batches := map[string]int{}
	for _, p := range t.Providers {
		if s, ok := p.(Subscriber); ok {
			batches[p.Name()] = s.Batch()
		}
	}
	return batches
}

// Subscribe makes one call to a provider for at most a batch of waybills, all
// of one carrier, by way of the ledger, as polling does. Errors are *Error: its
// Until tells from when on it makes sense to try again, where that is known.
func (t *Tracker) Subscribe(ctx context.Context, provider string, wishes []Subscription) (Subscribed, error) {
	d, ok := t.desks[provider]
	if !ok {
		return Subscribed{}, &Error{Provider: provider, Kind: ErrUnavailable, Text: "is not configured", Unsent: true}
	}
	s, ok := d.Provider.(Subscriber)
	if !ok || len(wishes) == 0 {
		return Subscribed{}, d.unsent("nothing to subscribe")
	}
	number := ""
	if len(wishes) == 1 {
		number = wishes[0].Number
	}
	var answer Subscribed
	err := t.side(ctx, d, errand{models.CallSubscribe, models.Poll, number}, func(ctx context.Context) (billed bool, err error) {
		answer, err = s.Subscribe(ctx, slices.Clone(wishes))
		return answer.Billed, err
	})
	return answer, err
}

// ReadPush reads what a provider sent for a subscription, and tells the body
// to answer with. Errors wrap ErrPushToken, ErrPushSign or ErrPushBody.
func (t *Tracker) ReadPush(provider string, of Subscription, body []byte) (Push, string, error) {
	d, ok := t.desks[provider]
	if !ok {
		return Push{}, "", ErrPushToken
	}
	r, ok := d.Provider.(PushReader)
	if !ok {
		return Push{}, "", ErrPushToken
	}
	push, err := r.ReadPush(of, body)
	return push, r.PushReply(), err
}
