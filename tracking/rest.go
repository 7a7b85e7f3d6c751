package tracking

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"waybill/models"
)

// rest is a provider's time-out after a spent quota, a rate limit or a refused
// key. It is kept in the shared memory, so that a restart or another replica
// does not knock at a closed door; each process looks there every few seconds.
// When its time is over, one call over all replicas finds out whether the
// provider answers again, and the others stay away until it has.
type rest struct {
	name   string // provider and kind of call
	memory Memory
	speed  float64
	now    func() time.Time

	mu      sync.Mutex
	state   resting // the zero value: it does not rest
	looked  time.Time
	probing bool          // a call of this process finds out whether it is over
	held    models.Moment // until then another replica's is taken to do so
}

// resting is the part of a rest that replicas share.
type resting struct {
	Until models.Moment `json:"until"`
	Why   string        `json:"why"`
	Step  int           `json:"step"` // how often in a row no time was given
}

const (
	look     = 5 * time.Second  // how often a process looks what others have learned
	probeFor = 30 * time.Second // longer than a call with its waiting; who has not answered by then has died
	doubted  = day              // how long nobody but a probe goes to a provider after its rest
)

// enter says whether the provider can be asked, and whether by a probe; else
// until when it rests, and why. A probe must be ended, by learn or by leave.
func (r *rest) enter(ctx context.Context) (probe bool, until models.Moment, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := models.At(r.now())
	if r.now().Sub(r.looked) >= look {
		r.looked = r.now()
		r.fetch(ctx, now)
	}
	switch {
	case r.state.Why == "":
		return false, 0, nil
	case now < r.state.Until:
		return false, r.state.Until, kindOf(r.state.Why)
	case !r.claim(ctx, now):
		return false, now.Add(look), kindOf(r.state.Why)
	}
	r.probing = true
	return true, 0, nil
}

// fetch reads what other replicas have learned: the later end wins, and a rest
// that is over and no longer in memory has been lifted.
func (r *rest) fetch(ctx context.Context, now models.Moment) {
	raw, ok, err := r.memory.Recall(ctx, "rest", r.name, now)
	if err != nil {
		return
	}
	if !ok && now >= r.state.Until && !r.probing {
		r.state = resting{}
	}
	var s resting
	if ok && json.Unmarshal(raw, &s) == nil && s.Until > r.state.Until {
		r.state = s
	}
}

// claim says that it is for the caller to probe.
func (r *rest) claim(ctx context.Context, now models.Moment) bool {
	if r.probing || now < r.held {
		return false
	}
	first, err := r.memory.Once(ctx, "probe", r.name, now.Add(probeFor), now)
	if err == nil && !first {
		r.held = now.Add(time.Second)
	}
	return first || err != nil
}

// leave ends a probe that has found nothing out.
func (r *rest) leave(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release(ctx)
}

// release lets somebody else probe.
func (r *rest) release(ctx context.Context) {
	r.probing = false
	_ = r.memory.Remember(ctx, "probe", r.name, nil, models.At(r.now())) // the claim ends by itself, a little later
}

// learn starts a rest when a call's end asks for one, and lifts it when a probe
// is answered.
func (r *rest) learn(ctx context.Context, err error, probe bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if probe {
		defer r.release(ctx)
	}
	now := models.At(r.now())
	why, until := reason(err)
	switch {
	case why == "" && probe && answered(err):
		r.state = resting{}
		_ = r.memory.Remember(ctx, "rest", r.name, nil, now) // the others will probe, one by one
	case why == "":
	case why == r.state.Why && now < r.state.Until && until <= r.state.Until: // it was on its way when the rest began
	default:
		r.state.Step = r.step(now)
		r.state = resting{Until: max(r.state.Until, r.end(why, until, now)), Why: why, Step: r.state.Step + 1}
		r.share(ctx)
	}
}

// step is how often in a row no time was given, today: quotas begin anew at
// midnight, and a vendor whose clock is late must not cost the whole day.
func (r *rest) step(now models.Moment) int {
	if lay := r.state.Until - 1; lay.Day() != now.Day() {
		return 0
	}
	return r.state.Step
}

// share tells the other replicas of a rest; this process rests in any case.
func (r *rest) share(ctx context.Context) {
	if raw, err := json.Marshal(r.state); err == nil {
		_ = r.memory.Remember(ctx, "rest", r.name, raw, r.state.Until.Add(doubted))
	}
}

// reason is why a call's end asks for a rest, and the provider's word on its
// end; "" when it asks for none.
func reason(err error) (why string, until models.Moment) {
	e, failed := asError(err)
	switch {
	case !failed:
		return "", 0
	case errors.Is(e.Kind, ErrQuota):
		return "quota", e.Until
	case errors.Is(e.Kind, ErrAuth):
		return "auth", e.Until
	case errors.Is(e.Kind, ErrRate):
		return "rate", e.Until
	}
	return "", 0
}

// answered says that the provider has done what he was asked for, be it by a no.
func answered(err error) bool {
	e, failed := asError(err)
	return err == nil || failed && !e.Unsent && !errors.Is(e.Kind, ErrUnavailable)
}

// end is when a rest is over: at the provider's word; else a quota after an
// hour, doubling, until midnight in Shanghai; a key after a quarter of an
// hour (the operator may have mended it); a rate limit after ten seconds.
func (r *rest) end(why string, said, now models.Moment) models.Moment {
	if said > now {
		return said
	}
	wait := map[string]time.Duration{"quota": time.Hour, "auth": 15 * time.Minute, "rate": 10 * time.Second}[why]
	if why != "auth" {
		wait <<= min(r.state.Step, 6)
	}
	until := now.Add(time.Duration(float64(wait) / r.speed))
	if why == "quota" {
		return min(until, midnight(now))
	}
	return until
}

// midnight is the next one in Shanghai, when budgets and quotas begin anew.
func midnight(now models.Moment) models.Moment {
	t := now.Time().In(models.Shanghai)
	return models.At(time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, models.Shanghai))
}

func kindOf(why string) error {
	switch why {
	case "quota":
		return ErrQuota
	case "auth":
		return ErrAuth
	}
	return ErrRate
}
