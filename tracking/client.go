package tracking

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"waybill/internal/guard"
	"waybill/internal/troublelog"
	"waybill/models"
)

// sendWithin is how long after its start, the time of its ledger row, a request
// may still be sent: later, it would be too near to the next one for a vendor,
// which counts from when it came.
const sendWithin = 3 * time.Second

// errLate ends a request that has found no connection in time.
var errLate = errors.New("no connection in time")

// client calls one provider: when its cooldown allows it, at its rate, under a
// time-out, and records how the call ended.
type client struct {
	provider  Provider
	cooldowns map[models.CallKind]*cooldown // a vendor's detection may be another product with another quota
	pacer     *pacer
	slots     *callSlots // of all providers
	meter     Meter
	log       *slog.Logger
	trouble   *troublelog.Log
	timeout   time.Duration
	now       func() time.Time

	listing sync.Mutex
	list    string // the provider's own list of carriers that it was given last
}

func newClient(p Provider, s Settings, m memory, slots *callSlots) *client {
	c := &client{
		provider:  p,
		cooldowns: map[models.CallKind]*cooldown{},
		pacer:     newPacer(p.Name, s.Rates[p.Name], s.Slots, s.Now),
		slots:     slots,
		meter:     s.Meter,
		log:       s.Log,
		trouble:   m.trouble,
		timeout:   s.Timeout,
		now:       s.Now,
	}
	for _, kind := range []models.CallKind{models.CallQuery, models.CallDetect, models.CallList, models.CallSubscribe} {
		c.cooldowns[kind] = &cooldown{name: p.Name + "." + string(kind), memory: m, speed: s.Speed, now: s.Now}
	}
	return c
}

func (c *client) name() string { return c.provider.Name }

// unsent is a call that never left this machine.
func (c *client) unsent(why string) *Error {
	return &Error{Provider: c.name(), Kind: ErrUnavailable, Text: why, Unsent: true}
}

// attempt is the leave of one provider for one call. It ends with call or release.
type attempt struct {
	client   *client
	slot     *callSlot
	cooldown *cooldown
	probe    bool // it finds out whether a cooldown is over
	timeout  time.Duration
}

// acquire waits for leave to make one kind of call. An error is an unsent *Error.
func (c *client) acquire(ctx context.Context, kind models.CallKind, p models.Purpose) (*attempt, error) {
	slot, err := c.slots.enter(ctx, p)
	if err != nil {
		return nil, &Error{Provider: c.name(), Kind: ErrRate, Text: "our own limit", Unsent: true, Cause: err}
	}
	cooldown := c.cooldowns[kind]
	probe, until, why := cooldown.acquire(ctx)
	if why != nil {
		slot.leave()
		return nil, &Error{Provider: c.name(), Kind: why, Text: "left alone for now", Until: until, Unsent: true}
	}
	a := &attempt{client: c, slot: slot, cooldown: cooldown, probe: probe, timeout: c.timeoutFor(kind, p)}
	if err := c.pacer.wait(ctx, patience(p)); err != nil {
		a.release(ctx)
		if !errors.Is(err, errBusy) && ctx.Err() == nil {
			c.trouble.Failed("reserve a turn", err, "provider", c.name())
		}
		return nil, &Error{Provider: c.name(), Kind: ErrRate, Text: "our own pace", Unsent: true, Cause: err}
	}
	c.trouble.Worked("reserve a turn", "provider", c.name())
	return a, nil
}

// timeoutFor is how long a call may take: somebody who waits is better served
// by the next provider, and there are rules behind a detection.
func (c *client) timeoutFor(kind models.CallKind, p models.Purpose) time.Duration {
	switch {
	case kind == models.CallDetect:
		return min(c.timeout, 4*time.Second)
	case p == models.Person:
		return min(c.timeout, 8*time.Second)
	}
	return c.timeout
}

// patience is how long a call may wait for its turn. A poll comes again anyway.
func patience(p models.Purpose) time.Duration {
	if p == models.Person {
		return 8 * time.Second
	}
	return 4 * time.Second
}

// release gives the leave back unused.
func (a *attempt) release(ctx context.Context) {
	a.slot.leave()
	if a.probe {
		a.cooldown.release(context.WithoutCancel(ctx))
	}
}

// call makes the call for which the ledger has given a ticket, counts it, and
// records its end.
func (a *attempt) call(ctx context.Context, ticket models.Ticket, do func(context.Context) (billed bool, err error)) error {
	c := a.client
	if err := a.slot.hold(ctx); err != nil {
		a.release(ctx)
		return &Error{Provider: c.name(), Kind: ErrUnavailable, Text: "no slot for it", Unsent: true, Cause: err}
	}
	start := c.now()
	left := sendWithin - models.At(start).Sub(ticket.At)
	if left < 0 {
		a.release(ctx)
		return c.unsent("its turn came too late")
	}
	defer a.slot.leave()
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	ctx, sent := mustSendWithin(ctx, left)
	defer sent()
	billed, err := c.guarded(ctx, do)
	took := c.now().Sub(start)
	a.slot.note(took)
	a.cooldown.record(context.WithoutCancel(ctx), err, a.probe)
	c.meter.Called(c.name(), ticket.Kind, outcome(err), billedInEnd(billed, err), took)
	return err
}

// mustSendWithin ends a request that is made under its context and whose headers
// have not left in what is left of its time. Once they have, it lets it be.
func mustSendWithin(parent context.Context, left time.Duration) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	latest := time.Now().Add(left)
	var timer atomic.Pointer[time.Timer]
	sent := func() {
		if t := timer.Load(); t != nil {
			t.Stop()
		}
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { timer.Store(time.AfterFunc(time.Until(latest), func() { cancel(errLate) })) },
		WroteHeaders: sent,
	})
	return ctx, func() { sent(); cancel(nil) }
}

// guarded makes a call whose answer may be such nonsense that reading it
// panics: that is the provider's failure, and the next one is asked.
func (c *client) guarded(ctx context.Context, do func(context.Context) (bool, error)) (billed bool, err error) {
	defer func() {
		var p *guard.PanicError
		if errors.As(err, &p) {
			text := Mask(fmt.Sprint("panic: ", p.Value))
			c.log.Error("read answer", "provider", c.name(), "error", text, "stack", string(p.Stack))
			billed, err = true, &Error{Provider: c.name(), Kind: ErrUnavailable, Text: text, Billed: true}
		}
	}()
	defer guard.Recover("read answer", &err)
	return do(ctx)
}
