package telegram_test

import (
	"fmt"
	"testing"

	"waybill/handlers"
	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
)

// replyHere is what a door of these tests adds to a question.
func replyHere(s *telegram.Settings) {
	s.Phrases = func(lang string) telegram.Phrases { return telegram.Phrases{ReplyHere: "(reply here, " + lang + ")"} }
}

func TestAQuestionForcesAReplyWhereNothingElseWouldBeSeen(t *testing.T) {
	choices := [][]handlers.Button{{{Text: "x", Data: "x"}}}
	heard := &telegramtest.Forced{Selective: true}
	for name, c := range map[string]struct {
		chat    int64
		seesAll bool
		asks    bool
		token   string
		buttons [][]handlers.Button
		edit    bool
		forced  *telegramtest.Forced
		words   string
	}{
		"in a group":                        {chat: -100, asks: true, token: "m:1", forced: heard, words: "x\n(reply here, en)"},
		"in a group, to nobody":             {chat: -100, asks: true, forced: &telegramtest.Forced{}, words: "x\n(reply here, en)"},
		"in a group, after a button":        {chat: -100, asks: true, token: "c:1:", edit: true, forced: &telegramtest.Forced{}, words: "x\n(reply here, en)"},
		"in a group, with choices":          {chat: -100, asks: true, token: "m:1", buttons: choices, words: "x\n(reply here, en)"},
		"in a group where everything shows": {chat: -100, seesAll: true, asks: true, token: "m:1", words: "x"},
		"one to one":                        {chat: 7, asks: true, words: "x"},
		"no question":                       {chat: -100, token: "m:1", words: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			api := telegramtest.Serve(t)
			api.SeesAll = c.seesAll
			api.Say(c.chat, "SF1000000000015")
			d := door(t, api, newInbox(), replyHere)
			if err := d.Setup(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := text("x")
			r.Asks, r.Token, r.Buttons, r.Edit, r.Lang = c.asks, c.token, c.buttons, c.edit, "en"
			if c.edit {
				r.Token += api.Tap(c.chat, 1, 1, "n:1")
			}
			if err := d.Send(t.Context(), conversation(c.chat), r); err != nil {
				t.Fatal(err)
			}
			got := api.Sent(c.chat)[0]
			if fmt.Sprint(got.Forced) != fmt.Sprint(c.forced) || got.Text != c.words || len(got.Buttons) != len(c.buttons) {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestOnlyTheEndOfALongQuestionForcesAReply(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Say(-100, "x")
	d := door(t, api, newInbox(), replyHere)
	if err := d.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	var r handlers.Reply
	for range 100 {
		r.Blocks = append(r.Blocks, text("SF1000000000015 and what it is called, which may be long").Blocks...)
	}
	r.Asks, r.Token = true, "m:1"
	if err := d.Send(t.Context(), conversation(-100), r); err != nil {
		t.Fatal(err)
	}
	sent := api.Sent(-100)
	if len(sent) != 2 || sent[0].Forced != nil || sent[1].Forced == nil {
		t.Errorf("%v", sent)
	}
}
