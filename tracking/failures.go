package tracking

import (
	"context"
	"encoding/json"
	"time"

	"waybill/models"
)

// Kuaidi100 bills failed queries so: of one waybill every fifth, and one in 40
// days at most. Source: api.kuaidi100.com/document/shibaidiaoyongjifei.
const (
	billedEvery  = 5
	billedOnceIn = 40 * 24 * time.Hour
)

// Failures counts failed queries by waybill, for a vendor that bills every
// fifth. The count lives in the shared memory; the floor keeps two replicas from
// counting one waybill at the same time.
type Failures struct {
	memory Memory
	now    func() time.Time
}

// NewFailures makes the counter over the memory that all replicas share.
func NewFailures(memory Memory, now func() time.Time) *Failures {
	return &Failures{memory: memory, now: now}
}

// failed is what is remembered of one waybill.
type failed struct {
	Count    int           `json:"count"`
	BilledAt models.Moment `json:"billed_at"`
}

// Billed counts one more failure and says whether it is one that is billed. A
// memory that fails makes it so: nobody knows, and what nobody knows counts.
func (f *Failures) Billed(ctx context.Context, provider, waybill string) bool {
	now, key := models.At(f.now()), provider+":"+waybill
	raw, found, err := f.memory.Recall(ctx, "failures", key, now)
	if err != nil {
		return true
	}
	var was failed
	if found && json.Unmarshal(raw, &was) != nil {
		return true
	}
	was.Count++
	billed := was.Count%billedEvery == 0 && (was.BilledAt == 0 || now.Sub(was.BilledAt) >= billedOnceIn)
	if billed {
		was.BilledAt = now
	}
	raw, err = json.Marshal(was)
	if err == nil {
		err = f.memory.Remember(ctx, "failures", key, raw, now.Add(billedOnceIn))
	}
	return billed || err != nil
}
