package console

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// editorWith is an editor on a terminal of some columns; typed are the keys.
func editorWith(typed string, columns int) (*Editor, *strings.Builder) {
	out := &strings.Builder{}
	return NewEditor(strings.NewReader(typed), out, "> ", func() int { return columns }), out
}

func TestKeysMakeALine(t *testing.T) {
	for name, c := range map[string]struct{ typed, want string }{
		"letters":                      {"abc\r", "abc"},
		"Chinese":                      {"快递到哪了\r", "快递到哪了"},
		"erase":                        {"快递\x7f件\r", "快件"},
		"erase more than there is":     {"a\x7f\x7fb\r", "b"},
		"arrows":                       {"ac\x1b[Db\x1b[Cd\r", "abcd"},
		"home, end and delete":         {"bc\x1b[Ha\x1b[Fd\x01\x1b[3~\r", "bcd"},
		"a word":                       {"查 SF1 x\x17\x17y\r", "查 y"},
		"from the cursor to the left":  {"abc\x1b[D\x15\r", "c"},
		"from the cursor to the right": {"abc\x01\x0b\r", ""},
		"Ctrl-D in a line deletes":     {"ab\x01\x04\r", "b"},
		"tab is a space":               {"a\tb\r", "a b"},
		"keys without a meaning":       {"a\x1b[15~\x1b[1;5Pb\x00\r", "ab"},
		"a pasted line break":          {"a\nb\r", "a"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := editorWith(c.typed, 40)
			if got, err := e.Line(); got != c.want || err != nil {
				t.Errorf("line %q, error %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestLeaving(t *testing.T) {
	for name, c := range map[string]struct {
		typed string
		want  error
	}{
		"Ctrl-C":                  {"abc\x03", ErrLeave},
		"Ctrl-D on an empty line": {"\x04", ErrLeave},
		"the terminal is gone":    {"abc", io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := editorWith(c.typed, 40)
			if _, err := e.Line(); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

func TestLinesOfBeforeComeBack(t *testing.T) {
	e, _ := editorWith("one\rtwo\r\x1b[A\x1b[A\x1b[A\x1b[B\x1b[A!\r", 40)
	for _, want := range []string{"one", "two", "one!"} {
		if got, err := e.Line(); got != want || err != nil {
			t.Fatalf("line %q, error %v; want %q", got, err, want)
		}
	}
}

func TestNewsLeavesTheTypedLineWhereItWas(t *testing.T) {
	e, out := editorWith("", 40)
	e.begin()
	for _, r := range "快递a" {
		e.edit(key{action: char, char: r})
	}
	e.edit(key{action: left})
	out.Reset()
	if err := e.Show("news\nmore\n"); err != nil {
		t.Fatal(err)
	}
	if want := "\r\x1b[Knews\r\nmore\r\n> 快递a\x1b[1D"; out.String() != want {
		t.Errorf("screen %q, want %q", out, want)
	}
}

func TestBetweenLinesNoPromptIsDrawn(t *testing.T) {
	e, out := editorWith("x\r", 40)
	if _, err := e.Line(); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := e.Show("answer\n"); err != nil || out.String() != "\r\x1b[Kanswer\r\n" {
		t.Errorf("screen %q, error %v", out, err)
	}
}

func TestALongLineScrollsSideways(t *testing.T) {
	e, _ := editorWith("", 12) // prompt 2, a column for the cursor: 9 for the text
	e.begin()
	for _, r := range "一二三四五六" {
		e.edit(key{action: char, char: r})
	}
	if got := e.drawn(); got != "> 三四五六" {
		t.Errorf("at the end: %q", got)
	}
	e.edit(key{action: home})
	if got := e.drawn(); got != "> 一二三四\x1b[8D" {
		t.Errorf("at the beginning: %q", got)
	}
}

func TestAColouredPromptTakesNoRoom(t *testing.T) {
	if got := plain("\x1b[1m> \x1b[0m"); got != "> " {
		t.Errorf("%q", got)
	}
}

func FuzzKeys(f *testing.F) {
	f.Add("a快\x1b[D\x7f\x17\x15\x0b\x1b[3~\r", 10)
	f.Fuzz(func(t *testing.T, typed string, columns int) {
		e, _ := editorWith(typed, columns)
		for {
			if _, err := e.Line(); err != nil {
				return
			}
			if e.at < 0 || e.at > len(e.text) {
				t.Fatalf("the cursor is at %d of %d", e.at, len(e.text))
			}
		}
	})
}
