package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/handlers/console"
	"waybill/handlers/wecom/wecomtest"
)

func TestTheWeComDemoShowsTheCustomerOnOneSideAndTheCallsOnTheOther(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	lines := "\n帮我查一下" + open + "\n" + shut + "\n1234\n列表\n停止 1"
	begun := time.Now()
	got := tell(t, lines, []string{"TMPDIR=" + folder, "WAYBILL_DB=x", "WAYBILL_WECOM_CORP_ID=x"}, "demo", "--wecom", "--break", "muzhi")
	if took := time.Since(begun); got.code != 0 || took > 10*time.Second {
		t.Errorf("exit code %d after %s", got.code, took)
	}
	inOrder(t, got.out, open, "运输中", "[1]", shut, "手机", shut, "运输中", "1.", "2.", "不再")
	inOrder(t, got.err, "callback /wecom/kf", "5 left", "gettoken", "errcode 0", "kf/sync_msg", "kf/send_msg", "4 left", "kuaidi100 2 asked")
	for _, never := range []string{"wecom", "errcode", "left", "\x1b"} {
		if strings.Contains(got.out, never) {
			t.Errorf("%q stands in what the customer sees:\n%s", never, got.out)
		}
	}
	for _, secret := range []string{wecomtest.KFSecret, wecomtest.KFToken, wecomtest.KFKey, "access-token-of", open, "1234\n"} {
		if strings.Contains(got.err, secret) {
			t.Errorf("%q stands in what is told:\n%s", secret, got.err)
		}
	}
	if left, err := filepath.Glob(folder + "/*"); err != nil || len(left) > 0 {
		t.Errorf("it leaves behind %v, %v", left, err)
	}
}

// inOrder wants words in a text, one behind the other.
func inOrder(t *testing.T, text string, words ...string) {
	t.Helper()
	rest := text
	for _, want := range words {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("no %q where it should be in\n%s", want, text)
		}
		rest = after
	}
}

func TestOnTheCustomersPhone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		typed string
		sees  []string
		not   string
		told  []string
	}{
		"a number presses a menu's item": {
			typed: open + "\n3\n茶叶\n列表\n", sees: []string{"[3]", "茶叶", "1.", "茶叶"}, told: []string{"kf/send_msg"},
		},
		"who opens the chat is greeted": {
			typed: ":enter\n", sees: []string{"SF1000000000015 1234"}, told: []string{"kf/sync_msg", "kf/send_msg_on_event"},
		},
		"the bot is silent while somebody attends": {
			typed: "列表\n:human\n" + open + "\n:end\n帮助\n", sees: []string{"单号", "列表"}, not: open, told: []string{"0 left", "service_state/get", "5 left"},
		},
		"who asks for a human gets one": {
			typed: "转人工\n" + open + "\n", sees: []string{"人工"}, not: open, told: []string{"kf/servicer/list", "kf/service_state/trans"},
		},
		"WeCom's clock goes on, and its token ends": {
			typed: "列表\n:later 49h\n列表\n", sees: []string{"单号", "单号"}, told: []string{"gettoken", "42001", "gettoken"},
		},
		"a clock that cannot go there": {typed: ":later yesterday\n", told: []string{":later 49h"}},
		"a file":                       {typed: open + " YT1000000000021 YT1000000000039 " + shut + " 1234\n导出\n", sees: []string{".json", `"parcels"`}, told: []string{"media/upload"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tell(t, c.typed, []string{"TMPDIR=" + t.TempDir()}, "demo", "--wecom")
			if got.code != 0 || c.not != "" && strings.Contains(got.out, c.not) {
				t.Errorf("exit code %d, and %q is in\n%s%s", got.code, c.not, got.out, got.err)
			}
			inOrder(t, got.out, c.sees...)
			inOrder(t, got.err, c.told...)
		})
	}
}

// call runs the demo at a speed, for a test that types as things happen.
func call(t *testing.T, args ...string) (in io.WriteCloser, sees, told *heard, hungUp func() error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bot", append([]string{"demo", "--wecom"}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()}
	sees, told = &heard{}, &heard{}
	cmd.Stdout, cmd.Stderr = sees, told
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return in, sees, told, func() error { return errors.Join(in.Close(), cmd.Wait()) }
}

