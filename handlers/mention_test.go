package handlers

import (
	"strings"
	"testing"

	"waybill/models"
)

func TestNewsThatWantsAnAnswerSaysHowItIsHeard(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for name, c := range map[string]struct {
		door  string
		group bool
		kind  models.Kind
		text  string
		says  bool
	}{
		"a tail in a group":                     {"wecom_aibot", true, models.TailRefused, "", true},
		"an end in a group":                     {"wecom_aibot", true, models.Ended, models.EndedSilent, true},
		"what nobody need answer":               {"wecom_aibot", true, models.Stuck, "", false},
		"one to one":                            {"wecom_aibot", false, models.TailRefused, "", false},
		"a group in which everything is heard":  {"test", true, models.TailRefused, "", false},
		"a customer, who is heard all the time": {"wecom_kf", false, models.TailRefused, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			n := w.news(name)
			w.door = c.door
			n.Chat = w.chat(name, c.group)
			notice(c.kind, c.text)(&n)
			reply, err := w.conversation().Notify(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			if said := reply.Text(); strings.Contains(said, "要 @我") != c.says {
				t.Errorf("it says %q", said)
			}
		})
	}
}
