package main

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// exampleCosts are round figures with which one can reckon.
func exampleCosts() costs {
	c := assumptions()
	for into, value := range map[*figure]float64{
		&c.cores: 2, &c.checkRate: 5000, &c.sqliteRate: 6000, &c.newsRate: 1000, &c.checkCPU: 200, &c.rowsPerCheck: 6, &c.commitsPerCheck: 1,
		&c.takeTime: 20_000, &c.parcelBytes: 3000, &c.replicaMemory: 100,
		&c.callsPerDay: 8.64, &c.days: 2, &c.peak: 2, &c.newsPerCall: 0.25, &c.hintBytes: 40,
	} {
		into.value = value
	}
	return c
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > math.Abs(want)/1e6 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestWhatTenMillionParcelsNeed(t *testing.T) {
	n := exampleCosts().needs(1e7)
	near(t, "checks a second", n.checks, 2000) // 1e7 × 8.64 ÷ 86,400 × 2
	near(t, "with news", n.newsChecks, 500)    // a quarter
	near(t, "cores", n.cores, 1500*200e-6+500*1e-3)
	near(t, "replicas, by calls at once", n.replicas, 4) // 2000 × 0.3 s ÷ (256 × 0.6)
	near(t, "memory", n.memory, 400)
	near(t, "messages a second", n.messages, 1e7*(8.64*0.25*1.2+1)/86_400*2)
	near(t, "bots", n.bots, math.Ceil(n.messages/30))
	near(t, "rows written a second", n.rowWrites, 2000*6+500*7)
	near(t, "bytes", n.bytes, (1e7+1e7/2*90)*3000+1e7*8.64*7*200)
	near(t, "TiDB nodes", n.tidb, 2)
	near(t, "TiKV nodes", n.tikv, 3) // fewer keep no three copies
	near(t, "queue", n.queueBytes, 80_000)
	near(t, "yuan a day", n.yuan, 1e7*8.64*0.0038)
}

func TestWhatIsNeededGrowsWithTheParcels(t *testing.T) {
	c := exampleCosts()
	small, large := c.needs(1e7), c.needs(1e8)
	near(t, "checks", large.checks, 10*small.checks)
	near(t, "bytes", large.bytes, 10*small.bytes)
	if large.replicas <= small.replicas || c.needs(1000).replicas != 3 {
		t.Errorf("%v replicas for ten times as many as %v; a thousand parcels have %v", large.replicas, small.replicas, c.needs(1000).replicas)
	}
}

func TestEveryLimitIsMetWhereItSays(t *testing.T) {
	c := exampleCosts()
	all := c.bounds()
	if !slices.IsSortedFunc(all, func(a, b bound) int { return int(math.Copysign(1, a.parcels-b.parcels)) }) {
		t.Error("what breaks first does not stand first")
	}
	for _, l := range all {
		n := c.needs(l.parcels)
		switch {
		case strings.Contains(l.what, "all four APIs"):
			near(t, l.what, n.checks, 41)
		case strings.Contains(l.what, "Telegram bot"):
			near(t, l.what, n.messages, 30)
		case strings.Contains(l.what, "MariaDB"):
			near(t, l.what, n.checks, 5000)
		case strings.Contains(l.what, "2 TB"):
			near(t, l.what, n.bytes, 2e12)
		case strings.Contains(l.what, "taker"):
			near(t, l.what, n.checks, 50_000)
		case strings.Contains(l.what, "TiDB nodes"):
			near(t, l.what, n.rowWrites, 72_000)
		}
		if l.change == "" {
			t.Errorf("%s: nothing is said to be done", l.what)
		}
	}
}

// The cadence is the program's own: a parcel in transit is asked about every two
// hours by day, and all scans are found.
func TestAJourneyIsAskedAboutByTheCadence(t *testing.T) {
	a := askAll(typicalJourney())
	if a.perDay() < 6 || a.perDay() > 12 {
		t.Errorf("%.1f calls a day", a.perDay())
	}
	if mean := a.lives.Hours() / 24; mean < 50 || mean > 60 { // 24 parcels
		t.Errorf("a parcel lives %.1f hours", mean)
	}
	if a.news < 24*5 || a.news > 24*len(typicalJourney()) {
		t.Errorf("%d of 24 parcels' calls bring news", a.news)
	}
	if a.peak() <= 1 || a.peak() > 4 {
		t.Errorf("the busiest hour has %.2f times the mean", a.peak())
	}
}

const measured = `{"machine": {"cores": 2, "load": "3.1"}, "rows": [
{"what": "parcels checked a second, no news", "database": "MariaDB", "measured": 5000, "metrics": {"cpu-us/parcel": 200, "rows/parcel": 6, "commits/parcel": 1.5}},
{"what": "parcels checked a second, no news", "database": "SQLite", "measured": 6000},
{"what": "parcels checked a second, 3 new events, 2 followers told", "database": "MariaDB", "measured": 1500},
{"what": "due-selection, claim, gauge, sweeps, 1 M live against 10 k", "database": "SQLite", "measured": 1.1, "metrics": {"take-ns/row": 20000}},
{"what": "a parcel with eight scans and a follower in the database", "database": "MariaDB", "measured": 3000},
{"what": "memory of bot serve, 1 M live parcels, busy", "database": "SQLite", "measured": 110}]}`

func TestTheDocumentFollowsTheMeasurements(t *testing.T) {
	docs := t.TempDir()
	write(t, docs, measured)
	if err := run([]string{"-docs", docs}); err != nil {
		t.Fatal(err)
	}
	first := read(t, docs)
	for _, want := range []string{"| live parcels | 1 M | 10 M | 100 M |", "1.5 commits", "others used the machine (load 3.1)", "30 messages/s", "a hard wall", "WAYBILL_RATE"} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is not in\n%s", want, first)
		}
	}
	write(t, docs, strings.ReplaceAll(measured, `"measured": 3000`, `"measured": 6000`))
	if err := run([]string{"-docs", docs}); err != nil {
		t.Fatal(err)
	}
	if read(t, docs) == first {
		t.Error("twice as large parcels change nothing")
	}
}

