// Package tracking finds the carrier of a number and asks the tracking APIs in
// turn. It defines what a provider is (Provider), how the program knows one
// (Vendor), the few names that refusals are translated into, and the Tracker
// that keeps the vendors' rules and the operator's money.
//
// One check goes through the providers in turn (round.go). Each has a client
// that leaves it alone when it must (cooldown.go) and keeps its rate (pacer.go);
// the ledger gives leave for each call by the floor and the budget.
package tracking

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"waybill/internal/troublelog"
	"waybill/models"
)

const day = 24 * time.Hour

// Ledger is where every paid call is written before its first byte leaves.
type Ledger interface {
	// Begin gives leave for one call, or a *models.Refusal or models.ErrStale.
	Begin(ctx context.Context, c models.Call, now models.Moment) (models.Ticket, error)
	// Settle completes rows of calls that no parcel waits for.
	Settle(ctx context.Context, closings []models.Closing) error
}

// Meter counts calls, and failures of the shared memory by the kind of what it keeps.
type Meter interface {
	Called(provider string, kind models.CallKind, outcome models.Outcome, billed bool, took time.Duration)
	MemoryFailed(kind string)
}

// Settings say how the providers are to be asked.
type Settings struct {
	Providers []Provider // in the order in which they are asked
	Carriers  Table
	Ledger    Ledger
	Memory    Memory
	Slots     Slots
	Meter     Meter                   // may be nil
	Log       *slog.Logger            // may be nil
	Rates     map[string]float64      // calls a second by provider; 0 or absent: no limit
	Budgets   map[string]int64        // billed calls a day by provider; absent: no limit
	Floor     time.Duration           // one provider is asked about one waybill at most once in it
	Speed     float64                 // divides waits; 1 in production, never 0
	Calls     int                     // of polls that are under way together; 0 means 256
	Timeout   time.Duration           // of one call; 0 means 15 s, which models.CheckTakes allows for
	Owner     string                  // this process among the replicas
	Gone      func(owner string) bool // whether a process is no more; nil: nobody can tell
	Now       func() time.Time
}

// Tracker asks the providers in turn. It keeps their rules and the operator's
// money. It is safe for concurrent use.
type Tracker struct {
	clients  []*client // in the order in which they are asked
	carriers Table
	ledger   Ledger
	memory   memory
	budgets  map[string]int64
	floor    time.Duration
	speed    float64
	owner    string
	gone     func(owner string) bool
	clock    func() time.Time
	firsts   firsts

	lookups  singleflight.Group // what is being found out now, by kind and key
	running  sync.WaitGroup     // those who wait for it
	lifetime context.Context    // of lookups, which outlive their callers
	end      context.CancelFunc
}

