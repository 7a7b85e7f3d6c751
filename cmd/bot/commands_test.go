package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// output is what one run of the program wrote, and its exit code.
type output struct {
	out, err string
	code     int
}

// runBot runs the program in an environment of its own.
func runBot(t *testing.T, input string, env []string, args ...string) output {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bot", args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Dir = t.TempDir()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return output{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	half := []string{"WAYBILL_MUZHI_APPCODE=c", "WAYBILL_TELEGRAM_TOKEN=1:abcdefghijklmnopqrstuvwxyz_12345678", "WAYBILL_TELEGRAM_WEBHOOK_SECRET=s"}
	for name, c := range map[string]struct {
		env  []string
		args string
		code int
		says string // on standard error, or on standard output with code 0
	}{
		"no command":                      {nil, "", 2, "expected one of"},
		"an unknown command":              {nil, "dance", 2, "dance"},
		"an unknown flag":                 {nil, "serve --fast", 2, "--fast"},
		"help":                            {nil, "--help", 0, "recognise"},
		"help of serve":                   {nil, "serve --help", 0, "SIGTERM"},
		"an address without a port":       {nil, "demo --http 8080", 2, "--http"},
		"a sandbox without a port":        {nil, "sandbox --addr 8090", 2, "--addr"},
		"help of demo":                    {nil, "demo --help", 0, "--linger"},
		"help of sandbox":                 {nil, "sandbox --help", 0, "--addr"},
		"help of init":                    {nil, "init --help", 0, "The file that is written (.env)."},
		"help of import":                  {nil, "import --help", 0, "--env-file"},
		"help of recognise":               {nil, "recognise --help", 0, "numbers"},
		"help of migrate":                 {nil, "migrate --help", 0, "migrations"},
		"help of doctor":                  {nil, "doctor --help", 0, "--paid"},
		"help of version":                 {nil, "version --help", 0, "Version"},
		"version":                         {nil, "version", 0, "go1."},
		"nothing set":                     {nil, "serve", 2, "WAYBILL_TELEGRAM_TOKEN"},
		"typed as the documents have it":  {[]string{"WAYBILL_TELEGRAM_TOKEN=…", "WAYBILL_MUZHI_APPCODE=…"}, "serve", 2, "WAYBILL_MUZHI_APPCODE"},
		"nothing set, second mistake":     {nil, "serve", 2, "WAYBILL_MUZHI_APPCODE"},
		"a webhook without public URL":    {half, "serve", 2, "WAYBILL_PUBLIC_URL"},
		"a speed of nothing":              {nil, "demo --speed 0", 2, "--speed"},
		"a speed of words":                {nil, "demo --speed fast", 2, "--speed"},
		"breaking what is not there":      {nil, "demo --break dhl", 2, "--break"},
		"going back in time":              {nil, "demo --linger=-1s", 2, "--linger"},
		"an address that is taken by all": {nil, "sandbox --addr 256.0.0.1:1", 1, "open sandbox"},
		"a bot that does not run":         {[]string{"WAYBILL_HTTP_ADDR=127.0.0.1:1"}, "doctor --ready", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := runBot(t, "", c.env, strings.Fields(c.args)...)
			says := got.err
			if c.code == 0 {
				says = got.out
			}
			if got.code != c.code || !strings.Contains(says, c.says) {
				t.Errorf("exit code %d, want %d; %q is in\n%s%s", got.code, c.code, c.says, got.out, got.err)
			}
		})
	}
}

// It runs before the journeys that run beside one another: it must leave in time.
func TestTheDemoAnswersEachLineInOrderAndLeaves(t *testing.T) {
	folder := t.TempDir()
	lines := "\n帮我查一下" + open + "\n" + shut + "\n1234\n列表\n/stop 1"
	begun := time.Now()
	// The environment is ignored: these settings would stop any other command.
	got := runBot(t, lines, []string{"TMPDIR=" + folder, "WAYBILL_DB=x", "WAYBILL_MAX_PARCELS=0"}, "demo")
	if got.code != 0 || got.err != "" {
		t.Errorf("exit code %d, standard error %q", got.code, got.err)
	}
	if took := time.Since(begun); took > leavesWithin {
		t.Errorf("it took %s", took)
	}
	rest := got.out
	for _, want := range []string{open, "运输中", shut, "手机", shut, "运输中", "1.", "2.", "不再"} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("no %q where it should be in\n%s", want, got.out)
		}
		rest = after
	}
	if strings.Contains(got.out, "\x1b") {
		t.Error("there are colours in a pipe")
	}
	if left, err := filepath.Glob(folder + "/*"); err != nil || len(left) > 0 {
		t.Errorf("it leaves behind %v, %v", left, err)
	}
}

func TestACarrierCanBeTyped(t *testing.T) {
	t.Parallel()
	got := runBot(t, "780000000001 中通 茶叶\n", nil, "demo")
	if !strings.Contains(got.out, "中通快递 780000000001") || strings.Contains(got.out, "[5]") {
		t.Errorf("the carrier is asked for all the same:\n%s", got.out)
	}
}

func TestTheDemoLingersForNews(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "bot", "demo", "--speed", "36000", "--linger", "2m")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + folder}
	cmd.Stdin = strings.NewReader(open + "\n")
	out := &recorder{}
	cmd.Stdout = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out.wait(t, "签收人")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := cmd.Wait(); err != nil || time.Since(begun) > leavesWithin {
		t.Errorf("it ends with %v after %s", err, time.Since(begun))
	}
	if left, err := filepath.Glob(folder + "/*"); err != nil || len(left) > 0 {
		t.Errorf("it leaves behind %v, %v", left, err)
	}
}

func TestTheDemoServesPagesWhenAsked(t *testing.T) {
	t.Parallel()
	got := runBot(t, open+"\n", nil, "demo", "--http", "256.0.0.1:1")
	if got.code != 1 || !strings.Contains(got.err, "open http") {
		t.Errorf("an address that cannot be: exit code %d, %s", got.code, got.err)
	}
}
