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
			door := newFakeDoor()
			teller := newTeller(w, door, &alarm{})
			teller.Doors[c.door] = door
			teller.Traits = w.conversation().settings.Traits
			n := w.news(name)
			w.door = c.door
			n.Chat = w.chat(name, c.group)
			notice(c.kind, c.text)(&n)
			if _, err := teller.Tell(t.Context(), []models.News{n}); err != nil {
				t.Fatal(err)
			}
			if said := strings.Join(door.said(), "\n"); strings.Contains(said, "要 @我") != c.says {
				t.Errorf("it says %q", said)
			}
		})
	}
}
