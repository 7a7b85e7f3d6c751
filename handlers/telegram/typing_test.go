package telegram_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

func TestTypingIsShownWhereTheAnswerWillBe(t *testing.T) {
	api := telegramtest.Serve(t)
	api.SayAs(telegramtest.Said{Chat: -100, Thread: 33, Text: "x"})
	to := conversation(-100)
	to.Thread = "33"
	if err := door(t, api, newInbox()).Typing(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if got := api.Actions(); len(got) != 1 || got[0].Chat != -100 || got[0].Thread != 33 || got[0].Name != "typing" {
		t.Errorf("%v", got)
	}
}

func TestTypingTakesNoMessagesTurnAndWaitsForNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7)
		d, began := limited(t, api), time.Now()
		for range 100 {
			if err := d.Typing(t.Context(), conversation(7)); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			if err := d.Send(t.Context(), conversation(7), text("x")); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took > 100*time.Millisecond || len(api.Actions()) != 10 {
			t.Errorf("%d signs, and three messages, in %s", len(api.Actions()), took)
		}
	})
}

func TestTelegramIsNotToldOfTypingWhileItWantsToBeLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7, 8)
		d := limited(t, api)
		show := func(chat int64, want int) {
			t.Helper()
			if err := d.Typing(t.Context(), conversation(chat)); err != nil || api.Calls()["sendChatAction"] != want {
				t.Errorf("%d calls, not %d, %v", api.Calls()["sendChatAction"], want, err)
			}
		}
		api.Fail(telegramtest.Fault{Method: "sendMessage", Code: http.StatusTooManyRequests, RetryAfter: 30})
		wait := &models.Wait{}
		if err := d.Send(t.Context(), conversation(7), text("x")); !errors.As(err, &wait) {
			t.Fatal(err)
		}
		show(7, 0) // its messages wait
		show(8, 1)
		api.Fail(telegramtest.Fault{Method: "sendChatAction", Code: http.StatusTooManyRequests, RetryAfter: 60})
		if err := d.Typing(t.Context(), conversation(8)); !errors.As(err, &wait) {
			t.Fatal(err)
		}
		show(8, 2)
		if err := d.Send(t.Context(), conversation(8), text("x")); err != nil {
			t.Errorf("the answer waits, too: %v", err)
		}
		time.Sleep(time.Minute)
		show(7, 3)
	})
}

func TestTypingThatFailsSaysSoWithoutTheToken(t *testing.T) {
	api := telegramtest.Serve(t)
	api.Down("sendChatAction", 1)
	d := door(t, api, newInbox(), withLimits(telegram.Limits{}))
	if err := d.Typing(t.Context(), conversation(7)); err == nil || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
	if err := d.Typing(t.Context(), models.Address{Conversation: "x"}); !errors.Is(err, models.ErrRefused) {
		t.Error(err)
	}
}
