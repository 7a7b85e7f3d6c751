package tracking

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"waybill/internal/retry"
	"waybill/models"
)

// Why a provider is left alone, as it is kept in the shared memory.
const (
	quotaSpent  = "quota"
	keyRefused  = "auth"
	rateLimited = "rate"
	unavailable = "unavailable" // five failures in a row
)

const (
	failuresInRow = 5                // of a provider before it is left alone
	lookEvery     = 5 * time.Second  // how often a process looks what others have learned
	probeFor      = 30 * time.Second // longer than a call with its waiting: a probe that has not ended by then has died
	probedFor     = day              // how long nobody but a probe goes to a provider after its cooldown
)

// cooldown leaves one provider's kind of call alone after a spent quota, a rate
// limit, a refused key, or five calls in a row without a usable answer. When its
// time is over, one call finds out whether the provider answers again (the
// probe), and the others stay away until it has.
//
// What the vendor said is kept in the shared memory, so that a restart or
// another replica does not run into it, and one probe serves all replicas. That
// it could not be reached may be this machine's own trouble and stays here.
type cooldown struct {
	name   string // provider and kind of call
	memory memory
	speed  float64
	now    func() time.Time

	mu       sync.Mutex // not held while the memory is asked
	state    cooling
	failures int // in a row
	looked   time.Time
	health   models.ProviderHealth // of this process' calls
	probing  bool                  // a call of this process is the probe
	elsewhen models.Moment         // until then another replica's call is taken for it
}

// cooling is the part of a cooldown that replicas share; the zero value is none.
type cooling struct {
	Until models.Moment `json:"until"`
	Why   string        `json:"why"`
	Step  int           `json:"step"` // how often in a row no time was given
}

// acquire says whether the provider can be called, and whether the call is the
// probe; else until when it is left alone, and why. A probe must be ended, by
// record or by release.
func (c *cooldown) acquire(ctx context.Context) (probe bool, until models.Moment, why error) {
	c.look(ctx)
	c.mu.Lock()
	now, state := models.At(c.now()), c.state
	switch {
	case state.Why == "":
		c.mu.Unlock()
		return false, 0, nil
	case now < state.Until:
		c.mu.Unlock()
		return false, state.Until, kindOf(state.Why)
	case c.probing || now < c.elsewhen:
		c.mu.Unlock()
		return false, now.Add(lookEvery), kindOf(state.Why)
	}
	c.probing = true
	c.mu.Unlock()
	if state.Why == unavailable || c.memory.first(ctx, "probe", c.name, now.Add(probeFor)) {
		return true, 0, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probing, c.elsewhen = false, now.Add(time.Second)
	return false, now.Add(lookEvery), kindOf(state.Why)
}

// look reads now and then what other replicas have learned; before the first
// time nobody goes ahead. The later end wins, and a cooldown that is over and
// no longer in the memory has been lifted.
func (c *cooldown) look(ctx context.Context) {
	c.mu.Lock()
	now := c.now()
	if !c.looked.IsZero() && now.Sub(c.looked) < lookEvery {
		c.mu.Unlock()
		return
	}
	if !c.looked.IsZero() {
		c.looked = now
	}
	c.mu.Unlock()
	raw, found, err := c.memory.recall(ctx, "cooldown", c.name)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looked = now
	if err != nil {
		return
	}
	if !found && c.state.Why != unavailable && models.At(now) >= c.state.Until && !c.probing {
		c.state = cooling{}
	}
	var theirs cooling
	if found && json.Unmarshal(raw, &theirs) == nil && theirs.Until > c.state.Until {
		c.state = theirs
	}
}

// release ends a probe that has found nothing out.
func (c *cooldown) release(ctx context.Context) {
	c.mu.Lock()
	c.probing = false
	own := c.state.Why == unavailable
	c.mu.Unlock()
	if !own {
		c.memory.forget(ctx, "probe", c.name)
	}
}

// record begins a cooldown when a call's end asks for one, and ends it when a
// probe is answered.
func (c *cooldown) record(ctx context.Context, err error, probe bool) {
	c.mu.Lock()
	before := c.state
	c.health = noted(c.health, err, models.At(c.now()))
	c.state = c.after(err, probe)
	after := c.state
	c.mu.Unlock()
	switch {
	case after == before:
	case after.Why == "":
		c.memory.forget(ctx, "cooldown", c.name) // the other replicas will probe, one by one
	case after.Why != unavailable:
		if raw, err := json.Marshal(after); err == nil {
			c.memory.remember(ctx, "cooldown", c.name, raw, after.Until.Add(probedFor))
		}
	}
	if probe {
		c.release(ctx)
	}
}

// after is the state that a call's end leaves.
func (c *cooldown) after(err error, probe bool) cooling {
	now := models.At(c.now())
	why, until := c.reason(err, probe)
	switch {
	case why == "" && probe && answered(err):
		return cooling{}
	case why == "":
		return c.state
	case why == c.state.Why && now < c.state.Until && until <= c.state.Until: // it was under way when the cooldown began
		return c.state
	case why == unavailable:
		return cooling{Until: max(c.state.Until, now.Add(c.wait(time.Minute))), Why: why, Step: c.state.Step}
	}
	step := c.state.Step
	if last := c.state.Until - 1; last.Day() != now.Day() {
		step = 0 // quotas begin anew at midnight, and a vendor whose clock is late must not cost the whole day
	}
	return cooling{Until: max(c.state.Until, c.end(why, step, until, now)), Why: why, Step: step + 1}
}

// reason is why a call's end asks for a cooldown, and the provider's word on its
// end; "" when it asks for none. It counts failures in a row.
func (c *cooldown) reason(err error, probe bool) (why string, until models.Moment) {
	switch {
	case harmful(err):
		c.failures++
	case answered(err):
		c.failures = 0
	}
	e, failed := asError(err)
	switch {
	case harmful(err) && (c.failures >= failuresInRow || probe && c.state.Why == unavailable):
		return unavailable, 0
	case !failed:
		return "", 0
	case errors.Is(e.Kind, ErrQuota):
		return quotaSpent, e.Until
	case errors.Is(e.Kind, ErrAuth):
		return keyRefused, e.Until
	case errors.Is(e.Kind, ErrRate):
		return rateLimited, e.Until
	}
	return "", 0
}

// end is when a cooldown that the vendor asked for is over: at its word; else a
// quota after an hour, doubling, until midnight in Shanghai; a key after a
// quarter of an hour (the operator may have mended it); a rate limit after ten
// seconds, doubling.
func (c *cooldown) end(why string, step int, said, now models.Moment) models.Moment {
	if said > now {
		return said
	}
	doubling := func(first time.Duration) models.Moment {
		return now.Add(c.wait(retry.Delay(step+1, first, first<<6)))
	}
	switch why {
	case quotaSpent:
		return min(doubling(time.Hour), now.NextDay())
	case keyRefused:
		return now.Add(c.wait(15 * time.Minute))
	}
	return doubling(10 * time.Second)
}

// wait is a duration at the speed of the program's clocks.
func (c *cooldown) wait(d time.Duration) time.Duration { return time.Duration(float64(d) / c.speed) }

func kindOf(why string) error {
	switch why {
	case quotaSpent:
		return ErrQuota
	case keyRefused:
		return ErrAuth
	case unavailable:
		return ErrUnavailable
	}
	return ErrRate
}
