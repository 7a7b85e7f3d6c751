package main

import (
	"context"
	"time"

	"waybill/scheduler"
)

// listsTopic wakes every replica when one has loaded a provider's list of carriers.
const listsTopic = "lists"

// listJobs load the providers' lists of carriers, weekly.
func (h *house) listJobs() []scheduler.Job {
	return []scheduler.Job{{Name: "load carrier lists", When: "@every 10s", Do: func(ctx context.Context) error {
		loaded, err := h.tracker.LoadLists(ctx)
		if loaded {
			if err := h.queue.Wake(ctx, listsTopic); err != nil {
				h.log.Warn("announce carrier lists", "error", err) // replicas look by themselves, too
			}
		}
		return err
	}}}
}

// refreshEvery is how often a replica looks for lists that nobody announced to it.
const refreshEvery = 10 * time.Minute

// refreshLists hands this process' providers the lists that some replica has
// loaded: at start, when it is announced, and now and then.
func (h *house) refreshLists(ctx context.Context) error {
	announced := h.queue.Listen(listsTopic)
	timer := time.NewTicker(refreshEvery)
	defer timer.Stop()
	for {
		if err := h.tracker.UseLists(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("refresh carrier lists", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-announced:
		case <-timer.C:
		}
	}
}
