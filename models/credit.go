package models

import "slices"

// Credit is what a platform still lets the bot send to a chat until the
// customer writes again.
type Credit struct {
	Address Address
	Left    int
	Until   Moment // from then on none is left
	Serial  int64  // raised by every renewal; a change made with an older one is out of date
	SpokeAt Moment // when the customer last wrote, by the platform's clock
}

// LeftAt is how many messages are left at a moment.
func (c Credit) LeftAt(now Moment) int {
	if now >= c.Until {
		return 0
	}
	return max(c.Left, 0)
}

// Mail says how far the messages of an account that hands them out on request
// have been fetched.
type Mail struct {
	Account   string `gorm:"primaryKey;size:64"`
	Cursor    string `gorm:"column:next_cursor;size:128"` // where the next page begins; "" before the first
	Token     string `gorm:"size:128"`                    // of the last announcement; "" when it had none
	TokenAt   Moment // when it was announced
	FirstAt   Moment // when the account was first announced
	Announced int64  // how often something was announced
	Fetched   int64  // the value of Announced up to which everything is fetched
}

// TableName is where the store keeps it.
func (Mail) TableName() string { return "sync_cursors" }

// Page is what one fetch of an account brought, stored in one transaction. It
// is conditional on the cursor: From must be the stored one, else ErrStale.
type Page struct {
	Account     string
	From        string // the cursor it was fetched with
	Cursor      string // where the next page begins
	Fetched     int64  // Mail.Announced, when there is nothing more to fetch; else 0
	Arrivals    []Arrival
	Renewals    []Renewal
	Spent       []Spent
	Undelivered []Undelivered
}

// All are the arrivals of a page, with what was not delivered.
func (p Page) All() []Arrival {
	all := slices.Clone(p.Arrivals)
	for _, u := range p.Undelivered {
		all = append(all, u.Arrival)
	}
	return all
}

// Undelivered is what a chat was told and did not get, as the platform says
// afterwards. It is due at once when the customer has written since, else with
// the renewal that comes, and at the arrival's DueAt at the latest.
type Undelivered struct {
	Arrival Arrival // Answered, with its Replies
	Serial  int64   // of the credit that it was sent on
}

// Renewal is a customer's message that lets the bot send again. It counts only
// when the arrival with this key is new, so that what is fetched twice renews
// once.
type Renewal struct {
	Key     string
	Address Address
	Left    int
	At      Moment // when the customer wrote
	Until   Moment
}

// After is the credit's serial after this renewal. It is above the one before,
// and above all that a customer had who was forgotten meanwhile, because what is
// named by it (a platform's message id) must not come twice.
func (r Renewal) After(serial int64) int64 { return max(serial+1, int64(r.At)) }

// Spent is the platform's word that nothing more can be sent, said at a moment.
type Spent struct {
	Address Address
	At      Moment
	Serial  int64 // of the credit that the message was sent on which it is about; 0 when nobody knows
}

// Of says whether the word is about a credit as it stands, or void because the
// customer has written since. Within one second of the platform's clock the
// customer's message counts.
func (s Spent) Of(c Credit) bool {
	if s.Serial > 0 {
		return s.Serial >= c.Serial
	}
	return s.At > c.SpokeAt
}
