package tracking

import (
	"context"

	"waybill/models"
)

// Cooldowns are the kinds of calls that are left alone now, in the order of the
// providers: those that all replicas know of, and what this process could not reach.
func (t *Tracker) Cooldowns(ctx context.Context) []models.Cooldown {
	var all []models.Cooldown
	for _, c := range t.clients {
		for _, kind := range []models.CallKind{models.CallDetect, models.CallQuery, models.CallList, models.CallSubscribe} {
			if why, until := c.cooldowns[kind].current(ctx); why != "" {
				all = append(all, models.Cooldown{Provider: c.name(), Kind: kind, Why: models.Outcome(why), Until: until})
			}
		}
	}
	return all
}

// current says why the provider is left alone, "" when it is not, and until when.
// After that time it still is, until a probe is answered.
func (c *cooldown) current(ctx context.Context) (why string, until models.Moment) {
	c.look(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.Why, c.state.Until
}
