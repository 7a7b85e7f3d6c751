// Command bench measures the numbers that the design wants reached, prints each
// beside its target and how long that took, and writes docs/bench.md and docs/bench.json
// after every row, so that a run that is broken off has what it has measured. It fails
// when a benchmark does, never because of a number.
//
//	go run ./test/withdb go run ./scripts/bench [-rows REGEXP] [-date DATE]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// run measures the rows that args ask for. From the root of the source.
func run(ctx context.Context, args []string, out io.Writer, terminal *os.File) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("rows", "", "measure the rows that match this regular expression alone, and write no file")
	date := flags.String("date", "", "the date that docs/bench.md names; none without it")
	docs := flags.String("docs", "docs", "the folder for bench.md and bench.json")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(rows(), *only)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "waybill-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // compiled tests, of which nothing is needed any more
	m := thisMachine(ctx)
	b := &bench{root: ".", folder: folder, compiled: map[string]compiled{}, ran: map[string]ran{}}
	keep := func([]result) error { return nil }
	if *only == "" {
		keep = func(results []result) error { return write(*docs, m, *date, results) }
	}
	results, err := measureAll(ctx, b, chosen, m, out, terminal, keep)
	if ctx.Err() != nil {
		err = errors.Join(err, fmt.Errorf("stopped: %d of %d rows are measured", measuredOf(results), len(results)))
	}
	return errors.Join(err, failures(results))
}

// choose are the rows whose words or database match an expression.
func choose(all []row, only string) ([]row, error) {
	wanted, err := regexp.Compile("(?i)" + only)
	if err != nil {
		return nil, fmt.Errorf("read -rows: %w", err)
	}
	var chosen []row
	for _, r := range all {
		if wanted.MatchString(r.what + " " + databaseName(r.on)) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no row matches %q", only)
	}
	return chosen, nil
}

// measureAll measures row after row, whatever becomes of each, and prints them. It gives
// keep all results after each row, those that are yet to come as not measured.
func measureAll(ctx context.Context, b *bench, all []row, m machine, out io.Writer, terminal *os.File, keep func([]result) error) ([]result, error) {
	begun := time.Now()
	bar := progress(len(all), terminal)
	_, _ = fmt.Fprintf(out, "%s\n\n%-60s %-8s %14s %14s %7s %8s\n", m, "what", "database", "measured", "target", "ratio", "took")
	results := make([]result, len(all))
	for i, r := range all {
		results[i] = result{row: r, err: errNotMeasured}
	}
	stopped := func() bool { return ctx.Err() != nil }
	for i, r := range all {
		bar.Describe(r.what + " " + databaseName(r.on))
		got := b.measure(ctx, r)
		if stopped() {
			break
		}
		results[i] = got
		_ = bar.Clear() // nothing depends on what a terminal shows
		_, _ = fmt.Fprintln(out, got.line())
		_ = bar.Add(1)
		if err := keep(results); err != nil {
			return results, err
		}
	}
	_ = bar.Finish()
	_, _ = fmt.Fprintf(out, "\n%d of %d rows in %s\n", measuredOf(results), len(all), time.Since(begun).Round(time.Second))
	return results, nil
}

// measuredOf is how many rows the run came to.
func measuredOf(results []result) (n int) {
	for _, r := range results {
		if !errors.Is(r.err, errNotMeasured) {
			n++
		}
	}
	return n
}

// progress shows on a terminal how far it is, and nothing elsewhere.
func progress(rows int, terminal *os.File) *progressbar.ProgressBar {
	to := io.Discard
	if term.IsTerminal(int(terminal.Fd())) {
		to = terminal
	}
	return progressbar.NewOptions(rows, progressbar.OptionSetWriter(to), progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(20), progressbar.OptionClearOnFinish(), progressbar.OptionSetRenderBlankState(true), progressbar.OptionSetElapsedTime(true))
}

func write(folder string, m machine, date string, results []result) error {
	body, err := figures(m, results)
	if err != nil {
		return err
	}
	return errors.Join(replace(filepath.Join(folder, "bench.json"), body), replace(filepath.Join(folder, "bench.md"), []byte(document(m, date, results))))
}

// replace writes a file so that it is whole whenever the run is broken off.
func replace(path string, body []byte) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, body, 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

// failures are the rows that failed, and why; nil when none did.
func failures(results []result) error {
	var failed []error
	for _, r := range results {
		if r.err != nil && !errors.Is(r.err, errNotMeasured) {
			failed = append(failed, fmt.Errorf("%s (%s): %w", r.what, databaseName(r.on), r.err))
		}
	}
	return errors.Join(failed...)
}
