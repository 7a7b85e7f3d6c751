package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"waybill/internal/retry"
	"waybill/internal/troublelog"
	"waybill/models"
)

// processName names a process among all that work on one database, so that those
// beside it can tell whether it is still alive.
type processName struct {
	host string // the processes that can see one another: one boot of one machine, one container
	name string
}

func newProcessName() processName {
	host := "elsewhere-"
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	space, spaceErr := os.Readlink("/proc/self/ns/pid")
	if err == nil && spaceErr == nil {
		sum := sha256.Sum256([]byte(string(boot) + space))
		host = hex.EncodeToString(sum[:5]) + "-"
	}
	return processName{host: host, name: host + strconv.Itoa(os.Getpid()) + "-" + rand.Text()[:8]}
}

// seesOthers says whether this process can judge others at all: without /proc it
// cannot, and waits for leases to run out.
func (p processName) seesOthers() bool { return p.host != "elsewhere-" }

// gone says whether the process that another name belongs to is gone. A number
// that is in use again counts as alive: then its leases run out by themselves.
func (p processName) gone(name string) bool {
	rest, here := strings.CutPrefix(name, p.host)
	number, _, _ := strings.Cut(rest, "-")
	pid, err := strconv.Atoi(number)
	if !here || err != nil || pid <= 0 || name == p.name {
		return false
	}
	return pid == os.Getpid() || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) || zombie(pid)
}

// zombie says whether a process has ended and only its parent does not know
// yet. Its state stands behind its name, which is in brackets.
func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	state := stat[bytes.LastIndexByte(stat, ')')+1:]
	return bytes.HasPrefix(state, []byte(" Z"))
}

// staleEvery is how often it is looked for processes that were killed: what they
// held is free within three seconds on the same machine.
const staleEvery = time.Second

// watchStale takes over what processes held that were killed on this machine.
func (a *app) watchStale(ctx context.Context) error {
	const releasing = "release what a killed process held"
	troubles := troublelog.New(a.log)
	for a.process.seesOthers() && retry.Sleep(ctx, staleEvery) == nil {
		switch err := a.releaseStale(ctx); {
		case err == nil:
			troubles.Worked(releasing)
		case ctx.Err() == nil:
			troubles.Failed(releasing, err)
		}
	}
	return nil
}

func (a *app) releaseStale(ctx context.Context) error {
	if !a.process.seesOthers() {
		return nil
	}
	return a.store.ReleaseStale(ctx, a.process.host, a.process.gone, models.At(a.now()))
}
