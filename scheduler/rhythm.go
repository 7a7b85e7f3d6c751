package scheduler

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"waybill/internal/retry"
	"waybill/models"
	"waybill/models/rhythm"
)

const (
	// stretch is how many times the table's interval a parcel waits at most where hardly
	// any news is to be expected: as long as in quiet hours without a rhythm.
	stretch = 3
	// asleep is what an hour counts that news waits in quiet hours, and fetched one that the
	// news waits of a parcel's having been fetched: whoever fetched it knows.
	asleep  = 0.7
	fetched = 0.5
)

// ByTheClock says that hours of the day mean something: not at another speed than the
// world's, at which DESIGN 7's table holds alone.
func (c Cadence) ByTheClock() bool { return c.Speed == 0 || c.Speed == 1 }

// likely is the time until news is likely enough to be worth a call, where it is known
// when the parcel's carrier moves. table is DESIGN 7's interval: a parcel out for delivery
// waits no longer, others three times as long at most.
func (c Cadence) likely(p models.Parcel, g Given, table time.Duration, now models.Moment) (time.Duration, bool) {
	curve, known := g.Rhythm.Curve(p.Carrier, g.Leg)
	if !known || g.Pushed || !c.ByTheClock() {
		return 0, false
	}
	most, matters := table*stretch, 1.0
	switch p.Status { //nolint:exhaustive // all others are alike
	case models.OutForDelivery:
		most = table
	case models.ReadyForPickup:
		matters = fetched
	}
	weight := func(at models.Moment) float64 {
		if p.Status != models.OutForDelivery && c.Quiet.During(at) {
			return matters * asleep
		}
		return matters
	}
	return curve.Wait(cmp.Or(p.EventAt, p.CreatedAt), now, c.Floor, most, g.Rhythm.Dear()*cmp.Or(c.Dear, 1), weight), true
}

// legOf is where a parcel is, by an answer's newest scan. An older answer's says nothing.
func legOf(p models.Parcel, t models.Trace) rhythm.Leg {
	if len(t.Events) == 0 || t.Events[0].At < p.EventAt {
		return rhythm.LegOf(p.Status, "")
	}
	return rhythm.LegOf(p.Status, t.Events[0].Text)
}

// RhythmStore keeps what scans have shown of when carriers move.
type RhythmStore interface {
	Rhythm(ctx context.Context) ([]models.Rhythm, error)
	AddRhythm(ctx context.Context, counts []models.Rhythm, now models.Moment) error
}

// Rhythm records what scans show of when carriers move. It is safe for concurrent use; nil
// knows and records nothing.
type Rhythm struct {
	builtIn *rhythm.Table
	table   atomic.Pointer[rhythm.Table]

	mu     sync.Mutex
	counts *rhythm.Counts
}

// NewRhythm begins with what is built in.
func NewRhythm() (*Rhythm, error) {
	built, err := rhythm.Load()
	if err != nil {
		return nil, err
	}
	r := &Rhythm{builtIn: built, counts: built.NewCounts()}
	r.table.Store(built)
	return r, nil
}

// Table is what is known now; nil when nothing is.
func (r *Rhythm) Table() *rhythm.Table {
	if r == nil {
		return nil
	}
	return r.table.Load()
}

// record counts the scans that a check has found: on which leg, how long after the one
// before each was shown, and how long it waited for a poll.
func (r *Rhythm) record(e *result, t models.Trace, now models.Moment) {
	if r == nil || !e.change.News() {
		return
	}
	carrier := e.change.Parcel.Carrier
	lag := r.Table().Lag(carrier)
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range t.Events {
		scan := t.Events[i]
		if !slices.ContainsFunc(e.change.Events, func(n models.Event) bool { return n.Kind == models.Scan && n.Identity == scan.Identity }) {
			continue
		}
		shown := scan.At
		if e.was.HeardAt != 0 && !e.pushed {
			sighting := rhythm.Sighting{Made: scan.At, Before: e.was.HeardAt, Now: now}
			r.counts.Found(carrier, lag, sighting)
			shown = lag.Shown(sighting)
		}
		if i+1 == len(t.Events) {
			continue
		}
		before := t.Events[i+1]
		status := before.Status
		if status == "" && e.was.EventAt != 0 {
			status = e.was.Status // not each scan's own is known, but what stood between two checks
		}
		r.counts.Gap(carrier, rhythm.LegOf(status, before.Text), before.At, shown)
	}
}

// Exchange stores what this process has counted since the last time, and reads what all
// have. Counts that cannot be stored are lost: some minutes' of weeks.
func (r *Rhythm) Exchange(ctx context.Context, store RhythmStore, now models.Moment) error {
	r.mu.Lock()
	counts := r.counts.All()
	r.counts = r.builtIn.NewCounts()
	r.mu.Unlock()
	if err := store.AddRhythm(ctx, counts, now); err != nil {
		return fmt.Errorf("store rhythm: %w", err)
	}
	all, err := store.Rhythm(ctx)
	if err != nil {
		return fmt.Errorf("read rhythm: %w", err)
	}
	r.table.Store(r.builtIn.With(all))
	return nil
}

// exchangedEvery is how often processes tell one another what they have seen.
const exchangedEvery = 10 * time.Minute

// Keep exchanges with the store now, every ten minutes, and when ctx ends.
func (r *Rhythm) Keep(ctx context.Context, store RhythmStore, log *slog.Logger, now func() time.Time) {
	if r == nil {
		return
	}
	exchange := func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, writing)
		defer cancel()
		if err := r.Exchange(ctx, store, models.At(now())); err != nil {
			log.Warn("exchange rhythm", "error", err)
		}
	}
	for ctx.Err() == nil {
		exchange(ctx)
		_ = retry.Sleep(ctx, exchangedEvery) // the loop sees the end of ctx
	}
	exchange(context.WithoutCancel(ctx))
}
