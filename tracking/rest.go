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
type rest struct {
	name   string // provider and kind of call
	memory Memory
	speed  float64
	now    func() time.Time

	mu     sync.Mutex
	state  resting
	looked time.Time
}

// resting is the part of a rest that replicas share.
type resting struct {
	Until models.Moment `json:"until"`
	Why   string        `json:"why"`
	Step  int           `json:"step"` // how often in a row no time was given
}

const look = 5 * time.Second

// until says until when the provider rests, and why; nil when it does not.
func (r *rest) until(ctx context.Context) (models.Moment, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if now.Sub(r.looked) >= look {
		r.looked = now
		r.fetch(ctx, models.At(now))
	}
	if models.At(now) >= r.state.Until {
		return 0, nil
	}
	return r.state.Until, kindOf(r.state.Why)
}

// fetch reads what other replicas have learned; the later end wins.
func (r *rest) fetch(ctx context.Context, now models.Moment) {
	raw, ok, err := r.memory.Recall(ctx, "rest", r.name, now)
	if err != nil || !ok {
		return
	}
	var s resting
	if json.Unmarshal(raw, &s) == nil && s.Until > r.state.Until {
		r.state = s
	}
}

// learn starts a rest when a call's end asks for one; an answer ends the counting.
func (r *rest) learn(ctx context.Context, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, failed := asError(err)
	var why string
	switch {
	case err == nil:
		r.state.Step = 0
		return
	case !failed:
		return
	case errors.Is(e.Kind, ErrQuota):
		why = "quota"
	case errors.Is(e.Kind, ErrAuth):
		why = "auth"
	case errors.Is(e.Kind, ErrRate):
		why = "rate"
	default:
		return
	}
	now := models.At(r.now())
	if why == r.state.Why && now < r.state.Until && e.Until <= r.state.Until {
		return // it was on its way when the rest began
	}
	r.state = resting{Until: max(r.state.Until, r.end(why, e.Until, now)), Why: why, Step: r.state.Step + 1}
	raw, merr := json.Marshal(r.state)
	if merr == nil {
		_ = r.memory.Remember(ctx, "rest", r.name, raw, r.state.Until) // this process rests in any case
	}
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
