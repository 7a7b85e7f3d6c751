package main

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/test/db"
)

func TestMetricsAreReadFromWhatABenchmarkPrints(t *testing.T) {
	for name, c := range map[string]struct {
		out  string
		want map[string]float64
		err  bool
	}{
		"all metrics of a line": {
			"goos: linux\nBenchmarkCheck/sqlite-2   \t   20000\t    151234 ns/op\t      6612 parcels/s\nPASS\n",
			map[string]float64{"ns/op": 151234, "parcels/s": 6612},
			false,
		},
		"powers of ten":             {"BenchmarkX-2 1 1.5e+06 lines/cpu-s\n", map[string]float64{"lines/cpu-s": 1.5e6}, false},
		"the last of several lines": {"BenchmarkX-2 1 5 p99-ms\nBenchmarkX-2 1 7 p99-ms\n", map[string]float64{"p99-ms": 7}, false},
		"a log line between":        {"BenchmarkX is going on well enough\nBenchmarkX-2 1 5 MiB\n", map[string]float64{"MiB": 5}, false},
		"no benchmark at all":       {"testing: warning: no tests to run\nPASS\n", nil, true},
		"no number":                 {"BenchmarkX-2 1 five MiB\n", nil, true},
	} {
		got, err := parseMetrics(c.out)
		if (err != nil) != c.err || !cmp.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, c.want)
		}
	}
}

func TestARatioSaysInEitherDirectionHowFarTheTargetIsReached(t *testing.T) {
	for name, c := range map[string]struct {
		target  target
		value   float64
		ratio   float64
		reached bool
	}{
		"twice as fast as wanted":  {atLeast(5000, "/s"), 10000, 2, true},
		"half as fast":             {atLeast(5000, "/s"), 2500, 0.5, false},
		"just as fast":             {atLeast(5000, "/s"), 5000, 1, true},
		"half as long as allowed":  {atMost(20, "ms"), 10, 2, true},
		"twice as long as allowed": {atMost(20, "ms"), 40, 0.5, false},
		"just as long":             {atMost(20, "ms"), 20, 1, true},
	} {
		if got := c.target.ratio(c.value); math.Abs(got-c.ratio) > 1e-9 || c.target.reached(c.value) != c.reached {
			t.Errorf("%s: ratio %v, reached %v", name, got, c.target.reached(c.value))
		}
	}
}

