package handlers

import (
	"strings"
	"testing"

	"waybill/models"
)

func TestAnOperatorSeesWhatTodayHasCost(t *testing.T) {
	for lang, c := range map[string]struct{ locale, sum, quiet, help string }{
		"Chinese": {"zh-CN", "合计 ¥0.0614", "还没有调用过", "/usage"},
		"English": {"en", "In all ¥0.0614", "No calls yet", "/usage"},
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
			got := asks("boss", false)
			for _, want := range []string{c.sum, "¥0.0114", "3/10", "query 4/3", "unavailable 1", "unknown 1", "kuaidi100", "subscribe 1/1"} {
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
