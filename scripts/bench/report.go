package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"waybill/test/db"
)

// line is a result for the terminal: what, on which database, value, target,
// ratio, how long it took to measure; or why there is no value.
func (r result) line() string {
	what := fmt.Sprintf("%-60s %-8s", r.what, databaseName(r.on))
	if r.err != nil {
		return fmt.Sprintf("%s failed after %s: %v", what, seconds(r.took), r.err)
	}
	return fmt.Sprintf("%s %14s %14s %7s %8s %s", what, amount(r.value, r.target.Unit), r.target, ratio(r), seconds(r.took), missed(r))
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s" }

// ratio is how far a result reaches its target; "" without one.
func ratio(r result) string {
	if r.target.Value == 0 {
		return ""
	}
	return strconv.FormatFloat(r.target.ratio(r.value), 'f', 2, 64)
}

// missed marks a target that was not reached.
func missed(r result) string {
	if r.target.reached(r.value) {
		return ""
	}
	return "missed"
}

func databaseName(kind string) string {
	switch kind {
	case db.SQLite:
		return "SQLite"
	case db.MariaDB:
		return "MariaDB"
	case db.TiDB:
		return "TiDB"
	}
	return kind
}

// document is docs/bench.md.
func document(m machine, date string, results []result) string {
	var b strings.Builder
	b.WriteString("# What it reaches\n\n`make bench` measures this and rewrites this file")
	if date != "" {
		b.WriteString("; last on " + date)
	}
	b.WriteString(". `make bench ROWS=recognise` measures the rows that match and rewrites nothing.\n\n")
	b.WriteString("| machine | |\n|---|---|\n")
	for _, of := range [][2]string{
		{"processor", fmt.Sprintf("%s, %d cores", m.CPU, m.Cores)},
		{"memory", m.Memory},
		{"system", m.System},
		{"Go", m.Go},
		{"databases", databases(m)},
		{"load when it began", m.Load + loadWord(m)},
		{"Waybill", m.Version},
		{"measured", fmt.Sprintf("%d of %d rows in %s", measuredOf(results), len(results), whole(results))},
	} {
		fmt.Fprintf(&b, "| %s | %s |\n", of[0], of[1])
	}
	b.WriteString("\n| what | database | measured | target | ratio |\n|---|---|--:|--:|--:|\n")
	for _, r := range results {
		if r.err != nil {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | |\n", r.what, databaseName(r.on), unmeasured(r), r.target)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.what, databaseName(r.on), amount(r.value, r.target.Unit), r.target, bold(r))
	}
	b.WriteString(howToRead)
	return b.String()
}

// unmeasured is what stands in the place of a row's number.
func unmeasured(r result) string {
	if errors.Is(r.err, errNotMeasured) {
		return "not measured"
	}
	return "failed"
}

// whole is how long all rows took to measure.
func whole(results []result) time.Duration {
	var all time.Duration
	for _, r := range results {
		all += r.took
	}
	return all.Round(time.Second)
}

func databases(m machine) string {
	if m.Server == "" {
		return "SQLite " + m.SQLite
	}
	return "SQLite " + m.SQLite + ", " + m.Server
}

// loadWord warns where others used the machine.
func loadWord(m machine) string {
	load, err := strconv.ParseFloat(m.Load, 64)
	if err != nil || load < 0.5 {
		return ""
	}
	return " (others used the machine: the figures are worse than it can do)"
}

// bold is the ratio, marked where the target was missed.
func bold(r result) string {
	if missed(r) != "" {
		return "**" + ratio(r) + "**"
	}
	return ratio(r)
}

const howToRead = `
**How to read it.** The ratio says how far the target is reached, in either direction: 1 is the target, 2 is twice as fast, half as slow, half as large; below 1 it is missed, in bold. Everything runs on the one machine: the bot, the database, the emulated providers and the load. Providers answer over HTTP, their rates are without limits. Each row is one run of one benchmark, so a few percent more or less mean nothing; a neighbour on the machine means much. The benchmarks are Go's (` + "`scripts/bench/rows.go`" + ` names them), and what they report beside the row's number is in [bench.json](bench.json), which the model of [what many parcels need](capacity.md) (` + "`make capacity`" + `) reads.

- *Share of a bare loop*: calls a second that checks reach, of those that 256 callers reach that do nothing else, in the same run.
- *A message to reply, an answer to send call*: from the row or the answer being written to the platform's send call, through a door without limits.
- *Against* rows divide the cost of one step in a large database by its cost in a small one. Of several steps the row shows the highest, and bench.json each.
- *Memory* is the most that the process had resident.
- *One core*: lines by the processor time of ` + "`bot recognise`" + `, its start included.
`

// measured is a row in docs/bench.json.
type measured struct {
	What     string             `json:"what"`
	Database string             `json:"database,omitempty"`
	Value    float64            `json:"measured"`
	Target   target             `json:"target"`
	Ratio    float64            `json:"ratio,omitempty"`
	Metrics  map[string]float64 `json:"metrics,omitempty"` // all that the benchmark reports
	Failed   string             `json:"failed,omitempty"`  // why there is no number
	Seconds  float64            `json:"seconds,omitempty"` // that it took to measure
}

// figures are docs/bench.json.
func figures(m machine, results []result) ([]byte, error) {
	all := struct {
		Machine machine    `json:"machine"`
		Rows    []measured `json:"rows"`
	}{Machine: m}
	for _, r := range results {
		row := measured{What: r.what, Database: databaseName(r.on), Target: r.target, Metrics: r.metrics, Seconds: math.Round(r.took.Seconds()*10) / 10}
		if r.err != nil {
			row.Failed = r.err.Error()
		} else {
			row.Value = r.value
			if r.target.Value != 0 {
				row.Ratio = r.target.ratio(r.value)
			}
		}
		all.Rows = append(all.Rows, row)
	}
	body, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write figures: %w", err)
	}
	return append(body, '\n'), nil
}
