package models

import (
	"slices"
	"time"
)

// IncidentName names a kind of trouble that begins and ends, and that operators
// hear of twice: when it has begun and when it is over. It is the label of
// waybill_incident_active, the first word of the log's line, and the heading in
// docs/runbook.md.
type IncidentName string

// What can be the matter.
const (
	ProvidersDown     IncidentName = "providers_down"     // no tracking API can be asked
	ProviderDown      IncidentName = "provider_down"      // of a provider: no usable answer comes
	ProviderAuth      IncidentName = "provider_auth"      // of a provider: key or account refused
	ProviderQuota     IncidentName = "provider_quota"     // of a provider: its quota is spent
	BudgetEnding      IncidentName = "budget_ending"      // of a provider: spent before midnight at the day's rate
	BudgetNear        IncidentName = "budget_near"        // of a provider: polling has stopped
	BudgetSpent       IncidentName = "budget_spent"       // of a provider: nobody asks it today
	DoorDown          IncidentName = "door_down"          // of a door: nothing can be received or sent
	DeliveriesFailing IncidentName = "deliveries_failing" // of a door: sending to some chats fails for an hour
	DatabaseDown      IncidentName = "database_down"      // it does not answer in time
	DatabaseSlow      IncidentName = "database_slow"      // it answers slowly
	QueueDown         IncidentName = "queue_down"         // NATS is not reached
	ChecksLate        IncidentName = "checks_late"        // parcels wait for their check
	MessagesLate      IncidentName = "messages_late"      // messages wait for their answer
)

// IncidentNames are all of them. What says more stands behind what it is said in
// place of, so that whoever goes through them ends the lesser one first.
func IncidentNames() []IncidentName {
	return []IncidentName{
		ProviderDown, ProviderAuth, ProviderQuota, ProvidersDown, BudgetEnding, BudgetNear, BudgetSpent,
		DoorDown, DeliveriesFailing, DatabaseSlow, DatabaseDown, QueueDown, ChecksLate, MessagesLate,
	}
}

// Incident is one kind of trouble as all replicas know it, from the first sign of
// it until its end was told. One of a kind and subject exists at a time.
type Incident struct {
	Name      IncidentName      `gorm:"primaryKey;size:32"`
	Subject   string            `gorm:"primaryKey;size:64"` // the provider or the door; "" for the whole program
	FirstAt   Moment            // when it began
	BadAt     Moment            // when it was seen last
	GoodAt    Moment            // when all was well for the first time after that; zero until then
	AlertedAt Moment            // when operators were told; zero until then
	Args      map[string]string `gorm:"serializer:json"` // what its sentences are filled with
}

// Observation is what one process has seen of an incident.
type Observation struct {
	Name    IncidentName
	Subject string
	Good    bool              // all is well; else it is not
	Since   Moment            // when the trouble began; not of a good one
	At      Moment            // when it was seen
	Args    map[string]string // as in Incident; not of a good one
}

// IncidentRule says when operators hear of an incident. Times are divided by
// WAYBILL_POLL_SPEED already.
type IncidentRule struct {
	StartAfter time.Duration // trouble that has lasted for so long is told
	EndAfter   time.Duration // its end is told when all has been well for so long
	Unanimous  bool          // it is none when one process sees that all is well
}

// IncidentStep is what is to be done about an incident.
type IncidentStep string

// The steps.
const (
	IncidentWaits  IncidentStep = ""
	IncidentStarts IncidentStep = "start" // operators are to be told
	IncidentEnds   IncidentStep = "end"   // operators are to be told that it is over
	IncidentGoes   IncidentStep = "go"    // it is over, and nobody need hear of that
)

// Next is what is to be done about an incident now. What is superseded is neither
// started nor ended with a word: another incident says more.
func (i Incident) Next(r IncidentRule, superseded bool, now Moment) IncidentStep {
	well := i.GoodAt > i.BadAt
	held := well && now.Sub(i.GoodAt) >= r.EndAfter
	switch told := i.AlertedAt != 0; {
	case held && (superseded || !told):
		return IncidentGoes
	case held:
		return IncidentEnds
	case !told && r.Unanimous && i.GoodAt >= i.FirstAt:
		return IncidentGoes
	case !told && !well && !superseded && now.Sub(i.FirstAt) >= r.StartAfter:
		return IncidentStarts
	}
	return IncidentWaits
}

// superseding is which incidents say more than others about the same subject.
func superseding(n IncidentName) []IncidentName {
	switch n {
	case ProviderDown, ProviderAuth, ProviderQuota:
		return []IncidentName{ProvidersDown}
	case BudgetEnding:
		return []IncidentName{BudgetNear, BudgetSpent}
	case BudgetNear:
		return []IncidentName{BudgetSpent}
	case DatabaseSlow:
		return []IncidentName{DatabaseDown}
	}
	return nil
}

// Superseded says that one of the others, of the same subject or of the whole
// program, says more than this incident and goes on.
func (i Incident) Superseded(others []Incident) bool {
	more := superseding(i.Name)
	return slices.ContainsFunc(others, func(o Incident) bool {
		return slices.Contains(more, o.Name) && (o.Subject == "" || o.Subject == i.Subject)
	})
}

// Post is what is to be said to a chat that has asked nothing, as store.Post has it.
type Post struct {
	To      Address
	About   string // at most 64 characters
	Replies []byte // JSON of the handlers
}

// ProviderHealth is how the calls of one kind to one provider have gone in this
// process.
type ProviderHealth struct {
	Provider   string
	Kind       CallKind
	Trouble    Outcome // OutcomeUnavailable, OutcomeAuth or OutcomeQuota; "" when the last call was answered, or none was made
	Failures   int     // calls in a row that ended so
	Since      Moment  // the first of these
	FailedAt   Moment  // the last of these
	AnsweredAt Moment  // when a call was last answered; zero when none was
}

// Failing says how long sending to chats of a door has failed.
type Failing struct {
	Door  string
	Chats int64  // to which sending has failed for as long as was asked for
	Since Moment // since when it fails at the first of them
}

// Waits says since when the longest waiting work waits; zero where none does.
type Waits struct {
	Check   Moment // a parcel that is due
	Message Moment // a message that came and is not answered; not where the chat cannot be sent anything
}
