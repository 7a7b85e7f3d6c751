package scheduler

import (
	"time"

	"waybill/models"
)

// How long what is over stays; the speed divides all of it.
const (
	followsStay = 30 * day // after their parcels' end: handlers ask anew about older ones
	tailsStay   = 2 * day  // likewise: the last look is a day after the end
	goneStay    = 30 * day // chats that are gone, and live parcels of which nobody can be told
)

// leastKept is how long parcels without followers stay at least, whatever the speed: they are
// made before somebody follows them.
const leastKept = 10 * time.Minute

// retention is how long what is over stays when parcels stay for keep (WAYBILL_KEEP).
func retention(keep time.Duration, s Speed) models.Retention {
	return models.Retention{
		Parcels:     max(s.Of(keep), leastKept),
		Follows:     s.Of(min(followsStay, keep)),
		Tails:       s.Of(tailsStay),
		Unreachable: s.Of(goneStay),
	}
}

// sweepEvery is how often what is over is looked for: often, so that there is little each
// time.
func sweepEvery(s Speed) time.Duration {
	return max(s.Of(time.Minute).Truncate(time.Second), leastBetweenSweeps)
}

const leastBetweenSweeps = 5 * time.Second
