package tracking

import (
	"context"
	"encoding/json"
	"time"

	"waybill/internal/guard"
	"waybill/internal/retry"
	"waybill/models"
)

const (
	lookupTakes  = 45 * time.Second       // at most, with its waiting
	claimFor     = time.Minute            // how long nobody else asks what one replica has begun to ask; longer than it takes
	waitForOther = 8 * time.Second        // how long somebody waits for what another replica asks
	pollInterval = 100 * time.Millisecond // how often the memory is asked meanwhile

	rememberAnswer  = 30 * 24 * time.Hour
	rememberFailure = time.Minute
)

// lookup is something that costs paid calls to find out, and is then remembered.
type lookup struct {
	kind, key string // at most 12 characters of kind
	// resolve asks, and says for how long the answer is to be remembered: zero
	// when nobody could be asked, so that nothing was learned or paid.
	resolve func(ctx context.Context) (answer any, keep time.Duration)
}

// find tells the answer to a lookup as JSON: the remembered one, or what asking
// brings. However many want to know it at once, in this process and in others,
// one of them asks and the others wait for it. Nil: nobody knows for now.
//
// A call that has begun is paid for, so it goes on when its caller leaves, and
// its answer is remembered (Close).
func (t *Tracker) find(ctx context.Context, l lookup) []byte {
	found := t.lookups.DoChan(l.kind+"/"+l.key, func() (any, error) {
		ctx, cancel := context.WithTimeout(t.lifetime, lookupTakes)
		defer cancel()
		return t.findGuarded(ctx, l), nil
	})
	ended := make(chan []byte, 1)
	t.running.Go(func() {
		raw, _ := (<-found).Val.([]byte)
		ended <- raw
	})
	select {
	case <-ctx.Done():
		return nil
	case raw := <-ended:
		return raw
	}
}

// findGuarded makes "nobody knows" of a panic, which would end the process: the
// flight runs in a goroutine of its own.
func (t *Tracker) findGuarded(ctx context.Context, l lookup) (raw []byte) {
	var err error
	defer func() {
		if err != nil {
			t.memory.log.Error("look up", "kind", l.kind, "error", err)
			raw = nil
		}
	}()
	defer guard.Recover("look up", &err)
	return t.findHere(ctx, l)
}

// findHere is find for one caller of this process at a time.
func (t *Tracker) findHere(ctx context.Context, l lookup) []byte {
	for range waitForOther / pollInterval {
		if raw, found, _ := t.memory.recall(ctx, l.kind, l.key); found {
			return raw
		}
		if t.claim(ctx, l) {
			return t.resolve(ctx, l)
		}
		if retry.Sleep(ctx, pollInterval) != nil { // another replica is asking
			break
		}
	}
	return nil
}

// claim says that it is for the caller to ask. A memory that fails lets
// everybody: that may cost a call, no more.
func (t *Tracker) claim(ctx context.Context, l lookup) bool {
	if _, taken, _ := t.memory.recall(ctx, l.kind+"-ask", l.key); taken {
		return false
	}
	return t.memory.first(ctx, l.kind+"-ask", l.key, t.now().Add(claimFor))
}

// resolve asks, unless somebody has answered just before the claim, and keeps
// what it has learned.
func (t *Tracker) resolve(ctx context.Context, l lookup) []byte {
	if raw, found, _ := t.memory.recall(ctx, l.kind, l.key); found {
		return raw
	}
	answer, keep := l.resolve(ctx)
	ctx = context.WithoutCancel(ctx)
	if keep == 0 {
		t.memory.forget(ctx, l.kind+"-ask", l.key)
		return nil
	}
	raw, err := json.Marshal(answer)
	if err == nil {
		t.memory.remember(ctx, l.kind, l.key, raw, t.now().Add(keep))
	}
	return raw
}

// keep is how long what asking has brought is remembered: an answer for 30
// days, the lack of one for a minute, nothing when nobody could be asked.
func keep(asked, answered bool) time.Duration {
	switch {
	case answered:
		return rememberAnswer
	case asked:
		return rememberFailure
	}
	return 0
}

// Table knows the canonical carriers (recognise.Carriers).
type Table interface {
	ByName(name string) (models.Carrier, bool)
	ByCode(provider, code string) (models.Carrier, bool)
}

// carrierNamed finds the carrier of a name that the table does not know, in the
// provider's own list, when it offers one that can be searched. What was found,
// or not, is remembered over all replicas, so that a name costs one call.
func (t *Tracker) carrierNamed(ctx context.Context, c *client, name string, p models.Purpose) models.Carrier {
	if c.provider.ListCarriers == nil || name == "" {
		return ""
	}
	raw := t.find(ctx, lookup{"name", c.name() + ":" + name, func(ctx context.Context) (any, time.Duration) {
		carrier, err := t.searchList(ctx, c, name, p)
		return carrier, keep(!isUnsent(err), err == nil)
	}})
	var carrier models.Carrier
	_ = json.Unmarshal(raw, &carrier) // a row that cannot be read is as good as none
	return carrier
}

// searchList makes the one call that a name costs; "" when the list does not
// have it, or no carrier that the table knows.
func (t *Tracker) searchList(ctx context.Context, c *client, name string, p models.Purpose) (models.Carrier, error) {
	var listed Listed
	err := t.sideCall(ctx, c, sideCall{models.CallList, p, ""}, func(ctx context.Context) (billed bool, err error) {
		listed, err = c.provider.ListCarriers(ctx, name)
		return listed.Billed, err
	})
	for _, row := range listed.Carriers {
		if carrier, ok := t.carriers.ByCode(c.name(), row.Code); ok {
			return carrier, err
		}
		if carrier, ok := t.carriers.ByName(row.Name); ok {
			return carrier, err
		}
	}
	return "", err
}
