package models

import "slices"

// Credit is what a platform still lets the bot send to a chat until the
// customer writes again.
type Credit struct {
	Address Address
	Left    int
	Until   Moment // from then on none is left
	Epoch   int64  // raised by every renewal; a change made with an older one is out of date
	SpokeAt Moment // when the customer last wrote, by the platform's clock
}

// LeftAt is how many messages are left at a moment.
func (c Credit) LeftAt(now Moment) int {
	if now >= c.Until {
		return 0
	}
	return max(c.Left, 0)
}

// SyncCursor says how far the messages of an account that hands them out on request
// have been fetched.
type SyncCursor struct {
	Account   string `gorm:"primaryKey;size:64"`
	Cursor    string `gorm:"column:next_cursor;size:128"` // where the next page begins; "" before the first
	Token     string `gorm:"size:128"`                    // of the last announcement; "" when it had none
	TokenAt   Moment // when it was announced
	FirstAt   Moment // when the account was first announced
	Announced int64  // how often something was announced
	Fetched   int64  // the value of Announced up to which everything is fetched
}

// SyncPage is what one fetch of an account's messages brought, stored in one transaction. It
// is conditional on the cursor: From must be the stored one, else ErrStale.
type SyncPage struct {
	Account     string
	From        string // the cursor it was fetched with
	Cursor      string // where the next page begins
	Fetched     int64  // SyncCursor.Announced, when there is nothing more to fetch; else 0
	Arrivals    []Arrival
	Renewals    []CreditRenewal
	Exhausted   []CreditExhausted
	Undelivered []Undelivered
}

// All are the arrivals of a page, with what was not delivered.
func (p SyncPage) All() []Arrival {
	all := slices.Clone(p.Arrivals)
	for _, u := range p.Undelivered {
		all = append(all, u.Arrival)
	}
	return all
}

// Undelivered is what was sent to a chat and did not arrive, as the platform says
// afterwards. It is due at once when the customer has written since, else with
// the renewal that comes, and at the arrival's DueAt at the latest.
type Undelivered struct {
	Arrival Arrival // Answered, with its Replies
	Epoch   int64   // of the credit that it was sent on
}

// CreditRenewal is a customer's message that lets the bot send again. It counts only
// when the arrival with this key is new, so that what is fetched twice renews
// once.
type CreditRenewal struct {
	Key     string
	Address Address
	Left    int
	At      Moment // when the customer wrote
	Until   Moment
}

// After is the credit's epoch after this renewal. It is above the one before,
// and above all that a customer had who was forgotten meanwhile, because what is
// named by it (a platform's message id) must not come twice.
func (r CreditRenewal) After(epoch int64) int64 { return max(epoch+1, int64(r.At)) }

// CreditExhausted says that, by the platform's word, nothing more can be sent.
type CreditExhausted struct {
	Address Address
	At      Moment
	Epoch   int64 // of the credit that the message was sent on which it is about; 0 when nobody knows
}

// Of says whether it is about a credit as it stands, or void because the
// customer has written since. Within one second of the platform's clock the
// customer's message counts.
func (s CreditExhausted) Of(c Credit) bool {
	if s.Epoch > 0 {
		return s.Epoch >= c.Epoch
	}
	return s.At > c.SpokeAt
}
