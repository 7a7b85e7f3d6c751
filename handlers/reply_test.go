package handlers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlainTextIsCutWhereTheStyledOneWas(t *testing.T) {
	look := Reply{
		Blocks:  []Block{{{{Text: "a", Style: Strong}, {Text: "b", Style: Code}}, {{Text: "c"}}}, {{}}, {{{Text: "d", Style: Link, URL: "https://x.org"}}}},
		Buttons: [][]Button{{{Text: "e", Data: "f"}}}, Token: "g", For: Urgent, Lang: "en",
	}
	plain := Reply{Blocks: []Block{{{{Text: "ab"}}, {{Text: "c"}}}, {{{Text: ""}}}, {{{Text: "d"}}}}, Token: "g", For: Urgent, Lang: "en"}
	if diff := cmp.Diff(plain, look.Plain()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryReplySaysWhatItIsWrittenIn(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c := w.conversation()
	for chat, said := range map[string]struct{ text, lang string }{
		"me": {"YT1000000000017 SF1000000000015", "zh-CN"}, "you": {"/lang en", "en"},
	} {
		text, lang := said.text, said.lang
		replies, err := c.Handle(t.Context(), w.chat(chat, false), Message{Text: text, Addressed: true})
		if err != nil || len(replies) == 0 {
			t.Fatal(replies, err)
		}
		for _, r := range replies {
			if r.Lang != lang || r.For != Answer {
				t.Errorf("%q is answered in %q for %q", text, r.Lang, r.For)
			}
		}
	}
}
