package tracking

import (
	"context"
	"errors"

	"waybill/models"
)

// Health is how this process' calls to each provider have gone, by kind of call,
// in the order of the providers. Kinds that were never called are there too.
func (t *Tracker) Health() []models.ProviderHealth {
	var all []models.ProviderHealth
	for _, c := range t.clients {
		for _, kind := range []models.CallKind{models.CallQuery, models.CallDetect, models.CallList, models.CallSubscribe} {
			h := c.cooldowns[kind].seen()
			h.Provider, h.Kind = c.name(), kind
			all = append(all, h)
		}
	}
	return all
}

// LeftAlone says whether a provider is not asked about parcels now, because its
// calls failed, its key was refused or its quota is spent.
func (t *Tracker) LeftAlone(ctx context.Context, provider string) bool {
	c := t.client(provider)
	if c == nil {
		return false
	}
	why, until := c.cooldowns[models.CallQuery].current(ctx)
	return why != "" && why != rateLimited && t.now() < until
}

func (c *cooldown) seen() models.ProviderHealth {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.health
}

// noted is a provider's health after a call's end. A rate limit and our own
// shutdown say nothing about it.
func noted(h models.ProviderHealth, err error, now models.Moment) models.ProviderHealth {
	var trouble models.Outcome
	switch {
	case harmful(err): // also where nothing left this machine, because no connection came about
		trouble = models.OutcomeUnavailable
	case isUnsent(err), errors.Is(err, ErrRate):
		return h
	case errors.Is(err, ErrAuth):
		trouble = models.OutcomeAuth
	case errors.Is(err, ErrQuota):
		trouble = models.OutcomeQuota
	case answered(err):
		h.Trouble, h.Failures, h.AnsweredAt = "", 0, now
		return h
	default:
		return h
	}
	if h.Trouble != trouble {
		h.Trouble, h.Failures, h.Since = trouble, 0, now
	}
	h.Failures++
	h.FailedAt = now
	return h
}
