package recognise

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/messages.dev.jsonl
var devCases string

//go:embed testdata/messages.own.jsonl
var ownCases string

//go:embed testdata/messages.second.jsonl
var secondCases string

//go:embed testdata/messages.third.jsonl
var thirdCases string

//go:embed testdata/messages.fourth.jsonl
var fourthCases string

// labelledCase is a message and what a careful reader finds in it.
type labelledCase struct {
	ID, Text, Kind, Why string
	Group, Silent       bool
	Want                []labelledNumber
	Unsure              any               // true: none of them is sure; a list: these are not
	Alt                 []json.RawMessage // other lists that are right: numbers, or numbers alone
}

type labelledNumber struct {
	Number   string
	Carrier  string // "" where nobody could know, and where the table has no such carrier
	By       string // what tells the carrier: shape or text
	Tail     string
	Name     string
	Unsure   bool
	TailAlso []string
	NameAlso []string

	CarrierAlso []string
}

// The labelled sets are read as they say. A set that a change makes worse, as a
// whole or in what must never happen, fails.
func TestLabelledMessages(t *testing.T) {
	for name, set := range map[string]struct {
		lines string
		least float64 // of all that is right in each
	}{
		"dev": {devCases, 0.98},
		"own": {ownCases, 0.98},

		"second": {secondCases, 0.99},
		"third":  {thirdCases, 0.99},
		"fourth": {fourthCases, 0.99},
	} {
		t.Run(name, func(t *testing.T) {
			right, all := 0, 0
			for line := range strings.Lines(set.lines) {
				var c labelledCase
				if err := json.Unmarshal([]byte(line), &c); err != nil {
					t.Fatal(err)
				}
				all++
				got := c.spokenOf(Text(c.Text).Numbers)
				neverHappens(t, c, got)
				if c.isRight(got) {
					right++
				} else {
					t.Logf("%s %s (%s)\n%q\n%+v", c.ID, c.Kind, c.Why, c.Text, got)
				}
			}
			if share := float64(right) / float64(all); share < set.least {
				t.Errorf("%d of %d are right: %.3f, want %.3f", right, all, share, set.least)
			}
		})
	}
}

// spokenOf is what a bot answers to: in a group that does not address it, only what is sure.
func (c *labelledCase) spokenOf(got []Number) []Number {
	if !c.Group || c.Unsure == nil {
		return got
	}
	unsure := fmt.Sprint(c.Unsure)
	c.Want = slices.DeleteFunc(c.Want, func(w labelledNumber) bool { return unsure == "true" || strings.Contains(unsure, w.Number) })
	return slices.DeleteFunc(got, func(n Number) bool { return !n.Sure })
}

// neverHappens fails for what is worse than a number that is not read.
func neverHappens(t *testing.T, c labelledCase, got []Number) {
	t.Helper()
	if c.Silent && len(c.Alt) == 0 && len(got) > 0 {
		t.Errorf("%s: something is taken out of %q: %+v", c.ID, c.Text, got)
	}
	for _, n := range got {
		i := slices.IndexFunc(c.Want, func(w labelledNumber) bool { return w.Number == n.Number })
		if i < 0 {
			continue
		}
		w := c.Want[i]
		if w.Tail != "" && strings.Contains(n.Name, w.Tail) {
			t.Errorf("%s: a tail stands in the name %q", c.ID, n.Name)
		}
		if n.Tail != "" && n.Tail != w.Tail && !slices.Contains(w.TailAlso, n.Tail) {
			t.Errorf("%s: %s is no tail in %q", c.ID, n.Tail, c.Text)
		}
		if w.By == "text" && (len(n.Carriers) != 1 || !w.isCarrier(n) || !n.Sure || !n.Named) {
			t.Errorf("%s: the named carrier does not settle it: %+v", c.ID, n)
		}
	}
}

func (c labelledCase) isRight(got []Number) bool {
	if sameNumbers(c.Want, got) {
		return true
	}
	return slices.ContainsFunc(c.Alt, func(raw json.RawMessage) bool {
		var numbers []string
		if json.Unmarshal(raw, &numbers) == nil {
			return slices.EqualFunc(numbers, got, func(want string, n Number) bool { return n.Number == want })
		}
		var want []labelledNumber
		return json.Unmarshal(raw, &want) == nil && sameNumbers(want, got)
	})
}

func sameNumbers(want []labelledNumber, got []Number) bool {
	return slices.EqualFunc(want, got, func(w labelledNumber, n Number) bool {
		return w.Number == n.Number && w.isCarrier(n) && (!w.Unsure || !n.Sure) &&
			(w.Tail == n.Tail || slices.Contains(w.TailAlso, n.Tail)) && (w.Name == n.Name || slices.Contains(w.NameAlso, n.Name))
	})
}

// isCarrier: the one that is wanted, or none where the table has no row for it.
func (w labelledNumber) isCarrier(n Number) bool {
	if len(n.Carriers) == 0 {
		return w.Carrier == "" || !strings.Contains(carriersCSV, "\n"+w.Carrier+",")
	}
	return w.Carrier == "" || string(n.Carriers[0]) == w.Carrier || slices.Contains(w.CarrierAlso, string(n.Carriers[0]))
}