func TestCallsThatTheSimulationFoundReplaceTheCadences(t *testing.T) {
	docs := t.TempDir()
	write(t, docs, measured)
	if err := run([]string{"-docs", docs, "-calls", "4.5"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(read(t, docs), "4.5 calls") {
		t.Error("the calls that were given are not used")
	}
}

func TestWhatWasNotMeasuredIsNamed(t *testing.T) {
	docs := t.TempDir()
	if err := run([]string{"-docs", docs}); err == nil || !strings.Contains(err.Error(), "make bench") {
		t.Errorf("without figures: %v", err)
	}
	write(t, docs, strings.Replace(measured, `"measured": 1500`, `"failed": "no server"`, 1))
	if err := run([]string{"-docs", docs}); err == nil || !strings.Contains(err.Error(), "3 new events") {
		t.Errorf("without news: %v", err)
	}
	if _, err := os.Stat(docs + "/capacity.md"); err == nil {
		t.Error("a document without figures")
	}
}

func TestNumbersHaveThreeDigits(t *testing.T) {
	for value, want := range map[float64]string{0.25: "0.25", 0.0038: "0.0038", 7: "7", 12.345: "12.3", 1234: "1234", 45_678: "45.7 k", 12_345_678: "12.3 M", 2.5e9: "2.5 G", 3e12: "3 T"} {
		if got := short(value); got != want {
			t.Errorf("%v is %q, want %q", value, got, want)
		}
	}
}

func write(t *testing.T, docs, body string) {
	t.Helper()
	if err := os.WriteFile(docs+"/bench.json", []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, docs string) string {
	t.Helper()
	body, err := os.ReadFile(docs + "/capacity.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
