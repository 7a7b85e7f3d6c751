package models

// MostCounted is up to how many a Backlog counts: it stands for as many and more, so that
// looking costs the same whatever has piled up.
const MostCounted = 10_000

// Backlog is how far the work is behind, for metrics and the operator.
type Backlog struct {
	Live      int64  // parcels that are followed up, all of them; who counts them, and when, is the caller's
	Due       int64  // of these, due now; at most MostCounted, as are the next
	OldestDue Moment // since when the oldest of them is due; zero when none
	Inbox     int64  // updates not answered yet
	Chats     int64  // chats with something to answer or to send now
}

// Usage is one row of a day's bill.
type Usage struct {
	Provider string
	Kind     CallKind
	Outcome  Outcome
	Billed   bool
	Count    int64
}

// ChatUsage is what asking for one chat has cost in a period. A call about a parcel
// that several chats follow is shared among them.
type ChatUsage struct {
	ChatID int64 // NoChat for calls about what no chat follows
	Calls  int64 // in thousandths, with the chat's shares
	Billed int64 // likewise
	Cost   int64 // in millionths of a yuan, by the prices of the day
}

// NoChat stands for all calls about which no chat can be named: detections, lists,
// and numbers that nobody follows.
const NoChat = 0

// OfDay is a day in Shanghai as a period of ChatUsage.
func OfDay(m Moment) string { return "d" + m.Day() }

// OfMonth is a month in Shanghai as a period of ChatUsage.
func OfMonth(m Moment) string { return "m" + m.Day()[:len("2006-01")] }
