package tracking

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"waybill/tracking/recognise"
)

// Vendor is one tracking API as the program knows it before it is opened. Each
// provider's folder makes its own; adding a provider is its folder, its
// emulation, one line of cmd/bot and one of the layout test (docs/map.md lists the
// steps). Settings are filled first; whatever is called afterwards reads them.
type Vendor struct {
	// Name names it in settings, budgets, metrics and the ledger ("muzhi"). Its
	// settings begin with WAYBILL_, the name in capitals and an underscore.
	Name string
	// Settings points at a struct of strings (secrets are redact.Secret) with
	// the tags env and envDefault of caarlos0/env; names have no prefix.
	Settings any
	// Rate is how many calls a second it takes when WAYBILL_RATE does not say.
	Rate float64
	// SharedPushToken says that its pushes come under one token for all
	// waybills and are only hints: they name waybills and not what happened.
	// Else each subscription has a token of its own, and its pushes bring traces.
	SharedPushToken bool

	// Wanted says that something is set which would switch it on, be it wrong or
	// half of what it takes.
	Wanted func() bool
	// Configured says that enough is set to open it.
	Configured func() bool
	// Check tells what is wrong with the settings, given the base under which
	// the world reaches us ("" when it does not).
	Check func(publicURL string) []Mistake
	// Addresses are the URLs that it will call; "" for those that are off.
	Addresses func() []string
	// Open makes the provider. It calls nobody.
	Open func(Parts) (Provider, error)
	// Examine tries it without a billed call, and tells the operator what works
	// and what to mend. Texts may hold what the vendor said, secrets too: mask
	// them before they are shown.
	Examine func(context.Context, Parts) []Finding
}

// Mistake is one wrong setting. It never repeats the value, which may be a
// secret in the wrong variable.
type Mistake struct {
	Name    string // the whole name: "WAYBILL_MUZHI_URL"
	Problem string // what it should be
}

// Finding is one thing that was examined: what works, or what to do.
type Finding struct {
	OK      bool
	Text    string
	Care    bool // OK as far as anybody can tell, and there is something to know
	Refused bool // not OK, because the vendor answered that a setting's value is wrong
}

// Parts are what providers are made of beside their settings.
type Parts struct {
	Carriers  *recognise.Carriers
	Client    *http.Client // its time-out and transport hold; redirects are not followed
	PublicURL string       // the base under which the world reaches us; "" when it does not
	Now       func() time.Time
	// FailureBilled counts one more failed query about a waybill and says whether
	// it is one that is billed (Failures.Billed). Nil: every one counts as billed.
	FailureBilled func(ctx context.Context, provider, waybill string) bool
}

// SampleNumber is a number of a plausible shape that belongs to nobody.
const SampleNumber = "YT1000000000013"

// Good is a finding about what works.
func Good(format string, args ...any) []Finding {
	return []Finding{{OK: true, Text: fmt.Sprintf(format, args...)}}
}

// Bad is a finding about what is to be mended.
func Bad(format string, args ...any) []Finding {
	return []Finding{{Text: fmt.Sprintf(format, args...)}}
}

// Refused is a finding about a value that the vendor calls wrong.
func Refused(format string, args ...any) []Finding {
	return []Finding{{Text: fmt.Sprintf(format, args...), Refused: true}}
}

// Fetch makes a call that costs nothing, for Examine, and reads 64 KiB of the answer.
func (p Parts) Fetch(r *http.Request) (Reply, error) {
	resp, err := p.Client.Do(r)
	if err != nil {
		return Reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return Reply{Status: resp.StatusCode, Header: resp.Header, Body: body}, err
}

// Setting is one setting's whole name and what it was given.
type Setting struct {
	Name  string
	Value string
}

// Checked is a mistake when read refuses a setting's value, none when it takes it.
func Checked[T any](s Setting, read func(string) (T, error)) []Mistake {
	if _, err := read(s.Value); err != nil {
		return []Mistake{{s.Name, err.Error()}}
	}
	return nil
}

// Together wants all of the settings when one of them, or one of those that
// build on them, is set.
func Together(building []Setting, all ...Setting) []Mistake {
	var mistakes []Mistake
	for _, given := range append(building, all...) {
		if given.Value == "" {
			continue
		}
		for _, s := range all {
			if s.Value == "" {
				mistakes = append(mistakes, Mistake{s.Name, "missing, but " + given.Name + " is set"})
			}
		}
		return mistakes
	}
	return nil
}
