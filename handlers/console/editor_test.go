package console

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// reads is a terminal that sends what stands in each text at once.
type reads []string

// Read gives the next text.
func (r *reads) Read(p []byte) (int, error) {
	if len(*r) == 0 {
		return 0, io.EOF
	}
	n := copy(p, (*r)[0])
	if (*r)[0] = (*r)[0][n:]; (*r)[0] == "" {
		*r = (*r)[1:]
	}
	return n, nil
}

// editorWith is an editor on a terminal of some columns that sends reads.
func editorWith(columns int, sent ...string) (*Editor, *strings.Builder) {
	out, in := &strings.Builder{}, reads(sent)
	return NewEditor(&in, out, "> ", func() int { return columns }), out
}

// typed are the reads of somebody who types: Enter ends each.
func typed(keys string) []string {
	return slices.DeleteFunc(strings.SplitAfter(keys, "\r"), func(s string) bool { return s == "" })
}

func TestKeysMakeALine(t *testing.T) {
	for name, c := range map[string]struct{ typed, want string }{
		"letters":                              {"abc\r", "abc"},
		"Chinese":                              {"快递到哪了\r", "快递到哪了"},
		"a Chinese blank":                      {"圆通\u3000YT\r", "圆通\u3000YT"},
		"erase":                                {"快递\x7f件\r", "快件"},
		"erase more than there is":             {"a\x7f\x7fb\r", "b"},
		"erase a pictogram of several":         {"a👨‍👩‍👧\x7fb\r", "ab"},
		"erase a pictogram with a colour":      {"👍🏽\x7fb\r", "b"},
		"erase a sign that became a pictogram": {"✖️\x7fb\r", "b"},
		"erase one of two flags":               {"🇨🇳🇹🇼\x7f\r", "🇨🇳"},
		"an accent of its own":                 {"e\u0301\x1b[Dx\r", "xe\u0301"},
		"arrows":                               {"ac\x1b[Db\x1b[Cd\r", "abcd"},
		"arrows in application mode":           {"ac\x1bODb\x1bOCd\r", "abcd"},
		"arrows over a pictogram":              {"👨‍👩‍👧b\x1b[D\x1b[Da\x1b[C\x7f\r", "ab"},
		"home, end and delete":                 {"bc\x1b[Ha\x1b[Fd\x01\x1b[3~\r", "bcd"},
		"Ctrl-A, Ctrl-E":                       {"bc\x01a\x05d\r", "abcd"},
		"a word":                               {"查 SF1 x\x17\x17y\r", "查 y"},
		"Alt-erase a word":                     {"one two\x1b\x7fx\r", "one x"},
		"Alt-left, Alt-right":                  {"one two\x1b[1;3D1 \x1b[1;3C2\r", "one 1 two2"},
		"Ctrl-left, Ctrl-right":                {"one two\x1b[1;5D\x1b[1;5D0\x1b[1;5C1\r", "0one1 two"},
		"Alt-b, Alt-f":                         {"one two\x1bb\x1bb0\x1bf1\r", "0one1 two"},
		"Alt and an arrow as two escapes":      {"one two\x1b\x1b[Dx\r", "one xtwo"},
		"Alt-d":                                {"one two\x01\x1bd\r", " two"},
		"Shift-left is left":                   {"ac\x1b[1;2Db\r", "abc"},
		"Ctrl-delete":                          {"one two\x01\x1b[3;5~\r", " two"},
		"from the cursor to the left":          {"abc\x1b[D\x15\r", "c"},
		"from the cursor to the right":         {"abc\x01\x0b\r", ""},
		"Ctrl-D in a line deletes":             {"ab\x01\x04\r", "b"},
		"tab is a space":                       {"a\tb\r", "a b"},
		"keys without a meaning":               {"a\x1b[15~\x1b[1;5P\x1b[[Ab\x00\x1bz\r", "ab"},
		"a sequence that is broken off":        {"a\x1b[1\x7fb\r", "b"},
		"marks that nobody sees":               {"a\u200b\ufeff\u202eb\r", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := editorWith(40, typed(c.typed)...)
			if got, err := e.Line(); got != c.want || err != nil {
				t.Errorf("line %q, error %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestASequenceMayComeInPieces(t *testing.T) {
	for name, sent := range map[string][]string{
		"behind the escape":  {"ac", "\x1b", "[Db\r"},
		"behind the bracket": {"ac\x1b[", "D", "b\r"},
		"byte for byte":      strings.Split("ac\x1b[Db\r", ""),
		"an escape alone":    {"a", "\x1b", "b", "c\r"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := editorWith(40, sent...)
			if got, err := e.Line(); got != "abc" || err != nil {
				t.Errorf("line %q, error %v", got, err)
			}
		})
	}
}

func TestACharacterMayComeInPieces(t *testing.T) {
	var sent []string
	for _, b := range []byte("快递👍\r") {
		sent = append(sent, string([]byte{b}))
	}
	e, _ := editorWith(40, sent...)
	if got, err := e.Line(); got != "快递👍" || err != nil {
		t.Errorf("line %q, error %v", got, err)
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
			e, _ := editorWith(40, c.typed)
			if _, err := e.Line(); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

func TestLinesOfBeforeComeBack(t *testing.T) {
	for name, c := range map[string]struct {
		typed string
		want  []string
	}{
		"up and down":                 {"one\rtwo\r\x1b[A\x1b[A\x1b[A\x1b[B\x1b[A!\r", []string{"one", "two", "one!"}},
		"what was typed comes back":   {"one\rtw\x1b[A\x1b[Bo\r", []string{"one", "two"}},
		"twice the same is once":      {"one\rtwo\rtwo\r\x1b[A\x1b[A\r", []string{"one", "two", "two", "one"}},
		"an empty line is not one":    {"one\r \r\x10\r", []string{"one", " ", "one"}},
		"further down than the draft": {"one\r\x1b[B\x0e2\r", []string{"one", "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := editorWith(40, typed(c.typed)...)
			for _, want := range c.want {
				if got, err := e.Line(); got != want || err != nil {
					t.Fatalf("line %q, error %v; want %q", got, err, want)
				}
			}
		})
	}
}

// draw begins a message and presses keys.
func draw(e *Editor, pressed ...key) {
	e.begin()
	for _, k := range pressed {
		e.draft.edit(k)
	}
}

func text(s string) key { return key{action: char, text: s} }

func TestNewsLeavesTheTypedLineWhereItWas(t *testing.T) {
	e, out := editorWith(40)
	draw(e, text("快递a"), key{action: left})
	out.Reset()
	if err := e.Show("news\nmore\n"); err != nil {
		t.Fatal(err)
	}
	if want := "\r\x1b[Knews\r\nmore\r\n> 快递\x1b7a\x1b8"; out.String() != want {
		t.Errorf("screen %q, want %q", out, want)
	}
}

func TestBetweenLinesNoPromptIsDrawn(t *testing.T) {
	e, out := editorWith(40, "x\r")
	if _, err := e.Line(); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	e.Resized()
	if err := e.Show("answer\n"); err != nil || out.String() != "\r\x1b[Kanswer\r\n" {
		t.Errorf("screen %q, error %v", out, err)
	}
}

func TestALongLineScrollsSideways(t *testing.T) {
	e, out := editorWith(12) // prompt 2, a column for the cursor: 9 for the text
	draw(e, text("一二三四五六"))
	if got := e.drawn(); got != "> 三四五六" {
		t.Errorf("at the end: %q", got)
	}
	e.draft.edit(key{action: home})
	if got := e.drawn(); got != "> \x1b7一二三四\x1b8" {
		t.Errorf("at the beginning: %q", got)
	}
	out.Reset()
	if e.finish(); out.String() != "\r\x1b[K> 一二三四五六\r\n" {
		t.Errorf("after Enter: %q", out)
	}
}

func TestNoWindowCutsAPictogramInTwo(t *testing.T) {
	e, _ := editorWith(10) // 7 for the text
	draw(e, text("👨‍👩‍👧👨‍👩‍👧ab"))
	if got := e.drawn(); got != "> ab" {
		t.Errorf("%q", got)
	}
}

func TestAnotherWidthDrawsTheRowAgain(t *testing.T) {
	for name, c := range map[string]struct {
		typed   []key
		columns int
		want    string
	}{
		"wider":                          {[]key{text("abcdefghij")}, 60, "\r\x1b[J> abcdefghij"},
		"narrower":                       {[]key{text("abcdefghij")}, 8, "\r\x1b[1A\x1b[J> fghij"},
		"narrower, the cursor in front":  {[]key{text("abcdefghij"), {action: home}}, 8, "\r\x1b[J> \x1b7abcde\x1b8"},
		"much narrower":                  {[]key{text(strings.Repeat("x", 30))}, 10, "\r\x1b[3A\x1b[J> xxxxxxx"},
		"narrower, but there is room":    {[]key{text("ab")}, 8, "\r\x1b[J> ab"},
		"narrower, Chinese takes double": {[]key{text("一二三四五六")}, 10, "\r\x1b[1A\x1b[J> 四五六"},
		"no width at all":                {[]key{text("ab")}, 0, "\r\x1b[4A\x1b[J> ab"},
	} {
		t.Run(name, func(t *testing.T) {
			columns := 40
			out, in := &strings.Builder{}, reads(nil)
			e := NewEditor(&in, out, "> ", func() int { return columns })
			draw(e, c.typed...)
			e.redraw()
			out.Reset()
			columns = c.columns
			if e.Resized(); out.String() != c.want {
				t.Errorf("screen %q, want %q", out, c.want)
			}
		})
	}
}

func TestCtrlLClearsTheScreenAndKeepsTheLine(t *testing.T) {
	e, out := editorWith(40, "ab\x0cc\r")
	if got, err := e.Line(); got != "abc" || err != nil {
		t.Fatalf("line %q, error %v", got, err)
	}
	if !strings.Contains(out.String(), "\x1b[H\x1b[2J\r\x1b[K> ab") {
		t.Errorf("screen %q", out)
	}
}

func TestAColouredPromptTakesNoRoom(t *testing.T) {
	if got := plain("\x1b[1m> \x1b[0m"); got != "> " {
		t.Errorf("%q", got)
	}
}

func FuzzKeys(f *testing.F) {
	f.Add("a快\x1b[D\x7f\x17\x15\x0b\x1b[3~\r", 10)
	f.Add("a\x1b[200~b\rc\x1b[201~👨‍👩‍👧\x1b[1;3D\x7f\r", 7)
	f.Fuzz(func(t *testing.T, sent string, columns int) {
		for _, sent := range [][]string{typed(sent), {sent}, strings.Split(sent, "")} {
			e, _ := editorWith(columns, slices.Clone(sent)...)
			for {
				if _, err := e.Line(); err != nil {
					break
				}
				if e.draft.at < 0 || e.draft.at > len(e.draft.text) {
					t.Fatalf("the cursor is at %d of %d", e.draft.at, len(e.draft.text))
				}
			}
		}
	})
}
