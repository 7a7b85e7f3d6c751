package models

// Carrier is a canonical carrier code ("sf", "zto"); "" means not known.
// The codes are those of tracking's carrier table.
type Carrier string

// English is the one language beside Chinese in which a provider offers its scans.
const English = "en"

// Trace is one provider's answer about one waybill.
type Trace struct {
	Provider string
	Carrier  Carrier // the carrier that the provider names, "" when it names none that we know
	Named    string  // the carrier's name as the provider wrote it
	Status   Status
	Detail   string  // the provider's own, finer state, as it wrote it
	Events   []Event // newest first, Kind Scan, Identity signed; may be empty
	ByWords  bool    // Status was read out of the newest scan's words, not out of the provider's own: it closes nothing
	Final    bool    // the provider itself calls the journey finished
	Billed   bool    // whether the call that brought it is billed
	Lang     string  // in which the scans were asked for: English, or "" for Chinese, also where the provider offers no choice
	// The journey as a whole, each "" when the provider does not say: where it
	// begins and ends, and what the carrier expects, in its own words.
	Origin, Destination, Estimate string
}

// Newest is the carrier time of the newest event, zero without events.
func (t Trace) Newest() Moment {
	var newest Moment
	for _, e := range t.Events {
		newest = max(newest, e.At)
	}
	return newest
}
