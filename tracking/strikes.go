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
	strikes   = 5
	strikeAge = 40 * 24 * time.Hour
)

// Strikes counts failed queries by waybill, for a vendor who bills every fifth.
// The count lives in the shared memory; the floor keeps two replicas from
// counting one waybill at the same time.
type Strikes struct {
	memory Memory
	now    func() time.Time
}

// NewStrikes makes the counter over the memory that all replicas share.
func NewStrikes(memory Memory, now func() time.Time) *Strikes {
	return &Strikes{memory: memory, now: now}
}

// struck is what is remembered of one waybill.
type struck struct {
	Count    int           `json:"count"`
	BilledAt models.Moment `json:"billed_at"`
}

// Strike counts one more failure and says whether it is one that is billed. A
// memory that fails makes it so: nobody knows, and what nobody knows counts.
func (s *Strikes) Strike(ctx context.Context, provider, waybill string) bool {
	now, key := models.At(s.now()), provider+":"+waybill
	raw, ok, err := s.memory.Recall(ctx, "strikes", key, now)
	if err != nil {
		return true
	}
	var was struck
	if ok && json.Unmarshal(raw, &was) != nil {
		return true
	}
	was.Count++
	billed := was.Count%strikes == 0 && (was.BilledAt == 0 || now.Sub(was.BilledAt) >= strikeAge)
	if billed {
		was.BilledAt = now
	}
	raw, err = json.Marshal(was)
	if err == nil {
		err = s.memory.Remember(ctx, "strikes", key, raw, now.Add(strikeAge))
	}
	return billed || err != nil
}