func TestNewsWaitsForACustomerWhoseTwoDaysAreOver(t *testing.T) {
	t.Parallel()
	in, sees, told, hungUp := call(t, "--speed", "36000")
	typed(t, in, open+"\n")
	sees.wait(t, "盯着")
	typed(t, in, ":later 49h\n")
	told.wait(t, "95002")
	typed(t, in, "列表\n")
	sees.wait(t, "1.")
	sees.wait(t, "签收人")
	if err := hungUp(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestTheLastOfFiveMessagesSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	in, sees, told, hungUp := call(t, "--speed", "36000")
	// Parcels that are out for delivery, fail, are rejected and returned: more than five pieces of urgent news.
	typed(t, in, open+" YT1000000000021 YT1000000000039 YT1000000000047\n")
	sees.wait(t, "回复任意内容继续接收")
	told.wait(t, "0 left")
	typed(t, in, "列表\n")
	told.wait(t, "5 left")
	sees.wait(t, "1.")
	if err := hungUp(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestTheWeComDemoNeedsAnAddressThatCanBe(t *testing.T) {
	t.Parallel()
	got := tell(t, open+"\n", nil, "demo", "--wecom", "--http", "256.0.0.1:1")
	if got.code != 1 || !strings.Contains(got.err, "open http") {
		t.Errorf("exit code %d, %s", got.code, got.err)
	}
}

func TestTheWeComDemoOnATerminalTellsBothSides(t *testing.T) {
	t.Parallel()
	person, program := terminal(t)
	cmd := exec.CommandContext(t.Context(), "bot", "demo", "--wecom")
	cmd.Env = []string{"TERM=xterm-256color", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	screen := &heard{}
	go func() { _, _ = io.Copy(screen, person) }() // ends when the terminal closes
	screen.wait(t, ":human")
	screen.wait(t, "\x1b[1;32m›\x1b[0m ")
	typed(t, person, open+"\r")
	screen.wait(t, "\x1b[2mwecom → bot")
	screen.wait(t, "运输中")
	screen.wait(t, "4 left")
	typed(t, person, "\x04")
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// corpOf is an emulated WeCom whose bot listens at addr, and what is shown.
func corpOf(t *testing.T, addr net.Addr, screen console.Screen) *corp {
	t.Helper()
	c, err := startWeCom(t.Context(), &chat{screen: screen, aside: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	if err := c.callAt(addr); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACallbackIsDeliveredThreeTimes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refused, delivered int
		fails              bool
	}{
		"taken at once":      {0, 1, false},
		"taken at last":      {2, 3, false},
		"not taken":          {9, 3, true},
		"not taken, but one": {1, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			delivered := 0
			bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if delivered++; delivered <= c.refused {
					w.WriteHeader(http.StatusInternalServerError)
				}
			}))
			defer bot.Close()
			corp := corpOf(t, bot.Listener.Addr(), console.NewPlain(io.Discard))
			answering, err := corp.phone.Hear(t.Context(), "hello")
			if (err != nil) != c.fails || !answering || delivered != c.delivered {
				t.Errorf("answering %t, error %v, delivered %d times", answering, err, delivered)
			}
		})
	}
}

func TestWhereTheBotIsCalled(t *testing.T) {
	t.Parallel()
	for bound, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/wecom/kf",
		"0.0.0.0:8080":   "http://127.0.0.1:8080/wecom/kf",
		"[::]:8080":      "http://127.0.0.1:8080/wecom/kf",
		"192.0.2.7:80":   "http://192.0.2.7:80/wecom/kf",
	} {
		addr, err := net.ResolveTCPAddr("tcp", bound)
		if err != nil {
			t.Fatal(err)
		}
		if c := corpOf(t, addr, console.NewPlain(io.Discard)); c.api.KFCallback != want {
			t.Errorf("bound to %s it is called at %s, want %s", bound, c.api.KFCallback, want)
		}
	}
}

// torn is a screen that is gone.
type torn struct{}

// Show fails.
func (torn) Show(string) error { return io.ErrClosedPipe }

func TestAMessageWithItsMenuAndWhatStandsUnderIt(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sent := wecomtest.Sent{To: demoCustomer, Text: "one\ntwo", Tail: "the end", Menu: []wecomtest.Item{{ID: "a", Text: "first"}, {ID: "b", Text: "second"}}}
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
	if err := corpOf(t, addr, console.NewPlain(&out)).phone.show(sent, nil); err != nil {
		t.Fatal(err)
	}
	if want := "one\ntwo\n  [1] first\n  [2] second\nthe end\n\n"; out.String() != want {
		t.Errorf("it looks like\n%s", out.String())
	}
	if err := corpOf(t, addr, torn{}).phone.show(sent, nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a screen that is gone: %v", err)
	}
}

func TestALineIsOverOnce(t *testing.T) {
	t.Parallel()
	c := &chat{answered: make(chan struct{}, 1)}
	answered := c.signal()
	over := func(what string, want bool) {
		t.Helper()
		select {
		case <-c.answered:
			if !want {
				t.Errorf("%s is taken for an answer", what)
			}
		default:
			if want {
				t.Errorf("%s is not enough", what)
			}
		}
	}
	over("nothing", false)
	answered(1)
	over("waiting for the customer", true)
	answered(1)
	over("the end of what was waiting", false)
	answered(2)
	over("the end of the line", true)
}
