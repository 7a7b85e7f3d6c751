// Package product says what the files of deploy/ may rely on: the settings, paths
// and metrics of the program, taken from its source and from what it says.
package product

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Root is the repository's folder.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Read returns a file of the repository, its path given with slashes.
func Read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(Root(), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// literals returns what pattern captures in the source of some of the program's
// folders, tests apart, each once and in order.
func literals(t *testing.T, pattern string, folders ...string) []string {
	t.Helper()
	found, expr := map[string]bool{}, regexp.MustCompile(pattern)
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(Root(), folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range expr.FindAllSubmatch(text, -1) {
				found[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Paths are the paths that the program answers, as patterns of http.ServeMux
// without their methods.
func Paths(t *testing.T) []string {
	t.Helper()
	return literals(t, `"(?:(?:GET|POST) )?(/(?:healthz|readyz|metrics|telegram|wecom|push|p|static|app|admin)(?:/[^"]*)?)"`, "handlers", "cmd")
}

// Metrics are the names of the program's metrics; those of histograms are also
// given with what is stored of them.
func Metrics(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, name := range literals(t, `"(waybill_[a-z_]+)"`, "handlers/web") {
		names = append(names, name, name+"_bucket", name+"_sum", name+"_count")
	}
	return names
}

// envProgram names the program's binary, so that it is built once for all tests.
const envProgram = "WAYBILL_TEST_BOT"

// Program is the program's binary: that of the environment, else one that is built
// when it is first needed.
type Program struct {
	once sync.Once
	path string
	err  error
}

// binary is where the program is.
func (p *Program) binary(t *testing.T) string {
	t.Helper()
	p.once.Do(func() {
		if p.path = os.Getenv(envProgram); p.path == "" {
			p.path, p.err = build()
		}
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.path
}

// Rewrite lets `bot init` write a settings file anew: every question gets the answer
// that is there already.
func (p *Program) Rewrite(t *testing.T, file string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.binary(t), "init", "--file", file)
	cmd.Env = []string{"LANG=en_GB.UTF-8"}
	cmd.Stdin = strings.NewReader("y\n" + strings.Repeat("\n", 30))
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("bot init: %v\n%s", err, said)
	}
}

// nonsense is a setting that there is not: with it the program always stops at its
// settings, and lists what is wrong with all of them.
const nonsense = "WAYBILL_NONSENSE"

// Mistakes lets the program judge settings, given as NAME=value, and returns what
// it says of those that are wrong, unknown or missing.
func (p *Program) Mistakes(t *testing.T, settings []string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.binary(t), "serve")
	cmd.Dir = t.TempDir()
	cmd.Env = append(slices.Clone(settings), nonsense+"=1")
	said, err := cmd.CombinedOutput()
	if !strings.Contains(string(said), nonsense) {
		t.Fatalf("the program does not say that a setting is unknown: %v\n%s", err, said)
	}
	var mistakes []string
	for line := range strings.Lines(string(said)) {
		if strings.Contains(line, "WAYBILL_") && !strings.Contains(line, nonsense) {
			mistakes = append(mistakes, strings.TrimSpace(line))
		}
	}
	return mistakes
}

// Close removes the binary, if it was built here.
func (p *Program) Close() error {
	if p.path == "" || p.path == os.Getenv(envProgram) {
		return nil
	}
	return os.RemoveAll(filepath.Dir(p.path))
}

func build() (string, error) {
	dir, err := os.MkdirTemp("", "waybill-deploy-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "bot")
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "./cmd/bot")
	cmd.Dir = Root()
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as the program is built elsewhere; C takes minutes
	if said, err := cmd.CombinedOutput(); err != nil {
		return path, fmt.Errorf("build the program: %w\n%s", err, said)
	}
	return path, nil
}
