package models

import "time"

// Purpose says who wanted a call: polling stops at 80 % of a budget, people's
// own questions at 100 %.
type Purpose string

const (
	Poll   Purpose = "poll"
	Person Purpose = "person"
)

// CallKind is what was asked of a provider; budgets and prices go by it.
type CallKind string

const (
	CallQuery     CallKind = "query"
	CallDetect    CallKind = "detect"
	CallList      CallKind = "list"
	CallSubscribe CallKind = "subscribe"
)

// Outcome is how a call ended. OutcomeUnknown stands from before the first
// byte leaves until the answer is recorded, and counts as billed.
type Outcome string

const (
	OutcomeUnknown     Outcome = "unknown"
	OutcomeTrace       Outcome = "trace" // or the wanted answer of another kind
	OutcomeNoRecord    Outcome = "no_record"
	OutcomeTailNeeded  Outcome = "tail_needed"
	OutcomeTailWrong   Outcome = "tail_wrong"
	OutcomeNumber      Outcome = "number"
	OutcomeCarrier     Outcome = "carrier"
	OutcomeQuota       Outcome = "quota"
	OutcomeRate        Outcome = "rate"
	OutcomeLocked      Outcome = "locked"
	OutcomeAuth        Outcome = "auth"
	OutcomeUnavailable Outcome = "unavailable"
	OutcomeUnsent      Outcome = "unsent" // nothing left this machine; not billed
)

// Outcomes are all of them, answers first.
func Outcomes() []Outcome {
	return []Outcome{
		OutcomeTrace, OutcomeNoRecord, OutcomeTailNeeded, OutcomeTailWrong, OutcomeNumber, OutcomeCarrier, OutcomeQuota,
		OutcomeRate, OutcomeLocked, OutcomeAuth, OutcomeUnavailable, OutcomeUnsent, OutcomeUnknown,
	}
}

// Exempt names why a call may be made inside the floor; "" means that it may not.
type Exempt string

const (
	ExemptTail    Exempt = "tail"    // a tail not tried yet
	ExemptPhone   Exempt = "phone"   // Juhe's other phone field
	ExemptCarrier Exempt = "carrier" // a corrected carrier
)

// Call asks the ledger for leave to make one call to a provider, before the
// first byte leaves.
type Call struct {
	Provider string
	Kind     CallKind
	Purpose  Purpose
	Number   string // the waybill; "" for calls about none
	Exempt   Exempt
	Floor    time.Duration // this provider is asked about this waybill at most once in it; 0: no floor
	Limit    int64         // billed calls this purpose may bring the provider's day to; 0: no budget
	// Parcel and Version, when Parcel is not 0, make the leave conditional on
	// the parcel's version, which it raises: two workers never both begin.
	// AskedAt becomes now and DueAt now plus the floor.
	// It is noted that Owner, this process, asks.
	Parcel  int64
	Version int64
	Owner   string
}

// Ticket is the leave to make one call.
type Ticket struct {
	ID       int64 // the ledger row
	Provider string
	Kind     CallKind
	Day      string // the budget's day from which it was taken
	Version  int64  // the parcel's version now; 0 for calls without a parcel
	At       Moment // the start of the call, by the store's clock
}

// Closing completes a ledger row.
type Closing struct {
	Ticket      Ticket
	Outcome     Outcome
	Billed      bool
	LockedUntil Moment // the provider locked this waybill until then; zero: it did not
	Number      string
	At          Moment // when the answer was there
}

// Cooldown is a provider's kind of call that is left alone for a while.
type Cooldown struct {
	Provider string
	Kind     CallKind
	Why      Outcome // quota, auth, rate or unavailable
	Until    Moment  // when one call finds out whether it answers again
}