// New makes a Tracker. It asks nothing yet.
func New(s Settings) *Tracker {
	if s.Timeout == 0 {
		s.Timeout = 15 * time.Second
	}
	if s.Meter == nil {
		s.Meter = unmetered{}
	}
	if s.Gone == nil {
		s.Gone = func(string) bool { return false }
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	t := &Tracker{
		carriers: s.Carriers, ledger: s.Ledger, memory: memory{s.Memory, s.Meter, s.Log, troublelog.New(s.Log), s.Now},
		budgets: s.Budgets, floor: s.Floor, speed: s.Speed, owner: s.Owner, gone: s.Gone, clock: s.Now,
	}
	t.lifetime, t.end = context.WithCancel(context.Background())
	slots := newCallSlots(s.Calls)
	for _, p := range s.Providers {
		t.clients = append(t.clients, newClient(p, s, t.memory, slots))
	}
	return t
}

// closeWithin is how long lookups may go on when the process stops.
const closeWithin = 2 * time.Second

// Close waits for lookups whose callers have left, because their answers are
// paid for and worth keeping, and ends them after two seconds. Nothing may be
// asked any more.
func (t *Tracker) Close() error {
	defer time.AfterFunc(closeWithin, t.end).Stop()
	t.running.Wait()
	t.end()
	return nil
}

// Ask is one request to know about a parcel.
type Ask struct {
	Parcel  models.Parcel
	Tail    string // "" or four digits
	Untried bool   // no provider has seen this tail yet: it may be asked about inside the floor
	Purpose models.Purpose
}

// Answer is what came of it. Err is nil with a trace; else it wraps one of the
// names of this package, a *models.Refusal, or models.ErrStale. Closings are
// to be written with the parcel (models.Finish), whatever Err is.
type Answer struct {
	Trace    models.Trace
	Err      error
	Version  int64 // the parcel's version now
	Closings []models.Closing
	Until    models.Moment // no sense in asking before; zero when nobody said
}

// Ask asks the providers in turn until one answers: the one that answered this
// parcel last time first, unless TryFirst has named another. "No record" is an
// answer too, but another provider is asked about it once a day.
func (t *Tracker) Ask(ctx context.Context, a Ask) Answer {
	if a.Parcel.CheckUnderWay(t.now(), t.gone) {
		return Answer{Err: models.ErrStale, Version: a.Parcel.Version} // its answer is paid for already
	}
	r := &round{tracker: t, ask: a, answer: Answer{Version: a.Parcel.Version}}
	if until := t.freshUntil(a); until > 0 {
		r.answer.Err, r.answer.Until = &models.Refusal{Why: models.ErrFloor, Until: until}, until
		return r.answer
	}
	if r.tryFirst(ctx) {
		return r.result()
	}
	for _, c := range t.order(a.Parcel) {
		if r.try(ctx, c) {
			break
		}
	}
	return r.result()
}

// freshUntil tells until when the last answer is fresh enough, zero when it is not.
func (t *Tracker) freshUntil(a Ask) models.Moment {
	p := a.Parcel
	if a.Untried || corrected(p, p.Provider) || p.HeardAt < p.AskedAt || p.AskedAt == 0 {
		return 0
	}
	until := p.AskedAt.Add(t.apart(p.Provider))
	if t.now() < until {
		return until
	}
	return 0
}

// corrected says that the parcel's carrier was put right after the last call,
// so that a provider which was asked under the wrong one may be asked again
// inside the floor. The one whose answer has put it right knows no more than it
// said then.
func corrected(p models.Parcel, provider string) bool {
	return p.CorrectedAt > p.AskedAt && (p.CorrectedAt > p.HeardAt || provider != p.Provider)
}

// apart is how long after the start of one call the next may start at the same
// provider about the same waybill. A request may leave a little after its start
// (sendWithin); for a provider that locks the margin is added, smaller with a
// floor below 30 minutes, which serves emulators only.
func (t *Tracker) apart(provider string) time.Duration {
	if c := t.client(provider); c == nil || !c.provider.Locks {
		return t.floor
	}
	return t.floor + min(sendWithin, t.floor/600)
}

// client is the client of a provider, nil when it is not configured.
func (t *Tracker) client(provider string) *client {
	for _, c := range t.clients {
		if c.name() == provider {
			return c
		}
	}
	return nil
}

// order is who is asked about a parcel: whoever answered it last, then the others.
func (t *Tracker) order(p models.Parcel) []*client {
	var first, others []*client
	for _, c := range t.clients {
		switch {
		case !c.provider.Serves(p.Carrier):
		case c.name() == p.Provider:
			first = append(first, c)
		default:
			others = append(others, c)
		}
	}
	return append(first, others...)
}

// Serves says whether some provider can be asked about this carrier ("": about none).
func (t *Tracker) Serves(c models.Carrier) bool {
	return len(t.order(models.Parcel{Carrier: c})) > 0
}

func (t *Tracker) now() models.Moment { return models.At(t.clock()) }

// limit is the budget that a purpose may use: polling stops at 80 %.
func (t *Tracker) limit(provider string, purpose models.Purpose) int64 {
	whole, limited := t.budgets[provider]
	if !limited {
		return 0
	}
	if purpose == models.Poll {
		return PollLimit(whole)
	}
	return whole
}

// PollLimit is how much of a day's budget polling may use: 80 %, never more,
// but one call at least.
func PollLimit(budget int64) int64 { return max(1, budget/10*8+budget%10*8/10) }

type unmetered struct{}

func (unmetered) Called(string, models.CallKind, models.Outcome, bool, time.Duration) {}
func (unmetered) MemoryFailed(string)                                                 {}
