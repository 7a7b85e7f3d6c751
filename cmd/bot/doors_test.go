package main

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers/telegram/telegramtest"
	"waybill/locales"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestUpdatesComeByWebhook(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	s.telegram.Redeliver = 10 * time.Millisecond
	addr := freeAddress(t)
	const secret = "a-webhook-secret"
	b := s.start("WAYBILL_HTTP_ADDR="+addr, "WAYBILL_PUBLIC_URL=http://"+addr+"/", "WAYBILL_TELEGRAM_WEBHOOK_SECRET="+secret)
	s.telegram.Say(mother, open)
	s.hears(mother, open, "运输中")
	if at, given := s.telegram.Webhook(); at != b.url+"/telegram/webhook" || given != secret {
		t.Errorf("the webhook is %s", at)
	}
	for name, c := range map[string]struct {
		method, secret, body string
		want                 int
	}{
		"without the secret":   {http.MethodPost, "", "{}", 401},
		"with another secret":  {http.MethodPost, "x" + secret, "{}", 401},
		"by another method":    {http.MethodGet, secret, "", 405},
		"with a body too long": {http.MethodPost, secret, strings.Repeat(" ", 1<<20+1), 413},
		"with an update":       {http.MethodPost, secret, `{"update_id":1}`, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), c.method, b.url+"/telegram/webhook", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", c.secret)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("%s, want %d", resp.Status, c.want)
			}
		})
	}
	b.stop()
	s.keepsSecrets(secret, open)
}

func TestWhatTelegramOnlyShowsKeepsNobodyFromAnAnswer(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t)
	for name, env := range map[string][]string{
		"by polling": nil,
		"by webhook": {"WAYBILL_HTTP_ADDR=" + addr, "WAYBILL_PUBLIC_URL=http://" + addr, "WAYBILL_TELEGRAM_WEBHOOK_SECRET=a-webhook-secret"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
			s.telegram.Redeliver = 10 * time.Millisecond
			s.telegram.Fail(telegramtest.Fault{Method: "setMyCommands", Times: -1, Code: http.StatusInternalServerError})
			s.telegram.Fail(telegramtest.Fault{Method: "getMyDescription", Times: -1, Hang: true})
			b := s.start(env...)
			s.telegram.Say(mother, open)
			s.hears(mother, open, "运输中")
			if code, body := b.get("/readyz"); code != http.StatusOK {
				t.Errorf("not ready: %s", body)
			}
			b.stop()
		})
	}
}

func TestTelegramShowsEveryLanguageOfTheBot(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	b := s.start()
	taiwan := telegramtest.Said{Chat: son, Lang: "zh-hant", Text: "/list"}
	s.telegram.SayAs(taiwan)
	if err := s.telegram.WaitMenuOf(s.ctx, son); err != nil {
		t.Fatal(err)
	}
	for lang, words := range map[string][]string{"": {"快递单号", "託運單號"}, "zh": {"快递单号", "託運單號"}, "en": {"tracking number"}} {
		if got := s.telegram.Description(lang); !containsAll(got, words) {
			t.Errorf("description in %q: %s", lang, got)
		}
		if s.telegram.Short(lang) == "" {
			t.Errorf("no short description in %q", lang)
		}
	}
	words, err := locales.Load("zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	for lang, chat := range map[string]int64{"zh-CN": mother, "zh-TW": son} {
		spoken := map[string]string{"zh-CN": "zh-hans", "zh-TW": "zh-hant"}[lang]
		wanted := telegramtest.Command{Name: "lang", Text: words.For(lang).Say("menu.lang")}
		if menu := s.telegram.SeenMenu(chat, spoken); !slices.Contains(menu, wanted) {
			t.Errorf("%s sees %v", lang, menu)
		}
	}
	b.stop()
}

func TestOneReplicaTakesOverFromAnother(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := newTestbed(t, dsn, "14400", sandbox.Options{Appcode: appcode, Speed: 14400})
		first := s.start()
		second := s.start()
		for _, chat := range []int64{mother, son} {
			s.telegram.Say(chat, open)
			s.hears(chat, open)
		}
		first.stop()
		for _, chat := range []int64{mother, son} {
			s.hears(chat, open, "签收人")
			if n := s.times(chat, "签收人"); n > 2 {
				t.Errorf("chat %d hears it %d times", chat, n)
			}
		}
		second.stop()
	})
}

func TestTheDoctorSpendsNothingUnlessTold(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	got := runBot(t, "", s.env, "doctor")
	_, billed := s.apis.Asked("muzhi", "", "")
	if got.code != 0 || billed != 0 || !containsAll(got.out, []string{"ok   muzhi", "@" + telegramtest.BotName, "ok   database"}) {
		t.Errorf("exit code %d, %d billed\n%s%s", got.code, billed, got.out, got.err)
	}
	got = runBot(t, "", s.env, "doctor", "--paid")
	_, billed = s.apis.Asked("muzhi", "", "")
	if got.code != 0 || billed != 1 || !strings.Contains(got.out, "1 of 1 billed") {
		t.Errorf("paid: exit code %d, %d billed\n%s%s", got.code, billed, got.out, got.err)
	}
	for name, c := range map[string]struct{ set, says string }{
		"a wrong AppCode": {"WAYBILL_MUZHI_APPCODE=another-appcode", "FIX  muzhi     refuses the AppCode"},
		"a wrong path":    {"WAYBILL_MUZHI_QUERY_PATH=/nowhere", "FIX  muzhi"},
		"a wrong token":   {"WAYBILL_TELEGRAM_TOKEN=1:another-token", "FIX  telegram  refuses the token"},
		"nobody there":    {"WAYBILL_TELEGRAM_API_URL=http://" + freeAddress(t), "FIX  telegram  cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			got := runBot(t, "", append(s.env, c.set), "doctor")
			if got.code != 1 || !strings.Contains(got.out, c.says) || strings.Contains(got.out, "another-") {
				t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
			}
		})
	}
}

func TestTheDoctorAsksWhetherTheBotIsReady(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	addr := "WAYBILL_HTTP_ADDR=" + freeAddress(t)
	b := s.start(addr)
	if err := s.telegram.WaitHeld(s.ctx); err != nil {
		t.Fatal(err)
	}
	if got := runBot(t, "", append(s.env, addr), "doctor", "--ready"); got.code != 0 {
		t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
	}
	if got := runBot(t, "", append(s.env, addr), "doctor"); got.code != 0 || !strings.Contains(got.out, "a bot serves") {
		t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
	}
	b.stop()
}
