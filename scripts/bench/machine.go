package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the driver

	"waybill/test/db"
)

// machine is what was measured on.
type machine struct {
	CPU     string `json:"cpu"`
	Cores   int    `json:"cores"`
	Memory  string `json:"memory"`
	System  string `json:"system"`
	Go      string `json:"go"`
	SQLite  string `json:"sqlite"`
	Server  string `json:"server"` // "" without one
	Load    string `json:"load"`   // of the last minute, when it began
	Version string `json:"version"`
}

// thisMachine describes where it runs. What cannot be found out is "unknown".
func thisMachine(ctx context.Context) machine {
	return machine{
		CPU: cpuModel(file("/proc/cpuinfo")), Cores: runtime.NumCPU(), Memory: memory(file("/proc/meminfo")),
		System: system(file("/etc/os-release"), strings.TrimSpace(file("/proc/sys/kernel/osrelease"))), Go: runtime.Version(),
		SQLite: version(ctx, "sqlite", ":memory:", "SELECT sqlite_version()"), Server: server(ctx),
		Load: known(first(file("/proc/loadavg"))), Version: known(commit(ctx)),
	}
}

// file is what a file holds; "" where there is none.
func file(path string) string {
	body, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(body)
}

func known(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

func first(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// field is the value behind a name in a file of lines; "" without one.
func field(text, name, separator string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, separator); ok && strings.TrimSpace(key) == name {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}

func cpuModel(cpuinfo string) string { return known(field(cpuinfo, "model name", ":")) }

// memory is the total of /proc/meminfo in whole GiB.
func memory(meminfo string) string {
	kib, err := strconv.ParseFloat(first(field(meminfo, "MemTotal", ":")), 64)
	if err != nil {
		return "unknown"
	}
	return strconv.FormatFloat(kib/(1<<20), 'f', 0, 64) + " GiB"
}

func system(release, kernel string) string {
	name := known(field(release, "PRETTY_NAME", "="))
	if kernel != "" {
		name += ", Linux " + kernel
	}
	return name
}

// server is the version of the database server that the tests have; "" without one.
func server(ctx context.Context) string {
	address, ok := strings.CutPrefix(os.Getenv(db.EnvServer), "mysql://")
	if !ok {
		return ""
	}
	user, host, _ := strings.Cut(strings.TrimSuffix(address, "/"), "@")
	config := mysql.NewConfig()
	config.User, config.Passwd, _ = strings.Cut(user, ":")
	config.Net, config.Addr = "tcp", host
	return version(ctx, "mysql", config.FormatDSN(), "SELECT VERSION()")
}

// version asks a database for its version.
func version(ctx context.Context, driver, dsn, query string) string {
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		return "unknown"
	}
	defer func() { _ = pool.Close() }() // nothing was written
	var text string
	if err := pool.QueryRowContext(ctx, query).Scan(&text); err != nil {
		return "unknown"
	}
	return text
}

// commit names the source.
func commit(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--tags", "--always", "--dirty").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// String describes the machine in one line.
func (m machine) String() string {
	text := fmt.Sprintf("%s, %d cores, %s of memory, %s, %s, SQLite %s", m.CPU, m.Cores, m.Memory, m.System, m.Go, m.SQLite)
	if m.Server != "" {
		text += ", " + m.Server
	}
	return text + ", load " + m.Load
}
