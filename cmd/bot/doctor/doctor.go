// Package doctor checks everything that the settings name and says what works
// and what to fix. It changes nothing, nobody notices it, and it makes no call
// that is billed unless it is told to.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"waybill/cmd/bot/config"
	"waybill/models/store"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

// Doctor checks one part after the other.
type Doctor struct {
	settings  config.Settings
	mistakes  error
	openStore OpenStore
	explain   Explain
	askPaid   AskPaid
	client    *http.Client
}

// OpenStore opens the database and changes nothing in it.
type OpenStore func(context.Context, config.Settings) (*store.Store, error)

// Explain says what to do about the database as a whole, such as a key that does not fit.
type Explain func(config.Settings, error) error

// AskPaid asks the first of the settings' providers about a waybill, through
// ledger, budget and rate as every other call.
type AskPaid func(ctx context.Context, s config.Settings, number string) (Paid, error)

// Paid is how many calls a question took.
type Paid struct{ Calls, Billed int }

// timeout is how long one check may take.
const timeout = 15 * time.Second

// Result is what one check found.
type Result struct {
	Part    string
	OK      bool
	Text    string // what works; when it does not, also what to do
	Care    bool   // it works as far as anybody can tell, and there is something to know
	Refused bool   // not OK, because somebody answered that a setting's value is wrong
}

func good(part, format string, args ...any) []Result {
	return []Result{{Part: part, OK: true, Text: fmt.Sprintf(format, args...)}}
}

// care is good, with something that the operator should know.
func care(part, format string, args ...any) []Result {
	return []Result{{Part: part, OK: true, Care: true, Text: fmt.Sprintf(format, args...)}}
}

func bad(part, format string, args ...any) []Result {
	return []Result{{Part: part, Text: fmt.Sprintf(format, args...)}}
}

// refused is bad, because a value is wrong.
func refused(part, format string, args ...any) []Result {
	return []Result{{Part: part, Text: fmt.Sprintf(format, args...), Refused: true}}
}

// New makes a Doctor for settings, and what config.Read found wrong with them.
func New(s config.Settings, mistakes error, open OpenStore, explain Explain, ask AskPaid) *Doctor {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a key must not travel to another host
	return &Doctor{settings: s, mistakes: mistakes, openStore: open, explain: explain, askPaid: ask, client: &http.Client{Timeout: timeout, CheckRedirect: stay}}
}

// Check checks all that is configured and prints a line for each result; ok is
// false when something is to be fixed. paid also makes one call to each
// provider that may be billed.
func (d *Doctor) Check(ctx context.Context, out Screen, paid bool) (ok bool, err error) {
	return d.print(out, d.checkSettings(), d.checkDatabase(ctx), d.checkQueue(ctx), d.checkHTTP(ctx), d.checkPages(), d.checkVendors(ctx, paid), d.checkDoors(ctx))
}

// Ready asks the bot that runs with these settings whether it is ready.
func (d *Doctor) Ready(ctx context.Context, out Screen) (ok bool, err error) {
	return d.print(out, d.checkSettings(), d.checkReady(ctx))
}

// checkSettings lists what is wrong with the settings.
func (d *Doctor) checkSettings() []Result {
	var mistakes config.Mistakes
	errors.As(d.mistakes, &mistakes)
	if len(mistakes) == 0 {
		return good("settings", "complete")
	}
	var results []Result
	for _, m := range mistakes {
		results = append(results, bad("settings", "%s", m)...)
	}
	return results
}

// checkVendors has every configured provider examined.
func (d *Doctor) checkVendors(ctx context.Context, paid bool) []Result {
	var results []Result
	for _, v := range d.settings.Vendors {
		results = append(results, d.examine(ctx, v)...)
		if paid {
			results = append(results, d.paid(ctx, v)...)
		}
	}
	return results
}

// examine has a provider try itself without a bill.
func (d *Doctor) examine(ctx context.Context, v tracking.Vendor) []Result {
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		return bad(v.Name, "%v", err)
	}
	parts := tracking.Parts{Carriers: carriers, Client: d.client, PublicURL: d.settings.PublicURL, Now: time.Now}
	var results []Result
	for _, f := range v.Examine(ctx, parts) {
		results = append(results, Result{Part: v.Name, OK: f.OK, Care: f.Care, Refused: f.Refused, Text: f.Text})
	}
	return results
}

// paid asks one provider about a sample.
func (d *Doctor) paid(ctx context.Context, v tracking.Vendor) []Result {
	s := d.settings
	s.Providers, s.Vendors = []string{v.Name}, []tracking.Vendor{v}
	calls, err := d.askPaid(ctx, s, tracking.SampleNumber)
	if err != nil && !errors.Is(err, tracking.ErrNoRecord) && !errors.Is(err, tracking.ErrNumber) {
		return bad(v.Name, "a paid call fails: %v", err)
	}
	return good(v.Name, "a paid call about a sample number answers (%d of %d billed)", calls.Billed, calls.Calls)
}

// checkDoors checks every door whose settings are complete.
func (d *Doctor) checkDoors(ctx context.Context) []Result {
	checks := map[string]func(context.Context) []Result{
		"telegram": d.checkTelegram, "wecom_kf": d.checkKF, "wecom_app": d.checkApp, "wecom_aibot": d.checkAIBot, "wecom_robot": d.checkRobots,
	}
	var results []Result
	for _, door := range d.settings.Doors() {
		results = append(results, checks[door.Name](ctx)...)
	}
	return results
}