func TestAmountsAreShownWithTheDigitsThatCount(t *testing.T) {
	for want, got := range map[string]string{
		"6,612/s":     amount(6612.4, "/s"),
		"300,000/s":   amount(300_000, "/s"),
		"1.08 times":  amount(1.0812, "times"),
		"12.3 ms":     amount(12.34, "ms"),
		"112 MiB":     amount(112.4, "MiB"),
		"20 ms":       amount(20, "ms"),
		"1,234,567/s": amount(1234567, "/s"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	free := result{row: row{target: noTarget("bytes")}, value: 3000}
	if got := free.line(); !strings.Contains(got, "3,000 bytes") || strings.Contains(got, "missed") || strings.Contains(got, "Inf") || free.target.String() != "" {
		t.Errorf("without a target: %q", got)
	}
	if got := atMost(1.3, "times").String(); got != "≤ 1.30 times" {
		t.Errorf("%q", got)
	}
}

// sh is a row whose benchmark is a script in place of a compiled test.
func sh(t *testing.T, b *bench, r row, script string) {
	t.Helper()
	path := t.TempDir() + "/script"
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.compiled[r.pkg] = compiled{path: path}
}

func newBench(t *testing.T) *bench {
	return &bench{root: t.TempDir(), folder: t.TempDir(), compiled: map[string]compiled{}, ran: map[string]ran{}}
}

func TestARowFailsWithoutWhatTheModelNeedsBesideIt(t *testing.T) {
	b := newBench(t)
	r := row{what: "checks", pkg: ".", bench: "X", metric: "parcels/s", n: "1x", beside: []string{"rows/parcel"}}
	sh(t, b, r, `echo "BenchmarkX-2 1 120 parcels/s"`)
	if got := b.measure(t.Context(), r); got.err == nil || !strings.Contains(got.err.Error(), "rows/parcel") {
		t.Errorf("%v, %v", got.value, got.err)
	}
}

func TestABenchmarkThatTwoRowsNeedRunsOnce(t *testing.T) {
	b := newBench(t)
	r := row{pkg: ".", bench: "Picture", metric: "ms", n: "1x"}
	sh(t, b, r, `echo x >>runs; echo "BenchmarkPicture-2 1 20 ms 60 kB"`)
	size := r
	size.metric = "kB"
	if ms, kb := b.measure(t.Context(), r), b.measure(t.Context(), size); ms.value != 20 || kb.value != 60 {
		t.Errorf("%v and %v", ms, kb)
	}
	if runs, err := os.ReadFile(b.root + "/runs"); err != nil || string(runs) != "x\n" {
		t.Errorf("ran %q, %v", runs, err)
	}
}

func TestARowRunsOnTheDatabaseThatItNamesAlone(t *testing.T) {
	t.Setenv(db.EnvServer, "mysql://root@127.0.0.1:1/")
	for on, want := range map[string]float64{db.SQLite: 1, db.MariaDB: 2, "": 1} {
		b := newBench(t)
		r := row{on: on, pkg: ".", bench: "X", metric: "kind", n: "1x"}
		sh(t, b, r, `case "$WAYBILL_TEST_DB" in sqlite) k=1;; mariadb) k=2;; *) k=3;; esac; echo "BenchmarkX-2 1 $k kind"`)
		if got := b.measure(t.Context(), r); got.value != want {
			t.Errorf("on %q: %v, %v", on, got.value, got.err)
		}
	}
}

func TestAFailureSaysWhyAndStopsNothing(t *testing.T) {
	t.Setenv(db.EnvServer, "")
	b := newBench(t)
	fails := row{what: "fails", pkg: "a", bench: "X", metric: "m", n: "1x", target: atLeast(1, "/s")}
	sh(t, b, fails, `echo "the   provider is gone"; exit 1`)
	lacks := row{what: "reports another", pkg: "b", bench: "X", metric: "m", n: "1x", target: atLeast(1, "/s")}
	sh(t, b, lacks, `echo "BenchmarkX-2 1 3 other"`)
	server := row{what: "on a server", on: db.MariaDB, pkg: "b", bench: "X", metric: "other", n: "1x", target: atLeast(1, "/s")}
	works := row{what: "works", pkg: "b", bench: "X", metric: "other", n: "1x", target: atLeast(1, "/s")}
	for _, folder := range []string{"a", "b"} {
		if err := os.Mkdir(b.root+"/"+folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	results, err := measureAll(t.Context(), b, []row{fails, lacks, server, works}, machine{}, &out, null(t), func([]result) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"the provider is gone", "does not report m", "no mariadb: make bench brings one", "3/s", " s \n", "4 of 4 rows in "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not said in\n%s", want, out.String())
		}
	}
	err = failures(results)
	if err == nil || strings.Count(err.Error(), "\n") != 2 || failures(results[3:]) != nil {
		t.Errorf("failed: %v", err)
	}
	if doc := document(machine{}, "", results); !strings.Contains(doc, "| fails |  | failed | ≥ 1/s | |") || !strings.Contains(doc, "| works |  | 3/s | ≥ 1/s | 3.00 |") {
		t.Errorf("the document:\n%s", doc)
	}
}

func TestTheReportNamesTheMachineAndWhatWasMissed(t *testing.T) {
	m := machine{CPU: "EPYC", Cores: 2, Memory: "24 GiB", System: "Debian", Go: "go1.26", SQLite: "3.53", Server: "10.11-MariaDB", Load: "3.10", Version: "abc"}
	results := []result{
		{row: row{what: "checks", on: db.MariaDB, target: atLeast(5000, "/s")}, value: 4000, metrics: map[string]float64{"cpu-us/parcel": 250}},
		{row: row{what: "start", on: db.SQLite, target: atMost(150, "ms")}, value: 100},
	}
	doc := document(m, "2026-11-28", results)
	for _, want := range []string{"on 2026-11-28", "EPYC, 2 cores", "24 GiB", "SQLite 3.53, 10.11-MariaDB", "others used the machine", "| checks | MariaDB | 4,000/s | ≥ 5,000/s | **0.80** |", "| start | SQLite | 100 ms | ≤ 150 ms | 1.50 |"} {
		if !strings.Contains(doc, want) {
			t.Errorf("%q is not in\n%s", want, doc)
		}
	}
	if strings.Contains(document(machine{Load: "0.10"}, "", results), "others used") {
		t.Error("a quiet machine is said to be used by others")
	}
	body, err := figures(m, results)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Machine machine
		Rows    []measured
	}
	if err := json.Unmarshal(body, &read); err != nil || read.Machine != m || read.Rows[0].Metrics["cpu-us/parcel"] != 250 || math.Abs(read.Rows[0].Ratio-0.8) > 1e-9 {
		t.Errorf("%v: %s", err, body)
	}
}

func TestTheMachineIsReadFromTheSystemsFiles(t *testing.T) {
	if got := cpuModel("processor\t: 0\nmodel name\t: AMD EPYC 9R14\n"); got != "AMD EPYC 9R14" {
		t.Errorf("processor %q", got)
	}
	if got := memory("MemTotal:       24683520 kB\nMemFree: 1 kB\n"); got != "24 GiB" {
		t.Errorf("memory %q", got)
	}
	if got := system("NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n", "6.1.0"); got != "Debian GNU/Linux 12, Linux 6.1.0" {
		t.Errorf("system %q", got)
	}
	if cpuModel("") != "unknown" || memory("") != "unknown" || system("", "") != "unknown" {
		t.Error("what is not known is not said to be")
	}
}

func TestRowsAreChosenByWordsAndDatabase(t *testing.T) {
	for only, least := range map[string]int{"": len(rows()), "recognise": 1, "mariadb": 4, "no news SQLite": 1} {
		chosen, err := choose(rows(), only)
		if err != nil || len(chosen) < least {
			t.Errorf("%q: %d rows, %v", only, len(chosen), err)
		}
	}
	for _, only := range []string{"no such row", "("} {
		if _, err := choose(rows(), only); err == nil {
			t.Errorf("%q chooses", only)
		}
	}
}

// null is a terminal on which nobody looks.
func null(t *testing.T) *os.File {
	t.Helper()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// Whatever ends a run, what it has measured by then stands in the files.
func TestARunThatIsBrokenOffKeepsWhatItHasMeasured(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	b, docs := newBench(t), t.TempDir()
	first := row{what: "first", pkg: ".", bench: "First", metric: "m", n: "1x", target: atLeast(1, "/s")}
	second := row{what: "second", pkg: ".", bench: "Second", metric: "m", n: "1x", target: atLeast(1, "/s")}
	sh(t, b, first, `case "$*" in *First*) echo "BenchmarkFirst-2 1 3 m";; *) echo >begun; sleep 60;; esac`)
	if err := syscall.Mkfifo(b.root+"/begun", 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = os.ReadFile(b.root + "/begun") // ends once the second benchmark has begun
		stop()
	}()
	var out strings.Builder
	kept := 0
	results, err := measureAll(ctx, b, []row{first, second}, machine{}, &out, null(t), func(results []result) error {
		kept++
		return write(docs, machine{}, "", results)
	})
	if err != nil || kept != 1 || measuredOf(results) != 1 || failures(results) != nil {
		t.Errorf("kept %d times, %d measured, %v, %v", kept, measuredOf(results), err, failures(results))
	}
	for name, want := range map[string]string{"bench.md": "| second |  | not measured | ≥ 1/s | |", "bench.json": `"failed": "not measured"`} {
		body, err := os.ReadFile(docs + "/" + name)
		if err != nil || !strings.Contains(string(body), want) || !strings.Contains(string(body), "first") {
			t.Errorf("%s, %v:\n%s", name, err, body)
		}
	}
	if !strings.Contains(out.String(), "1 of 2 rows in ") {
		t.Errorf("the end is not said:\n%s", out.String())
	}
}

// What a whole run writes is enough for make capacity: every row has a number, and those
// metrics beside it without which the row would have failed.
func TestTheModelWorksOutOfAWholeRun(t *testing.T) {
	docs := t.TempDir()
	var results []result
	for _, r := range rows() {
		metrics := map[string]float64{r.metric: 2}
		for _, name := range r.beside {
			metrics[name] = 2
		}
		results = append(results, result{row: r, value: 2, metrics: metrics, took: time.Second})
	}
	if err := write(docs, machine{Cores: 2, Load: "0.10"}, "", results); err != nil {
		t.Fatal(err)
	}
	model := exec.CommandContext(t.Context(), "go", "run", "./scripts/capacity", "-docs", docs)
	model.Dir = "../.."
	if out, err := model.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	body, err := os.ReadFile(docs + "/capacity.md")
	if err != nil || !strings.Contains(string(body), "| live parcels | 1 M | 10 M | 100 M |") {
		t.Errorf("%v\n%s", err, body)
	}
}

// Every row names a benchmark that is there, so that none fails for its name.
func TestEveryRowsBenchmarkExists(t *testing.T) {
	for _, r := range rows() {
		function, _, _ := strings.Cut(r.bench, "/")
		function = strings.TrimSuffix(function, "$")
		if !declares(t, "../../"+r.pkg, "Benchmark"+function) {
			t.Errorf("%s: %s has no Benchmark%s", r.what, r.pkg, function)
		}
	}
}

func declares(t *testing.T, folder, function string) bool {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	declaration := regexp.MustCompile(`(?m)^func ` + function + `\(`)
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		body, err := os.ReadFile(folder + "/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		if declaration.Match(body) {
			return true
		}
	}
	return false
}

func TestReportsAreWrittenBesideOneAnother(t *testing.T) {
	docs := t.TempDir()
	if err := run(t.Context(), []string{"-rows", "no such row", "-docs", docs}, &strings.Builder{}, os.Stderr); err == nil {
		t.Error("nothing to measure is no mistake")
	}
	for _, name := range []string{"bench.md", "bench.json"} {
		if _, err := os.Stat(docs + "/" + name); err == nil {
			t.Errorf("%s is written though nothing was measured", name)
		}
	}
	if err := write(docs, machine{}, "", nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bench.md", "bench.json"} {
		if _, err := os.Stat(docs + "/" + name); err != nil {
			t.Error(err)
		}
	}
}
