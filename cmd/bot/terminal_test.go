package main

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// recorder keeps what a program writes, for whoever waits for something in it.
type recorder struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

// Write keeps p.
func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
	return r.text.Write(p)
}

// wait waits until the words were written, and returns what came before them
// and forgets both.
func (r *recorder) wait(t *testing.T, words string) string {
	t.Helper()
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	for {
		before, found, changed := r.find(words)
		if found {
			return before
		}
		select {
		case <-changed:
		case <-timer.C:
			t.Fatalf("%q never comes; there is %q", words, before)
		}
	}
}

func (r *recorder) find(words string) (before string, found bool, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, after, found := strings.Cut(r.text.String(), words)
	if found {
		r.text.Reset()
		r.text.WriteString(after)
		return before, true, nil
	}
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	return before, false, r.changed
}

// terminal is a pseudo-terminal: a person's side and a program's.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100}); err != nil {
		t.Fatal(err)
	}
	return person, program
}

func TestTheDemoOnATerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env    []string
		prompt string
		leave  string
	}{
		"with colours":           {[]string{"TERM=xterm-256color"}, "\x1b[1;32m›\x1b[0m ", "\x15\x04"},
		"without, by the person": {[]string{"TERM=xterm-256color", "NO_COLOR=1"}, "› ", "\x03"},
		"without, by Ctrl-D":     {[]string{"TERM=xterm-256color", "NO_COLOR=1"}, "› ", "\x15\x04"},
		"without, by a word":     {[]string{"TERM=xterm-256color", "NO_COLOR=1"}, "› ", "\x15退出\r"},
	} {
		t.Run(name, func(t *testing.T) {
			person, program := terminal(t)
			before := state(t, program)
			cmd := exec.CommandContext(t.Context(), "bot", "demo", "--speed", "36000")
			cmd.Env = append(c.env, "PATH="+os.Getenv("PATH"), "TMPDIR="+t.TempDir())
			cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			screen := &recorder{}
			go func() { _, _ = io.Copy(screen, person) }() // ends when the terminal closes
			screen.wait(t, shut)                           // a number to try
			screen.wait(t, c.prompt)
			typeKeys(t, person, open+"\r")
			screen.wait(t, "运输中")
			screen.wait(t, c.prompt)
			typeKeys(t, person, "快递")
			screen.wait(t, "签收人")         // news comes while somebody types
			screen.wait(t, c.prompt+"快递") // and the line is put back
			typeKeys(t, person, c.leave)
			if err := cmd.Wait(); err != nil {
				t.Errorf("it ends with %v", err)
			}
			screen.wait(t, "\x1b[?2004l") // pastes are bracketed no more
			if after := state(t, program); after != before {
				t.Error("the terminal is not as it was")
			}
		})
	}
}

// demoOn starts the demo on a terminal.
func demoOn(t *testing.T, program *os.File, person io.Reader, env []string, args ...string) (*exec.Cmd, *recorder) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bot", append([]string{"demo"}, args...)...)
	cmd.Env = append(env, "TERM=xterm-256color", "NO_COLOR=1", "PATH="+os.Getenv("PATH"), "TMPDIR="+t.TempDir())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	screen := &recorder{}
	go func() { _, _ = io.Copy(screen, person) }() // ends when the terminal closes
	return cmd, screen
}

func TestAPasteInTheDemoIsOneMessageInItsLanguage(t *testing.T) {
	t.Parallel()
	person, program := terminal(t)
	cmd, screen := demoOn(t, program, person, []string{"LANG=en_GB.UTF-8"})
	screen.wait(t, "\x1b[?2004h")
	screen.wait(t, "To leave: send exit")
	screen.wait(t, "› ")
	typeKeys(t, person, "\x1b[200~your parcel\r"+open+"\rhas left\r\x1b[201~")
	screen.wait(t, "› your parcel⏎"+open+"⏎has left⏎")
	typeKeys(t, person, "\r")
	screen.wait(t, "› your parcel⏎"+open+"⏎has left\r\n")
	if said := screen.wait(t, "› "); !strings.Contains(said, open) || strings.ContainsAny(said, "的运揽") && !strings.Contains(said, "In transit") {
		t.Errorf("it says %q", said)
	}
	typeKeys(t, person, "exit\r")
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestTheTypedLineFollowsTheWidthOfTheWindow(t *testing.T) {
	t.Parallel()
	person, program := terminal(t)
	cmd, screen := demoOn(t, program, person, nil)
	screen.wait(t, "› ")
	typeKeys(t, person, "0123456789012345678901234567")
	screen.wait(t, "› 0123456789012345678901234567")
	if err := unix.IoctlSetWinsize(int(person.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 20}); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGWINCH); err != nil { // it does not have the terminal as its own
		t.Fatal(err)
	}
	screen.wait(t, "› 12345678901234567")
	typeKeys(t, person, "\x03")
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestATerminalIsPutBackWhenTheDemoEndsAtOnce(t *testing.T) {
	t.Parallel()
	person, program := terminal(t)
	before := state(t, program)
	cmd, screen := demoOn(t, program, person, nil, "--break", "muzhi")
	screen.wait(t, "› ")
	for range 2 { // an ordered stop may be faster than the second
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}
	_ = cmd.Wait()
	screen.wait(t, "\x1b[?2004l")
	if after := state(t, program); after != before {
		t.Error("the terminal is not as it was")
	}
}

func TestTheDemoSaysWhereItAnswersHTTP(t *testing.T) {
	t.Parallel()
	got := runBot(t, "q\nYT1000000000013\n", nil, "demo", "--http", "127.0.0.1:0")
	if got.code != 0 || got.out != "" || !regexp.MustCompile(`^(http://127\.0\.0\.1:[1-9]\d*)  .*/healthz.*\nhttp://127\.0\.0\.1:\d+/admin  token [0-9a-f]{32}\nhttp://127\.0\.0\.1:\d+/p/\S+\n$`).MatchString(got.err) {
		t.Errorf("%+v", got)
	}
}

func typeKeys(t *testing.T, person io.Writer, keys string) {
	t.Helper()
	if _, err := io.WriteString(person, keys); err != nil {
		t.Fatal(err)
	}
}

func state(t *testing.T, terminal *os.File) unix.Termios {
	t.Helper()
	s, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *s
}

func TestATerminalThatCanDoLittleGetsPlainLines(t *testing.T) {
	t.Parallel()
	person, program := terminal(t)
	cmd := exec.CommandContext(t.Context(), "bot", "demo")
	cmd.Env = []string{"TERM=dumb", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	screen := &recorder{}
	go func() { _, _ = io.Copy(screen, person) }() // ends when the terminal closes
	said := screen.wait(t, "Ctrl-D")
	typeKeys(t, person, open+"\n")
	said += screen.wait(t, "运输中")
	typeKeys(t, person, "\x04")
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if strings.Contains(said, "\x1b") {
		t.Errorf("there are escape sequences in %q", said)
	}
}
