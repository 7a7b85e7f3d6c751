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
	defunct := exec.Command("bot", "version")
	out, err := defunct.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := defunct.Start(); err != nil {
		t.Fatal(err)
	}
	defer defunct.Wait()
	if _, err := io.ReadAll(out); err != nil {
		t.Fatal(err)
	}
	for !zombie(defunct.Process.Pid) { // between its last word and its end
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
		"one that is defunct":            {me.host + strconv.Itoa(defunct.Process.Pid) + "-DEAD", true},
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
