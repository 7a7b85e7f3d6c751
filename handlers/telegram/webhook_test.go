package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
)

const hookSecret = "hook_secret-1"

func byWebhook(public string) func(*telegram.Settings) {
	return func(s *telegram.Settings) { s.WebhookSecret, s.PublicURL = hookSecret, public }
}

func TestWebhookAnswers(t *testing.T) {
	good := upd("message", `{`+inPrivate+`,"text":"x"}`)
	for name, c := range map[string]struct {
		method, secret, body string
		failing              error
		want, rows           int
	}{
		"an update":               {"POST", hookSecret, good, nil, 200, 1},
		"nothing to handle":       {"POST", hookSecret, upd("poll", `{}`), nil, 200, 0},
		"no secret":               {"POST", "", good, nil, 401, 0},
		"a wrong secret":          {"POST", hookSecret + "x", good, nil, 401, 0},
		"something that is not":   {"POST", hookSecret, "x", nil, 400, 0},
		"JSON without an id":      {"POST", hookSecret, `{}`, nil, 400, 0},
		"two updates":             {"POST", hookSecret, good + good, nil, 400, 0},
		"more than a mebibyte":    {"POST", hookSecret, good + strings.Repeat(" ", 1<<20), nil, 413, 0},
		"a store that is failing": {"POST", hookSecret, good, errors.New("down"), 500, 0},
		"a look":                  {"GET", hookSecret, "", nil, 405, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox()
			in.fail(c.failing)
			d := door(t, telegramtest.Serve(t), in, byWebhook("https://example.org"))
			r := httptest.NewRequestWithContext(t.Context(), c.method, "/telegram/webhook", strings.NewReader(c.body))
			if c.secret != "" {
				r.Header.Set("X-Telegram-Bot-Api-Secret-Token", c.secret)
			}
			w := httptest.NewRecorder()
			d.Webhook().ServeHTTP(w, r)
			if w.Code != c.want || len(in.keys()) != c.rows {
				t.Fatalf("%d, stored %v", w.Code, in.keys())
			}
			if (w.Header().Get("Allow") == "POST") != (c.want == 405) {
				t.Errorf("allow: %q", w.Header().Get("Allow"))
			}
		})
	}
}

func TestADoorThatPollsTakesNothingByWebhook(t *testing.T) {
	d := door(t, telegramtest.Serve(t), newInbox())
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/telegram/webhook", strings.NewReader(upd("message", `{`+inPrivate+`,"text":"x"}`)))
	w := httptest.NewRecorder()
	d.Webhook().ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Fatal(w.Code)
	}
}

func TestADeliveryIsStoredEvenWhenTelegramHangsUp(t *testing.T) {
	in := newInbox()
	d := door(t, telegramtest.Serve(t), in, byWebhook("https://example.org"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/telegram/webhook", strings.NewReader(upd("message", `{`+inPrivate+`,"text":"x"}`)))
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
	w := httptest.NewRecorder()
	d.Webhook().ServeHTTP(w, r)
	if w.Code != http.StatusOK || len(in.keys()) != 1 {
		t.Fatalf("%d %v", w.Code, in.keys())
	}
}

func TestUpdatesComeByWebhookOnceEachWhateverFails(t *testing.T) {
	api, in := telegramtest.Serve(t), newInbox()
	api.Redeliver = 1
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	woken := make(chan struct{}, 100)
	d, err := telegram.New(telegram.Settings{
		Token: telegramtest.Token, APIURL: api.URL(), WebhookSecret: hookSecret, PublicURL: server.URL + "/",
		Client: server.Client(),
	}, in, func() { woken <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/telegram/webhook", d.Webhook())
	if err := d.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	if address, secret := api.Webhook(); address != server.URL+"/telegram/webhook" || secret != hookSecret {
		t.Fatalf("%s", address)
	}
	in.fail(errors.New("down"))
	first := api.Say(7, "a")
	for range 3 {
		<-in.stored
	}
	in.fail(nil)
	second := api.Say(-5, "/list")
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := in.keys(); fmt.Sprint(got) != fmt.Sprintf("[%d %d]", first, second) || len(woken) != 2 {
		t.Fatalf("stored %v, woken %d times", got, len(woken))
	}
	if row := in.rows[1]; !row.Group || row.Address != conversation(-5) {
		t.Fatalf("%+v", row)
	}
}
