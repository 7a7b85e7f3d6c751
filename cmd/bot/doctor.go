package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

type doctorCommand struct {
	Paid  bool `help:"Also make one call to each tracking API that is paid for."`
	Ready bool `help:"Only ask the bot that runs with these settings whether it is ready, as health checks do."`
}

// Help is shown by bot doctor --help.
func (doctorCommand) Help() string {
	return "One line for each thing: ok and what works, or FIX and what to do. Exit code 1 when something is to be fixed."
}

// Run looks at everything that the settings name and says what works and what
// to fix. It fails when something is broken.
func (c doctorCommand) Run(ctx context.Context, w world) error {
	s, mistakes := ReadSettings(w.lookup)
	p := &practice{Settings: s, client: &http.Client{Timeout: examining, CheckRedirect: stay}}
	looks := p.looks(c.Paid)
	if c.Ready {
		looks = []look{p.ready}
	}
	found := settingsLook(mistakes, w)
	for _, look := range looks {
		found = append(found, look(ctx)...)
	}
	return report(w.out, found, masking(secrets(s)))
}

// finding is one thing that was looked at.
type finding struct {
	what string
	bad  bool
	said string // what was found; when it is bad, also what to do
}

// look examines something.
type look func(ctx context.Context) []finding

func good(what, format string, args ...any) []finding {
	return []finding{{what: what, said: fmt.Sprintf(format, args...)}}
}

func bad(what, format string, args ...any) []finding {
	return []finding{{what: what, bad: true, said: fmt.Sprintf(format, args...)}}
}

// report prints a line for each finding. It fails when one is bad.
func report(out io.Writer, found []finding, mask *strings.Replacer) error {
	var broken error
	for _, f := range found {
		mark := "ok "
		if f.bad {
			mark, broken = "FIX", errSaid
		}
		if _, err := fmt.Fprintf(out, "%s  %-9s %s\n", mark, f.what, mask.Replace(f.said)); err != nil {
			return err
		}
	}
	return broken
}

// examining is how long one look may take.
const examining = 15 * time.Second

// stay follows no redirect: a key must not travel to another host.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// practice is where things are looked at.
type practice struct {
	Settings
	client *http.Client
}

// looks are all examinations, in order. What depends on settings that are not
// there is left out.
func (p *practice) looks(paid bool) []look {
	looks := []look{p.database, p.queue, p.http}
	for _, api := range configuredProviders(p.Settings) {
		looks = append(looks, func(ctx context.Context) []finding { return api.examine(ctx, p) })
		if paid {
			looks = append(looks, func(ctx context.Context) []finding { return p.paid(ctx, api.name) })
		}
	}
	for _, d := range configuredDoors(p.Settings) {
		looks = append(looks, func(ctx context.Context) []finding { return d.examine(ctx, p) })
	}
	return looks
}

// settingsLook lists every mistake, and names in the environment that nobody
// reads: they are usually misspelt.
func settingsLook(err error, w world) []finding {
	var found []finding
	var mistakes Mistakes
	errors.As(err, &mistakes)
	for _, m := range mistakes {
		found = append(found, bad("settings", "%s", m)...)
	}
	for _, name := range misspelt(w.environ()) {
		found = append(found, bad("settings", "%s: there is no such setting; see README.md for their names", name)...)
	}
	if len(found) == 0 {
		return good("settings", "complete")
	}
	return found
}

// misspelt finds the names in an environment that look like settings and are none.
func misspelt(environ []string) []string {
	e := &env{lookup: func(string) (string, bool) { return "", false }, given: map[string]bool{}}
	read(e)
	var odd []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "WAYBILL_") && !strings.HasPrefix(name, "WAYBILL_TEST_") &&
			!slices.Contains(e.names, strings.TrimSuffix(name, "_FILE")) {
			odd = append(odd, name)
		}
	}
	return odd
}
