package models

import (
	"errors"
	"fmt"
	"time"
)

// Errors of the store that its users tell apart.
var (
	ErrNotFound = errors.New("not found")
	ErrStale    = errors.New("somebody else changed it first")
	ErrTooMany  = errors.New("too many live parcels in this chat")
)

// Why a database as a whole is not to be worked with.
var (
	ErrWrongKey   = errors.New("the key does not open what is stored")
	ErrUnfinished = errors.New("a copy into this database has not finished")
	ErrInUse      = errors.New("a process works with it")
	ErrNotEmpty   = errors.New("it holds rows already")
	ErrOlder      = errors.New("its schema is older than this program's")
	ErrNewer      = errors.New("its schema is newer than this program's")
)

// Why the ledger refused a call. Errors that wrap these carry a Refusal.
var (
	ErrFloor  = errors.New("asked too recently")
	ErrBudget = errors.New("today's budget is spent")
	ErrHeld   = errors.New("the provider locked this waybill")
)

// Refusal is the ledger's no: why, and from when on it may be yes.
type Refusal struct {
	Why   error // ErrFloor, ErrBudget or ErrHeld
	Until Moment
}

// Error says why; it names neither the waybill nor the chat.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%v, until %s", r.Why, r.Until.Time().Format(time.RFC3339))
}

// Unwrap makes errors.Is find the reason.
func (r *Refusal) Unwrap() error { return r.Why }

// Outcomes of telling a chat something, as the doors report them.
var (
	ErrGone     = errors.New("the chat blocked the bot or is gone")
	ErrRefused  = errors.New("the platform refuses this text for good")
	ErrNoCredit = errors.New("the platform allows no message before the customer writes")
)

// Wait is a platform's "not now": try again after the given time.
type Wait struct{ After time.Duration }

// Error says for how long.
func (w *Wait) Error() string { return fmt.Sprintf("the platform asks to wait %s", w.After) }

// Moved says that a chat has another address now; what was to be sent was not.
type Moved struct{ Conversation string }

// Error says that the chat has moved.
func (m *Moved) Error() string { return "the chat has moved to another id" }
