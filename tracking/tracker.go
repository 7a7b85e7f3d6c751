package tracking

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/sync/singleflight"

	"waybill/models"
)

// Ledger is where every paid call is written before its first byte leaves.
type Ledger interface {
	// Begin gives leave for one call, or a *models.Refusal or models.ErrStale.
	Begin(ctx context.Context, c models.Call, now models.Moment) (models.Ticket, error)
	// Settle completes rows of calls that no parcel waits for.
	Settle(ctx context.Context, closings []models.Closing) error
}

// Memory keeps answers that many replicas share, until they grow old.
type Memory interface {
	Recall(ctx context.Context, kind, key string, now models.Moment) ([]byte, bool, error)
	Remember(ctx context.Context, kind, key string, value []byte, until models.Moment) error
	// Once says whether this is the first time that anybody says so of a key, until then.
	Once(ctx context.Context, kind, key string, until, now models.Moment) (first bool, err error)
}

// Meter counts calls.
type Meter interface {
	Called(provider string, kind models.CallKind, outcome models.Outcome, billed bool, took time.Duration)
}

// Settings say how the providers are to be asked.
type Settings struct {
	Providers []Provider // in the order in which they are asked
	Carriers  Table
	Ledger    Ledger
	Memory    Memory
	Slots     Slots
	Meter     Meter              // may be nil
	Rates     map[string]float64 // calls a second by provider; 0 or absent: no limit
	Budgets   map[string]int64   // billed calls a day by provider; absent: no limit
	Floor     time.Duration      // one provider is asked about one waybill at most once in it
	Speed     float64            // divides waits; 1 in production, never 0
	Timeout   time.Duration      // of one call; 0 means 15 s
	Now       func() time.Time
}

// Tracker asks the providers in turn. It keeps their rules and the operator's
// money: the floor, budgets, rates and locks by way of the ledger's rows,
// circuit breakers and sleeps by itself.
type Tracker struct {
	Settings
	desks   map[string]*desk
	flights singleflight.Group // what is being found out now, by kind and key
}

// New makes a Tracker. It asks nothing yet.
func New(s Settings) *Tracker {
	if s.Timeout == 0 {
		s.Timeout = 15 * time.Second
	}
	if s.Meter == nil {
		s.Meter = unmetered{}
	}
	t := &Tracker{Settings: s, desks: map[string]*desk{}}
	for _, p := range s.Providers {
		t.desks[p.Name()] = newDesk(p, s)
	}
	return t
}

// Ask is one wish to know about a parcel.
type Ask struct {
	Parcel    models.Parcel
	Tail      string // "" or four digits
	Untried   bool   // no provider has seen this tail yet: it may be asked about inside the floor
	Corrected bool   // the carrier was just corrected: likewise
	Purpose   models.Purpose
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
// parcel last time first. "No record" is an answer too, but another provider
// is asked about it once a day.
func (t *Tracker) Ask(ctx context.Context, a Ask) Answer {
	if t.underWay(a.Parcel) {
		return Answer{Err: models.ErrStale, Version: a.Parcel.Version}
	}
	round := &round{tracker: t, ask: a, answer: Answer{Version: a.Parcel.Version}}
	if until := t.heard(a); until > 0 {
		round.answer.Err, round.answer.Until = &models.Refusal{Why: models.ErrFloor, Until: until}, until
		return round.answer
	}
	for _, p := range t.order(a.Parcel) {
		if round.try(ctx, t.desks[p.Name()]) {
			break
		}
	}
	return round.result()
}

// heard tells until when the last answer is fresh enough, zero when it is not.
func (t *Tracker) heard(a Ask) models.Moment {
	if a.Untried || a.Corrected || a.Parcel.HeardAt < a.Parcel.AskedAt || a.Parcel.AskedAt == 0 {
		return 0
	}
	until := a.Parcel.AskedAt.Add(t.apart(a.Parcel.Provider))
	if t.now() < until {
		return until
	}
	return 0
}

// apart is how long after the start of one call the next may start at the same
// provider about the same waybill. A request may leave a little after its start
// (begun); for a provider who locks the margin is added, smaller with a floor
// below 30 minutes, which serves emulators only.
func (t *Tracker) apart(provider string) time.Duration {
	if d := t.desks[provider]; d == nil || !d.locks() {
		return t.Floor
	}
	return t.Floor + min(begun, t.Floor/600)
}

// underWay says that a check of the parcel has begun and not ended: its answer
// is paid for already. One that takes longer than twice the time-out has died.
func (t *Tracker) underWay(p models.Parcel) bool {
	return p.AskedAt > p.SettledAt && t.now().Sub(p.AskedAt) < 2*t.Timeout
}

// order is who is asked about a parcel: whoever answered it last, then the others.
func (t *Tracker) order(p models.Parcel) []Provider {
	var first, rest []Provider
	for _, provider := range t.Providers {
		switch {
		case !provider.Serves(p.Carrier):
		case provider.Name() == p.Provider:
			first = append(first, provider)
		default:
			rest = append(rest, provider)
		}
	}
	return append(first, rest...)
}

// Serves says whether some provider can be asked about this carrier ("": about none).
func (t *Tracker) Serves(c models.Carrier) bool {
	return len(t.order(models.Parcel{Carrier: c})) > 0
}

// NewClient is the HTTP client that every provider gets: it follows no
// redirect (a redirected key would leak) and keeps enough connections open.
func NewClient(timeout time.Duration) *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second}
	transport.MaxIdleConnsPerHost = 256
	transport.MaxIdleConns = 1024
	transport.IdleConnTimeout = 30 * time.Second // fewer kept connections that the vendor has closed meanwhile
	return &http.Client{
		Timeout:       timeout,
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type unmetered struct{}

func (unmetered) Called(string, models.CallKind, models.Outcome, bool, time.Duration) {}

// asError finds a provider's *Error in err.
func asError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
