package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"waybill/internal/httpbody"
	"waybill/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.DiscardHandler)

func metrics() *Metrics {
	now := func() time.Time { return time.UnixMilli(100_000) }
	return NewMetrics(Build{Version: "v1", Commit: "abc", Go: "go1.26"}, map[string]float64{"muzhi.query": 0.25}, now)
}

// echo answers with the length of the body it read.
func echo(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	w.Header().Set("X-Read", string(rune('0'+n%10)))
}

func answer(t *testing.T, s *Server, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, struct{ io.Reader }{strings.NewReader(body)}) // no Content-Length
	s.http.Handler.ServeHTTP(w, r)
	return w
}

func TestPathsAndMethods(t *testing.T) {
	s := New(nil, metrics().Handler(), quiet, Route{"POST /telegram/webhook", http.HandlerFunc(echo)})
	for name, c := range map[string]struct {
		method, path, body string
		want               int
	}{
		"health":                          {"GET", "/healthz", "", 200},
		"ready":                           {"GET", "/readyz", "", 200},
		"metrics":                         {"GET", "/metrics", "", 200},
		"a door's path":                   {"POST", "/telegram/webhook", "{}", 200},
		"a door's path, wrong method":     {"GET", "/telegram/webhook", "", 405},
		"health, wrong method":            {"POST", "/healthz", "", 405},
		"an unknown path":                 {"GET", "/nowhere", "", 404},
		"a door that is off":              {"POST", "/wecom/kf", "", 404},
		"the root":                        {"GET", "/", "", 404},
		"a body of exactly 1 MiB":         {"POST", "/telegram/webhook", strings.Repeat("x", 1<<20), 200},
		"a body of one byte more":         {"POST", "/telegram/webhook", strings.Repeat("x", 1<<20+1), 413},
		"a large body to an unknown path": {"POST", "/nowhere", strings.Repeat("x", 2<<20), 404},
	} {
		t.Run(name, func(t *testing.T) {
			got := answer(t, s, c.method, c.path, c.body)
			if got.Code != c.want {
				t.Errorf("%s %s: %d, want %d", c.method, c.path, got.Code, c.want)
			}
			if refused := c.want == 404 || c.want == 405; refused && (got.Header().Get("Content-Security-Policy") == "" || got.Header().Get("Cache-Control") != "no-store") {
				t.Errorf("%s %s is not protected: %v", c.method, c.path, got.Header())
			}
		})
	}
}

func TestReadinessListsWhatIsDownAndKeepsTheReasonToTheLog(t *testing.T) {
	up := func(context.Context) error { return nil }
	down := func(context.Context) error { return errors.New("dial db.internal: refused") }
	s := New([]Check{{"queue", up}, {"database", down}}, metrics().Handler(), quiet)
	w := answer(t, s, "GET", "/readyz", "")
	if got := strings.TrimSpace(w.Body.String()); w.Code != 503 || got != `[{"part":"database","up":false}]` {
		t.Errorf("%d %s", w.Code, got)
	}
}

func TestReadinessListsWhatIsUp(t *testing.T) {
	up := func(context.Context) error { return nil }
	for want, checks := range map[string][]Check{
		`[{"part":"database","up":true},{"part":"telegram","up":true}]`: {{"database", up}, {"telegram", up}},
		`[]`: nil,
	} {
		w := answer(t, New(checks, metrics().Handler(), quiet), "GET", "/readyz", "")
		if got := strings.TrimSpace(w.Body.String()); w.Code != 200 || got != want {
			t.Errorf("%d %s, want %s", w.Code, got, want)
		}
	}
}

func TestReadinessWaitsForAPartNoLongerThanItMay(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	hangs := func(ctx context.Context) error { cancel(); <-ctx.Done(); return ctx.Err() }
	if parts := examined(ctx, []Check{{"database", hangs}}, quiet); len(parts) != 1 || parts[0].Up {
		t.Errorf("parts: %v", parts)
	}
}

