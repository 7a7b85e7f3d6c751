package models

import "slices"

// Change is what an answer, or the mere passing of time, makes of a parcel.
type Change struct {
	Parcel Parcel  // the row as it shall be; Seq counts Events in, Version and DueAt are the store's and the scheduler's
	Events []Event // to be stored, with Seq, oldest first
	// Everyone says that followers without a verified tail are told too: true
	// for notices that say nothing of the journey (Ended, TailRefused).
	Everyone bool
	Brought  Status // the status that this brings; "" when it stays what it was
}

// News says whether there is anything to deliver to followers.
func (c Change) News() bool { return len(c.Events) > 0 }

// Urgent says that some of it is urgent.
func (c Change) Urgent() bool {
	return slices.ContainsFunc(c.Events, func(e Event) bool { return e.Urgency > Ordinary })
}

// Problem says that it tells of something that does not go as it should: a status
// (Status.Problem), or a notice that the parcel is stuck, waits to be picked up, or
// is followed no longer.
func (c Change) Problem() bool {
	return c.Brought.Problem() || slices.ContainsFunc(c.Events, func(e Event) bool {
		switch e.Kind {
		case Stuck, PickupWaits, Ended, TailRefused:
			return true
		}
		return false
	})
}

// Finish is the end of a check, written in one transaction. The parcel's part
// is conditional on Version; the ledger's part is written in any case.
type Finish struct {
	Purpose  Purpose // who wanted the check
	Version  int64   // from the last Ticket, or of the parcel as it was read
	Change   Change
	DueAt    Moment   // when the parcel is due next
	Same     bool     // the parcel is as it was read, but for this check's moments and failures: see Parcel.SameButChecked
	Journey  *Journey // of a parcel that has just been delivered; nil: it has not
	Verified []int64  // follows whose tail this answer verified
	Refused  []int64  // follows whose tail this answer refused
	Lost     []Tail   // of follows whose tail no key opens, as they were read
	Closings []Closing
}

// Checked is what came of a check: the parcel as it is stored now (its ID may
// be another one after a corrected carrier), and why there is no fresh answer.
type Checked struct {
	Parcel Parcel
	Fresh  bool  // a provider answered just now (a trace, or "no record")
	Err    error // nil, or wraps a name of package tracking, or ErrFloor, ErrBudget, ErrHeld, ErrStale (a check is under way)
}
