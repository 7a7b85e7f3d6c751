package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// tool is TiDB's server, which the module test/tidb names as its tool.
const tool = "github.com/pingcap/tidb/cmd/tidb-server"

// startTiDB builds TiDB's server, unless Go's cache has it, and starts it with
// its embedded storage.
func startTiDB() (port string, stop func() error, err error) {
	server, err := buildTiDB()
	if err != nil {
		return "", nil, err
	}
	ports, err := freePorts(2)
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "waybill-tidb-")
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(context.Background(), server, "-store", "unistore", "-path", filepath.Join(dir, "data"), "-socket", "",
		"-host", "127.0.0.1", "-P", ports[0], "-status-host", "127.0.0.1", "-status", ports[1], "-L", "error")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir)
	p, err := run(dir, "log", cmd)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := await(ports[0], p.over); err != nil {
		return "", nil, failed(err, p, "log")
	}
	return ports[0], p.stop, nil
}

// buildTiDB returns the path of the server's program. It is linked with cgo,
// which its storage needs.
func buildTiDB() (string, error) {
	mod, err := exec.CommandContext(context.Background(), "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	dir := filepath.Join(filepath.Dir(strings.TrimSpace(string(mod))), "test", "tidb")
	fmt.Fprintln(os.Stderr, "building TiDB, which takes minutes the first time")
	cmd := exec.CommandContext(context.Background(), "go", "tool", "-n", tool)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), "CGO_ENABLED=1"), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("build: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
