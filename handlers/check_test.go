package handlers

import (
	"context"
	"errors"
	"strings"
	"testing"

	"waybill/models"
)

// busy is a Checker that never gets an answer in time, for one reason or another.
type busy struct{ why error }

func (b busy) Check(_ context.Context, p models.Parcel, _ string, _ models.Purpose) (models.Checked, error) {
	return models.Checked{Parcel: p, Err: b.why}, nil
}

func (busy) Followed(context.Context, int64) {}

func TestAnAnswerThatTakesTooLongIsAwaited(t *testing.T) {
	for name, c := range map[string]struct {
		checker Checker
		say     string
		awaited bool
	}{
		"a call that hangs":        {busy{context.DeadlineExceeded}, "正在查，有结果就告诉你", true},
		"somebody else's question": {busy{models.ErrStale}, "正在查，有结果就告诉你", true},
		"a budget that is spent":   {busy{models.ErrBudget}, "暂时查不到", false},
		"an answer":                {nil, "我盯着了", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			talk := w.conversation()
			if c.checker != nil {
				talk.settings.Checker = c.checker
			}
			chat := w.chat("me", false)
			replies, err := talk.Handle(t.Context(), chat, Message{Text: "YT1000000000017", Addressed: true})
			if err != nil || len(replies) != 1 || !strings.Contains(replies[0].Text(), c.say) {
				t.Fatalf("got %q, %v", shown(replies), err)
			}
			followed, err := w.store.Followed(t.Context(), chat.ID, false)
			if err != nil || len(followed) != 1 || followed[0].Follow.Awaited != c.awaited {
				t.Errorf("follows %+v, %v; want awaited %v", followed, err, c.awaited)
			}
		})
	}
}

func TestReasonsAreWordsForPeople(t *testing.T) {
	w := newWorld(t, "en")
	for _, err := range []error{models.ErrBudget, models.ErrHeld, models.ErrStale, context.DeadlineExceeded, errors.New("anything")} {
		if key := reason(err); !w.words.For("en").Has(key) {
			t.Errorf("%v is told as %q", err, key)
		}
	}
	if reason(nil) != "" || reason(&models.Refusal{Why: models.ErrFloor}) != "" {
		t.Error("what is stored, and its age, says enough inside the floor")
	}
}
