package tracking

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"waybill/models"
	"waybill/tracking/recognise"
)

// Detect names the carriers that a number may belong to, most likely first.
// Where one carrier's rule alone matches, nobody is paid for saying so; else the
// detection APIs are asked in turn where they are configured, and the local
// rules stand behind them. Sure means that nobody need be asked: the first
// carrier is it. None and not sure: nobody knows.
func (t *Tracker) Detect(ctx context.Context, number string) (carriers []models.Carrier, sure bool) {
	local, sure := recognise.ByShape(number)
	if sure {
		return local, true
	}
	detected := t.detected(ctx, number)
	switch len(detected) {
	case 0:
		return local, false
	case 1:
		return detected, true
	}
	return weigh(detected, local), false
}

// weigh puts the carriers on top that the local rules name as well.
func weigh(detected, local []models.Carrier) []models.Carrier {
	var both, others []models.Carrier
	for _, c := range detected {
		if slices.Contains(local, c) {
			both = append(both, c)
		} else {
			others = append(others, c)
		}
	}
	return append(both, others...)
}

// detected asks the detection APIs, or remembers what they said.
func (t *Tracker) detected(ctx context.Context, number string) []models.Carrier {
	if !slices.ContainsFunc(t.clients, func(c *client) bool { return c.provider.Detect != nil }) {
		return nil
	}
	raw := t.find(ctx, lookup{"detect", number, func(ctx context.Context) (any, time.Duration) {
		carriers, asked := t.detectAnywhere(ctx, number)
		return carriers, keep(asked, len(carriers) > 0)
	}})
	var carriers []models.Carrier
	_ = json.Unmarshal(raw, &carriers) // a row that cannot be read is as good as none
	return carriers
}

// detectAnywhere asks the detection APIs in turn until one knows the number,
// and says whether any could be asked.
func (t *Tracker) detectAnywhere(ctx context.Context, number string) (carriers []models.Carrier, asked bool) {
	for _, c := range t.clients {
		if c.provider.Detect == nil {
			continue
		}
		var found Detected
		err := t.sideCall(ctx, c, sideCall{models.CallDetect, models.Person, number}, func(ctx context.Context) (billed bool, err error) {
			found, err = c.provider.Detect(ctx, number)
			return found.Billed, err
		})
		asked = asked || !isUnsent(err)
		if err == nil && len(found.Carriers) > 0 {
			return found.Carriers, true
		}
	}
	return nil, asked
}
