package telegram_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
)

func TestSetupIsDoneOnce(t *testing.T) {
	api := telegramtest.Serve(t)
	d := door(t, api, newInbox())
	for range 2 {
		if err := d.Setup(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if calls := api.Calls(); calls["deleteWebhook"] != 1 || calls["getMe"] != 1 {
		t.Errorf("%v", calls)
	}
}

func TestSetupWarnsOfWhatPrivacyModeHides(t *testing.T) {
	for _, seesAll := range []bool{false, true} {
		api, log := telegramtest.Serve(t), &lines{}
		api.SeesAll = seesAll
		d := door(t, api, newInbox(), func(s *telegram.Settings) { s.Log = log.logger() })
		if err := d.Setup(t.Context()); err != nil {
			t.Fatal(err)
		}
		warned := strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "/setprivacy") && strings.Contains(log.String(), "bare tracking numbers")
		if warned == seesAll {
			t.Errorf("sees all: %v, log: %s", seesAll, log)
		}
	}
}

func TestSetupOutlastsATelegramThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Down("getMe", -1)
		d := door(t, api, newInbox(), onFakeClock(api))
		if err := d.Ready(); err == nil {
			t.Fatal("ready before anything")
		}
		done := make(chan error, 1)
		go func() { done <- d.Setup(t.Context()) }()
		time.Sleep(200 * time.Second) // at 0, 1, 3, 7, 15, 31, 63, 123 and 183 seconds
		synctest.Wait()
		if n := api.Calls()["getMe"]; n != 9 || d.Ready() == nil {
			t.Fatalf("%d calls, %v", n, d.Ready())
		}
		api.Heal()
		if err := <-done; err != nil || d.Ready() != nil {
			t.Fatalf("%v, %v", err, d.Ready())
		}
	})
}

func TestSetupKeepsTheWaitThatTelegramAsksFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, began := telegramtest.New(), time.Now()
		api.Fail(telegramtest.Fault{Method: "deleteWebhook", Code: http.StatusTooManyRequests, RetryAfter: 90})
		if err := door(t, api, newInbox(), onFakeClock(api)).Setup(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != 90*time.Second {
			t.Fatalf("tried again after %s", took)
		}
	})
}

func TestSetupSaysThatTheTokenIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, log := telegramtest.New(), &lines{}
		api.Fail(telegramtest.Fault{Method: "getMe", Times: -1, Code: http.StatusUnauthorized, Description: "Unauthorized"})
		d := door(t, api, newInbox(), onFakeClock(api), func(s *telegram.Settings) { s.Log = log.logger() })
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := d.Setup(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if err := d.Ready(); err == nil || !strings.Contains(err.Error(), "operator") || !strings.Contains(log.String(), "operator must set a valid one") {
			t.Fatalf("%v\n%s", err, log)
		}
	})
}

func TestNewTellsAllMistakesAtOnce(t *testing.T) {
	_, err := telegram.New(telegram.Settings{
		Token: "a b", APIURL: "nowhere", WebhookSecret: "不", PollTimeout: time.Hour,
		Profiles: []telegram.Profile{{
			Lang: "zho", Private: []telegram.Command{{Name: "List", Text: ""}},
			Description: strings.Repeat("包", 513), Short: strings.Repeat("包", 121),
		}},
	}, newInbox(), func() {})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"token", "API URL", "webhook secret is", "public URL", "poll timeout", `"zho"`, `"List"`, "description of", "bot's description", "short description"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing of %s in: %v", want, err)
		}
	}
}
