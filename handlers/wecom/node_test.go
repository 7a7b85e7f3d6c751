package wecom_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// node is a program of a folder below testdata, which judges with WeCom's own
// libraries. What it says of itself goes to the test's standard error.
func node(t *testing.T, folder, program string, args ...string) *exec.Cmd {
	t.Helper()
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Fatalf("this test needs Node.js 18 or later with npm, and there is no %s: WeCom's own libraries judge ours", name)
		}
	}
	run := exec.CommandContext(t.Context(), "node", append([]string{program}, args...)...)
	run.Dir, run.Stderr = installed(t, folder, program), os.Stderr
	return run
}

// installed is a copy of a folder with the libraries in it. It is kept between
// runs, under the checksum of what it is made of.
func installed(t *testing.T, folder, program string) string {
	t.Helper()
	sum, files := sha256.New(), map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json", program} {
		body, err := os.ReadFile(filepath.Join("testdata", folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = body
		sum.Write(body)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "waybill-judge-"+folder+"-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	if _, err := os.Stat(dir); err != nil {
		install(t, cache, dir, files)
	}
	return dir
}

// install installs beside dir and moves it there when it is whole.
func install(t *testing.T, cache, dir string, files map[string][]byte) {
	t.Helper()
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	fresh, err := os.MkdirTemp(cache, "waybill-judge-") //nolint:usetesting // it is moved into place, so it is on the cache's file system
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(fresh) })
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = fresh
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	if err := os.Rename(fresh, dir); err != nil {
		if _, there := os.Stat(dir); there != nil { // else another run was faster
			t.Fatal(err)
		}
	}
}
