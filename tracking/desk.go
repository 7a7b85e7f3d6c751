package tracking

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"waybill/models"
)

// desk is one provider with its pace and, for each kind of call, its gate.
type desk struct {
	Provider
	gates   map[models.CallKind]*gate
	pacer   *pacer
	meter   Meter
	timeout time.Duration
	now     func() time.Time

	lesson  sync.Mutex
	learned string // the list that a Learner was handed last
}

// gate says whether one kind of call can be made now. A vendor's detection may
// be another product with another quota, so it fails and rests on its own.
type gate struct {
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	rest    *rest
}

func newDesk(p Provider, s Settings) *desk {
	d := &desk{
		Provider: p,
		gates:    map[models.CallKind]*gate{},
		pacer:    newPacer(p.Name(), s.Rates[p.Name()], s.Slots, s.Now),
		meter:    s.Meter,
		timeout:  s.Timeout,
		now:      s.Now,
	}
	for _, kind := range []models.CallKind{models.CallQuery, models.CallDetect, models.CallList, models.CallSubscribe} {
		d.gates[kind] = newGate(p.Name()+"."+string(kind), s)
	}
	return d
}

func newGate(name string, s Settings) *gate {
	return &gate{
		breaker: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name:         name,
			Timeout:      time.Duration(float64(time.Minute) / s.Speed),
			IsExcluded:   func(err error) bool { return errors.Is(err, errNotAsked) },
			IsSuccessful: func(err error) bool { return !harmful(err) },
			ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 5 },
		}),
		rest: &rest{name: name, memory: s.Memory, speed: s.Speed, now: s.Now},
	}
}

// enter asks for leave to make one kind of call: the provider does not rest,
// its breaker lets the call through, and it is the caller's turn. The moment
// goes with an error and is zero when nobody knows until when. Whoever enters
// must either call or leave.
func (d *desk) enter(ctx context.Context, kind models.CallKind, p models.Purpose) (*visit, models.Moment, error) {
	g := d.gates[kind]
	probe, until, why := g.rest.enter(ctx)
	if why != nil {
		return nil, until, &Error{Provider: d.Name(), Kind: why, Until: until, Unsent: true}
	}
	v := &visit{desk: d, rest: g.rest, probe: probe, done: func(error) {}, timeout: d.bearable(kind, p)}
	done, err := g.breaker.Allow()
	if err != nil {
		v.leave(ctx)
		return nil, 0, d.unsent("left alone after failures in a row")
	}
	v.done = done
	if err := d.pacer.wait(ctx, patience(p)); err != nil {
		v.leave(ctx)
		return nil, 0, &Error{Provider: d.Name(), Kind: ErrRate, Text: "our own pace", Unsent: true, Cause: err}
	}
	return v, 0, nil
}

// locks says whether the provider is one who locks waybills.
func (d *desk) locks() bool {
	l, ok := d.Provider.(Locker)
	return ok && l.Locks()
}

// unsent is a call that never left this machine.
func (d *desk) unsent(why string) *Error {
	return &Error{Provider: d.Name(), Kind: ErrUnavailable, Text: why, Unsent: true}
}

// bearable is how long a call may take: somebody who waits is better served by
// the next provider, and there are rules behind a detection.
func (d *desk) bearable(kind models.CallKind, p models.Purpose) time.Duration {
	switch {
	case kind == models.CallDetect:
		return min(d.timeout, 4*time.Second)
	case p == models.Person:
		return min(d.timeout, 8*time.Second)
	}
	return d.timeout
}

// patience is how long a call may wait for its turn. A poll comes again anyway.
func patience(p models.Purpose) time.Duration {
	if p == models.Person {
		return 8 * time.Second
	}
	return 4 * time.Second
}
