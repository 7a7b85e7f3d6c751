package scheduler

import (
	"context"
	"time"

	"waybill/models"
	"waybill/models/estimate"
)

const (
	// silenceMatters is from when on a silent parcel's route is looked up: three pushed waits
	// before the least that is normal, so that no check comes too late for it.
	silenceMatters = 48*time.Hour - 3*pushed
	// silencesFor is how long it is remembered what is normal on a route, mostSilences of
	// how many routes.
	silencesFor  = time.Hour
	mostSilences = 10_000
)

// silenceOf is for how long the parcel may be silent before it is stuck: what is normal on
// its route, 0 where nobody knows, or while it does not matter yet.
func (c *Checker) silenceOf(ctx context.Context, p models.Parcel, now models.Moment) time.Duration {
	speed := c.cadence.Speed
	if !p.Live() || stuckAt(p, speed, silenceMatters) > now {
		return 0
	}
	r := estimate.RouteOf(p)
	if known, ok := c.silences.Get(r); ok {
		return known
	}
	groups, err := c.store.Journeys(ctx, r)
	if err != nil {
		c.log.Warn("read journeys", "parcel", p.ID, "error", err)
		return 0
	}
	normal, _ := estimate.Silence(groups)
	c.silences.Put(r, normal, speed.Of(silencesFor))
	return normal
}
