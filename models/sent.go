package models

// SentOutcome is how an attempt to deliver something to a chat ended.
type SentOutcome string

// How deliveries end, as they are kept for the operator.
const (
	SentDelivered SentOutcome = "sent"    // the platform has accepted it
	SentRefused   SentOutcome = "refused" // the platform refused it for good; it is not sent again
	SentGivenUp   SentOutcome = "given_up"
	SentHidden    SentOutcome = "hidden" // nothing in it that this follower may see: no message
	SentFailed    SentOutcome = "failed" // it is tried again
	SentWait      SentOutcome = "wait"   // the platform asked to wait
	SentNoCredit  SentOutcome = "credit" // nothing may be sent before the customer writes
	SentGone      SentOutcome = "gone"   // the chat has blocked the bot or is no more
)

// Sent is how the delivery of a parcel's news to a chat ended: everything up to the
// sequence number Upto. Parcel 0 stands for the replies to what a chat wrote.
type Sent struct {
	ParcelID int64       `gorm:"primaryKey;autoIncrement:false"`
	ChatID   int64       `gorm:"primaryKey;autoIncrement:false"`
	Upto     int64       `gorm:"primaryKey;autoIncrement:false"`
	Outcome  SentOutcome `gorm:"primaryKey;size:16"`
	Reason   string      // the platform's words, without secrets; "" when it was accepted
	Attempts int         // how often it ended so
	At       Moment      // the last time
}

// Mark says how far a follow was delivered, and how. Without an outcome it is not
// kept for the operator.
type Mark struct {
	FollowID int64
	ParcelID int64
	Upto     int64
	Outcome  SentOutcome
	Reason   string // what the platform said when it refused; "" when it accepted
	At       Moment
}
