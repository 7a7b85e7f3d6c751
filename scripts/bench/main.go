// Command bench measures the numbers that the design wants reached, prints each
// beside its target, and writes docs/bench.md and docs/bench.json. It fails when
// a benchmark does, never because of a number.
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
	results := measureAll(ctx, b, chosen, m, out, terminal)
	if err := ctx.Err(); err != nil {
		return errors.New("stopped, nothing written")
	}
	if *only == "" {
		if err := write(*docs, m, *date, results); err != nil {
			return err
		}
	}
	return failures(results)
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

// measureAll measures row after row, whatever becomes of each, and prints them.
func measureAll(ctx context.Context, b *bench, all []row, m machine, out io.Writer, terminal *os.File) []result {
	bar := progress(len(all), terminal)
	_, _ = fmt.Fprintf(out, "%s\n\n%-57s %-8s %14s %14s %7s\n", m, "what", "database", "measured", "target", "ratio")
	var results []result
	for _, r := range all {
		bar.Describe(r.what + " " + databaseName(r.on))
		got := b.measure(ctx, r)
		if ctx.Err() != nil {
			break
		}
		_ = bar.Clear() // nothing depends on what a terminal shows
		_, _ = fmt.Fprintln(out, got.line())
		_ = bar.Add(1)
		results = append(results, got)
	}
	_ = bar.Finish()
	return results
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
	if err := os.WriteFile(filepath.Join(folder, "bench.json"), body, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "bench.md"), []byte(document(m, date, results)), 0o644)
}

// failures are the rows that failed, and why; nil when none did.
func failures(results []result) error {
	var failed []error
	for _, r := range results {
		if r.err != nil {
			failed = append(failed, fmt.Errorf("%s (%s): %w", r.what, databaseName(r.on), r.err))
		}
	}
	return errors.Join(failed...)
}
