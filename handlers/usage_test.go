package handlers

import (
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestAnOperatorSeesWhatTodayHasCost(t *testing.T) {
	for lang, c := range map[string]struct {
		locale, sum, quiet, help string
		says                     []string
	}{
		"Chinese": {"zh-CN", "合计 ¥0.0614", "还没有调用过", "/usage", []string{"识别 2/0", "查询 7/3", "没查成：识别 2 次、查询 3 次（没连上） · 查询 1 次（对方出错） · 查询 1 次（还没有结果）", "订阅 1/1"}},
		"English": {"en", "In all ¥0.0614", "No calls yet", "/usage", []string{"tracking 7/3", "failed: detection 2, tracking 3 (no connection) · tracking 1 (error on their side)", "subscription 1/1"}},
	} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t, c.locale)
			s := w.conversation().settings
			s.Operators = []models.Address{{Door: "test", Conversation: "boss"}}
			s.Prices = map[string]float64{"muzhi.query": 0.0038, "kuaidi100.subscribe": 0.05}
			s.Budgets = map[string]int64{"muzhi": 10}
			talk := New(s)
			asks := func(conversation string, group bool) string {
				t.Helper()
				replies, err := talk.Handle(t.Context(), w.chat(conversation, group), Message{Text: "/usage", Group: group})
				if err != nil {
					t.Fatal(err)
				}
				var said strings.Builder
				for _, r := range replies {
					for _, b := range r.Blocks {
						for _, l := range b {
							for _, s := range l {
								said.WriteString(s.Text)
							}
							said.WriteString("\n")
						}
					}
				}
				return said.String()
			}
			if got := asks("boss", false); !strings.Contains(got, c.quiet) {
				t.Errorf("before the first call: %s", got)
			}
			w.called(models.CallQuery, "muzhi", models.OutcomeTrace, true)
			w.called(models.CallQuery, "muzhi", models.OutcomeNoRecord, true)
			w.called(models.CallQuery, "muzhi", models.OutcomeUnavailable, false)
			w.called(models.CallQuery, "muzhi", models.OutcomeUnknown, true)
			w.called(models.CallSubscribe, "kuaidi100", models.OutcomeTrace, true)
			for range 2 {
				w.called(models.CallDetect, "muzhi", models.OutcomeUnsent, false)
			}
			for range 3 {
				w.called(models.CallQuery, "muzhi", models.OutcomeUnsent, false)
			}
			got := asks("boss", false)
			for _, want := range append(c.says, c.sum, "¥0.0114", "3/10", "kuaidi100") {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			if got := asks("stranger", false); strings.Contains(got, "muzhi") || !strings.Contains(got, c.help) {
				t.Errorf("a stranger hears %s", got)
			}
			if got := asks("team", true); got != "" {
				t.Errorf("a group hears %s", got)
			}
		})
	}
}

func TestAnOperatorSeesTheMonthAndWhatChatsHaveCost(t *testing.T) {
	for lang, c := range map[string]struct {
		locale                      string
		month, chats, unknown       string
		inMonth, byChat, inOneWords []string
	}{
		"Chinese": {
			"zh-CN", "/usage 本月", "/usage 会话", "/usage 去年",
			[]string{"本月的账", "合计 ¥0.0076"},
			[]string{"1. test:shop：调用 1 次，计费 1 次，¥0.0038", "没有会话关注的（识别、公司列表等）：调用 1 次，计费 1 次，¥0.0038"},
			[]string{"/usage 本月", "/usage 会话"},
		},
		"Taiwan": {
			"zh-TW", "/usage 本月", "/usage 聊天室", "/usage 去年",
			[]string{"本月的帳", "合計 ¥0.0076"},
			[]string{"1. test:shop：呼叫 1 次"},
			[]string{"/usage 聊天室"},
		},
		"English": {
			"en", "/usage month", "/usage chats", "/usage yesterday",
			[]string{"This month's bill", "In all ¥0.0076"},
			[]string{"1. test:shop: 1 calls, 1 billed, ¥0.0038"},
			[]string{"/usage month", "/usage chats"},
		},
	} {
		t.Run(lang, func(t *testing.T) {
			w := newWorld(t, c.locale)
			s := w.conversation().settings
			s.Operators = []models.Address{{Door: "test", Conversation: "boss"}}
			s.Prices = map[string]float64{"muzhi.query": 0.0038}
			talk := New(s)
			asks := func(text string) string {
				t.Helper()
				replies, err := talk.Handle(t.Context(), w.chat("boss", false), Message{Text: text})
				if err != nil {
					t.Fatal(err)
				}
				return replies[0].Text()
			}
			expect := func(text string, wants []string) {
				t.Helper()
				got := asks(text)
				for _, want := range wants {
					if !strings.Contains(got, want) {
						t.Errorf("%s: no %q in\n%s", text, want, got)
					}
				}
			}
			w.says(t, "shop", moving)
			w.called(models.CallQuery, "muzhi", models.OutcomeTrace, true)
			w.pass(time.Minute)
			expect(c.month, c.inMonth)
			expect(c.chats, c.byChat)
			expect(c.unknown, c.inOneWords)
			expect("/usage", c.inOneWords)
		})
	}
}

func TestTheMessageThatAsksForUsageDoesNotWaitForItself(t *testing.T) {
	asks := &turn{now: 10, m: Message{Arrival: 1}, chat: models.Chat{WorkAt: 10}}
	if b := asks.withoutThis(models.Backlog{Inbox: 3, Chats: 2}); b.Inbox != 2 || b.Chats != 1 {
		t.Errorf("others wait: %+v", b)
	}
	asks = &turn{now: 10, chat: models.Chat{WorkAt: models.Never}}
	if b := asks.withoutThis(models.Backlog{Inbox: 3, Chats: 2}); b.Inbox != 3 || b.Chats != 2 {
		t.Errorf("what was not stored counts: %+v", b)
	}
}

// called writes one call into today's ledger.
func (w *world) called(kind models.CallKind, provider string, o models.Outcome, billed bool) {
	w.t.Helper()
	now := models.At(w.clock())
	ticket, err := w.store.Begin(w.t.Context(), models.Call{Provider: provider, Kind: kind, Purpose: models.Poll}, now)
	if err == nil && o != models.OutcomeUnknown {
		err = w.store.Settle(w.t.Context(), []models.Closing{{Ticket: ticket, Outcome: o, Billed: billed, At: now}})
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
