package tracking

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"waybill/models"
)

// firsts are the providers to which a poll goes first, to find out whether they
// answer again. A parcel stays with the provider that answered it last, so that
// one for which others stand in would not be asked before the next new number.
type firsts struct {
	mu    sync.Mutex
	names []string
}

// TryFirst says which providers are to be asked first now, each by one poll of a
// parcel that another one answers, over all replicas. It takes the place of what
// was said before.
func (t *Tracker) TryFirst(providers []string) {
	t.firsts.mu.Lock()
	defer t.firsts.mu.Unlock()
	t.firsts.names = slices.Clone(providers)
}

// tryFirst asks a provider that is to be asked first and whose turn it is not, and
// says whether the round is over. Nothing but a trace that is as new as what is
// stored ends it: what such a provider does not know, the parcel's own does.
func (r *round) tryFirst(ctx context.Context) bool {
	c := r.tracker.takeFirst(ctx, r.ask)
	if c == nil {
		return false
	}
	attempt := &round{tracker: r.tracker, ask: r.ask, answer: r.answer}
	attempt.try(ctx, c)
	known := r.ask.Parcel.EventAt.Add(-time.Minute) // the other one may tell no seconds
	if errors.Is(attempt.failure, models.ErrStale) || attempt.answer.Trace.Newest() >= known && attempt.answer.Trace.Provider != "" {
		*r = *attempt
		return true
	}
	r.answer.Version, r.answer.Closings = attempt.answer.Version, attempt.answer.Closings
	return false
}

// takeFirst is who is to be asked first about a parcel; nil for nobody. People do
// not wait for what may fail, and a tail is not shown to one more provider.
func (t *Tracker) takeFirst(ctx context.Context, a Ask) *client {
	if a.Purpose != models.Poll || a.Parcel.TailNeeded || a.Tail != "" {
		return nil
	}
	c := t.firsts.take(t.order(a.Parcel))
	if c == nil {
		return nil
	}
	now := t.now()
	if why, until := c.cooldowns[models.CallQuery].current(ctx); why != "" && now < until || !t.memory.first(ctx, "first", c.name(), now.Add(probeFor)) {
		return nil
	}
	return c
}

// take takes one out of those that are to be asked first, if it can be asked in
// this order and is not the first of it anyway.
func (f *firsts) take(order []*client) *client {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.names) == 0 || len(order) < 2 {
		return nil
	}
	for _, c := range order[1:] {
		if at := slices.Index(f.names, c.name()); at >= 0 {
			f.names = slices.Delete(f.names, at, at+1)
			return c
		}
	}
	return nil
}
