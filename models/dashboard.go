package models

// LedgerCall is one call to a provider as the ledger keeps it.
type LedgerCall struct {
	ID         int64
	Provider   string
	Kind       CallKind
	Outcome    Outcome
	Billed     bool
	Number     string // the waybill; "" for calls about none
	Purpose    Purpose
	StartedAt  Moment
	FinishedAt Moment // zero while nobody knows how it ended
}

// CallFilter chooses calls out of the ledger; what is empty chooses all.
type CallFilter struct {
	Provider string
	Outcome  Outcome
	From, To Moment // begun at From or later, and before To
	Before   Cursor // only what stands behind it, newest first
}

// Cursor is where a list goes on: behind the row with this time and id. The zero
// value is its beginning.
type Cursor struct {
	At Moment
	ID int64
}

// Figures count what the operator looks at first.
type Figures struct {
	Live      map[Status]int64 // followed parcels that are not finished
	Due       int64            // parcels due for a check now
	OldestDue Moment           // since when the longest waiting one is due; zero when none is
	NextAge   Moment           // the middle of the moments at which those checked next were last answered; zero when never
	Chats     int64            // chats with a live parcel; group robots are none
	Inbox     int64            // messages that are not answered yet
	Pending   int64            // follows with news that is not delivered yet, of chats that can be told
	Failing   int64            // chats to which sending fails now
}

// LiveParcels are all live parcels.
func (f Figures) LiveParcels() int64 {
	var n int64
	for _, count := range f.Live {
		n += count
	}
	return n
}

// Follower is a follow together with its chat, a row of a parcel's page.
type Follower struct {
	Follow Follow
	Chat   Chat
	Credit Credit
}

// RawPush is a push as it came, of a provider that has not published its form.
type RawPush struct {
	ID       int64
	Provider string
	At       Moment
	Body     string
}

// Note is something that the operator shall find again: an alert, a sign-in, a number
// that was shown.
type Note struct {
	ID   int64
	Kind NoteKind
	What string // at most 400 characters
	At   Moment
}

// NoteKind is what a note is about.
type NoteKind string

const (
	NoteAlert NoteKind = "alert"
	NoteShown NoteKind = "shown"
	NoteLogin NoteKind = "login"
)

// Seals counts what is sealed in a database.
type Seals struct {
	Current int // under the key that seals now
	Older   int // under one of the others
	Closed  int // under none of them, or damaged
}
