package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waybill/handlers/wecom/wecomtest"
)

// It runs before the journeys that run beside one another: it must leave in time.
func TestTheWeComDemoShowsTheCustomerOnOneSideAndTheCallsOnTheOther(t *testing.T) {
	folder := t.TempDir()
	lines := "\n帮我查一下" + open + "\n" + shut + "\n1234\n列表\n停止 1"
	begun := time.Now()
	got := runBot(t, lines, []string{"TMPDIR=" + folder, "WAYBILL_DB=x", "WAYBILL_WECOM_CORP_ID=x"}, "demo", "--wecom", "--break", "muzhi")
	if took := time.Since(begun); got.code != 0 || took > leavesWithin {
		t.Errorf("exit code %d after %s", got.code, took)
	}
	inOrder(t, got.out, open, "运输中", "[1]", shut, "手机", shut, "运输中", "1.", "2.", "不再")
	inOrder(t, got.err, "callback /wecom/kf", "5 left", "gettoken", "errcode 0", "kf/sync_msg", "kf/send_msg", "4 left", "kuaidi100 2 asked")
	for _, never := range []string{"wecom", "errcode", "left", "\x1b"} {
		if strings.Contains(got.out, never) {
			t.Errorf("%q stands in what the customer screen:\n%s", never, got.out)
		}
	}
	for _, secret := range []string{wecomtest.KFSecret, wecomtest.KFToken, wecomtest.KFKey, "access-token-of", open, "1234\n"} {
		if strings.Contains(got.err, secret) {
			t.Errorf("%q stands in the notes:\n%s", secret, got.err)
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

func TestWhatTheCustomerSees(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		typed  string
		screen []string
		not    string
		notes  []string
	}{
		"who complains is led to a human": {
			typed: open + "\n我要退款\n已签收了但我没收到\n", screen: []string{open, "这件事得人来办", "转人工", "这件事得人来办", open}, notes: []string{"kf/servicer/list"},
		},
		"a number presses a menu's item": {
			typed: open + "\n3\n茶叶\n列表\n", screen: []string{"[3]", "茶叶", "1.", "茶叶"}, notes: []string{"kf/send_msg"},
		},
		"who opens the chat is greeted": {
			typed: ":enter\n:enter\n1\n我的包裹\n", screen: []string{"您好，这里是物流小助手", "[1] 查快递", "[2] 我的包裹", "[3] 转人工", "SF1000000000015 1234", "还没有关注的包裹"}, notes: []string{"kf/sync_msg", "kf/send_msg_on_event"},
		},
		"the bot is silent while somebody attends": {
			typed: "列表\n:human\n" + open + "\n:end\n帮助\n", screen: []string{"单号", "列表"}, not: open, notes: []string{"0 left", "service_state/get", "5 left"},
		},
		"who asks for a human gets one": {
			typed: "转人工\n" + open + "\n", screen: []string{"人工"}, not: open, notes: []string{"kf/servicer/list", "kf/service_state/trans"},
		},
		"WeCom's clock goes on, and its token ends": {
			typed: "列表\n:later 49h\n列表\n", screen: []string{"单号", "单号"}, notes: []string{"gettoken", "42001", "gettoken"},
		},
		"a clock that cannot go there": {typed: ":later yesterday\n", notes: []string{":later 49h"}},
		"a file":                       {typed: open + " YT1000000000021 YT1000000000039 " + shut + " 1234\n导出\n", screen: []string{".json", `"parcels"`}, notes: []string{"media/upload"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runBot(t, c.typed, []string{"TMPDIR=" + t.TempDir()}, "demo", "--wecom")
			if got.code != 0 || c.not != "" && strings.Contains(got.out, c.not) {
				t.Errorf("exit code %d, and %q is in\n%s%s", got.code, c.not, got.out, got.err)
			}
			inOrder(t, got.out, c.screen...)
			inOrder(t, got.err, c.notes...)
		})
	}
}

// startDemo runs the demo at a speed, for a test that types as things happen.
func startDemo(t *testing.T, args ...string) (in io.WriteCloser, screen, notes *recorder, wait func() error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bot", append([]string{"demo", "--wecom"}, args...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir()}
	screen, notes = &recorder{}, &recorder{}
	cmd.Stdout, cmd.Stderr = screen, notes
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return in, screen, notes, func() error { return errors.Join(in.Close(), cmd.Wait()) }
}

func TestNewsWaitsForACustomerWhoseTwoDaysAreOver(t *testing.T) {
	t.Parallel()
	in, screen, notes, wait := startDemo(t, "--speed", "36000")
	typeKeys(t, in, open+"\n")
	screen.wait(t, "盯着")
	typeKeys(t, in, ":later 49h\n")
	notes.wait(t, "95002")
	typeKeys(t, in, "列表 全部\n")
	screen.wait(t, "1.")
	screen.wait(t, "签收人")
	if err := wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestTheLastOfFiveMessagesSaysHowToGoOn(t *testing.T) {
	t.Parallel()
	in, screen, notes, wait := startDemo(t, "--speed", "36000")
	// Parcels that are out for delivery, fail, are rejected and returned: more than five pieces of urgent news.
	typeKeys(t, in, open+" YT1000000000021 YT1000000000039 YT1000000000047\n")
	screen.wait(t, "回复任意内容继续接收")
	notes.wait(t, "0 left")
	typeKeys(t, in, "列表 全部\n")
	notes.wait(t, "5 left")
	screen.wait(t, "1.")
	if err := wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestTheWeComDemoNeedsAnAddressThatCanBe(t *testing.T) {
	t.Parallel()
	got := runBot(t, open+"\n", nil, "demo", "--wecom", "--http", "256.0.0.1:1")
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
	screen := &recorder{}
	go func() { _, _ = io.Copy(screen, person) }() // ends when the terminal closes
	screen.wait(t, ":human")
	screen.wait(t, "\x1b[1;32m›\x1b[0m ")
	typeKeys(t, person, open+"\r")
	screen.wait(t, "\x1b[2mwecom → bot")
	screen.wait(t, "运输中")
	screen.wait(t, "4 left")
	typeKeys(t, person, "\x04")
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}
