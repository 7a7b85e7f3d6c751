package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"waybill/handlers/incidents"
	"waybill/models"
)

// openIncidents makes what watches the parts.
func (a *app) openIncidents(context.Context) error {
	s := a.settings
	names := make([]string, len(s.Vendors))
	for i, v := range s.Vendors {
		names[i] = v.Name
	}
	a.incidents = incidents.New(incidents.Settings{
		Store: a.store, Providers: a.tracker, Names: names, Budgets: s.Budgets, Doors: a.senders, Parts: a.doorParts,
		Queue: a.queue.Ready, Sends: a.sends, Metered: a.meteredDoors, Chats: addresses(s.AdminChats), Words: a.words,
		Zone: s.Zone, Speed: s.PollSpeed, Meter: a.metrics, Log: a.log, Now: a.now,
	})
	return nil
}

// watchIncidents runs it; from here on metrics have a line for every provider and
// door that there is.
func (a *app) watchIncidents(ctx context.Context) error {
	var providers, doors []string
	for _, v := range a.settings.Vendors {
		providers = append(providers, v.Name)
	}
	for _, d := range a.doors {
		doors = append(doors, d.Name())
	}
	a.metrics.Expect(providers, doors, a.meteredDoors())
	return a.incidents.Run(ctx)
}

func (a *app) doorParts() []incidents.Part {
	parts := make([]incidents.Part, len(a.doors))
	for i, d := range a.doors {
		parts[i] = incidents.Part{Name: d.Name(), Ready: d.ready}
		if d.ready == nil {
			parts[i].Ready = func() error { return nil }
		}
	}
	return parts
}

// meteredDoors are those whose messages are counted.
func (a *app) meteredDoors() []string {
	var names []string
	for _, d := range a.doors {
		if d.traits.Metered {
			names = append(names, d.Name())
		}
	}
	return names
}

// sends says whether this process sends for a door, or did when the database was
// lost: its lease ran out since, and nobody else could take it.
func (a *app) sends(name string, since models.Moment) bool {
	at := slices.IndexFunc(a.doors, func(d *openDoor) bool { return d.Name() == name })
	return at >= 0 && a.doors[at].sending.since(since.Time().Add(-leaseMargin))
}

// leaseMargin is how much later than a database is gone somebody may notice it.
const leaseMargin = 15 * time.Second

// sending is when this process has sent for a door.
type sending struct {
	mu    sync.Mutex
	now   bool
	ended time.Time
}

func (s *sending) set(now bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now, s.ended = now, time.Now()
}

// since says whether this process sends, or has until after a moment.
func (s *sending) since(moment time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now || s.ended.After(moment)
}
