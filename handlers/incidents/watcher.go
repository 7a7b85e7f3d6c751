// Package incidents watches what the bot depends on, and tells operators once
// when something has begun to fail and once when it is over: tracking APIs,
// budgets, doors, deliveries, the database, the queue, and work that waits.
//
// Every process looks at its own parts and keeps what it sees in the database
// (Store.Observe), so that restarts and other processes go on with the same
// incident. Whichever process finds that its time has come tells it, in one
// transaction with what operators read: one message at the start, one at the
// end, over all of them. models.Incident.Next decides, and rules.go has the
// times. While the database does not answer, the incident about that lives in
// memory, and the process that sends for a door tells it there itself.
package incidents

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"waybill/handlers"
	"waybill/internal/guard"
	"waybill/internal/retry"
	"waybill/locales"
	"waybill/models"
)

const (
	examineWithin = 2 * time.Second // the database counts as down when it takes longer
	storeWithin   = 5 * time.Second // of what is read and written in one look
)

// Store keeps incidents and knows what they are about.
type Store interface {
	Examine(ctx context.Context) error
	Incidents(ctx context.Context) ([]models.Incident, error)
	Observe(ctx context.Context, seen []models.Observation, forgotten int64) error
	StartIncident(ctx context.Context, i models.Incident, posts []models.Post, note models.Note, now models.Moment) (started bool, err error)
	EndIncident(ctx context.Context, i models.Incident, posts []models.Post, note models.Note, now models.Moment) (ended bool, err error)
	ChatAt(ctx context.Context, a models.Address) (c models.Chat, ok bool, err error)
	Spent(ctx context.Context, day string) (map[string]int64, error)
	Failing(ctx context.Context, door string, since models.Moment) (models.Failing, error)
	Waits(ctx context.Context, now models.Moment) (models.Waits, error)
	Exhausted(ctx context.Context, door string, now models.Moment) (chats int64, err error)
}

// Providers tell how the calls of this process have gone (tracking.Tracker).
type Providers interface {
	Health() []models.ProviderHealth
	LeftAlone(ctx context.Context, provider string) bool
	TryFirst(providers []string) // the next polls go to these first
}

// Meter shows what was seen.
type Meter interface {
	ProviderUp(provider string, up bool)
	Budget(provider string, limit, used int64)
	DoorUp(door string, up bool)
	Database(up bool, took time.Duration)
	QueueUp(up bool)
	Exhausted(door string, chats int64)
	Incidents(active []models.IncidentName)
	Sent(door, kind string)
}

// Part is something that is up or not.
type Part struct {
	Name  string
	Ready func() error // nil while it is up
}

// Settings are what a Watcher needs.
type Settings struct {
	Store     Store
	Providers Providers
	Names     []string // of the providers
	Budgets   map[string]int64
	Doors     map[string]handlers.Door                    // by name; may be filled until Run begins
	Parts     func() []Part                               // the doors, when Run begins
	Queue     func() error                                // nil while it is up
	Sends     func(door string, since models.Moment) bool // this process sends for a door, or did when trouble began
	Metered   func() []string                             // doors whose messages are counted, when Run begins
	Chats     []models.Address                            // of the operators
	Words     *locales.Bundle
	Zone      *time.Location // of shown times
	Speed     float64        // WAYBILL_POLL_SPEED
	Meter     Meter
	Log       *slog.Logger
	Now       func() time.Time
}

// Watcher looks after incidents. Its methods may be used at the same time.
type Watcher struct {
	s    Settings
	pace pace

	mu       sync.Mutex
	reported []models.Observation // by LookAtWork since the last look

	// Of Run alone.
	parts     []Part
	began     models.Moment   // when Run did
	reached   map[string]bool // parts that have been up since then
	database  database
	providers providers
	langs     map[models.Address][2]string // of the operators' chats, for when the database is gone
}

// New makes a Watcher, which does nothing before Run.
func New(s Settings) *Watcher {
	return &Watcher{s: s, pace: pace(s.Speed), providers: providers{emitted: map[string]models.Moment{}}, langs: map[models.Address][2]string{}, reached: map[string]bool{}}
}

