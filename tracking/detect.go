package tracking

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"waybill/models"
)

// How long detections are remembered: an answer, and the lack of one.
const (
	detectedFor = 30 * 24 * time.Hour
	failedFor   = time.Minute
)

// Detect names the carriers that a number may belong to, most likely first.
// The detection APIs are asked in turn where they are configured, the local
// rules stand behind them. Sure means that nobody need be asked: the first
// carrier is it. None and not sure: nobody knows.
func (t *Tracker) Detect(ctx context.Context, number string) (carriers []models.Carrier, sure bool) {
	local, localSure := LocalCarriers(number)
	said := t.detected(ctx, number)
	if len(said) == 0 {
		return local, localSure
	}
	return weigh(said, local, localSure)
}

// weigh puts the API's answer on top of the local rules'. One carrier is an
// answer; of several, the one on which both agree.
func weigh(said, local []models.Carrier, localSure bool) ([]models.Carrier, bool) {
	if len(said) == 1 {
		return said, true
	}
	both := slices.DeleteFunc(slices.Clone(said), func(c models.Carrier) bool { return !slices.Contains(local, c) })
	if len(both) == 1 && localSure {
		return both, true
	}
	rest := slices.DeleteFunc(slices.Clone(said), func(c models.Carrier) bool { return slices.Contains(both, c) })
	return append(both, rest...), false
}

// detected asks the detection APIs, or remembers what they said.
func (t *Tracker) detected(ctx context.Context, number string) []models.Carrier {
	var carriers []models.Carrier
	if raw, ok, err := t.Memory.Recall(ctx, "detect", number, t.now()); err == nil && ok {
		_ = json.Unmarshal(raw, &carriers) // a row that cannot be read is as good as none
		return carriers
	}
	asked := false
	for _, p := range t.Providers {
		detector, ok := p.(Detector)
		if !ok {
			continue
		}
		found, err := t.detectAt(ctx, t.desks[p.Name()], detector, number)
		asked = asked || err == nil || !isUnsent(err)
		if err == nil && len(found) > 0 {
			carriers = found
			break
		}
	}
	if asked {
		t.remember(ctx, "detect", number, carriers, len(carriers) > 0)
	}
	return carriers
}

// detectAt makes one call for one detection.
func (t *Tracker) detectAt(ctx context.Context, d *desk, detector Detector, number string) ([]models.Carrier, error) {
	var found Detected
	err := t.side(ctx, d, errand{models.CallDetect, models.Person, number}, func(ctx context.Context) (billed bool, err error) {
		found, err = detector.Detect(ctx, number)
		return found.Billed, err
	})
	return found.Carriers, err
}

func (t *Tracker) remember(ctx context.Context, kind, key string, value any, good bool) {
	age := failedFor
	if good {
		age = detectedFor
	}
	if raw, err := json.Marshal(value); err == nil {
		_ = t.Memory.Remember(ctx, kind, key, raw, t.now().Add(age)) // forgetting costs a call, no more
	}
}

func isUnsent(err error) bool {
	e, ok := asError(err)
	return ok && e.Unsent
}
