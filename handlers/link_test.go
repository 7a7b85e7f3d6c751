package handlers

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestALinkThatOpensTheChatSaysANumberOrNothing(t *testing.T) {
	base64ed := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for name, c := range map[string]struct{ said, want string }{
		"a number":                    {"/start YT1000000000017", "YT1000000000017"},
		"a number with its tail":      {"/start SF1000000000015_1234", "SF1000000000015 1234"},
		"a number in small letters":   {"/START yt1000000000017", "yt1000000000017"},
		"a sentence in base64":        {"/start " + base64ed("顺丰 SF1000000000015 1234 茶叶"), "顺丰 SF1000000000015 1234 茶叶"},
		"base64 that is filled up":    {"/start " + base64.URLEncoding.EncodeToString([]byte("YT1000000000017 茶")), "YT1000000000017 茶"},
		"somebody's campaign":         {"/start spring_2026", "/start"},
		"a short number":              {"/start 1234", "/start"},
		"base64 of something else":    {"/start " + base64ed("hello"), "/start"},
		"base64 of no text":           {"/start " + base64ed("\xff\xfe\xfd1"), "/start"},
		"nothing":                     {"/start", "/start"},
		"another command":             {"/stop YT1000000000017", "/stop YT1000000000017"},
		"a word that begins likewise": {"/started YT1000000000017", "/started YT1000000000017"},
	} {
		if got := linked(c.said); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// answers is what is answered to a message of a chat.
func (w *world) answers(t *testing.T, conversation string, m Message) string {
	t.Helper()
	replies, err := w.conversation().Handle(t.Context(), w.chat(conversation, m.Group), m)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(shown(replies), "\n")
}

func TestALinkFollowsItsParcel(t *testing.T) {
	w := newWorld(t, "zh-CN")
	if got := w.answers(t, "a", Message{Addressed: true, Text: "/start SF1000000000015_1234"}); !strings.Contains(got, "到达北京转运中心") {
		t.Error(got)
	}
	if got := w.answers(t, "b", Message{Addressed: true, Text: "/start spring"}); !strings.Contains(got, "整段短信") {
		t.Error(got)
	}
}

func TestWhatHoldsNoTextIsHelpedWithOneToOne(t *testing.T) {
	w := newWorld(t, "zh-CN")
	if got := w.answers(t, "a", Message{Happening: Wordless, Addressed: true}); !strings.Contains(got, "把快递单号发给我") || strings.Contains(got, "\n") {
		t.Errorf("%q", got)
	}
	for _, addressed := range []bool{false, true} {
		if got := w.answers(t, "group", Message{Happening: Wordless, Group: true, Addressed: addressed}); got != "" {
			t.Errorf("a group hears %q", got)
		}
	}
	w.answers(t, "a", Message{Addressed: true, Text: "SF1000000000015"})
	if got := w.answers(t, "a", Message{Happening: Wordless, Addressed: true}); !strings.Contains(got, "手机") {
		t.Errorf("the open question is not repeated: %q", got)
	}
}

func TestAnEditIsReadAgainAndSilentWhenItAsksNothing(t *testing.T) {
	w := newWorld(t, "zh-CN")
	edited := func(text string) string {
		w.pass(floor)
		return w.answers(t, "a", Message{Addressed: true, Edited: true, Text: text})
	}
	for _, c := range []struct{ name, text, want string }{
		{"a number", moving, "离开杭州转运中心"},
		{"a command", "列表", moving},
		{"a question", "我的快递到哪了", moving},
		{"what looks like a phone", "13800138000", "手机号"},
	} {
		if got := edited(c.text); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	for _, text := range []string{"谢谢啦", "打错字了", ""} {
		if got := edited(text); got != "" {
			t.Errorf("%q is answered %q", text, got)
		}
	}
	w.answers(t, "a", Message{Addressed: true, Text: "SF1000000000015"})
	if got := edited("1234"); !strings.Contains(got, "北京") {
		t.Errorf("an answer that was edited brings %q", got)
	}
}
