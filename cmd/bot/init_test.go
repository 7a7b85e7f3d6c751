package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"waybill/cmd/bot/config"
	"waybill/handlers/telegram/telegramtest"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// operator is somebody who sets the bot up beside emulated platforms.
type operator struct {
	*testbed
	env  []string
	file string
}

func newOperator(t *testing.T) *operator {
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode, JuheKey: "a-key-for-tests"})
	return &operator{testbed: s, file: filepath.Join(t.TempDir(), ".env"), env: []string{
		"LANG=zh_CN.UTF-8", "WAYBILL_TELEGRAM_API_URL=" + s.telegram.URL(), "WAYBILL_MUZHI_URL=" + s.api,
		"WAYBILL_MUZHI_QUERY_PATH=" + sandbox.MuzhiQueryPath, "WAYBILL_JUHE_URL=" + s.api,
	}}
}

// answers pipes lines into bot init.
func (o *operator) answers(lines ...string) output {
	o.Helper()
	return runBot(o.T, strings.Join(lines, "\n")+"\n", o.env, "init", "--file", o.file)
}

func (o *operator) written() map[string]string {
	o.Helper()
	got, err := config.ReadFile(o.file)
	if err != nil {
		o.Fatal(err)
	}
	return got
}

func TestInitAsksChecksAndWrites(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	got := o.answers(
		"", "1", "1:short", "999999:abcdefghijklmnopqrstuvwxyz_12345678", telegramtest.Token,
		"1，聚合", "muzhi juhe", "another-appcode", appcode, "a-key-for-tests", "http://bot.example", "https://bot.example/", "tooshort", "", "1")
	if got.code != 0 || got.err != "" {
		t.Fatalf("exit code %d\n%s%s", got.code, got.out, got.err)
	}
	for _, want := range []string{"BotFather", "不对：not a bot token", "refuses the token", "这个 token 属于 @", "请回 1 到 4", "refuses the AppCode", "takes the AppCode", "takes the key", "want https://", "too short", "写好了", "bot serve --env-file"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not said in\n%s", want, got.out)
		}
	}
	file := o.written()
	if len(file["WAYBILL_ADMIN_TOKEN"]) < 16 || file["WAYBILL_TELEGRAM_TOKEN"] != telegramtest.Token || file["WAYBILL_PUBLIC_URL"] != "https://bot.example/" || file["WAYBILL_LOCALE"] != "zh-CN" {
		t.Errorf("written: %v", file)
	}
	if info, err := os.Stat(o.file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode: %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(o.file))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the file there are %v, %v", left, err)
	}
	if strings.Contains(got.out, telegramtest.Token) || strings.Contains(got.out, file["WAYBILL_ADMIN_TOKEN"]) {
		t.Error("a secret is shown")
	}
	folder := t.TempDir()
	doctor := exec.CommandContext(t.Context(), "bot", "doctor", "--env-file", o.file)
	doctor.Env, doctor.Dir = append(o.env, "PATH="+os.Getenv("PATH"), "WAYBILL_HTTP_ADDR=127.0.0.1:0"), folder
	if out, err := doctor.CombinedOutput(); err != nil || !containsAll(string(out), []string{"ok   telegram", "ok   muzhi", "ok   juhe", "ok   dashboard", "https://bot.example/app"}) {
		t.Errorf("bot doctor with the file: %v\n%s", err, out)
	}
}

