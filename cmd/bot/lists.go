package main

import (
	"context"
	"time"

	"waybill/scheduler"
)

// listsTopic is the bell that is rung when a provider's list of carriers was loaded.
const listsTopic = "lists"

// listJobs load the providers' lists of carriers, weekly.
func (h *house) listJobs() []scheduler.Job {
	return []scheduler.Job{{Name: "load carrier lists", When: "@every 10s", Do: func(ctx context.Context) error {
		loaded, err := h.tracker.LoadLists(ctx)
		if loaded {
			if err := h.queue.Wake(ctx, listsTopic); err != nil {
				h.log.Warn("tell of carrier lists", "error", err) // they look by themselves, too
			}
		}
		return err
	}}}
}

// learnEvery is how often a replica looks for lists that no bell told it of.
const learnEvery = 10 * time.Minute

// learn hands this process' providers the lists that some replica has loaded:
// at start, when the bell rings, and now and then.
func (h *house) learn(ctx context.Context) error {
	bell := h.queue.Listen(listsTopic)
	timer := time.NewTicker(learnEvery)
	defer timer.Stop()
	for {
		if err := h.tracker.UseLists(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("learn carrier lists", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-bell:
		case <-timer.C:
		}
	}
}
