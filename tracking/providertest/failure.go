package providertest

import (
	"errors"
	"testing"
	"unicode/utf8"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// Unsent wants a call that has failed for this reason before it left.
func Unsent(t *testing.T, what string, err, kind error) {
	t.Helper()
	var e *tracking.Error
	if !errors.As(err, &e) || !e.Unsent || !errors.Is(err, kind) {
		t.Errorf("%s: got %v, want %v unsent", what, err, kind)
	}
}

// Failed wants a call that was sent and has failed for this reason, and says
// whether it was billed.
func Failed(t *testing.T, what string, err, kind error, billed bool) {
	t.Helper()
	var e *tracking.Error
	if !errors.As(err, &e) || e.Unsent || !errors.Is(err, kind) || e.Billed != billed {
		t.Errorf("%s: got %v, want %v, billed %v", what, err, kind, billed)
	}
}

// Limit is a question that breaks a rule of the vendor's, and the answer to it.
type Limit struct {
	Number  string
	Carrier models.Carrier
	Tail    string
	Want    error
}

// Limits wants a provider to refuse every such question before it is sent.
func Limits(t *testing.T, p tracking.Provider, limits map[string]Limit) {
	t.Helper()
	for name, l := range limits {
		_, err := p.Query(t.Context(), l.Number, l.Carrier, l.Tail)
		Unsent(t, name, err, l.Want)
	}
}

// Named wants the error of an answer that says anything at all to have a kind
// and to be readable.
func Named(t *testing.T, err error) *tracking.Error {
	t.Helper()
	var e *tracking.Error
	if !errors.As(err, &e) || e.Kind == nil || !utf8.ValidString(err.Error()) {
		t.Fatalf("got %v", err)
	}
	return e
}

// Formed wants the scans that were read out of any answer to be in our
// form: worded, bounded, readable and newest first.
func Formed(t *testing.T, trace models.Trace) {
	t.Helper()
	for i, e := range trace.Events {
		worded := e.Text != "" && utf8.ValidString(e.Text+e.Place+e.Code+e.Extra)
		ordered := i == 0 || trace.Events[i-1].At >= e.At
		if e.Kind != models.Scan || !worded || utf8.RuneCountInString(e.Text) > scan.MaxText || !ordered {
			t.Fatalf("scan %d is %+v", i, e)
		}
	}
}
