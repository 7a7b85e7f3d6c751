package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// image is the MariaDB that docker runs where none is installed: the oldest
// series that Waybill supports and its vendor still maintains.
const image = "mariadb:10.11"

// settings make a server that a few test binaries share and that forgets
// everything at the end: tests kill processes, not machines, so nothing has to
// reach the disk.
var settings = []string{
	"--skip-name-resolve", "--skip-log-bin", "--performance-schema=0", "--max-connections=500",
	"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-flush-method=nosync", "--innodb-buffer-pool-size=256M",
}

// startMariaDB starts the MariaDB that is installed, else one in docker.
func startMariaDB() (port string, stop func() error, err error) {
	server, serverErr := program("mariadbd")
	install, installErr := program("mariadb-install-db")
	switch {
	case serverErr == nil && installErr == nil:
		return installed(server, install)
	case exec.CommandContext(context.Background(), "docker", "info").Run() == nil:
		return inDocker()
	}
	return "", nil, fmt.Errorf("neither MariaDB (mariadbd and mariadb-install-db; Debian: apt-get install mariadb-server) nor docker is there: "+
		"install one, name a server in %s, or run the tests on SQLite alone with %s=%s", EnvServer, EnvKinds, SQLite)
}

// program finds a program, also where the PATH of a user who is not root does not lead.
func program(name string) (string, error) {
	path, err := exec.LookPath(name)
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin"} {
		if err != nil {
			path, err = exec.LookPath(filepath.Join(dir, name))
		}
	}
	return path, err
}

func installed(server, install string) (port string, stop func() error, err error) {
	ports, err := freePorts(1)
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "waybill-mariadb-")
	if err != nil {
		return "", nil, err
	}
	common := []string{"--no-defaults", "--user=root", "--datadir=" + filepath.Join(dir, "data")} // the user counts only when we are root
	cmd := exec.CommandContext(context.Background(), install, append(common, "--auth-root-authentication-method=normal", "--skip-test-db")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", nil, errors.Join(fmt.Errorf("%w\n%s", err, out), os.RemoveAll(dir))
	}
	args := slices.Concat(common, settings, []string{
		"--bind-address=127.0.0.1", "--port=" + ports[0],
		"--socket=" + filepath.Join(dir, "s"), "--pid-file=" + filepath.Join(dir, "pid"), "--log-error=" + filepath.Join(dir, "log"),
	})
	p, err := run(dir, "out", exec.CommandContext(context.Background(), server, args...))
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := await(ports[0], p.over); err != nil {
		return "", nil, failed(err, p, "out", "log")
	}
	return ports[0], p.stop, nil
}

func inDocker() (port string, stop func() error, err error) {
	args := append([]string{
		"run", "--detach", "--rm", "--publish=127.0.0.1::3306", "--tmpfs=/var/lib/mysql",
		"--env=MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1", "--env=MARIADB_ROOT_HOST=%", image,
	}, settings...)
	id, err := docker(args...)
	if err != nil {
		return "", nil, err
	}
	stop = func() error {
		_, err := docker("stop", id)
		return err
	}
	at, err := docker("port", id, "3306/tcp")
	if err == nil {
		_, port, err = net.SplitHostPort(at)
	}
	if err == nil {
		err = await(port, nil)
	}
	if err != nil {
		return "", nil, errors.Join(err, stop())
	}
	return port, stop, nil
}

// docker runs a docker command and returns the one line that it prints.
func docker(args ...string) (string, error) {
	cmd := exec.CommandContext(context.Background(), "docker", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("docker %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}
