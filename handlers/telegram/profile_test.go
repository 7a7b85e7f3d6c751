package telegram_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
)

// profile is what is shown in a language; its words say which one it is.
func profile(lang string) telegram.Profile {
	menu := []telegram.Command{{Name: "list", Text: "list in " + lang}}
	return telegram.Profile{
		Lang: lang, Private: append(menu, telegram.Command{Name: "tail", Text: "tail in " + lang}), Group: menu,
		Description: "about in " + lang, Short: "short in " + lang, App: "parcels in " + lang,
	}
}

func withProfiles(langs ...string) func(*telegram.Settings) {
	return func(s *telegram.Settings) {
		for _, lang := range langs {
			s.Profiles = append(s.Profiles, profile(lang))
		}
	}
}

// show shows the door's profile until the test, or what is returned, ends it.
func show(t *testing.T, d *telegram.Door) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.ShowProfile(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func TestAProfileIsShownInEveryLanguage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		d := door(t, api, newInbox(), onFakeClock(api), withProfiles("zh-CN", "en", "zh-TW"))
		stop := show(t, d)
		synctest.Wait()
		stop()
		for where, want := range map[[2]string]string{
			{"all_private_chats", ""}: "zh-CN", {"all_group_chats", ""}: "zh-CN",
			{"all_private_chats", "zh"}: "zh-CN", {"all_group_chats", "zh"}: "zh-CN",
			{"all_private_chats", "en"}: "en", {"all_group_chats", "en"}: "en",
		} {
			menu := api.Menu(where[0], where[1])
			if len(menu) == 0 || menu[0] != (telegramtest.Command{Name: "list", Text: "list in " + want}) {
				t.Errorf("%v: %v", where, menu)
			}
		}
		if n := len(api.Menu("all_group_chats", "en")); n != 1 {
			t.Errorf("%d commands in groups", n)
		}
		// Both kinds of Chinese read one description: Telegram does not tell them apart.
		for lang, want := range map[string]string{
			"": "about in zh-CN\n\nabout in zh-TW", "zh": "about in zh-CN\n\nabout in zh-TW", "en": "about in en",
		} {
			if got := api.Description(lang); got != want {
				t.Errorf("%q is told %q", lang, got)
			}
		}
		if got := api.Short("zh"); got != "short in zh-CN\nshort in zh-TW" || api.Short("en") != "short in en" {
			t.Errorf("%q", got)
		}
	})
}

func TestDescriptionsThatDoNotFitTogetherAreTheFirstOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		d := door(t, api, newInbox(), onFakeClock(api), withProfiles("zh-TW", "zh-CN"), func(s *telegram.Settings) {
			s.Profiles[0].Description, s.Profiles[1].Description = strings.Repeat("運", 300), strings.Repeat("运", 300)
		})
		defer show(t, d)()
		synctest.Wait()
		if got := api.Description("zh"); got != strings.Repeat("運", 300) {
			t.Errorf("%q", got)
		}
	})
}

func TestADescriptionThatIsThereIsNotSetAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		for range 2 {
			stop := show(t, door(t, api, newInbox(), onFakeClock(api), withProfiles("en")))
			synctest.Wait()
			stop()
		}
		if n := api.Calls()["setMyDescription"]; n != 2 {
			t.Errorf("set %d times", n)
		}
	})
}

// cosmetic are the calls that change only what people see of the bot.
func cosmetic() []string {
	return []string{"setMyCommands", "getMyDescription", "setMyDescription", "getMyShortDescription", "setMyShortDescription"}
}

