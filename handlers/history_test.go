package handlers

import (
	"strings"
	"testing"

	"waybill/models"
	"waybill/models/store/storetest"
)

func TestAChatWithManyFinishedParcelsFindsThem(t *testing.T) {
	w := newWorld(t, "en")
	chat := w.chat("a", false)
	storetest.FillFinished(t, w.dsn, chat.ID, models.MostFinished+10, int64(models.At(w.clock())))
	say := func(text string) string {
		t.Helper()
		replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Text: text, Addressed: true, From: "a"})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(shown(replies), "\n")
	}
	say(moving)
	for _, c := range []struct{ text, has, hasNot string }{
		{"/list", moving, "JD10000"},
		{"/list all", "71", "JD1000000000069"}, // of so many, of which the oldest are not shown
		{"/list all", "11 more", "JD1000000000065"},
		{"/detail JD1000000000069", "JD1000000000069", "isn't followed"},
		{"/detail 1", moving, "JD10000"},
		{"/name JD1000000000069 the first one", "the first one", "isn't followed"},
	} {
		if c.text == "/detail 1" {
			say("/list")
		}
		got := say(c.text)
		if !strings.Contains(got, c.has) || strings.Contains(got, c.hasNot) {
			t.Errorf("%s: %q, without %q, want in\n%s", c.text, c.has, c.hasNot, got)
		}
	}
}
