package main

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"waybill/models"
	"waybill/scheduler"
	"waybill/tracking"
)

// world is where journeys are played: a store in memory, a provider that shows what has
// been uploaded by now, and a clock that jumps to what is due next. What is decided, and
// when a parcel is asked about again, is the product's own (scheduler.Checker).
type world struct {
	scheduler.Store // what is not needed is nil, and panics

	policy  policy
	now     models.Moment
	parcels []*played
	due     queue
	checker *scheduler.Checker
	rhythm  *scheduler.Rhythm
	learned map[cell]*models.Rhythm
	err     error
}

type cell struct {
	carrier models.Carrier
	leg     string
	slot    int
}

// played is one journey on its way through the world.
type played struct {
	journey Journey
	scans   []models.Event // as the provider shows them, oldest first
	shown   []models.Moment
	parcel  models.Parcel
	known   []models.Event
	had     []bool // which of its scans the bot has
	pushes  []models.Subscription
	luck    *rand.Rand

	calls  int
	last   models.Moment
	delays []delay
	phase  time.Duration // of the vendor's own look at the carrier
}

// delay is how long one scan waited for the bot.
type delay struct {
	wait  time.Duration
	night bool // it was uploaded in quiet hours
}

// entry is when something is due: a check, or the vendor's own look at the carrier.
type entry struct {
	at   models.Moment
	n    int
	push bool
}

type queue []entry

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at < q[j].at || q[i].at == q[j].at && q[i].n < q[j].n }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(entry)) } //nolint:errcheck // nothing else is pushed
func (q *queue) Pop() any          { e := (*q)[len(*q)-1]; *q = (*q)[:len(*q)-1]; return e }

// newWorld is a world before its first day.
func newWorld(journeys []Journey, p policy) (*world, error) {
	w := &world{policy: p, learned: map[cell]*models.Rhythm{}}
	quiet := slog.New(slog.DiscardHandler)
	clock := func() time.Time { return w.now.Time() }
	settings := scheduler.CheckerSettings{Tracker: w, Store: w, Waker: w, Cadence: p.cadence(), Log: quiet, Now: clock}
	if p.rhythm {
		r, err := scheduler.NewRhythm()
		if err != nil {
			return nil, err
		}
		w.rhythm, settings.Rhythm = r, r
	}
	if p.pushes {
		settings.Subscriber = scheduler.NewSubscriber(scheduler.SubscriberSettings{
			Orders: nil, Store: w, Cadence: p.cadence(), Log: quiet, Now: clock,
		})
	}
	w.checker = scheduler.NewChecker(settings)
	for i, j := range journeys {
		w.add(i, j)
	}
	heap.Init(&w.due)
	return w, nil
}

func (w *world) add(i int, j Journey) {
	p := &played{journey: j, luck: rand.New(rand.NewPCG(uint64(i), 7))}
	followed := models.At(j.Followed)
	for _, s := range j.Events {
		e := models.Event{Kind: models.Scan, At: models.At(s.At), Text: s.Text, Place: s.Place}
		e.Sign()
		p.scans = append(p.scans, e)
		shown := e.At.Add(w.policy.lag)
		if !s.Shown.IsZero() {
			shown = models.At(s.Shown)
		}
		p.shown = append(p.shown, shown)
	}
	p.had = make([]bool, len(p.scans))
	p.parcel = models.Parcel{ID: int64(i + 1), Number: fmt.Sprintf("P%09d", i), Carrier: j.Carrier, CreatedAt: followed, StatusAt: followed}
	if w.policy.pushes {
		p.pushes = []models.Subscription{{ID: int64(i + 1), ParcelID: int64(i + 1), Provider: provider, State: models.SubscriptionLiving, AskedAt: followed, DueAt: models.Never}}
		p.phase = vendorLooks * time.Duration(p.luck.IntN(1000)) / 1000
		w.due = append(w.due, entry{followed.Add(p.phase), i, true})
	}
	p.parcel.DueAt = followed
	w.due = append(w.due, entry{followed, i, false})
	w.parcels = append(w.parcels, p)
}

const (
	provider    = "api"
	day         = 24 * time.Hour
	vendorLooks = 4 * time.Hour // Kuaidi100 looks about every four hours, and pushes what has changed
)

// run plays until nothing more is due.
func (w *world) run(ctx context.Context) error {
	var exchanged, faded models.Moment
	for w.due.Len() > 0 && w.err == nil {
		e := heap.Pop(&w.due).(entry) //nolint:errcheck // nothing else is in it
		w.now = e.at
		if w.policy.records && w.now.Sub(exchanged) > 6*time.Hour {
			if err := w.rhythm.Exchange(ctx, w, w.now); err != nil {
				return err
			}
			exchanged = w.now
		}
		if w.now.Sub(faded) > day {
			_, faded = w.FadeRhythm(ctx, w.now), w.now
		}
		p := w.parcels[e.n]
		if e.push {
			w.pushed(ctx, e.n, p)
			continue
		}
		if e.at != p.parcel.DueAt || !w.policy.polls && p.calls > 0 {
			continue
		}
		if _, err := w.checker.Check(ctx, p.parcel, "", models.Poll); err != nil {
			return err
		}
	}
	return w.err
}

// pushed is the vendor's own look: it sends what has changed since its last.
func (w *world) pushed(ctx context.Context, n int, p *played) {
	if !p.parcel.Live() {
		return
	}
	if next := w.now.Add(vendorLooks); next < slices.Max(p.shown).Add(10*vendorLooks) {
		heap.Push(&w.due, entry{next, n, true})
	}
	if t := w.trace(p); len(t.Events) > len(p.had)-p.missed() {
		if err := w.checker.Push(ctx, p.parcel.ID, t, ""); err != nil {
			w.err = err
		}
		w.found(p)
	}
}

