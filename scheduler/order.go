package scheduler

import (
	"context"
	"errors"
	"time"

	"waybill/models"
	"waybill/tracking"
)

const (
	orderHold  = 2 * time.Minute // how long what was taken for ordering is not taken again
	orderBatch = 100
	unopened   = 10 * time.Minute // until a parcel whose tail nobody has proved is looked at again
	setback    = 5 * time.Minute  // after an order that failed, doubling
)

// Order orders what is wanted, until nothing more is due or ctx ends.
func (s *Subscriber) Order(ctx context.Context) error {
	for ctx.Err() == nil {
		rows, err := s.store.TakeDueSubscriptions(ctx, s.moment(), orderHold, orderBatch)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, some := range s.batches(rows) {
			if err := s.order(ctx, some); err != nil {
				return err
			}
		}
		if len(rows) < orderBatch {
			return nil
		}
	}
	return nil
}

// batches puts together what one call can order: waybills of one carrier, as
// many as the provider takes. What has failed before goes alone, so that it
// spoils no others' order.
func (s *Subscriber) batches(rows []models.Subscription) [][]models.Subscription {
	type kind struct {
		provider string
		carrier  models.Carrier
	}
	sizes := s.orders.Batches()
	open := map[kind]int{} // the batch that is not full yet
	var all [][]models.Subscription
	for _, row := range rows {
		k := kind{row.Provider, row.Carrier}
		at, begun := open[k]
		if row.Failures > 0 || !begun {
			all = append(all, []models.Subscription{row})
			if at = len(all) - 1; row.Failures == 0 {
				open[k] = at
			}
		} else {
			all[at] = append(all[at], row)
		}
		if len(all[at]) >= sizes[row.Provider] {
			delete(open, k)
		}
	}
	return all
}

// orderItem is one waybill of an order on its way.
type orderItem struct {
	row    models.Subscription
	parcel models.Parcel
}

// order makes one call for a batch, and writes down what became of it.
func (s *Subscriber) order(ctx context.Context, rows []models.Subscription) error {
	var ready []orderItem
	var waybills []tracking.Subscription
	for _, row := range rows {
		p, tail, ok, err := s.ready(ctx, row)
		if err != nil {
			return err
		}
		if ok {
			ready = append(ready, orderItem{row, p})
			waybills = append(waybills, tracking.Subscription{Number: row.Number, Carrier: row.Carrier, Tail: tail, Token: row.Token})
		}
	}
	if len(waybills) == 0 {
		return nil
	}
	_, err := s.orders.Subscribe(ctx, rows[0].Provider, waybills)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writing)
	defer cancel()
	if err == nil {
		return s.ordered(ctx, ready)
	}
	s.log.Debug("subscribing failed", "provider", rows[0].Provider, "waybills", len(ready), "error", err)
	return s.failed(ctx, ready, err)
}

// ready says whether a waybill can be ordered now, and under which tail. One
// that cannot waits.
func (s *Subscriber) ready(ctx context.Context, row models.Subscription) (p models.Parcel, tail string, ok bool, err error) {
	now := s.moment()
	wait := func(until models.Moment) (models.Parcel, string, bool, error) {
		o := models.Ordering{State: models.SubscriptionWanted, DueAt: until}
		return p, "", false, s.store.SubscriptionsOrdered(ctx, []int64{row.ID}, o, row.AskedAt)
	}
	if row.Month == now.Day()[:7] && row.Orders >= ordersAMonth {
		return wait(nextMonth(now))
	}
	p, err = s.store.Parcel(ctx, row.ParcelID)
	if errors.Is(err, models.ErrNotFound) {
		return wait(models.Never)
	}
	if err != nil || !p.TailNeeded {
		return p, "", err == nil, err
	}
	tails, err := s.store.Tails(ctx, p.ID)
	if err != nil {
		return p, "", false, err
	}
	proved := digits(tails, models.TailOK)
	if len(proved) == 0 {
		return wait(now.Add(s.cadence.Speed.Of(unopened)))
	}
	return p, proved[0], true, nil
}

func nextMonth(now models.Moment) models.Moment {
	y, m, _ := now.Time().In(models.Shanghai).Date()
	return models.At(time.Date(y, m+1, 1, 0, 0, 0, 0, models.Shanghai))
}

// ordered notes that pushes will come, so that polls can be rarer.
func (s *Subscriber) ordered(ctx context.Context, ready []orderItem) error {
	now := s.moment()
	o := models.Ordering{State: models.SubscriptionLiving, DueAt: models.Never, Counted: true}
	if err := s.store.SubscriptionsOrdered(ctx, ids(ready), o, now); err != nil {
		return err
	}
	for _, w := range ready {
		if w.parcel.AskedAt == 0 || w.parcel.Failures > 0 {
			continue // it has not been heard of: its next check is not to wait
		}
		due := s.cadence.Next(w.parcel, Given{Pushed: true, Unasked: true}, now)
		if err := s.store.CheckLater(ctx, w.parcel, due); err != nil {
			return err
		}
	}
	return nil
}

// failed puts an order off, or gives it up where the provider will not have it.
func (s *Subscriber) failed(ctx context.Context, ready []orderItem, why error) error {
	now := s.moment()
	refused := errors.Is(why, tracking.ErrCarrier) || errors.Is(why, tracking.ErrNumber)
	var e *tracking.Error
	sent := !errors.As(why, &e) || !e.Unsent
	o := models.Ordering{
		State: models.SubscriptionWanted, DueAt: s.after(ready, e, now),
		Failed:  sent || !errors.Is(why, tracking.ErrRate),
		Counted: sent && errors.Is(why, tracking.ErrUnavailable),
	}
	if refused && len(ready) == 1 {
		o = models.Ordering{State: models.SubscriptionRefused, DueAt: models.Never}
	}
	if refused && len(ready) > 1 {
		o.DueAt = now // each on its own
	}
	if err := s.store.SubscriptionsOrdered(ctx, ids(ready), o, now); err != nil || o.State != models.SubscriptionRefused {
		return err
	}
	return s.EnsureSubscription(ctx, ready[0].parcel.ID) // another provider may take it
}

// after is when to order again.
func (s *Subscriber) after(ready []orderItem, e *tracking.Error, now models.Moment) models.Moment {
	failures := 0
	for _, w := range ready {
		failures = max(failures, w.row.Failures)
	}
	wait := s.cadence.Speed.Of(min(longest, setback<<min(failures, 16)))
	due := now.Add(wait)
	if e != nil {
		due = max(due, min(e.Until, now.Add(s.cadence.Speed.Of(longest))))
	}
	return due
}

func ids(ready []orderItem) []int64 {
	all := make([]int64, len(ready))
	for i, w := range ready {
		all[i] = w.row.ID
	}
	return all
}
