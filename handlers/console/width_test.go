package console

import (
	"strings"
	"testing"
)

func TestTextIsBrokenBetweenWordsAndBetweenChineseCharacters(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		columns int
		want    string
	}{
		"it fits":                         {"one two", 7, "one two"},
		"between words":                   {"one two three", 8, "one two\nthree"},
		"blanks at the break go":          {"one   two", 4, "one\ntwo"},
		"between Chinese characters":      {"一二三四五", 4, "一二\n三四\n五"},
		"Chinese takes two columns":       {"一二三", 5, "一二\n三"},
		"before no closing mark":          {"一二三，四", 6, "一二\n三，四"},
		"behind no opening mark":          {"一二「三」", 6, "一二\n「三」"},
		"a word among Chinese":            {"按 Ctrl-D 离开", 8, "按\nCtrl-D\n离开"},
		"a word that sticks to Chinese":   {"发SF1000离开", 8, "发SF1000\n离开"},
		"a word that is longer":           {"a https://a.example/long b", 6, "a\nhttps://a.example/long\nb"},
		"an indent goes on with two more": {"  one two three", 8, "  one\n    two\n    three"},
		"line by line":                    {"one two\n\nthree", 4, "one\ntwo\n\nthree"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Wrap(c.text, c.columns); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"abc": 3, "快递": 4, "ＡＢ": 4, "e\u0301": 1, "📦": 2, "✅": 2, "✖️": 2, "⏎": 1, "한글": 4, "\u3000": 2,
	} {
		if got := columnsOf([]rune(text)); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("  按 Ctrl-D 离开，或者 exit", 9)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		blankless := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := Wrap(text, columns); blankless(got) != blankless(strings.ToValidUTF8(text, "\ufffd")) && blankless(got) != blankless(text) {
			t.Errorf("%q became %q", text, got)
		}
	})
}
