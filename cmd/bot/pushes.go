package main

import (
	"context"
	"errors"
	"net/http"

	"waybill/handlers/web"
	"waybill/models"
	"waybill/models/store"
	"waybill/scheduler"
	"waybill/tracking"
)

// openPushes makes what subscribes and takes pushes, if a provider offers it.
func (h *house) openPushes(context.Context) error {
	if len(h.tracker.Batches()) == 0 {
		return nil
	}
	h.subscriber = scheduler.NewSubscriber(scheduler.SubscriberSettings{
		Orders: h.tracker, Store: h.store, Cadence: h.cadence(), Log: h.log, Now: h.now,
	})
	return nil
}

// pushJobs keep subscriptions.
func (h *house) pushJobs() []scheduler.Job {
	if h.subscriber == nil {
		return nil
	}
	return []scheduler.Job{
		{Name: "subscribe", When: "@every 1s", Do: h.subscriber.Order},
		{Name: "rest subscriptions", When: "@every 1m", Do: h.subscriber.Retire},
	}
}

// pushRoutes are where the providers' pushes come in.
func (h *house) pushRoutes() []web.Route {
	if h.subscriber == nil {
		return nil
	}
	r := scheduler.NewReceiver(h.subscriber, h.checker)
	var routes []web.Route
	for _, v := range h.settings.Vendors {
		if _, subscribes := h.tracker.Batches()[v.Name]; !subscribes {
			continue
		}
		provider, take := v.Name, r.Push
		if v.SharedPushToken {
			take = r.Hint
		}
		routes = append(routes, web.Push(provider, func(r *http.Request, token string, body []byte) web.Taken {
			reply, err := take(r.Context(), provider, token, body)
			return web.Taken{Status: pushStatus(err), Reply: reply, Why: err}
		}, h.log))
	}
	return routes
}

func pushStatus(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, tracking.ErrPushToken):
		return http.StatusNotFound
	case errors.Is(err, tracking.ErrPushSign):
		return http.StatusUnauthorized
	case errors.Is(err, tracking.ErrPushBody):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// wishing keeps who follows what, and has what is followed subscribed to. A
// wish that is lost comes again with the parcel's next check.
type wishing struct {
	*store.Store
	house *house
}

// Follow keeps the follow and wishes for a subscription.
func (w wishing) Follow(ctx context.Context, f models.Following, now models.Moment) (models.Follow, error) {
	follow, err := w.Store.Follow(ctx, f, now)
	if err != nil || w.house.subscriber == nil {
		return follow, err
	}
	if err := w.house.subscriber.EnsureSubscription(ctx, f.ParcelID); err != nil {
		w.house.log.Warn("wish for a subscription", "parcel", f.ParcelID, "error", err)
	}
	return follow, nil
}
