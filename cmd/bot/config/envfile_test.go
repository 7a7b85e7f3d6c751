package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func settingsFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsQuotedIsReadAlikeByAShellAndByUs(t *testing.T) {
	for _, value := range []string{
		"", "plain", "123456789:AAE-x_y", "mysql://u:p%40ss@h:3306/n?tls=true&x=1", "a b  c", "$HOME `id` $(id)", `back\slash`, `"double"`,
		"小满茶铺", "# no comment", "a#b", "~/x", "=", "*", "!", "%", "a;b|c&d<e>f(g)", "tab at the end of words",
	} {
		quoted, err := Quoted(value)
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		path := settingsFile(t, "# a comment\nA_VALUE="+quoted+"\n")
		if got, err := ReadFile(path); err != nil || got["A_VALUE"] != value {
			t.Errorf("%q is read as %q, %v", value, got["A_VALUE"], err)
		}
		out, err := exec.CommandContext(t.Context(), "sh", "-c", `set -a; . "$0"; printf %s "$A_VALUE"`, path).Output()
		if err != nil || string(out) != value {
			t.Errorf("sh reads %q as %q, %v", value, out, err)
		}
	}
}

// docker run --env-file takes quotes for a part of the value, so what can stand without
// them does: addresses of databases and names of shops above all.
func TestOrdinaryValuesStandWithoutQuotes(t *testing.T) {
	for _, value := range []string{"mysql://u:p%40ss@h:3306/n?tls=true", "小满茶铺", "50,telegram:123=5000", "KEY2+/=,KEY1="} {
		if got, err := Quoted(value); err != nil || got != value {
			t.Errorf("%q is written as %s, %v", value, got, err)
		}
	}
}

func TestWhatNoFileCanHoldIsRefused(t *testing.T) {
	for _, value := range []string{"it's", "two\nlines", "carriage\rreturn", "tab\there", "nul\x00", `the end\ \`, "del\x7f"} {
		if got, err := Quoted(value); err == nil {
			t.Errorf("%q is written as %s", value, got)
		}
	}
}

func TestASettingsFileIsReadAsPeopleWriteIt(t *testing.T) {
	path := settingsFile(t, "\ufeff# top\r\n\r\nA=1\r\n  export B='two words' # why\nC=\"double\"\nD=bare # comment\nE=\nA=3\nF=a#b\nG=mysql://h/n?tls=[x]!{y}*\n")
	got, err := ReadFile(path)
	want := map[string]string{"A": "3", "B": "two words", "C": "double", "D": "bare", "E": "", "F": "a#b", "G": "mysql://h/n?tls=[x]!{y}*"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ReadFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestALineThatProgramsReadDifferentlyIsRefusedByItsNumber(t *testing.T) {
	for _, line := range []string{
		"hunter2", "A = hunter2", "A=hunter2 words", "A=$hunter2", "A=\"$hunter2\"", "A='hunter2", "A='x'hunter2", "1A=hunter2", "A=`hunter2`", `A="hunter2\n"`, `A='hunter2\'`,
		"A=hunter2;ls", "A-B=hunter2",
	} {
		_, err := ReadFile(settingsFile(t, "OK=1\n"+line+"\n"))
		if err == nil || !strings.Contains(err.Error(), "line 2: ") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestTheEnvironmentGoesBeforeTheFile(t *testing.T) {
	path := settingsFile(t, "A=file\nB=file\nC_FILE=/there\n")
	got, err := WithFile(map[string]string{"A": "environment", "C": "environment", "B_FILE": "/here"}, path)
	if want := map[string]string{"A": "environment", "C": "environment", "B_FILE": "/here"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	got, err = WithFile(map[string]string{"D": "1", "A": ""}, path)
	if want := map[string]string{"A": "file", "B": "file", "C_FILE": "/there", "D": "1"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	var mistakes Mistakes
	if _, err := WithFile(nil, path+".none"); !errors.As(err, &mistakes) || mistakes[0].Name != "--env-file" {
		t.Errorf("%v", err)
	}
}

func TestTheProblemOfOneSettingIsToldApart(t *testing.T) {
	read := func(environ map[string]string) (Settings, error) { return Read(environ, vendors()) }
	environ := enough("ADMIN_TOKEN=short", "TIMEZONE=nowhere")
	if got := Problem(environ, "WAYBILL_ADMIN_TOKEN", read); !strings.HasPrefix(got, "too short") {
		t.Errorf("%q", got)
	}
	if got := Problem(environ, "WAYBILL_TELEGRAM_TOKEN", read); got != "" {
		t.Errorf("%q", got)
	}
	if got := Problem(enough(), "WAYBILL_ADMIN_TOKEN", read); got != "" {
		t.Errorf("%q", got)
	}
}
