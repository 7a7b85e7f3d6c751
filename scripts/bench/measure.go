package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"waybill/test/db"
)

// limit is how long one benchmark may take: it waits for what does not come.
const limit = 5 * time.Minute

var (
	// errNoBenchmark: the package has no such benchmark, or not on this database.
	errNoBenchmark = errors.New("no benchmark ran")
	// errNotMeasured: the run has not come to the row, or was stopped before.
	errNotMeasured = errors.New("not measured")
)

// bench runs benchmarks: each package is compiled once, and a benchmark that
// several rows need runs once.
type bench struct {
	root     string // of the source
	folder   string // for what is compiled, and for what benchmarks make; whoever is killed leaves it there
	compiled map[string]compiled
	ran      map[string]ran
}

type compiled struct {
	path string
	err  error
}

// ran is what a benchmark has reported.
type ran struct {
	metrics map[string]float64
	err     error
}

// result is a row and what came of it.
type result struct {
	row
	value   float64
	metrics map[string]float64 // all that the benchmark reports
	err     error
	took    time.Duration
}

// measure measures one row.
func (b *bench) measure(ctx context.Context, r row) result {
	begun := time.Now()
	out := result{row: r}
	out.value, out.metrics, out.err = b.value(ctx, r)
	out.took = time.Since(begun)
	return out
}

func (b *bench) value(ctx context.Context, r row) (value float64, metrics map[string]float64, err error) {
	metrics, err = b.metrics(ctx, r)
	if err != nil {
		return 0, nil, err
	}
	for _, name := range r.beside {
		if _, err := metricOf(metrics, name); err != nil {
			return 0, metrics, err
		}
	}
	value, err = metricOf(metrics, r.metric)
	return value, metrics, err
}

// metricOf is one of a benchmark's metrics.
func metricOf(metrics map[string]float64, name string) (float64, error) {
	value, ok := metrics[name]
	if !ok {
		return 0, fmt.Errorf("the benchmark does not report %s", name)
	}
	return value, nil
}

// metrics runs a benchmark of a row's package on the row's database, or
// remembers what it reported.
func (b *bench) metrics(ctx context.Context, r row) (map[string]float64, error) {
	key := strings.Join([]string{r.pkg, r.bench, r.on, r.n}, " ")
	known, ok := b.ran[key]
	if !ok {
		known.metrics, known.err = b.run(ctx, r)
		b.ran[key] = known
	}
	return known.metrics, known.err
}

func (b *bench) run(ctx context.Context, r row) (map[string]float64, error) {
	if r.on != "" && r.on != db.SQLite && os.Getenv(db.EnvServer) == "" {
		return nil, fmt.Errorf("no %s: make bench brings one, as go run ./test/withdb go run ./scripts/bench does", r.on)
	}
	program := b.compile(ctx, r.pkg)
	if program.err != nil {
		return nil, program.err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program.path, "-test.run", "^$", "-test.bench", "^Benchmark"+r.bench, "-test.benchtime", r.n, "-test.timeout", limit.String())
	cmd.Dir = filepath.Join(b.root, r.pkg)
	cmd.Env = append(os.Environ(), db.EnvKinds+"="+kinds(r.on), db.EnvShared+"="+b.folder, "TMPDIR="+b.folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // with the programs that it has started
	cmd.WaitDelay = 2 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, lastLines(string(out)))
	}
	return parseMetrics(string(out))
}

// kinds are the databases that a row's benchmark is to know of.
func kinds(on string) string {
	if on == "" {
		return db.SQLite
	}
	return on
}

// compile builds a package's tests, once.
func (b *bench) compile(ctx context.Context, pkg string) compiled {
	if known, ok := b.compiled[pkg]; ok {
		return known
	}
	c := compiled{path: filepath.Join(b.folder, strings.ReplaceAll(pkg, "/", "-")+".test")}
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-o", c.path, "./"+pkg)
	cmd.Dir = b.root
	if out, err := cmd.CombinedOutput(); err != nil {
		c.err = fmt.Errorf("compile %s: %w: %s", pkg, err, lastLines(string(out)))
	}
	b.compiled[pkg] = c
	return c
}

// parseMetrics reads what a benchmark has reported: a line of its name, how often
// it ran, and pairs of a value and a metric. Of several lines the last one counts.
func parseMetrics(out string) (map[string]float64, error) {
	var metrics map[string]float64
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		if _, err := strconv.Atoi(words[1]); err != nil {
			continue
		}
		metrics = map[string]float64{}
		for i := 2; i+1 < len(words); i += 2 {
			value, err := strconv.ParseFloat(words[i], 64)
			if err != nil {
				return nil, fmt.Errorf("read metrics %q: %w", strings.TrimSpace(line), err)
			}
			metrics[words[i+1]] = value
		}
	}
	if metrics == nil {
		return nil, errNoBenchmark
	}
	return metrics, nil
}

// lastLines is the end of an output in one line, where its reason stands.
func lastLines(out string) string {
	const most = 6
	lines := strings.Split(strings.TrimSpace(out), "\n")
	lines = lines[max(0, len(lines)-most):]
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(lines, " | ")
}
