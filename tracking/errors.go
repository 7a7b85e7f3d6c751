package tracking

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"waybill/internal/redact"
	"waybill/models"
	"waybill/tracking/scan"
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

// asError finds a provider's *Error in err.
func asError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

func isUnsent(err error) bool {
	e, ok := asError(err)
	return ok && e.Unsent
}

// untilOf is from when on asking again makes sense, zero when nobody knows.
func untilOf(err error) models.Moment {
	if e, ok := asError(err); ok {
		return e.Until
	}
	var refusal *models.Refusal
	if errors.As(err, &refusal) {
		return refusal.Until
	}
	return 0
}

// harmful says what counts against a provider: no usable answer. A refusal,
// "no record" and our own shutdown are none of its failures.
func harmful(err error) bool {
	return errors.Is(err, ErrUnavailable) && !errors.Is(err, context.Canceled)
}

// answered says that the provider has done what it was asked for, be it by a no.
func answered(err error) bool {
	e, failed := asError(err)
	return err == nil || failed && !e.Unsent && !errors.Is(e.Kind, ErrUnavailable)
}

// outcome translates a call's end into the ledger's words.
func outcome(err error) models.Outcome {
	if err == nil {
		return models.OutcomeTrace
	}
	if isUnsent(err) {
		return models.OutcomeUnsent
	}
	for _, o := range []struct {
		kind error
		name models.Outcome
	}{
		{ErrNoRecord, models.OutcomeNoRecord},
		{ErrTailNeeded, models.OutcomeTailNeeded},
		{ErrTailWrong, models.OutcomeTailWrong},
		{ErrNumber, models.OutcomeNumber},
		{ErrCarrier, models.OutcomeCarrier},
		{ErrQuota, models.OutcomeQuota},
		{ErrRate, models.OutcomeRate},
		{ErrLocked, models.OutcomeLocked},
		{ErrAuth, models.OutcomeAuth},
	} {
		if errors.Is(err, o.kind) {
			return o.name
		}
	}
	return models.OutcomeUnavailable
}

// billedInEnd says whether a call that has ended is billed: the provider's word,
// and where it gave none (a nameless failure), the careful answer, yes.
func billedInEnd(billed bool, err error) bool {
	if err == nil {
		return billed
	}
	if e, ok := asError(err); ok {
		return e.Billed && !e.Unsent
	}
	return true
}

// closing completes the ledger row of one call.
func closing(t models.Ticket, number string, billed bool, err error, now models.Moment) models.Closing {
	c := models.Closing{Ticket: t, Outcome: outcome(err), Billed: billedInEnd(billed, err), Number: number, At: now}
	if e, ok := asError(err); ok && errors.Is(e.Kind, ErrLocked) {
		c.LockedUntil = e.Until
	}
	return c
}

// maxText is how many characters of a vendor's words an error keeps.
const maxText = 200

// Mask makes a text of a vendor fit for errors and logs: what must be hidden is
// replaced whatever its case, and so is every run of six or more digits.
func Mask(text string, hide ...string) string {
	text = redact.Text(scan.Clean(text, scan.MaxText), hide...)
	return scan.Clean(maskDigits(text), maxText)
}

func maskDigits(text string) string {
	var b strings.Builder
	for text != "" {
		n := 0
		for n < len(text) && '0' <= text[n] && text[n] <= '9' {
			n++
		}
		switch {
		case n >= 6:
			b.WriteString(redact.Hidden)
		case n == 0:
			n = 1
			b.WriteByte(text[0])
		default:
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	return b.String()
}
