package telegram_test

import (
	"testing"
	"time"

	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
)

func TestAdmin(t *testing.T) {
	api, now := telegramtest.Serve(t), time.Now()
	api.SayAs(telegramtest.Said{Chat: -100, From: 8, Text: "x"})
	api.Promote(-100, 7)
	d := door(t, api, newInbox(), func(s *telegram.Settings) { s.Now = func() time.Time { return now } })
	check := func(person string, want bool) {
		t.Helper()
		got, err := d.Admin(t.Context(), conversation(-100), person)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", person, got, err)
		}
	}
	check("7", true)
	check("8", false)
	check("9", false)    // never seen there
	check("-100", true)  // anonymous, in the group's name
	check("-200", false) // in a channel's name
	check("", false)
	calls := api.Calls()["getChatMember"]
	check("8", false)
	if n := api.Calls()["getChatMember"]; n != calls {
		t.Error("asked again within a minute")
	}
	api.Promote(-100, 8)
	now = now.Add(time.Minute)
	check("8", true)
	api.Down("getChatMember", 1)
	now = now.Add(time.Minute)
	if _, err := d.Admin(t.Context(), conversation(-100), "7"); err == nil {
		t.Error("no error from a Telegram that is down")
	}
}