func TestWhatPeopleOnlySeeKeepsNobodyFromHearing(t *testing.T) {
	for name, fault := range map[string]telegramtest.Fault{
		"an error of the server": {Code: http.StatusInternalServerError, Description: "Internal Server Error"},
		"a flood":                {Code: http.StatusTooManyRequests, Description: "Too Many Requests", RetryAfter: 3600},
		"a refusal":              {Code: http.StatusBadRequest, Description: "Bad Request: BOT_COMMAND_INVALID"},
		"a proxy's page":         {Code: http.StatusBadGateway, HTML: true},
		"no answer":              {Hang: true},
		"a method that is not":   {Code: http.StatusNotFound, Description: "Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api, in, log := telegramtest.New(), newInbox(), &lines{}
				for _, method := range cosmetic() {
					fault.Method, fault.Times = method, -1
					api.Fail(fault)
				}
				d := door(t, api, in, onFakeClock(api), withProfiles("zh-CN", "en"), func(s *telegram.Settings) { s.Log = log.logger() })
				began := time.Now()
				stopShowing, stop := show(t, d), run(t, d)
				api.Say(7, "SF1000000000015")
				if err := api.WaitConfirmed(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := d.Send(t.Context(), conversation(7), text("x")); err != nil || d.Ready() != nil {
					t.Fatalf("%v, %v", err, d.Ready())
				}
				if took := time.Since(began); took != 0 || len(in.keys()) != 1 {
					t.Errorf("heard after %s", took)
				}
				time.Sleep(2*time.Hour + time.Second)
				synctest.Wait()
				if n := strings.Count(log.String(), "level=WARN"); n < 6 || n > 13 { // once a call, and privacy mode
					t.Errorf("%d warnings:\n%s", n, log)
				}
				began = time.Now()
				stop()
				stopShowing()
				if took := time.Since(began); took != 0 {
					t.Errorf("stopping took %s", took)
				}
				api.Close()
			})
		})
	}
}

func TestWhatIsNotShownYetIsShownOnceTelegramWorks(t *testing.T) {
	for name, fault := range map[string]telegramtest.Fault{
		"an error of the server": {Code: http.StatusInternalServerError},
		"a flood":                {Code: http.StatusTooManyRequests, RetryAfter: 30},
		"a refusal":              {Code: http.StatusBadRequest},
		"no answer":              {Hang: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := telegramtest.New()
				for _, method := range cosmetic() {
					fault.Method, fault.Times = method, -1
					api.Fail(fault)
				}
				stop := show(t, door(t, api, newInbox(), onFakeClock(api), withProfiles("en")))
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if n := api.Calls()["setMyCommands"]; n < 10 || n > 80 {
					t.Errorf("%d calls in ten minutes", n)
				}
				api.Heal()
				time.Sleep(5 * time.Minute) // a minute, and calls under way that hang
				synctest.Wait()
				if len(api.Menu("all_private_chats", "en")) == 0 || api.Description("") != "about in en" || api.Short("en") != "short in en" {
					t.Errorf("menu %v, %q, %q", api.Menu("all_private_chats", "en"), api.Description(""), api.Short("en"))
				}
				stop()
				api.Close()
			})
		})
	}
}

func TestAChatSeesTheMenuOfTheLanguageThatItIsSpokenToIn(t *testing.T) {
	type said struct {
		chat       int64
		lang       string // of the person's Telegram
		reply      string // of the bot's reply
		want       string // of the menu that is seen then
		menuOfChat bool
	}
	for name, c := range map[string][]said{
		"Simplified":                         {{7, "zh-hans", "zh-CN", "zh-CN", false}},
		"Taiwan's":                           {{7, "zh-hant", "zh-TW", "zh-TW", true}},
		"Hong Kong's":                        {{7, "zh-hant-hk", "zh-TW", "zh-TW", true}},
		"English":                            {{7, "en", "en", "en", false}},
		"a language without words":           {{7, "de", "en", "en", true}},
		"a language that the operator's is":  {{7, "zh", "zh-CN", "zh-CN", false}},
		"none that Telegram tells":           {{7, "", "zh-CN", "zh-CN", false}},
		"one that was chosen":                {{7, "zh-hans", "zh-CN", "zh-CN", false}, {7, "zh-hans", "zh-TW", "zh-TW", true}},
		"one that was chosen and taken back": {{7, "en", "zh-TW", "zh-TW", true}, {7, "en", "en", "en", true}},
		"a group of Taiwan's":                {{-100, "zh-hant", "zh-TW", "zh-TW", true}},
		"a group with somebody from Taiwan":  {{-100, "zh-hant", "zh-CN", "zh-CN", false}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := telegramtest.New()
				d := door(t, api, newInbox(), onFakeClock(api), withProfiles("zh-CN", "en", "zh-TW"))
				defer show(t, d)()
				synctest.Wait()
				calls := 6
				for _, s := range c {
					api.SayAs(telegramtest.Said{Chat: s.chat, Lang: s.lang, Text: "x"})
					update := fmt.Sprintf(`{"update_id":5,"message":{"message_id":9,"date":1,"from":{"id":7,"language_code":%q},"chat":{"id":%d,"type":%q},"text":"x"}}`,
						s.lang, s.chat, map[bool]string{true: "private", false: "supergroup"}[s.chat > 0])
					m, ok, err := d.Read([]byte(update))
					if err != nil || !ok {
						t.Fatal(err)
					}
					for range 2 { // the second reply changes nothing
						r := handlers.PlainText("x")
						r.Lang = s.reply
						if err := d.Send(t.Context(), m.Address, r); err != nil {
							t.Fatal(err)
						}
					}
					if s.menuOfChat {
						calls++
					}
					synctest.Wait()
					if menu := api.SeenMenu(s.chat, s.lang); menu[0].Text != "list in "+s.want || (api.MenuOf(s.chat) != nil) != s.menuOfChat {
						t.Errorf("sees %v, its own is %v", menu, api.MenuOf(s.chat))
					}
				}
				if n := api.Calls()["setMyCommands"]; n != calls {
					t.Errorf("%d calls, want %d", n, calls)
				}
			})
		})
	}
}

