package providertest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"

	"waybill/tracking"
)

// Configure fills a vendor's settings from NAME=value, without the prefix, and
// with its defaults.
func Configure(t *testing.T, v tracking.Vendor, environ ...string) tracking.Vendor {
	t.Helper()
	if err := env.ParseWithOptions(v.Settings, env.Options{Environment: env.ToMap(environ)}); err != nil {
		t.Fatal(err)
	}
	return v
}

// Parts are what a vendor opens with: the embedded table, a client that follows
// no redirect, and a clock that stands still.
func Parts(tb testing.TB) tracking.Parts {
	tb.Helper()
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return tracking.Parts{Carriers: Carriers(tb), Client: &http.Client{CheckRedirect: stay}, PublicURL: "https://bot.example", Now: Clock}
}

// Environment is a set of settings, and which of them are wrong.
type Environment struct {
	Set       []string // NAME=value, without the prefix
	PublicURL string
	Wrong     []string // whole names
	Wanted    bool
	On        bool // it is configured
}

// Environments wants a vendor to name what is wrong, whatever is set, without
// repeating a value that holds "s3cret".
func Environments(t *testing.T, open func() tracking.Vendor, cases map[string]Environment) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := Configure(t, open(), c.Set...)
			var wrong []string
			for _, m := range v.Check(c.PublicURL) {
				wrong = append(wrong, m.Name)
				if m.Problem == "" || strings.Contains(m.Problem, "s3cret") {
					t.Errorf("%s: %q", m.Name, m.Problem)
				}
			}
			if !slices.Equal(wrong, c.Wrong) || v.Wanted() != c.Wanted || v.Configured() != c.On {
				t.Errorf("wrong are %v, wanted %v, configured %v", wrong, v.Wanted(), v.Configured())
			}
		})
	}
}

// Examined is what a vendor's examination must say of an answer.
type Examined struct {
	Answer Reply
	OK     bool
	Says   string
}

// Examinations wants a vendor to understand what its API answers to a call that
// is not billed. Set makes the settings that lead to an address.
func Examinations(t *testing.T, open func() tracking.Vendor, set func(url string) []string, cases map[string]Examined) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := serve(t, say(c.Answer))
			v := Configure(t, open(), set(s.URL)...)
			found := v.Examine(t.Context(), Parts(t))
			if len(found) != 1 || found[0].OK != c.OK || !strings.Contains(found[0].Text, c.Says) || s.calls.Load() != 1 {
				t.Errorf("%+v after %d calls", found, s.calls.Load())
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		s := serve(t, say(Reply{}))
		s.Close()
		v := Configure(t, open(), set(s.URL)...)
		if found := v.Examine(t.Context(), Parts(t)); len(found) != 1 || found[0].OK {
			t.Errorf("%+v", found)
		}
	})
}
