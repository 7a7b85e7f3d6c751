package tracking

import (
	"errors"
	"fmt"

	"waybill/models"
)

// The few names that all outcomes of all providers are translated into.
var (
	ErrNoRecord    = errors.New("no record yet")                     // an answer, not a failure
	ErrTailNeeded  = errors.New("a phone's last four digits wanted") // none was given
	ErrTailWrong   = errors.New("the phone's last four digits refused")
	ErrNumber      = errors.New("not a valid number")
	ErrCarrier     = errors.New("wrong or unknown carrier")
	ErrQuota       = errors.New("quota spent")                      // until Error.Until, zero when unknown
	ErrRate        = errors.New("too many requests")                // until Error.Until
	ErrLocked      = errors.New("the provider locked this waybill") // until Error.Until
	ErrAuth        = errors.New("key or account refused; the operator must act")
	ErrUnavailable = errors.New("no usable answer")
)

// Error is a provider's refusal or failure: Kind is one of the names above,
// Code and Text are the provider's own, for the operator. Text never holds a
// key, a phone tail or a whole waybill number: providers build it through Wire.Refuse.
type Error struct {
	Provider string
	Kind     error
	Code     string
	Text     string
	Until    models.Moment // zero when the provider did not say
	Billed   bool
	Unsent   bool  // nothing left this machine
	Cause    error // may be nil
}

// Error names provider, kind and the provider's own code.
func (e *Error) Error() string {
	s := e.Provider + ": " + e.Kind.Error()
	if e.Code != "" {
		s += " (" + e.Code + ")"
	}
	if e.Text != "" {
		s += ": " + e.Text
	}
	if e.Cause != nil {
		s = fmt.Sprintf("%s: %v", s, e.Cause)
	}
	return s
}

// Unwrap makes errors.Is find the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}
