package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"waybill/handlers/web"
	"waybill/models"
	"waybill/scheduler"
	"waybill/tracking"
)

// jobs are what one replica does now and then, beside checking parcels.
func (a *app) jobs() []scheduler.Job {
	jobs := []scheduler.Job{
		{Name: "load carrier lists", When: "@every 10s", Do: a.loadLists},
		{Name: "share calls among chats", When: "@every 1m", Do: func(ctx context.Context) error {
			return a.store.ShareCalls(ctx, a.settings.Prices, models.At(a.now()))
		}},
		{Name: "look at waiting work", When: "@every 5s", Do: a.incidents.LookAtWork},
		{Name: "look at credits", When: "@every 1m", Do: a.incidents.LookAtCredits},
		{Name: "look at imported tables", When: "@every 2s", Do: a.conversation.LookAtImports},
		{Name: "seal anew", When: "@every 10s", Do: a.sealAnew},
	}
	if a.subscriber == nil {
		return jobs
	}
	return append(jobs,
		scheduler.Job{Name: "order subscriptions", When: "@every 1s", Do: a.subscriber.Order},
		scheduler.Job{Name: "retire subscriptions", When: "@every 1m", Do: a.subscriber.Retire})
}

// pushRoutes are where the providers' pushes come in.
func (a *app) pushRoutes() []web.Route {
	if a.subscriber == nil {
		return nil
	}
	r := scheduler.NewReceiver(a.subscriber, a.checker)
	var routes []web.Route
	for _, v := range a.settings.Vendors {
		if _, subscribes := a.tracker.Batches()[v.Name]; !subscribes {
			continue
		}
		provider, take := v.Name, r.Push
		if v.SharedPushToken {
			take = r.Hint
		}
		routes = append(routes, web.Push(provider, func(r *http.Request, token string, body []byte) web.Taken {
			reply, err := take(r.Context(), provider, token, body)
			return web.Taken{Status: pushStatus(err), Reply: reply, Why: err}
		}, a.log))
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

// listsTopic wakes every replica when one has loaded a provider's list of carriers.
const listsTopic = "lists"

// refreshEvery is how often a replica looks for lists that nobody announced to it.
const refreshEvery = 10 * time.Minute

// loadLists loads the providers' lists of carriers, weekly.
func (a *app) loadLists(ctx context.Context) error {
	loaded, err := a.tracker.LoadLists(ctx)
	if loaded {
		if err := a.queue.Wake(ctx, listsTopic); err != nil {
			a.log.Warn("announce carrier lists", "error", err) // replicas look by themselves, too
		}
	}
	return err
}

// refreshLists hands this process' providers the lists that some replica has
// loaded: at start, when it is announced, and now and then.
func (a *app) refreshLists(ctx context.Context) error {
	announced := a.queue.Listen(listsTopic)
	timer := time.NewTicker(refreshEvery)
	defer timer.Stop()
	for {
		if err := a.tracker.UseLists(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("refresh carrier lists", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-announced:
		case <-timer.C:
		}
	}
}

// addresses reads chats such as telegram:123456; the settings have checked them.
func addresses(chats []string) []models.Address {
	var all []models.Address
	for _, chat := range chats {
		door, conversation, _ := strings.Cut(chat, ":")
		all = append(all, models.Address{Door: door, Conversation: conversation})
	}
	return all
}