// Run looks until ctx ends, and returns nil then.
func (w *Watcher) Run(ctx context.Context) error {
	w.begin()
	for ctx.Err() == nil {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			w.s.Log.Warn("look after incidents", "error", err)
		}
		_ = retry.Sleep(ctx, w.pace.every()) // the loop sees the end of ctx
	}
	return nil
}

func (w *Watcher) begin() { w.parts, w.began = w.s.Parts(), w.moment() }

func (w *Watcher) moment() models.Moment { return models.At(w.s.Now()) }

// look is one round: see, keep what was seen, tell what is due.
func (w *Watcher) look(ctx context.Context) (err error) {
	defer guard.Recover("look after incidents", &err)
	up := w.examineDatabase(ctx)
	seen := slices.Concat(w.lookAtDoors(), w.lookAtQueue(), w.takeReported())
	if !up {
		w.showProviders(ctx, nil)
		w.s.Meter.Incidents(w.database.active(nil))
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	if err := w.handOver(ctx); err != nil {
		return err
	}
	open, err := w.s.Store.Incidents(ctx)
	if err != nil {
		return err
	}
	budgets, err := w.lookAtBudgets(ctx)
	if err != nil {
		return err
	}
	seen = slices.Concat(seen, budgets, w.database.observations(w.moment()), w.providers.look(w.s.Providers.Health(), open, w.pace, w.moment()))
	seen = slices.DeleteFunc(seen, func(o models.Observation) bool { return o.Good && find(open, o.Name, o.Subject) == nil })
	if len(seen) > 0 {
		if err := w.s.Store.Observe(ctx, seen, w.pace.of(forgotten, time.Minute).Milliseconds()); err != nil {
			return err
		}
		if open, err = w.s.Store.Incidents(ctx); err != nil {
			return err
		}
	}
	w.s.Providers.TryFirst(tryFirst(open, w.pace, w.moment()))
	w.showProviders(ctx, open)
	w.s.Meter.Incidents(w.database.active(open))
	return w.tellAll(ctx, open)
}

// tellAll does what is due about each incident, the lesser ones first.
func (w *Watcher) tellAll(ctx context.Context, open []models.Incident) error {
	for _, name := range models.IncidentNames() {
		for _, i := range open {
			if i.Name != name {
				continue
			}
			step := i.Next(w.rule(i), i.Superseded(open), w.moment())
			if err := w.do(ctx, i, step, open); err != nil {
				return err
			}
		}
	}
	return nil
}

// rule says when operators hear of an incident. Where a door says in words of its own
// what is wrong, the platform has said it: waiting finds out nothing.
func (w *Watcher) rule(i models.Incident) models.IncidentRule {
	r := w.pace.rule(i.Name)
	if i.Args["Key"] != "" {
		r.StartAfter = 0
	}
	return r
}

func (w *Watcher) do(ctx context.Context, i models.Incident, step models.IncidentStep, open []models.Incident) error {
	switch step {
	case models.IncidentStarts:
		return w.tellStart(ctx, i)
	case models.IncidentEnds:
		return w.tellEnd(ctx, i, open)
	case models.IncidentGoes:
		_, err := w.s.Store.EndIncident(ctx, i, nil, models.Note{}, w.moment())
		return err
	}
	return nil
}

// report keeps what was seen until the next look.
func (w *Watcher) report(seen ...models.Observation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range seen {
		w.reported = slices.DeleteFunc(w.reported, func(r models.Observation) bool { return r.Name == o.Name && r.Subject == o.Subject })
		w.reported = append(w.reported, o)
	}
}

func (w *Watcher) takeReported() []models.Observation {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.reported
	w.reported = nil
	return seen
}

// find is the incident of a name and subject, nil when there is none.
func find(open []models.Incident, name models.IncidentName, subject string) *models.Incident {
	at := slices.IndexFunc(open, func(i models.Incident) bool { return i.Name == name && i.Subject == subject })
	if at < 0 {
		return nil
	}
	return &open[at]
}

// observed is an observation of something that is well or not.
func observed(name models.IncidentName, subject string, bad bool, now models.Moment, args map[string]string) models.Observation {
	if !bad {
		return models.Observation{Name: name, Subject: subject, Good: true, At: now}
	}
	return models.Observation{Name: name, Subject: subject, Since: now, At: now, Args: args}
}