func TestMetricsTellWhatWasReported(t *testing.T) {
	m := metrics()
	m.Called("muzhi", models.CallQuery, models.OutcomeTrace, true, 20*time.Millisecond)
	m.Called("muzhi", models.CallQuery, models.OutcomeNumber, false, 20*time.Millisecond)
	m.Checked("news", 3*time.Hour)
	m.Checked("news", 0)
	m.Delivered("telegram", "sent", time.Second)
	m.Delivered("telegram", "wait", time.Second)
	m.Backlog(models.Backlog{Live: 7, Due: 3, OldestDue: 40_000, Inbox: 2, Chats: 1})
	page := answer(t, New(nil, m.Handler(), quiet), "GET", "/metrics", "").Body.String()
	for _, want := range []string{
		`waybill_provider_calls_total{billed="true",kind="query",outcome="trace",provider="muzhi"} 1`,
		`waybill_provider_calls_total{billed="false",kind="query",outcome="number",provider="muzhi"} 1`,
		`waybill_provider_cost_yuan_total{kind="query",provider="muzhi"} 0.25`,
		`waybill_build_info{commit="abc",go="go1.26",version="v1"} 1`,
		`waybill_checks_total{outcome="news"} 2`, "waybill_check_age_seconds_count 1",
		`waybill_delivery_failures_total{door="telegram",reason="wait"} 1`, `waybill_delivery_seconds_count{door="telegram"} 1`,
		"waybill_parcels_live 7", "waybill_parcels_due 3", "waybill_due_age_seconds 60", "waybill_inbox_depth 2", "waybill_chats_due 1",
	} {
		if !strings.Contains(page, "\n"+want) {
			t.Errorf("no line %q", want)
		}
	}
}

func TestEveryMetricOfOursHasOurName(t *testing.T) {
	m := metrics()
	m.Called("muzhi", models.CallQuery, models.OutcomeTrace, true, 0)
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		name := f.GetName()
		if !strings.HasPrefix(name, "waybill_") && !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") {
			t.Errorf("metric %s", name)
		}
	}
}

func TestAnOrderedStopLetsRequestsFinish(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { close(entered); <-leave; w.WriteHeader(204) })
	s := New(nil, metrics().Handler(), quiet, Route{"GET /slow", slow})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served, got := make(chan error, 1), make(chan int, 1)
	go func() { served <- s.Serve(ctx, l) }()
	go func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		r, err := client.Get("http://" + l.Addr().String() + "/slow")
		if err != nil {
			got <- 0
			return
		}
		r.Body.Close()
		got <- r.StatusCode
	}()
	<-entered
	stop()
	close(leave)
	if code, err := <-got, <-served; code != 204 || err != nil {
		t.Errorf("status %d, error %v", code, err)
	}
}

func TestAListenerThatFailsIsReported(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if err := New(nil, metrics().Handler(), quiet).Serve(t.Context(), l); err == nil {
		t.Error("no error")
	}
}

func TestAPushIsAnsweredAsItWasTaken(t *testing.T) {
	take := func(_ *http.Request, token string, body []byte) Taken {
		switch {
		case token != "known":
			return Taken{Status: http.StatusNotFound, Why: errors.New("unknown")}
		case string(body) != "signed":
			return Taken{Status: http.StatusUnauthorized, Why: errors.New("forged")}
		}
		return Taken{Status: http.StatusOK, Reply: `{"result":true}`}
	}
	s := New(nil, http.NotFoundHandler(), slog.New(slog.DiscardHandler), Push("kuaidi100", take, slog.New(slog.DiscardHandler)))
	for name, c := range map[string]struct {
		method, path, body string
		want               int
		says               string
	}{
		"taken":             {"POST", "/push/kuaidi100/known", "signed", 200, `{"result":true}`},
		"an unknown token":  {"POST", "/push/kuaidi100/other", "signed", 404, "Not Found"},
		"a wrong sign":      {"POST", "/push/kuaidi100/known", "forged", 401, "Unauthorized"},
		"a body too long":   {"POST", "/push/kuaidi100/known", strings.Repeat("x", httpbody.Limit+1), 413, "body too large"},
		"another method":    {"GET", "/push/kuaidi100/known", "", 405, ""},
		"a provider off":    {"POST", "/push/kuaibao/known", "signed", 404, ""},
		"no token":          {"POST", "/push/kuaidi100/", "signed", 404, ""},
		"more than a token": {"POST", "/push/kuaidi100/known/x", "signed", 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			s.http.Handler.ServeHTTP(w, httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)))
			if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
