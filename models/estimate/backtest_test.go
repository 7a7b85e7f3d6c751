package estimate

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

var update = flag.Bool("update", false, "write the figures of the backtest into docs/estimates.md")

const (
	window  = 240 // journeys of a group that are compared with, as the store reads them
	pastFor = 250 // days that are emulated
	trained = 100 // days before the first question
	daily   = 100 // parcels that are collected on a day
	asked   = 4   // one parcel of so many is asked about
)

// archive are the journeys that have ended so far, by what they are looked up by.
type archive [4]map[models.Route][]models.Journey

func keysOf(r models.Route) [4]models.Route {
	return [4]models.Route{
		{Carrier: r.Carrier, Origin: r.Origin, Destination: r.Destination},
		{Carrier: r.Carrier, OriginArea: r.OriginArea, DestinationArea: r.DestinationArea},
		{Carrier: r.Carrier, OriginArea: r.OriginArea},
		{Carrier: r.Carrier},
	}
}

func (a *archive) add(j models.Journey) {
	for i, key := range keysOf(j.Route) {
		if a[i] == nil {
			a[i] = map[models.Route][]models.Journey{}
		}
		list := a[i][key]
		a[i][key] = append(list[max(0, len(list)-window+1):], j)
	}
}

// groups are the journeys to compare with, as the store groups them.
func (a *archive) groups(r models.Route) [][]models.Journey {
	levels := []int{0, 1, 3}
	if r.Destination == "" {
		levels = []int{2, 3}
	}
	var all [][]models.Journey
	for _, i := range levels {
		all = append(all, a[i][keysOf(r)[i]])
	}
	return all
}

// question is one that somebody asks about a parcel on its way.
type question struct {
	at     models.Moment
	parcel models.Parcel
	of     emulated
	age    string
}

// questions are asked at some ages of a parcel, until it has arrived. What is known of it
// then is what its carrier would have said: some name the destination only at its end.
func questions(e emulated) []question {
	p := models.Parcel{Carrier: e.Carrier, Origin: e.Origin, Destination: e.Destination, Status: models.InTransit, StartedAt: e.StartedAt}
	if !e.knowsEnd {
		p.Destination = ""
	}
	var all []question
	for _, hours := range []int{2, 12, 24, 48, 72} {
		at := e.StartedAt.Add(time.Duration(hours) * time.Hour)
		if at >= e.OutAt {
			break
		}
		all = append(all, question{at, p, e, fmt.Sprintf("%d h after its first scan", hours)})
	}
	if at := e.OutAt.Add(30 * time.Minute); at < e.DeliveredAt {
		p.Destination, p.Status, p.OutAt = e.Destination, models.OutForDelivery, e.OutAt
		all = append(all, question{at, p, e, "out for delivery for half an hour"})
	}
	return all
}

// tally counts what came of some questions.
type tally struct {
	name               string
	asked, shown, held int
	widths             [widest + 1]int
}

func (t *tally) add(q question, got models.Expected, ok bool) {
	t.asked++
	if !ok {
		return
	}
	t.shown++
	t.widths[int(got.To.Sub(got.From)/(24*time.Hour))+1]++
	if q.of.ended == models.Delivered && got.From <= q.of.DeliveredAt && q.of.DeliveredAt < got.To.Add(24*time.Hour) {
		t.held++
	}
}

func (t *tally) coverage() float64 { return float64(t.held) / float64(max(t.shown, 1)) }

// median is how many days the shown range has in the middle.
func (t *tally) median() int {
	half := t.shown / 2
	for days, n := range t.widths {
		if half -= n; half < 0 {
			return days
		}
	}
	return 0
}

func (t *tally) mean() float64 {
	sum := 0
	for days, n := range t.widths {
		sum += days * n
	}
	return float64(sum) / float64(max(t.shown, 1))
}

// ask puts questions strictly forward in time: what is answered to one rests on the
// journeys alone of whose end the bot had heard by then. What was asked about a parcel
// that never came, or went back, does not hold.
func ask(all []emulated, from int, do func(q question, got models.Expected, ok bool)) {
	var asking []question
	for i := from; i < len(all); i += asked {
		asking = append(asking, questions(all[i])...)
	}
	slices.SortStableFunc(asking, func(a, b question) int { return cmp.Compare(a.at, b.at) })
	ended := slices.Clone(all)
	slices.SortStableFunc(ended, func(a, b emulated) int { return cmp.Compare(a.knownAt, b.knownAt) })
	var known archive
	for _, q := range asking {
		for len(ended) > 0 && ended[0].knownAt <= q.at {
			if ended[0].ended == models.Delivered {
				known.add(ended[0].Journey)
			}
			ended = ended[1:]
		}
		got, ok := Expect(known.groups(RouteOf(q.parcel)), q.parcel, q.at, models.Shanghai)
		do(q, got, ok)
	}
}

