package models

// Import is a table whose parcels a chat has begun to follow together. Their first
// states are told in one summary, not one by one.
type Import struct {
	ChatID     int64  `gorm:"primaryKey;autoIncrement:false"`
	StartedAt  Moment `gorm:"primaryKey;autoIncrement:false"` // names it: Follow.ImportedAt
	Total      int    // parcels
	Checked    int    // of how many the first state was known when that was last said to the chat
	Token      string `gorm:"size:128"` // of the button whose message shows how far it is; "" when none does
	ReportedAt Moment // when that was last said to the chat
	SummedAt   Moment // when it was summed up for the first time, with some parcels missing
	DueAt      Moment // when it is looked at next
}

// ImportPart is how many parcels of an import stand alike, as far as the chat may see.
type ImportPart struct {
	Status   Status // Unknown for what no tail has opened
	Locked   bool   // it wants a phone's tail that nobody has given, or another one
	Recorded bool   // there is a scan
	Checked  bool   // its first state is known, or it waits for a tail
	Count    int
}

// Listed is a parcel with a number that a table lists, and whether the chat that asks
// follows it.
type Listed struct {
	ID         int64
	Number     string
	Carrier    Carrier
	EventAt    Moment
	TailNeeded bool
	Followed   bool
	TailState  TailState // of the chat's follow
}

// Proved says that a scan has shown the carrier to be the right one.
func (l Listed) Proved() bool { return l.EventAt != 0 }

// Locked says that the chat follows the parcel and sees nothing of it before it gives
// a tail, or another one.
func (l Listed) Locked() bool {
	return l.Followed && l.TailNeeded && l.TailState.Wanting()
}

// Batch is a part of a table that a chat is to follow, in one transaction.
type Batch struct {
	ChatID       int64
	Items        []Item    // number, carrier, name and tail (digits in the clear; the store seals them)
	Lang         string    // see Parcel.Lang
	TailCarriers []Carrier // those whose parcels want a tail
	Started      Moment    // names the import
	Max          int       // live parcels of the chat; 0: no limit

	// Attempts of tails that may be taken per waybill and day; see store.ReserveTailAttempt.
	AttemptsOfChat, AttemptsOfWaybill int
}

// BatchResult is what became of one item of a Batch.
type BatchResult struct {
	Begun  bool // the chat follows it since now
	Full   bool // it would be one too many: it is not followed
	Locked bool // it wants a tail, and there is none to be tried
}
