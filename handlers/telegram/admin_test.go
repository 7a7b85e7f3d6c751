package telegram_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
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

func TestWhatTelegramDoesNotTellOfAMemberIsNotAskedAgain(t *testing.T) {
	bad := func(words string) telegramtest.Fault {
		return telegramtest.Fault{Code: http.StatusBadRequest, Description: "Bad Request: " + words}
	}
	for name, c := range map[string]struct {
		fault      telegramtest.Fault
		cannotTell bool
		admin      bool
	}{
		"a status that nobody knows":   {telegramtest.Fault{Answer: map[string]any{"status": "honorary"}}, true, false},
		"no status":                    {telegramtest.Fault{Answer: map[string]any{}}, true, false},
		"no member":                    {telegramtest.Fault{Answer: true}, true, false},
		"a status of another kind":     {telegramtest.Fault{Answer: map[string]any{"status": 5}}, true, false},
		"members that are hidden":      {bad("member list is inaccessible"), true, false},
		"a right that the bot has not": {bad("CHAT_ADMIN_REQUIRED"), true, false},
		"a page that is all right":     {telegramtest.Fault{Code: http.StatusOK, HTML: true}, true, false},
		"a person that is no member":   {bad("user not found"), false, false},
		"an administrator with fields of tomorrow": {
			telegramtest.Fault{Answer: map[string]any{"status": "administrator", "can_be_edited": "perhaps", "user": 7}}, false, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			api, log := telegramtest.Serve(t), &lines{}
			api.SayAs(telegramtest.Said{Chat: -100, From: 7, Text: "x"})
			c.fault.Method = "getChatMember"
			api.Fail(c.fault)
			d := door(t, api, newInbox(), func(s *telegram.Settings) { s.Log = log.logger() })
			admin, err := d.Admin(t.Context(), conversation(-100), "7")
			if errors.Is(err, handlers.ErrCannotTell) != c.cannotTell || err != nil && !c.cannotTell || admin != c.admin {
				t.Errorf("%v, %v", admin, err)
			}
			if strings.Contains(log.String(), "level=WARN") != c.cannotTell {
				t.Errorf("logged %s", log)
			}
		})
	}
	for name, fault := range map[string]telegramtest.Fault{
		"a flood":     {Code: http.StatusTooManyRequests, RetryAfter: 3},
		"an error":    {Code: http.StatusInternalServerError},
		"a migration": {Code: http.StatusBadRequest, MigrateTo: -200},
	} {
		api := telegramtest.Serve(t)
		fault.Method = "getChatMember"
		api.Fail(fault)
		if _, err := door(t, api, newInbox()).Admin(t.Context(), conversation(-100), "7"); err == nil || errors.Is(err, handlers.ErrCannotTell) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