// TestTheShownRangeHoldsForFourParcelsOfFive is the backtest whose figures stand in
// docs/estimates.md; -update writes them there.
func TestTheShownRangeHoldsForFourParcelsOfFive(t *testing.T) {
	all := past(1, pastFor, daily, []slowdown{{150, 165, 0.5}})
	tallies := map[string]*tally{}
	ask(all, trained*daily, func(q question, got models.Expected, ok bool) {
		if ok && got.To.Add(24*time.Hour) <= q.at {
			t.Errorf("%s: expected until %s, asked at %s", q.age, got.To.Time(), q.at.Time())
		}
		for _, name := range []string{"all", "carrier " + string(q.of.Carrier), q.age, fmt.Sprintf("destination known: %v", q.parcel.Destination != "")} {
			if tallies[name] == nil {
				tallies[name] = &tally{name: name}
			}
			tallies[name].add(q, got, ok)
		}
	})
	overall := tallies["all"]
	if c := overall.coverage(); c < 0.80 || c > 0.92 {
		t.Errorf("the range held for %.1f %%", 100*c)
	}
	if overall.median() > 2 || float64(overall.shown) < 0.9*float64(overall.asked) {
		t.Errorf("%d days wide in the middle, shown for %d of %d", overall.median(), overall.shown, overall.asked)
	}
	compareTable(t, "backtest", coverageTable(tallies))
	compareTable(t, "silence", silenceTable(t, all))
}

func coverageTable(tallies map[string]*tally) string {
	names := []string{"all"}
	for _, h := range habits() {
		names = append(names, "carrier "+string(h.code))
	}
	names = append(names, "2 h after its first scan", "12 h after its first scan", "24 h after its first scan", "48 h after its first scan", "72 h after its first scan",
		"out for delivery for half an hour", "destination known: true", "destination known: false")
	var b strings.Builder
	b.WriteString("| questions | asked | a range is shown | it holds | median width, days | mean |\n|---|---|---|---|---|---|\n")
	for _, name := range names {
		y := tallies[name]
		fmt.Fprintf(&b, "| %s | %d | %.0f %% | %.1f %% | %d | %.1f |\n",
			y.name, y.asked, 100*float64(y.shown)/float64(y.asked), 100*y.coverage(), y.median(), y.mean())
	}
	return b.String()
}

// silenceTable compares a threshold for all with that of the route, over the parcels after
// the first days: how many were called stuck although they came.
func silenceTable(t *testing.T, all []emulated) string {
	t.Helper()
	var known archive
	for _, e := range all[:trained*daily] {
		if e.ended == models.Delivered {
			known.add(e.Journey)
		}
	}
	came, fixed, own, limits := 0, 0, 0, []time.Duration{}
	for _, e := range all[trained*daily:] {
		limit, ok := Silence(known.groups(e.Route))
		if !ok || e.ended != models.Delivered {
			continue
		}
		came++
		limits = append(limits, limit)
		if e.LongestSilence() >= 72*time.Hour {
			fixed++
		}
		if e.LongestSilence() >= limit {
			own++
		}
	}
	slices.Sort(limits)
	share := func(n int) float64 { return 100 * float64(n) / float64(came) }
	if share(own) > 5 {
		t.Errorf("%.1f %% of what came was called stuck", share(own))
	}
	return fmt.Sprintf("| threshold | in the middle | parcels called stuck that came |\n|---|---|---|\n| 72 hours for all | 72 h | %.1f %% |\n| that of the route | %.0f h | %.1f %% |\n",
		share(fixed), limits[len(limits)/2].Hours(), share(own))
}

// compareTable compares a table with the one that stands in the documents.
func compareTable(t *testing.T, name, table string) {
	t.Helper()
	t.Logf("%s\n%s", name, table)
	if runtime.GOARCH != "amd64" {
		return // others round the emulated past a little differently
	}
	const file = "../../docs/estimates.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, ok := strings.Cut(string(text), begin)
	stands, after, closed := strings.Cut(rest, end)
	switch {
	case !ok || !closed:
		t.Fatalf("%s has no place for the table %s", file, name)
	case *update:
		err = os.WriteFile(file, []byte(before+begin+table+end+after), 0o644)
		if err != nil {
			t.Fatal(err)
		}
	case stands != table:
		t.Errorf("%s has other figures: run go test ./models/estimate -update", file)
	}
}

// TestASlowdownIsFollowed: while a holiday makes everything take days longer, the range
// is wrong at first, and right again while the slow-down goes on, and after it.
func TestASlowdownIsFollowed(t *testing.T) {
	const begins, ends = 120, 150
	all := past(2, 190, daily, []slowdown{{begins, ends, 2.5}})
	var before, onset, during, after tally
	first := all[0].StartedAt
	ask(all, 80*daily, func(q question, got models.Expected, ok bool) {
		switch day := int(q.of.StartedAt.Sub(first) / (24 * time.Hour)); {
		case day < begins-5:
			before.add(q, got, ok)
		case begins <= day && day < begins+5:
			onset.add(q, got, ok)
		case begins+14 <= day && day < ends-5:
			during.add(q, got, ok)
		case day >= ends+14:
			after.add(q, got, ok)
		}
	})
	if onset.coverage() > 0.6 {
		t.Errorf("the slow-down is none: %.3f", onset.coverage())
	}
	var b strings.Builder
	b.WriteString("| parcels collected | asked | it holds | median width, days |\n|---|---|---|---|\n")
	for _, row := range []struct {
		name string
		y    tally
	}{
		{"before the slow-down", before}, {"in its first five days", onset}, {"from its third week on", during}, {"from two weeks after it on", after},
	} {
		fmt.Fprintf(&b, "| %s | %d | %.1f %% | %d |\n", row.name, row.y.asked, 100*row.y.coverage(), row.y.median())
	}
	compareTable(t, "slowdown", b.String())
	for name, y := range map[string]tally{"before": before, "two weeks into it": during, "two weeks after it": after} {
		if y.coverage() < 0.80 {
			t.Errorf("%s: the range held for %.3f", name, y.coverage())
		}
	}
}
