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
	if !slices.ContainsFunc(t.Providers, detects) {
		return nil
	}
	raw := t.once(ctx, riddle{"detect", number, func(ctx context.Context) (any, time.Duration) {
		carriers, asked := t.detectAnywhere(ctx, number)
		return carriers, kept(asked, len(carriers) > 0)
	}})
	var carriers []models.Carrier
	_ = json.Unmarshal(raw, &carriers) // a row that cannot be read is as good as none
	return carriers
}

func detects(p Provider) bool {
	_, ok := p.(Detector)
	return ok
}

// detectAnywhere asks the detection APIs in turn until one knows the number,
// and says whether any could be asked.
func (t *Tracker) detectAnywhere(ctx context.Context, number string) (carriers []models.Carrier, asked bool) {
	for _, p := range t.Providers {
		detector, ok := p.(Detector)
		if !ok {
			continue
		}
		found, err := t.detectAt(ctx, t.desks[p.Name()], detector, number)
		asked = asked || err == nil || !isUnsent(err)
		if err == nil && len(found) > 0 {
			return found, true
		}
	}
	return nil, asked
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

func isUnsent(err error) bool {
	e, ok := asError(err)
	return ok && e.Unsent
}
