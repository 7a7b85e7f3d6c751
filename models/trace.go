package models

// Carrier is a canonical carrier code ("sf", "zto"); "" means not known.
// The codes are those of tracking's carrier table.
type Carrier string

// Trace is one provider's answer about one waybill.
type Trace struct {
	Provider string
	Carrier  Carrier // the carrier that the provider names, "" when it names none that we know
	Named    string  // the carrier's name as the provider wrote it
	Status   Status
	ByWords  bool    // Status was read out of the newest scan's words, not from the provider's own status: it may be wrong, so it ends no journey by itself
	Detail   string  // the provider's own, finer state, as it wrote it
	Events   []Event // newest first, Kind Scan, Identity signed; may be empty
	Final    bool    // the provider itself calls the journey finished
	Billed   bool    // whether the call that brought it is billed
	Extra    string  // the provider's route as JSON, "" when none
}

// Newest is the carrier time of the newest event, zero without events.
func (t Trace) Newest() Moment {
	var newest Moment
	for _, e := range t.Events {
		newest = max(newest, e.At)
	}
	return newest
}
