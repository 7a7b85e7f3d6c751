package tracking

import (
	"context"
	"encoding/json"
	"time"
)

const (
	reserve = time.Minute            // how long nobody else asks what one replica has begun to ask; longer than it takes
	await   = 8 * time.Second        // how long somebody waits for what another replica asks
	glance  = 100 * time.Millisecond // how often he looks
)

// riddle is something that costs paid calls to find out, and is then remembered.
type riddle struct {
	kind, key string // at most 12 characters of kind
	// solve asks, and says for how long the answer is to be remembered: zero
	// when nobody could be asked, so that nothing was learned or paid.
	solve func(ctx context.Context) (answer any, keep time.Duration)
}

// once tells the answer to a riddle as JSON: the remembered one, or what asking
// brings. However many want to know it at once, in this process and in others,
// one of them asks and the others wait for him. Nil: nobody knows for now.
func (t *Tracker) once(ctx context.Context, r riddle) []byte {
	for {
		v, err, _ := t.flights.Do(r.kind+"/"+r.key, func() (any, error) { return t.find(ctx, r), ctx.Err() })
		if err == nil || ctx.Err() != nil { // else he who asked was called off, but not this caller
			raw, _ := v.([]byte)
			return raw
		}
	}
}

// find is once for one caller of this process at a time.
func (t *Tracker) find(ctx context.Context, r riddle) []byte {
	for range await / glance {
		if ctx.Err() != nil {
			return nil
		}
		if raw, ok := t.recall(ctx, r.kind, r.key); ok {
			return raw
		}
		if t.claim(ctx, r) {
			return t.solve(ctx, r)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(glance): // another replica is asking
		}
	}
	return nil
}

// claim says that it is for the caller to ask. A memory that fails lets
// everybody: that may cost a call, no more.
func (t *Tracker) claim(ctx context.Context, r riddle) bool {
	if _, taken := t.recall(ctx, r.kind+"-ask", r.key); taken {
		return false
	}
	now := t.now()
	first, err := t.Memory.Once(ctx, r.kind+"-ask", r.key, now.Add(reserve), now)
	return first || err != nil
}

// solve asks, unless somebody has answered just before the claim, and keeps
// what it has learned, whether the caller still waits for it or not.
func (t *Tracker) solve(ctx context.Context, r riddle) []byte {
	if raw, ok := t.recall(ctx, r.kind, r.key); ok {
		return raw
	}
	answer, keep := r.solve(ctx)
	ctx = context.WithoutCancel(ctx)
	if keep == 0 {
		_ = t.Memory.Remember(ctx, r.kind+"-ask", r.key, nil, t.now()) // the claim ends by itself, a little later
		return nil
	}
	raw, err := json.Marshal(answer)
	if err == nil {
		_ = t.Memory.Remember(ctx, r.kind, r.key, raw, t.now().Add(keep)) // forgetting costs a call, no more
	}
	return raw
}

// recall reads the shared memory; one that fails remembers nothing.
func (t *Tracker) recall(ctx context.Context, kind, key string) ([]byte, bool) {
	raw, ok, err := t.Memory.Recall(ctx, kind, key, t.now())
	return raw, ok && err == nil
}

// kept is how long what asking has brought is remembered: an answer for 30
// days, the lack of one for a minute, nothing when nobody could be asked.
func kept(asked, answered bool) time.Duration {
	switch {
	case answered:
		return detectedFor
	case asked:
		return failedFor
	}
	return 0
}
