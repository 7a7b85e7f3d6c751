package incidents

import (
	"time"

	"waybill/models"
)

// Limits at speed 1. None of them is divided below its floor: retries and calls take
// their time at any speed, and two looks lie a second apart.
const (
	fewFailures    = 3                // that last for failingFor are an outage, too
	manyFailures   = 5                // in a row: the provider is left alone
	failingFor     = 2 * time.Minute  // of the few failures
	deliveredLate  = time.Hour        // sending to a chat has failed for so long
	checkLate      = 15 * time.Minute // a parcel waits for its check
	messageLate    = 5 * time.Minute  // a message waits for its answer
	slowDatabase   = time.Second / 2  // an answer of the database; below half of it all is well
	startWithin    = 20 * time.Second // doors and queue are up so long after the start
	forgotten      = 30 * time.Minute // what nobody was told of begins anew after so long without a sign
	askAgain       = time.Minute      // after a provider's last failure, one poll finds out whether it answers
	askAgainLatest = 15 * time.Minute // however long that has lasted
	dayLongEnough  = 30 * time.Minute // a budget that lasts so much longer than the day lasts
)

// pace divides durations by WAYBILL_POLL_SPEED.
type pace float64

func (p pace) of(d, floor time.Duration) time.Duration {
	return max(time.Duration(float64(d)/float64(p)), min(d, floor))
}

// every is how long lies between two looks.
func (p pace) every() time.Duration { return p.of(5*time.Second, time.Second) }

// rule says when operators hear of an incident. That all APIs are down is told
// before one of them is, and all of them end alike, so that one message tells it.
func (p pace) rule(n models.IncidentName) models.IncidentRule {
	after := func(start, startFloor, end, endFloor time.Duration) models.IncidentRule {
		return models.IncidentRule{StartAfter: p.of(start, startFloor), EndAfter: p.of(end, endFloor)}
	}
	switch n {
	case models.ProvidersDown:
		r := after(time.Minute, 3*time.Second, time.Minute, 3*time.Second)
		r.Unanimous = true
		return r
	case models.ProviderDown:
		return after(2*time.Minute, 10*time.Second, time.Minute, 3*time.Second)
	case models.ProviderAuth, models.ProviderQuota, models.BudgetNear, models.BudgetSpent:
		return after(0, 0, time.Minute, 3*time.Second)
	case models.BudgetEnding:
		return after(10*time.Minute, 2*time.Second, 10*time.Minute, 3*time.Second)
	case models.DeliveriesFailing:
		return after(0, 0, 5*time.Minute, 5*time.Second)
	case models.DatabaseDown, models.QueueDown:
		return after(30*time.Second, 5*time.Second, 30*time.Second, 5*time.Second)
	}
	return after(2*time.Minute, 10*time.Second, 2*time.Minute, 5*time.Second)
}
