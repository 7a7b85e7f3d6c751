package wecom

import (
	"context"
	"errors"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// shelf is a memory for one value.
type shelf struct {
	value []byte
	until models.Moment
	err   error
}

func (s *shelf) Recall(_ context.Context, _, _ string, now models.Moment) ([]byte, bool, error) {
	return s.value, s.value != nil && now < s.until, s.err
}

func (s *shelf) Remember(_ context.Context, _, _ string, value []byte, until models.Moment) error {
	s.value, s.until = value, until
	return s.err
}

// table is the choices of one chat.
type table struct {
	*testing.T
	choices
	shelf *shelf
	clock time.Time
}

func newTable(t *testing.T) *table {
	b := &table{T: t, shelf: &shelf{}, clock: time.UnixMilli(1_000_000)}
	b.choices = choices{memory: b.shelf, phrases: PhrasesInTests, now: func() time.Time { return b.clock }}
	return b
}

// offers sends a reply with buttons and expects the first number.
func (b *table) offers(first int, r handlers.Reply, data ...string) {
	b.Helper()
	for _, d := range data {
		r.Buttons = append(r.Buttons, []handlers.Button{{Text: d, Data: d}})
	}
	if got, err := b.number(b.Context(), models.Address{}, r); got != first || err != nil {
		b.Errorf("numbered from %d, want %d: %v", got, first, err)
	}
}

// presses expects what a text presses; "" is nothing.
func (b *table) presses(text, want string) {
	b.Helper()
	if got, ok, err := b.pick(b.Context(), models.Address{}, text); got != want || ok != (want != "") || err != nil {
		b.Errorf("%q presses %q (%v), want %q: %v", text, got, ok, want, err)
	}
}

func TestChoicesArePressedByTheirNumber(t *testing.T) {
	b := newTable(t)
	b.presses("1", "")
	b.offers(1, handlers.Reply{Token: "t"}, "a", "b")
	for _, text := range []string{"2", " ２ ", "回复2", "回复 2", "选2", "第2个", "2。"} {
		b.presses(text, "b")
	}
	for _, text := range []string{"3", "0", "02", "12", "1234", "2 妈妈的茶叶", "停止 2", "", "二"} {
		b.presses(text, "")
	}
}

func TestChoicesOfFurtherRepliesCountOn(t *testing.T) {
	b := newTable(t)
	b.offers(1, handlers.Reply{Token: "t"}, "a", "b")
	b.offers(3, handlers.Reply{}, "c")
	b.offers(3, handlers.Reply{}, "c") // sent again
	b.offers(0, handlers.Reply{})
	b.offers(0, handlers.Reply{For: handlers.News}, "x")
	b.offers(0, handlers.Reply{For: handlers.Urgent}, "x")
	b.presses("1", "a")
	b.presses("3", "c")
	b.presses("4", "")
}

func TestChoicesAreReplacedByTheNextAnswer(t *testing.T) {
	b := newTable(t)
	b.offers(1, handlers.Reply{Token: "t"}, "a", "b")
	b.offers(1, handlers.Reply{Token: "u"}, "c")
	b.presses("1", "c")
	b.presses("2", "")
	b.offers(0, handlers.Reply{Token: "v"})
	b.presses("1", "")
}

func TestChoicesAreForgottenAfterADay(t *testing.T) {
	b := newTable(t)
	b.offers(1, handlers.Reply{Token: "t"}, "a")
	b.clock = b.clock.Add(24*time.Hour - time.Second)
	b.presses("1", "a")
	b.clock = b.clock.Add(time.Second)
	b.presses("1", "")
}

func TestChoicesAreAtMostThirty(t *testing.T) {
	b := newTable(t)
	b.offers(1, handlers.Reply{Token: "t"}, make([]string, 29)...)
	b.offers(0, handlers.Reply{}, "a", "b")
	b.offers(30, handlers.Reply{}, "a")
	b.presses("30", "a")
	b.presses("31", "")
}

func TestChoicesThatCannotBeKeptAreNotShown(t *testing.T) {
	b := newTable(t)
	b.shelf.err = errors.New("disk full")
	r := handlers.Reply{Token: "t", Buttons: [][]handlers.Button{{{Text: "a", Data: "a"}}}}
	if _, err := b.number(t.Context(), models.Address{}, r); err == nil {
		t.Error("no error")
	}
	if _, _, err := b.pick(t.Context(), models.Address{}, "1"); err == nil {
		t.Error("no error")
	}
	b.shelf.err, b.shelf.value = nil, []byte("?")
	b.presses("1", "")
}

func TestChoicesAreShownInTheLanguageOfTheReply(t *testing.T) {
	rows := [][]handlers.Button{{{Text: "详情"}, {Text: "停止"}}, {}, {{Text: "刷新"}}}
	zh := choices{phrases: PhrasesInTests}.lines(handlers.Reply{Buttons: rows}, 4, false)
	if got, want := (handlers.Reply{Blocks: []handlers.Block{zh}}).Text(), "回复数字：\n[4] 详情  [5] 停止\n[6] 刷新"; got != want {
		t.Errorf("got %q", got)
	}
	english := [][]handlers.Button{{{Text: "Stop"}}}
	for _, c := range []struct {
		lang            string
		rows            [][]handlers.Button
		alone, together string
	}{
		{"", english, "Reply with a number:", "@mention me with a number:"},
		{"", rows, "回复数字：", "@我，回复数字："},
		{"en", rows, "Reply with a number:", "@mention me with a number:"},
		{"zh-CN", english, "回复数字：", "@我，回复数字："},
		{"zh-TW", english, "回覆數字：", "@我，回覆數字："},
	} {
		r := handlers.Reply{Lang: c.lang, Buttons: c.rows}
		if got := (choices{phrases: PhrasesInTests}).lines(r, 1, false)[0][0].Text; got != c.alone {
			t.Errorf("%q alone: %q", c.lang, got)
		}
		if got := (choices{phrases: PhrasesInTests}).lines(r, 1, true)[0][0].Text; got != c.together {
			t.Errorf("%q in a group: %q", c.lang, got)
		}
	}
}

func TestChoicesThatAreTheirOwnNumbersAreNotExplained(t *testing.T) {
	r := handlers.Reply{Buttons: [][]handlers.Button{{{Text: "1"}, {Text: "2"}}, {{Text: "3"}}}}
	if got := (choices{phrases: PhrasesInTests}).lines(r, 1, false); got != nil {
		t.Errorf("got %q", handlers.Reply{Blocks: []handlers.Block{got}}.Text())
	}
	for _, first := range []int{2, 3} {
		if (choices{phrases: PhrasesInTests}).lines(r, first, false) == nil {
			t.Errorf("from %d on the numbers mean something else", first)
		}
	}
}
