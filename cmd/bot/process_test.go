package main

import (
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
)

func TestOnlyTheDeadOfThisMachineAreDead(t *testing.T) {
	me := newProcessName()
	gone := exec.Command("bot", "version")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	unburied := exec.Command("bot", "version")
	out, err := unburied.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := unburied.Start(); err != nil {
		t.Fatal(err)
	}
	defer unburied.Wait()
	if _, err := io.ReadAll(out); err != nil {
		t.Fatal(err)
	}
	for !zombie(unburied.Process.Pid) { // between its last word and its end
		runtime.Gosched()
	}
	for name, c := range map[string]struct {
		owner string
		want  bool
	}{
		"this process":                   {me.name, false},
		"an earlier one of our number":   {me.host + strconv.Itoa(os.Getpid()) + "-EARLIER", true},
		"its parent":                     {me.host + strconv.Itoa(os.Getppid()) + "-PARENT", false},
		"one that has ended":             {me.host + strconv.Itoa(gone.Process.Pid) + "-GONE", true},
		"one that nobody has buried":     {me.host + strconv.Itoa(unburied.Process.Pid) + "-DEAD", true},
		"one of another machine":         {"0123456789-" + strconv.Itoa(gone.Process.Pid) + "-AWAY", false},
		"a name of another kind":         {me.host + "x", false},
		"a number that would be a group": {me.host + "-1-X", false},
		"no name":                        {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := me.gone(c.owner); got != c.want {
				t.Errorf("dead: %v", got)
			}
		})
	}
	if len(me.name) > 40 {
		t.Errorf("%q is longer than a claim may be", me.name)
	}
}
