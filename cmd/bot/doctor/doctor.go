// Package doctor checks everything that the settings name and says what works
// and what to fix. It changes nothing, nobody notices it, and it makes no call
// that is billed unless it is told to.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	askPaid   AskPaid
	client    *http.Client
}

// OpenStore opens the database and changes nothing in it.
type OpenStore func(context.Context, config.Settings) (*store.Store, error)

// AskPaid asks the first of the settings' providers about a waybill, through
// ledger, budget and rate as every other call.
type AskPaid func(ctx context.Context, s config.Settings, number string) (Paid, error)

// Paid is how many calls a question took.
type Paid struct{ Calls, Billed int }

// timeout is how long one check may take.
const timeout = 15 * time.Second

// result is what one check found.
type result struct {
	part string
	ok   bool
	text string // what works; when it does not, also what to do
}

func good(part, format string, args ...any) []result {
	return []result{{part: part, ok: true, text: fmt.Sprintf(format, args...)}}
}

func bad(part, format string, args ...any) []result {
	return []result{{part: part, text: fmt.Sprintf(format, args...)}}
}

// New makes a Doctor for settings, and what config.Read found wrong with them.
func New(s config.Settings, mistakes error, open OpenStore, ask AskPaid) *Doctor {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a key must not travel to another host
	return &Doctor{settings: s, mistakes: mistakes, openStore: open, askPaid: ask, client: &http.Client{Timeout: timeout, CheckRedirect: stay}}
}

// Check checks all that is configured and prints a line for each result; ok is
// false when something is to be fixed. paid also makes one call to each
// provider that may be billed.
func (d *Doctor) Check(ctx context.Context, out io.Writer, paid bool) (ok bool, err error) {
	return d.print(out, d.checkSettings(), d.checkDatabase(ctx), d.checkQueue(ctx), d.checkHTTP(ctx), d.checkVendors(ctx, paid), d.checkDoors(ctx))
}

// Ready asks the bot that runs with these settings whether it is ready.
func (d *Doctor) Ready(ctx context.Context, out io.Writer) (ok bool, err error) {
	return d.print(out, d.checkSettings(), d.checkReady(ctx))
}

// checkSettings lists what is wrong with the settings.
func (d *Doctor) checkSettings() []result {
	var mistakes config.Mistakes
	errors.As(d.mistakes, &mistakes)
	if len(mistakes) == 0 {
		return good("settings", "complete")
	}
	var results []result
	for _, m := range mistakes {
		results = append(results, bad("settings", "%s", m)...)
	}
	return results
}

func (d *Doctor) print(out io.Writer, checks ...[]result) (ok bool, err error) {
	mask, ok := config.Mask(d.settings), true
	for _, results := range checks {
		for _, r := range results {
			mark := "ok "
			if !r.ok {
				mark, ok = "FIX", false
			}
			if _, err := fmt.Fprintf(out, "%s  %-9s %s\n", mark, r.part, mask.Replace(r.text)); err != nil {
				return false, err
			}
		}
	}
	return ok, nil
}

// checkVendors has every configured provider examined.
func (d *Doctor) checkVendors(ctx context.Context, paid bool) []result {
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		return bad("providers", "%v", err)
	}
	var results []result
	for _, v := range d.settings.Vendors {
		parts := tracking.Parts{Carriers: carriers, Client: d.client, PublicURL: d.settings.PublicURL, Now: time.Now}
		for _, f := range v.Examine(ctx, parts) {
			results = append(results, result{part: v.Name, ok: f.OK, text: f.Text})
		}
		if paid {
			results = append(results, d.paid(ctx, v)...)
		}
	}
	return results
}

// paid asks one provider about a sample.
func (d *Doctor) paid(ctx context.Context, v tracking.Vendor) []result {
	s := d.settings
	s.Providers, s.Vendors = []string{v.Name}, []tracking.Vendor{v}
	calls, err := d.askPaid(ctx, s, tracking.SampleNumber)
	if err != nil && !errors.Is(err, tracking.ErrNoRecord) && !errors.Is(err, tracking.ErrNumber) {
		return bad(v.Name, "a paid call fails: %v", err)
	}
	return good(v.Name, "a paid call about a sample number answers (%d of %d billed)", calls.Billed, calls.Calls)
}

// checkDoors checks every door whose settings are complete.
func (d *Doctor) checkDoors(ctx context.Context) []result {
	checks := map[string]func(context.Context) []result{
		"telegram": d.checkTelegram, "wecom_kf": d.checkKF, "wecom_app": d.checkApp, "wecom_aibot": d.checkAIBot, "wecom_robot": d.checkRobots,
	}
	var results []result
	for _, door := range d.settings.Doors() {
		results = append(results, checks[door.Name](ctx)...)
	}
	return results
}
