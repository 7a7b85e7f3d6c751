// Command bench runs the benchmarks and prints the numbers that the design
// wants reached beside what this machine did. It fails when a benchmark does,
// never because of a number.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// row is one number to reach. It is measured by a benchmark's metric, or by
// the ratio of two benchmarks' metrics.
type row struct {
	what   string
	want   string
	pkg    string
	bench  string // as go test -bench wants it
	metric string
	count  string // -benchtime
	over   string // with it: bench's metric divided by this one's
}

// limit is how long all benchmarks of a row may take.
const limit = 15 * time.Minute

func rows() []row {
	const bot = "./cmd/bot"
	return []row{
		{"checked a second, no news, SQLite", ">= 3000", "./scheduler", "Check/sqlite", "parcels/s", "10000x", ""},
		{"checked a second, no news, MariaDB", ">= 2000", "./scheduler", "Check/mariadb", "parcels/s", "10000x", ""},
		{"with a provider of 50 ms, share of a bare loop, SQLite", ">= 60 %", bot, "SlowProvider/sqlite", "%of-bare", "10000x", ""},
		{"the same, MariaDB", ">= 60 %", bot, "SlowProvider/mariadb", "%of-bare", "10000x", ""},
		{"checked a second, 3 events, 2 followers told, SQLite", ">= 800", bot, "News/sqlite", "parcels/s", "10000x", ""},
		{"the same, MariaDB", ">= 800", bot, "News/mariadb", "parcels/s", "10000x", ""},
		{"answer read to send call, idle, SQLite", "p99 <= 100 ms", bot, "Delivered/sqlite", "p99-ms", "30x", ""},
		{"the same, MariaDB", "p99 <= 100 ms", bot, "Delivered/mariadb", "p99-ms", "30x", ""},
		{"chat message to reply, SQLite", "p99 <= 20 ms", bot, "Reply/sqlite", "p99-ms", "1000x", ""},
		{"the same, MariaDB", "p99 <= 20 ms", bot, "Reply/mariadb", "p99-ms", "1000x", ""},
		{"due-selection, 1 M live parcels against 10 k, SQLite", "<= 1.3 times", "./models/store", "Take/1000000", "ns/parcel", "50000x", "Take/10000$"},
		{"memory of bot serve, 1 M live parcels, busy, SQLite", "<= 200 MiB", bot, "Memory", "MiB", "60000x", ""},
		{"lines of 60 characters recognised a second, one core", ">= 150000", "./tracking", "Recognise", "lines/s", "3s", ""},
		{"a journey picture, with a map", "<= 30 ms", "./handlers/picture", "Journey/coordinates$", "ms/picture", "100x", ""},
		{"the same, its size", "<= 100 kB", "./handlers/picture", "Journey/coordinates$", "kB", "1x", ""},
		{"start to ready, SQLite", "<= 300 ms", bot, "Start", "ms/start", "10x", ""},
	}
}

func main() {
	os.Exit(run())
}

func run() int {
	code := 0
	fmt.Printf("%-58s %-14s %s\n", "what", "at least", "this machine")
	for _, r := range rows() {
		measured, err := measure(r)
		if err != nil {
			measured, code = err.Error(), 1
		}
		fmt.Printf("%-58s %-14s %s\n", r.what, r.want, measured)
	}
	return code
}

func measure(r row) (string, error) {
	value, err := bench(r, r.bench)
	if err != nil {
		return "", err
	}
	if r.over == "" {
		return strconv.FormatFloat(value, 'f', -1, 64) + " " + r.metric, nil
	}
	base, err := bench(r, r.over)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%.2f times (%.0f and %.0f %s)", value/base, value, base, r.metric), nil
}

// bench runs one benchmark and finds its metric.
func bench(r row, name string) (float64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark"+name, "-benchtime", r.count, "-timeout", limit.String(), r.pkg)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("failed: %s %s: %w\n%s", r.pkg, name, err, out)
	}
	found := regexp.MustCompile(`\s([0-9.e+]+) ` + regexp.QuoteMeta(r.metric) + `\s`).FindStringSubmatch(string(out) + "\n")
	if found == nil {
		return 0, fmt.Errorf("%s says no %s:\n%s", name, r.metric, strings.TrimSpace(string(out)))
	}
	return strconv.ParseFloat(found[1], 64)
}
