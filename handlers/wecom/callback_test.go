package wecom_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
)

func TestTheURLIsVerifiedOnlyForWhoeverKnowsTheToken(t *testing.T) {
	w := begin(t)
	for _, app := range []string{"kf", "app"} {
		for name, c := range map[string]struct {
			delivery wecomtest.Delivery
			status   int
			right    bool
		}{
			"WeCom":             {wecomtest.Delivery{}, 200, true},
			"somebody else":     {wecomtest.Delivery{Forged: true}, 401, false},
			"for somebody else": {wecomtest.Delivery{Receiver: "ww9999999999999999"}, 400, false},
		} {
			t.Run(app+" by "+name, func(t *testing.T) {
				status, right, err := w.we.Verify(within(t), app, c.delivery)
				if err != nil || status != c.status || right != c.right {
					t.Errorf("%d, %v, %v", status, right, err)
				}
			})
		}
	}
}

// knock makes a request to a callback as it is.
func knock(t *testing.T, h http.Handler, method, query, body string) int {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/wecom?"+query, strings.NewReader(body)))
	if (w.Header().Get("Allow") == "GET, POST") != (w.Code == http.StatusMethodNotAllowed) {
		t.Errorf("allow: %q with %d", w.Header().Get("Allow"), w.Code)
	}
	return w.Code
}

// signed is a body and a query that are genuine, whatever the message says.
func signed(t *testing.T, message string) (query, body string) {
	t.Helper()
	e := envelope(t, wecomtest.CorpID)
	sealed, err := e.Seal([]byte(message))
	if err != nil {
		t.Fatal(err)
	}
	q := url.Values{"msg_signature": {e.Sign("1", "2", sealed)}, "timestamp": {"1"}, "nonce": {"2"}}
	return q.Encode(), "<xml><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
}

func TestCallbacksAreAnsweredByWhatTheyAre(t *testing.T) {
	w := begin(t)
	query, body := signed(t, "<xml><MsgType>event</MsgType><Event>kf_msg_or_event</Event><OpenKfId>"+account+"</OpenKfId></xml>")
	nonsenseQuery, nonsense := signed(t, "not XML <")
	otherQuery, other := signed(t, "<xml><MsgType>event</MsgType><Event>change_contact</Event></xml>")
	for name, c := range map[string]struct {
		method, query, body string
		want                int
	}{
		"an announcement":          {"POST", query, body, 200},
		"another event":            {"POST", otherQuery, other, 200},
		"no signature":             {"POST", "timestamp=1&nonce=2", body, 401},
		"a wrong signature":        {"POST", strings.Replace(query, "msg_signature=", "msg_signature=0", 1), body, 401},
		"a signature of another":   {"POST", otherQuery, body, 401},
		"another moment":           {"POST", strings.Replace(query, "timestamp=1", "timestamp=9", 1), body, 401},
		"not XML":                  {"POST", query, "x", 400},
		"nothing encrypted":        {"POST", query, "<xml></xml>", 400},
		"nonsense inside":          {"POST", nonsenseQuery, nonsense, 400},
		"more than a mebibyte":     {"POST", query, body + strings.Repeat(" ", 1<<20), 413},
		"more, and not signed":     {"POST", "", strings.Repeat(" ", 1<<20+1), 413},
		"a look without signature": {"GET", "echostr=x", "", 401},
		"another method":           {"PUT", query, body, 405},
	} {
		t.Run(name, func(t *testing.T) {
			if got := knock(t, w.kf.Callback(), c.method, c.query, c.body); got != c.want {
				t.Errorf("%d", got)
			}
		})
	}
	if cursors, _ := w.store.SyncCursors(t.Context()); len(cursors) != 1 || cursors[0].Announced != 1 {
		t.Errorf("announced: %+v", cursors)
	}
}

func TestWhatIsNotStoredIsNotAcknowledged(t *testing.T) {
	w := begin(t)
	w.store.fail(errors.New("down"))
	if status, err := w.we.Announce(within(t), account, wecomtest.Delivery{}); status != 500 {
		t.Errorf("kf: %d, %v", status, err)
	}
	if status, err := w.we.Deliver(within(t), "app", wecomtest.Delivery{}, w.we.MemberSays(member, "列表")); status != 500 {
		t.Errorf("app: %d, %v", status, err)
	}
	w.store.fail(nil)
	if n := len(w.store.inbox()); n != 0 {
		t.Errorf("%d are stored", n)
	}
}

func TestStoringIsNotCutShortByACallerThatGoesAway(t *testing.T) {
	w := begin(t)
	query, body := signed(t, "<xml><Event>kf_msg_or_event</Event><OpenKfId>"+account+"</OpenKfId></xml>")
	ctx, gone := context.WithCancel(t.Context())
	gone()
	rec := httptest.NewRecorder()
	w.kf.Callback().ServeHTTP(rec, httptest.NewRequestWithContext(ctx, http.MethodPost, "/?"+query, strings.NewReader(body)))
	if rec.Code != 200 {
		t.Errorf("%d", rec.Code)
	}
}

func TestAnAnnouncementIsAnsweredThoughTheAPIHangs(t *testing.T) {
	w := begin(t)
	hold, let := make(chan struct{}), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(hold)
		<-let
	}))
	w.start("slow", func(s *wecom.Settings) { s.APIURL = slow.URL })
	stop := w.run()
	w.announce()
	<-hold
	began := time.Now()
	w.announce()
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %s", took)
	}
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	<-stopped // a call under way ends with its context
	close(let)
	slow.Close()
}