// Ask is the provider: it is paid, and shows what has been uploaded by now.
func (w *world) Ask(_ context.Context, a tracking.Ask) tracking.Answer {
	p := w.parcels[a.Parcel.ID-1]
	if p.last != 0 && w.now.Sub(p.last) < floor {
		w.err = fmt.Errorf("parcel %d was asked about twice within %s", a.Parcel.ID, w.now.Sub(p.last))
	}
	p.calls, p.last = p.calls+1, w.now
	p.parcel.Version++
	answer := tracking.Answer{Version: p.parcel.Version, Closings: []models.Closing{{Ticket: models.Ticket{Provider: provider, At: w.now}, Billed: true, At: w.now}}}
	if p.luck.Float64() < w.policy.failing {
		answer.Err = tracking.ErrUnavailable
		return answer
	}
	answer.Trace = w.trace(p)
	if len(answer.Trace.Events) == 0 {
		answer.Err = tracking.ErrNoRecord
	}
	w.found(p)
	return answer
}

// trace is what the provider shows now.
func (w *world) trace(p *played) models.Trace {
	t := models.Trace{Provider: provider, Carrier: p.parcel.Carrier, Status: models.Pending}
	for i, e := range p.scans {
		if p.shown[i] <= w.now {
			t.Events = append(t.Events, e)
			t.Status = p.journey.Events[i].Status
		}
	}
	slices.Reverse(t.Events)
	return t
}

// found notes how long the scans have waited that the bot has now.
func (w *world) found(p *played) {
	for i, at := range p.shown {
		if p.had[i] || at > w.now {
			continue
		}
		p.had[i] = true
		if at >= p.parcel.CreatedAt {
			p.delays = append(p.delays, delay{w.now.Sub(at), quietHours().During(at)})
		}
	}
}

// missed is how many of its scans the bot does not have.
func (p *played) missed() int {
	n := 0
	for _, had := range p.had {
		if !had {
			n++
		}
	}
	return n
}

// Wake wakes nobody: there are no chats.
func (w *world) Wake(context.Context, string) error { return nil }

// Parcel, and those below, are the store in memory.
func (w *world) Parcel(_ context.Context, id int64) (models.Parcel, error) {
	return w.parcels[id-1].parcel, nil
}

// Tails are none.
func (w *world) Tails(context.Context, int64) ([]models.Tail, error) { return nil, nil }

// Known are the events that are stored.
func (w *world) Known(_ context.Context, id int64) ([]models.Event, error) {
	return w.parcels[id-1].known, nil
}

// Journeys are none: every route's silence is the usual one.
func (w *world) Journeys(context.Context, models.Route) ([][]models.Journey, error) { return nil, nil }

// Finish stores the end of a check, and when the next is due.
func (w *world) Finish(_ context.Context, f models.Finish, now models.Moment) (models.Parcel, error) {
	p := w.parcels[f.Change.Parcel.ID-1]
	if f.Version != p.parcel.Version {
		return f.Change.Parcel, models.ErrStale
	}
	p.known = append(p.known, f.Change.Events...)
	was := p.parcel
	p.parcel = f.Change.Parcel
	p.parcel.Version, p.parcel.SettledAt, p.parcel.DueAt = was.Version+1, now, f.DueAt
	if w.policy.every != 0 && p.parcel.Live() {
		p.parcel.DueAt = p.last.Add(w.policy.every)
	}
	if w.policy.every != 0 && !p.parcel.Live() {
		p.parcel.DueAt = models.Never
	}
	if p.parcel.DueAt < models.Never {
		heap.Push(&w.due, entry{p.parcel.DueAt, int(p.parcel.ID - 1), false})
	}
	return p.parcel, nil
}

// Settle has nothing to complete.
func (w *world) Settle(context.Context, []models.Closing) error { return nil }

// Subscriptions are those of the parcel.
func (w *world) Subscriptions(_ context.Context, id int64) ([]models.Subscription, error) {
	return w.parcels[id-1].pushes, nil
}

// MarkSilent notes that pushes do not come.
func (w *world) MarkSilent(_ context.Context, id int64, now models.Moment) error {
	w.parcels[id-1].pushes[0].SilentAt = now
	return errors.New("a push did not come")
}

// Rhythm is what was learned.
func (w *world) Rhythm(context.Context) ([]models.Rhythm, error) {
	all := make([]models.Rhythm, 0, len(w.learned))
	for _, r := range w.learned {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b models.Rhythm) int { // sums of floating numbers depend on their order
		return cmp.Or(cmp.Compare(a.Carrier, b.Carrier), cmp.Compare(a.Leg, b.Leg), cmp.Compare(a.Slot, b.Slot))
	})
	return all, nil
}

// AddRhythm adds what was counted.
func (w *world) AddRhythm(_ context.Context, counts []models.Rhythm, _ models.Moment) error {
	for _, n := range counts {
		k := cell{n.Carrier, n.Leg, n.Slot}
		if w.learned[k] == nil {
			w.learned[k] = &models.Rhythm{Carrier: n.Carrier, Leg: n.Leg, Slot: n.Slot}
		}
		w.learned[k].Scans += n.Scans
		w.learned[k].Exposure += n.Exposure
	}
	return nil
}

// FadeRhythm lets a day's part of it go.
func (w *world) FadeRhythm(context.Context, models.Moment) error {
	left := math.Pow(0.5, float64(day)/float64(models.RhythmHalves))
	for _, r := range w.learned {
		r.Scans, r.Exposure = r.Scans*left, r.Exposure*left
	}
	return nil
}