func TestAMenuThatAChatDidNotGetComesWithALaterReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7)
		d := door(t, api, newInbox(), onFakeClock(api), withProfiles("zh-CN", "zh-TW"))
		defer show(t, d)()
		synctest.Wait()
		r := handlers.PlainText("x")
		r.Lang = "zh-TW"
		api.Fail(telegramtest.Fault{Method: "setMyCommands", Code: http.StatusInternalServerError})
		for range 2 {
			if err := d.Send(t.Context(), conversation(7), r); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if api.MenuOf(7) == nil {
			t.Error("it never gets one")
		}
	})
}

func TestTelegramIsNotAskedForMenusWhileItWantsToBeLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7)
		d := door(t, api, newInbox(), onFakeClock(api), withLimits(telegram.Limits{Off: true}), withProfiles("zh-CN", "zh-TW"))
		defer show(t, d)()
		synctest.Wait()
		before := api.Calls()["setMyCommands"]
		api.Fail(telegramtest.Fault{Method: "setMyCommands", Code: http.StatusTooManyRequests, RetryAfter: 60})
		r := handlers.PlainText("x")
		r.Lang = "zh-TW"
		for range 12 { // once in ten seconds
			if err := d.Send(t.Context(), conversation(7), r); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			time.Sleep(10 * time.Second)
		}
		if n := api.Calls()["setMyCommands"] - before; n != 2 || api.MenuOf(7) == nil {
			t.Errorf("%d calls, the menu is %v", n, api.MenuOf(7))
		}
	})
}

// public has the world reach the program under an address.
func public(address string) func(*telegram.Settings) {
	return func(s *telegram.Settings) { s.PublicURL = address }
}

func TestTheMenuButtonOpensTheApp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := telegramtest.New()
		api.Know(7, 8)
		d := door(t, api, newInbox(), onFakeClock(api), withProfiles("zh-CN", "en"), public("https://waybill.example/"))
		stop := show(t, d)
		synctest.Wait()
		for _, to := range []int64{7, 8} {
			r := text("x")
			r.Lang = map[int64]string{7: "zh-CN", 8: "en"}[to]
			if err := d.Send(t.Context(), conversation(to), r); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		stop()
		for chat, words := range map[int64]string{7: "parcels in zh-CN", 8: "parcels in en", 9: "parcels in zh-CN"} {
			b := api.MenuButton(chat)
			if b.Type != "web_app" || b.Text != words || b.App.URL != "https://waybill.example/app" {
				t.Errorf("chat %d has %+v", chat, b)
			}
		}
		if n := api.Calls()["setChatMenuButton"]; n != 2 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestWithoutAnAppTheMenuButtonOpensTheCommands(t *testing.T) {
	for _, address := range []string{"", "http://127.0.0.1:8080"} {
		synctest.Test(t, func(t *testing.T) {
			api := telegramtest.New()
			stop := show(t, door(t, api, newInbox(), onFakeClock(api), withProfiles("zh-CN", "en"), public(address)))
			synctest.Wait()
			stop()
			if b := api.MenuButton(7); b.Type != "commands" || b.App.URL != "" {
				t.Errorf("%q: %+v", address, b)
			}
		})
	}
}
