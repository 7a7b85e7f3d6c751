package scheduler

import (
	"time"

	"waybill/models"
)

// Meter counts what the scheduler does.
type Meter interface {
	// Checked: a check ended; age is the time since the parcel was last heard
	// of, zero for the first time. Outcomes are the Outcome… constants.
	Checked(outcome string, age time.Duration)
	// Backlog: how far the work is behind. Zero when another replica counts.
	Backlog(b models.Backlog)
}

// How a check ended.
const (
	OutcomeNews     = "news"
	OutcomeSame     = "same"      // an answer without news
	OutcomeNoRecord = "no_record" // likewise, and the carrier has not heard of it
	OutcomeTail     = "tail"      // a tail is missing, or was refused
	OutcomeFailed   = "failed"
	OutcomeUnasked  = "unasked" // floor, budget, lock, our own pace, a provider left alone
	OutcomeStale    = "stale"   // somebody else was first
)

type unmetered struct{}

func (unmetered) Checked(string, time.Duration) {}
func (unmetered) Backlog(models.Backlog)        {}
