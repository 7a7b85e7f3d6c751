package telegram_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
)

// searches answers searches, and remembers them.
type searches struct {
	mu    sync.Mutex
	asked []handlers.Search
	found handlers.Found
	err   error
	came  chan struct{} // gets one token per search, when it is there
}

func (s *searches) search(_ context.Context, q handlers.Search) (handlers.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, q)
	if s.came != nil {
		s.came <- struct{}{}
	}
	return s.found, s.err
}

func (s *searches) all() []handlers.Search {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]handlers.Search(nil), s.asked...)
}

func searchedBy(s *searches) func(*telegram.Settings) {
	return func(settings *telegram.Settings) { settings.Search = s.search }
}

// answering answers inline queries until the test ends.
func answering(t *testing.T, d *telegram.Door) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.AnswerQueries(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

// one is what a search finds.
func one() handlers.Found {
	return handlers.Found{Results: []handlers.Result{{
		ID: "12", Title: "茶叶 · 🚚 运输中", Description: "YT1000000000013 · 到杭州",
		Blocks: []handlers.Block{{{{Text: "🚚 "}, {Text: "运输中", Style: handlers.Strong}}, {{Text: "YT1000000000013", Style: handlers.Code}}}, scan(1)},
	}}}
}

func TestWhatSomebodyTypesBehindTheBotsNameBringsTheirOwnParcels(t *testing.T) {
	api, in, s := telegramtest.Serve(t), newInbox(), &searches{found: one()}
	d := door(t, api, in, searchedBy(s))
	answering(t, d)
	stop := run(t, d)
	defer stop()
	if err := api.WaitHeld(within(t)); err != nil { // from here on the kinds are known that the door asks for
		t.Fatal(err)
	}
	query := api.Search(7, "zh-hans", "茶")
	got, err := api.WaitFound(within(t), query)
	if err != nil {
		t.Fatal(err)
	}
	if !got.IsPersonal || got.CacheTime > 10 || got.Button != nil || len(got.Results) != 1 {
		t.Fatalf("%+v", got)
	}
	r := got.Results[0]
	if r.Title != "茶叶 · 🚚 运输中" || r.Description == "" || r.Preview || !strings.Contains(r.Raw, "<code>YT1000000000013</code>") || !strings.Contains(r.Raw, "<blockquote>") {
		t.Errorf("%+v", r)
	}
	if asked := s.all(); len(asked) != 1 || asked[0] != (handlers.Search{Chat: conversation(7), Text: "茶", Lang: "zh-hans"}) {
		t.Errorf("%+v", asked)
	}
	if len(in.keys()) != 0 || len(api.Sent(0)) != 0 {
		t.Error("a search is stored, or answered in a chat")
	}
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Error(err)
	}
}

func TestAWebhookTakesSearchesToo(t *testing.T) {
	api, in, s := telegramtest.Serve(t), newInbox(), &searches{found: one()}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	d := door(t, api, in, searchedBy(s), byWebhook(server.URL))
	mux.Handle("/telegram/webhook", d.Webhook())
	answering(t, d)
	if err := d.Setup(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := api.WaitFound(within(t), api.Search(7, "", "茶")); err != nil || len(in.keys()) != 0 {
		t.Fatalf("%v, stored %v", err, in.keys())
	}
}

// take delivers an update by webhook.
func take(t *testing.T, d *telegram.Door, body string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/telegram/webhook", strings.NewReader(body))
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookSecret)
	w := httptest.NewRecorder()
	d.Webhook().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
}

func TestANumberThatIsNotFollowedLeadsToThePrivateChat(t *testing.T) {
	for number, start := range map[string]string{
		"YT1000000000013":       "YT1000000000013",
		"RB123456789CN":         "RB123456789CN",
		"D/123.5":               "RC8xMjMuNQ",
		"":                      "start",
		strings.Repeat("Z", 65): "start",
	} {
		api, s := telegramtest.Serve(t), &searches{found: handlers.Found{Offer: "去查 " + number, Number: number}}
		d := door(t, api, newInbox(), searchedBy(s))
		answering(t, d)
		query := api.Search(7, "", number)
		stop := run(t, d)
		got, err := api.WaitFound(within(t), query)
		stop()
		if err != nil || len(got.Results) != 0 || got.Button == nil || got.Button.Start != start {
			t.Errorf("%q: %+v, %v", number, got, err)
		}
	}
}

func TestNobodyIsAskedForSearchesThatNobodyAnswers(t *testing.T) {
	api := telegramtest.Serve(t)
	stop := run(t, door(t, api, newInbox()))
	defer stop()
	if err := api.WaitHeld(within(t)); err != nil {
		t.Fatal(err)
	}
	if query := api.Search(7, "", "x"); query != "" {
		t.Error("inline queries are asked for")
	}
}

func TestASearchThatComesTooLateIsDroppedQuietly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, in, s := telegramtest.New(), newInbox(), &searches{found: one()}
		log := &lines{}
		d := door(t, api, in, onFakeClock(api), searchedBy(s), byWebhook("https://example.org"), func(s *telegram.Settings) { s.Log = log.logger() })
		take(t, d, upd("inline_query", `{"id":"1","from":{"id":7},"query":"x","offset":""}`))
		time.Sleep(11 * time.Second) // nobody has had time
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			d.AnswerQueries(ctx)
		}()
		synctest.Wait()
		if len(s.all()) != 0 {
			t.Error("an old search is answered")
		}
		take(t, d, upd("inline_query", `{"id":"2","from":{"id":7},"query":"x","offset":""}`)) // one that Telegram knows no more
		synctest.Wait()
		if len(s.all()) != 1 || strings.Contains(log.String(), "is not answered") {
			t.Errorf("%d searches, %s", len(s.all()), log)
		}
		cancel()
		<-done
	})
}

func TestASearchThatFailsIsLoggedAndOthersAreAnswered(t *testing.T) {
	api, s, log := telegramtest.Serve(t), &searches{err: errors.New("the database is down"), came: make(chan struct{}, 9)}, &lines{}
	d := door(t, api, newInbox(), searchedBy(s), func(s *telegram.Settings) { s.Log = log.logger() })
	answering(t, d)
	api.Search(7, "", "x")
	stop := run(t, d)
	defer stop()
	if err := api.WaitConfirmed(within(t)); err != nil {
		t.Fatal(err)
	}
	<-s.came
	s.mu.Lock()
	s.err, s.found = nil, one()
	s.mu.Unlock()
	query := api.Search(7, "", "y")
	if _, err := api.WaitFound(within(t), query); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "is not answered") || strings.Contains(log.String(), secret) {
		t.Errorf("%s", log)
	}
}

func TestTelegramsWaitIsObeyedBySearches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, s := telegramtest.New(), &searches{found: one()}
		d := door(t, api, newInbox(), onFakeClock(api), searchedBy(s), byWebhook("https://example.org"))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			d.AnswerQueries(ctx)
		}()
		typed := func() {
			t.Helper()
			take(t, d, upd("inline_query", `{"id":"1","from":{"id":7},"query":"x"}`))
			synctest.Wait()
		}
		api.Fail(telegramtest.Fault{Method: "answerInlineQuery", Code: http.StatusTooManyRequests, Description: "Too Many Requests", RetryAfter: 30})
		typed()
		typed()
		if n := api.Calls()["answerInlineQuery"]; n != 1 {
			t.Errorf("%d calls", n)
		}
		time.Sleep(31 * time.Second)
		typed()
		if n := api.Calls()["answerInlineQuery"]; n != 2 {
			t.Errorf("%d calls", n)
		}
		cancel()
		<-done
	})
}
