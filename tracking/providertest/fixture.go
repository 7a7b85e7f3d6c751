package providertest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

// Fixture reads a file of the caller's testdata.
func Fixture(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Carriers is the embedded table.
func Carriers(tb testing.TB) *recognise.Carriers {
	tb.Helper()
	c, err := recognise.LoadCarriers()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// Open makes something of a provider with settings that it must take.
func Open[S, P any](tb testing.TB, open func(S, tracking.Parts) (P, error), s S, parts tracking.Parts) P {
	tb.Helper()
	p, err := open(s, parts)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// Clock stands still at noon of the day after the fixtures' newest scans, in Shanghai.
func Clock() time.Time { return At(5, 12, 0, 0) }

// At is a moment of the fixtures' month, in Shanghai.
func At(day, hour, minute, second int) time.Time {
	return time.Date(2026, 3, day, hour, minute, second, 0, models.Shanghai)
}

// LastRequest is the last request that a server got, with the form of its body and
// the number of requests so far; there is no Request before the first.
type LastRequest struct {
	*http.Request
	Posted url.Values
	Calls  int
}

// Answering is the address of a server that gives one answer, whatever it is
// asked, and what it has heard.
func Answering(t *testing.T, status int, body string) (string, *LastRequest) {
	t.Helper()
	last := &LastRequest{}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		form, _ := url.ParseQuery(string(raw)) // the tests say what a form must hold
		*last = LastRequest{r.Clone(t.Context()), form, last.Calls + 1}
		last.Body = io.NopCloser(bytes.NewReader(raw))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // a client that has left is no failure of the test
	})
	return s.URL, last
}

// Refused wants New to take good settings and to refuse every spoilt copy.
func Refused[S any](t *testing.T, open func(S, tracking.Parts) (tracking.Provider, error), good S, spoilt map[string]func(*S)) {
	t.Helper()
	parts := Parts(t)
	parts.PublicURL = ""
	Open(t, open, good, parts)
	for name, spoil := range spoilt {
		s := good
		spoil(&s)
		if _, err := open(s, parts); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