func TestInitKeepsWhatIsThereUnlessItIsAnswered(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	before := "# mine\nWAYBILL_TELEGRAM_TOKEN=" + telegramtest.Token + "\nWAYBILL_TELEGRAM_WEBHOOK_SECRET=s\nWAYBILL_MUZHI_APPCODE=" + appcode +
		"\nWAYBILL_PUBLIC_URL=https://old.example\nWAYBILL_SHOP_NAME='小满 茶铺'\nWAYBILL_ADMIN_TOKEN_FILE=/run/secrets/admin\n"
	if err := os.WriteFile(o.file, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, no := range map[string][]string{"no": {"n"}, "nothing": {""}, "the end": nil, "broken off later": {"y", "3", "1"}} {
		got := o.answers(no...)
		if body, err := os.ReadFile(o.file); got.code != 1 || err != nil || string(body) != before || !strings.Contains(got.out, "什么都没写") {
			t.Errorf("%s: exit code %d, %v\n%s%s", name, got.code, err, got.out, got.err)
		}
	}
	got := o.answers("y", "en", "", "", "", "", "-", "", "")
	file := o.written()
	if got.code != 0 || file["WAYBILL_LOCALE"] != "en" || file["WAYBILL_SHOP_NAME"] != "小满 茶铺" || file["WAYBILL_TELEGRAM_TOKEN"] != telegramtest.Token ||
		file["WAYBILL_ADMIN_TOKEN_FILE"] != "/run/secrets/admin" || file["WAYBILL_ADMIN_TOKEN"] != "" || file["WAYBILL_PUBLIC_URL"] != "" {
		t.Errorf("exit code %d, %v\n%s%s", got.code, file, got.out, got.err)
	}
	if strings.Contains(got.out, telegramtest.Token) || !strings.Contains(got.out, "[已设置]") || !strings.Contains(got.out, "WAYBILL_PUBLIC_URL: missing") {
		t.Errorf("it says\n%s", got.out)
	}
}

func TestInitRemovesADoorThatIsNotWantedAnyMore(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	if err := os.WriteFile(o.file, []byte("WAYBILL_TELEGRAM_TOKEN=1:x\nWAYBILL_TELEGRAM_WEBHOOK_SECRET_FILE=/x\nWAYBILL_JUHE_FORMAT=xml\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := o.answers("y", "", "wecom_aibot", "aibot-1", "a-secret", "1", appcode, "", "-", "")
	file := o.written()
	if got.code != 0 || len(file) != 5 || file["WAYBILL_WECOM_AIBOT_ID"] != "aibot-1" || file["WAYBILL_MUZHI_APPCODE"] != appcode {
		t.Errorf("exit code %d, %v\n%s%s", got.code, file, got.out, got.err)
	}
}

func TestInitSetsWeComUpAndMakesWhatTheConsoleAsksFor(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF|byApp)
	file := filepath.Join(t.TempDir(), ".env")
	var api []string
	for _, setting := range f.env {
		if strings.Contains(setting, "_URL=") || strings.Contains(setting, "_PATH=") {
			api = append(api, setting)
		}
	}
	lines := []string{
		"en", "2 3", wecomtest.CorpID, wecomtest.KFAgent, "another-secret", "", "", wecomtest.KFAgent, wecomtest.KFSecret, "", "",
		wecomtest.AppAgent, wecomtest.AppSecret, "", "", "muzhi", appcode, "https://bot.example", "-", "1",
	}
	got := runBot(t, strings.Join(lines, "\n")+"\n", append(api, "LANG=en_GB.UTF-8"), "init", "--file", file)
	if got.code != 0 || !containsAll(got.out, []string{"refuses the secret", "takes the secret", "https://bot.example/wecom/kf", "WAYBILL_WECOM_APP_AES_KEY", "is written"}) {
		t.Fatalf("exit code %d\n%s%s", got.code, got.out, got.err)
	}
	settings, err := config.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := config.Read(settings, vendors()); err != nil || settings["WAYBILL_WECOM_KF_AES_KEY"] == settings["WAYBILL_WECOM_APP_AES_KEY"] {
		t.Errorf("%v, %v", settings, err)
	}
}

func TestInitGoesOnWithoutANetworkAndMakesAKeyForMySQL(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"nobody answers": nil, "nobody is asked": {"--offline"}} {
		t.Run(name, func(t *testing.T) {
			nowhere := "=http://" + freeAddress(t)
			folder := t.TempDir()
			lines := []string{"", "", telegramtest.Token, "", appcode, "", "", "2", "mysql://u:p%40ss@127.0.0.1:1/waybill?tls=false&x=1"}
			got := runBot(t, strings.Join(lines, "\n"), []string{"WAYBILL_TELEGRAM_API_URL" + nowhere, "WAYBILL_MUZHI_URL" + nowhere}, append([]string{"init", "--dir", folder, "--file", "bot.env"}, args...)...)
			file, err := config.ReadFile(filepath.Join(folder, "bot.env"))
			if got.code != 0 || err != nil || len(file["WAYBILL_SECRET_KEY"]) != 44 || file["WAYBILL_DB"] != lines[8] {
				t.Errorf("exit code %d, %v, %v\n%s%s", got.code, file, err, got.out, got.err)
			}
			if tried := strings.Contains(got.out, "没能核对"); tried != (args == nil) || strings.Contains(got.out, "p%40ss") || strings.Contains(got.out, telegramtest.Token) {
				t.Errorf("it says\n%s", got.out)
			}
			shell := exec.CommandContext(t.Context(), "sh", "-c", `set -a; . "$0"; printf %s "$WAYBILL_DB"`, filepath.Join(folder, "bot.env"))
			if out, err := shell.Output(); err != nil || string(out) != lines[8] {
				t.Errorf("a shell reads %q, %v", out, err)
			}
		})
	}
}

func TestInitRefusesWhatItCannotWrite(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken")
	if err := os.WriteFile(broken, []byte("A=1\nWAYBILL_DB=$HOME/x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file, says string
	}{
		"a folder that is not there":       {filepath.Join(folder, "no", ".env"), "cannot be written"},
		"a folder in the file's place":     {folder, "is a directory"},
		"a file that programs read apart":  {broken, "line 2: "},
		"what serve is given is read, too": {"", "--env-file"},
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"init", "--file", c.file}
			if c.file == "" {
				args = []string{"serve", "--env-file", broken}
			}
			if got := runBot(t, "", nil, args...); got.code == 0 || !strings.Contains(got.err, c.says) {
				t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
			}
		})
	}
}

