package telegram_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"waybill/handlers"
	"waybill/handlers/telegram/telegramtest"
)

// scan is an event as a reply shows it.
func scan(at int) handlers.Block {
	return handlers.Block{{
		{Text: fmt.Sprintf("05-%02d 14:30 ", at%28+1), Style: handlers.Dim},
		{Text: "快件已到达<杭州>", Style: handlers.Quote},
		{Text: " 3-2-5012", Style: handlers.Strong},
		{Text: " (杭州)", Style: handlers.Dim},
	}}
}

// parcel is a reply about a parcel with so many events.
func parcel(events int) handlers.Reply {
	r := handlers.Reply{Blocks: []handlers.Block{
		{{{Text: "妈妈的茶叶", Style: handlers.Strong}, {Text: " · 🚚 "}, {Text: "运输中", Style: handlers.Strong}}, {{Text: "SF1000000000015", Style: handlers.Code}}},
	}}
	for i := range events {
		r.Blocks = append(r.Blocks, scan(i))
	}
	r.Blocks = append(r.Blocks, handlers.Block{{{Text: "还有 3 条"}}})
	r.Buttons = [][]handlers.Button{{{Text: "刷新", Data: "r:1"}}}
	return r
}

// raw is what the door sends for a reply.
func raw(t *testing.T, r handlers.Reply) []telegramtest.Sent {
	t.Helper()
	api := telegramtest.Serve(t)
	api.Know(7)
	if err := door(t, api, newInbox()).Send(t.Context(), conversation(7), r); err != nil {
		t.Fatal(err)
	}
	return api.Sent(7)
}

func kindsOf(s telegramtest.Sent, kind string) int {
	n := 0
	for _, e := range s.Entities {
		if e.Type == kind {
			n++
		}
	}
	return n
}

func TestTheTraceIsOneQuotation(t *testing.T) {
	got := raw(t, parcel(2))[0]
	want := "<b>妈妈的茶叶</b> · 🚚 <b>运输中</b>\n<code>SF1000000000015</code>\n" +
		"<blockquote><i>05-01 14:30</i> 快件已到达&lt;杭州&gt; <b>3-2-5012</b> (杭州)\n<i>05-02 14:30</i> 快件已到达&lt;杭州&gt; <b>3-2-5012</b> (杭州)</blockquote>\n还有 3 条"
	if got.Raw != want {
		t.Errorf("%s", got.Raw)
	}
}

func TestALongTraceIsFoldedBelowItsNewestLines(t *testing.T) {
	got := raw(t, parcel(9))[0]
	if kindsOf(got, "blockquote") != 1 || kindsOf(got, "expandable_blockquote") != 1 {
		t.Fatalf("%s", got.Raw)
	}
	open, folded, _ := strings.Cut(got.Raw, "</blockquote>\n<blockquote expandable>")
	if strings.Count(open, "14:30") != 5 || strings.Count(folded, "14:30") != 4 {
		t.Errorf("%s", got.Raw)
	}
	if short := raw(t, parcel(8))[0]; kindsOf(short, "expandable_blockquote") != 0 {
		t.Errorf("%s", short.Raw)
	}
}

func TestAQuotationOverSeveralMessagesIsOneInEachOfThem(t *testing.T) {
	r := parcel(400)
	sent := raw(t, r) // tags that are not balanced are refused by the fake
	if len(sent) < 2 {
		t.Fatalf("%d messages", len(sent))
	}
	lines := 0
	for i, s := range sent {
		lines += strings.Count(s.Text, "14:30")
		if kindsOf(s, "blockquote") != 1 || len(s.Entities) > 100 {
			t.Errorf("message %d has %d entities: %.200s", i, len(s.Entities), s.Raw)
		}
	}
	if lines != 400 {
		t.Errorf("%d events", lines)
	}
}

func TestAQuotedLineThatIsLongerThanAMessageStaysQuoted(t *testing.T) {
	r := handlers.Reply{Blocks: []handlers.Block{{{{Text: strings.Repeat("快", 5000), Style: handlers.Quote}}}}}
	for i, s := range raw(t, r) {
		if !slices.Equal(s.Entities, []telegramtest.Entity{{Type: "blockquote", Length: len([]rune(s.Text))}}) {
			t.Errorf("message %d: %+v", i, s.Entities)
		}
	}
}

func TestANumberInAQuotationIsNoCode(t *testing.T) {
	r := handlers.Reply{Blocks: []handlers.Block{{{{Text: "退回 ", Style: handlers.Quote}, {Text: "SF1", Style: handlers.Code}, {Text: "x", Style: handlers.Link, URL: "https://x.org"}}}}}
	if got := raw(t, r)[0]; got.Raw != "<blockquote>退回 SF1x</blockquote>" {
		t.Errorf("%s", got.Raw)
	}
}

func TestNumbersStayCopyableInAListThatHasMoreToFormatThanTelegramDoes(t *testing.T) {
	var r handlers.Reply
	for i := range 60 {
		r.Blocks = append(r.Blocks, handlers.Block{
			{{Text: fmt.Sprintf("SF10000000%05d", i), Style: handlers.Code}, {Text: " tea", Style: handlers.Strong}},
			{{Text: " · 3 hours ago", Style: handlers.Dim}},
		})
	}
	sent := raw(t, r)
	if len(sent) != 1 || kindsOf(sent[0], "code") != 60 || kindsOf(sent[0], "italic") != 0 {
		t.Errorf("%d messages, %d numbers to copy", len(sent), kindsOf(sent[0], "code"))
	}
}

func TestWhatIsStrippedOfStylesIsPlain(t *testing.T) {
	if got := raw(t, parcel(2).Plain())[0]; got.Entities != nil || strings.Contains(got.Raw, "<b") {
		t.Errorf("%s", got.Raw)
	}
}