// typing starts bot init for somebody at a terminal of its own.
func (o *operator) typing(args ...string) (*exec.Cmd, *recorder, *os.File, *os.File) {
	person, program := terminal(o.T)
	cmd := exec.CommandContext(o.Context(), "bot", append([]string{"init", "--file", o.file}, args...)...)
	cmd.Env = append(o.env, "TERM=xterm-256color", "PATH="+os.Getenv("PATH"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	cmd.Dir = o.TempDir()
	if err := cmd.Start(); err != nil {
		o.Fatal(err)
	}
	screen := &recorder{}
	go func() { _, _ = io.Copy(screen, person) }() // ends when the terminal closes
	return cmd, screen, person, program
}

func TestInitAtATerminalShowsNoSecretAndAsksBeforeItKeepsWhatCouldNotBeTried(t *testing.T) {
	t.Parallel()
	o := newOperator(t)
	o.env = append(o.env, "WAYBILL_KUAIDI100_AUTONUMBER_URL=http://"+freeAddress(t))
	cmd, screen, person, program := o.typing()
	before := state(t, program)
	shown := ""
	for _, step := range []struct{ prompt, keys string }{
		{"[1]: ", "\r"},
		{"[1]: ", "\r"},
		{"token: ", telegramtest.Token + "\r"},
		{"@", ""},
		{"[1]: ", "2\r"},
		{"customer: ", "a-customer\r"},
		{"key: ", "a-key-of-100\r"},
		{"用它吗？[y/N] ", "n\r"},
		{"[", "\r"},
		{"[", "\r"},
		{"？[y/N] ", "y\r"},
		{"公网地址", "\r"},
		{"后台口令", "-\r"},
		{"[1]: ", "\r"},
	} {
		shown += screen.wait(t, step.prompt)
		typeKeys(t, person, step.keys)
	}
	shown += screen.wait(t, "写好了")
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, shown)
	}
	if containsAny(shown, telegramtest.Token, "a-customer", "a-key-of-100") || !strings.Contains(shown, "\x1b[1m") {
		t.Errorf("it shows %q", shown)
	}
	if file := o.written(); file["WAYBILL_KUAIDI100_KEY"] != "a-key-of-100" || file["WAYBILL_TELEGRAM_TOKEN"] != telegramtest.Token {
		t.Errorf("written: %v", file)
	}
	if state(t, program) != before {
		t.Error("the terminal is not as it was")
	}
}

func containsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func TestInitThatIsBrokenOffAtATerminalWritesNothing(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{"Ctrl-C": "\x03", "Ctrl-D": "\x04"} {
		for _, at := range []string{"[1]: ", "token: "} {
			t.Run(name+" at "+at, func(t *testing.T) {
				o := newOperator(t)
				cmd, screen, person, program := o.typing()
				before := state(t, program)
				screen.wait(t, "[1]: ")
				if at == "token: " {
					typeKeys(t, person, "\r")
					screen.wait(t, "[1]: ")
					typeKeys(t, person, "\r")
					screen.wait(t, at)
				}
				typeKeys(t, person, key)
				if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 {
					t.Errorf("it ends with %v", err)
				}
				screen.wait(t, "什么都没写")
				if _, err := os.Stat(o.file); err == nil || state(t, program) != before {
					t.Errorf("a file is there (%v), or the terminal is not as it was", err)
				}
			})
		}
	}
}
