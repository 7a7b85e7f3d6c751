package wecom_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/util"
	"github.com/silenceper/wechat/v2/work"
	"github.com/silenceper/wechat/v2/work/config"

	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
)

func TestNoErrorShowsASecret(t *testing.T) {
	closed, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String()
	_ = closed.Close()
	for name, spoil := range map[string]func(w *world){
		"a proxy's page for the token": func(w *world) { w.we.Fail(wecomtest.Fault{Path: "gettoken", Status: 502}) },
		"a proxy's page for a call":    func(w *world) { w.we.Fail(wecomtest.Fault{Status: 502}) },
		"a connection that breaks":     func(w *world) { w.we.Fail(wecomtest.Fault{Path: "gettoken", Lose: true}) },
		"a call that breaks":           func(w *world) { w.we.Fail(wecomtest.Fault{Lose: true}) },
		"nobody listens":               func(w *world) { w.start("b", func(s *wecom.Settings) { s.APIURL = nobody }) },
		"words that quote the secret": func(w *world) {
			w.we.Fail(wecomtest.Fault{Path: "gettoken", Code: 40001, Text: "bad " + wecomtest.KFSecret})
		},
		"words that quote the token": func(w *world) { w.we.Fail(wecomtest.Fault{Code: 45009, Text: "access-token-of-1000003-000001"}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			spoil(w)
			err := w.kf.Check(within(t))
			if err == nil {
				t.Fatal("it works")
			}
			noSecrets(t, err.Error())
		})
	}
}

func TestARedirectTakesTheSecretNowhere(t *testing.T) {
	asked := make(chan string, 8)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	defer elsewhere.Close()
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"?"+r.URL.RawQuery, http.StatusFound)
	}))
	defer here.Close()
	w := begin(t)
	w.start("b", func(s *wecom.Settings) { s.APIURL = here.URL })
	if err := w.kf.Check(within(t)); err == nil || len(asked) != 0 {
		t.Errorf("%v, asked %d times", err, len(asked))
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	let := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-let }))
	w := begin(t)
	w.start("b", func(s *wecom.Settings) { s.APIURL = slow.URL })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := w.kf.Check(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	close(let)
	slow.Close()
}

func TestAnswersThatAreNotTheAPIsAreErrors(t *testing.T) {
	for name, body := range map[string]string{
		"not JSON":        "<html>",
		"another shape":   `{"errcode":0,"access_token":17,"expires_in":7200}`,
		"without a token": `{"errcode":0,"errmsg":"ok"}`,
	} {
		t.Run(name, func(t *testing.T) {
			odd := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(body)) }))
			defer odd.Close()
			w := begin(t)
			w.start("b", func(s *wecom.Settings) { s.APIURL = odd.URL })
			if err := w.kf.Check(within(t)); err == nil {
				t.Error("it is none")
			}
		})
	}
}

func TestTheSDKsOwnClientIsFencedToo(t *testing.T) {
	begin(t)
	if util.DefaultHTTPClient == http.DefaultClient || util.DefaultHTTPClient.Timeout == 0 {
		t.Error("the SDK waits for ever")
	}
	kf, err := work.NewWork(&config.Config{
		CorpID: wecomtest.CorpID, CorpSecret: wecomtest.KFSecret, AgentID: wecomtest.KFAgent, Cache: cache.NewMemory(),
	}).GetKF()
	if err != nil {
		t.Fatal(err)
	}
	if list, err := kf.AccountList(); err != nil || len(list.AccountList) != 1 {
		t.Errorf("it asks somebody else: %v", err)
	}
}

func TestSettingsThatCannotWorkAreRefusedTogether(t *testing.T) {
	_, err := wecom.Open(wecom.Settings{APIURL: "nowhere"})
	for _, want := range []string{"not a URL", "memory"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	w := begin(t)
	_, err = wecom.NewApp(w.api, wecom.AppSettings{AgentID: "x", Secret: wecomtest.AppSecret, AESKey: "short"}, nil)
	for _, want := range []string{"not a number", "43 characters", "token is missing", "arrival store"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	_, err = wecom.NewKF(w.api, wecom.KFSettings{AESKey: wecomtest.KFKey}, nil)
	for _, want := range []string{"secret", "sync store"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	groups, err := wecom.Open(wecom.Settings{Memory: w.store, Leases: w.store, Owner: "a"})
	if err != nil {
		t.Fatalf("group robots need no company: %v", err)
	}
	defer groups.Close()
	_, kfErr := wecom.NewKF(groups, wecom.KFSettings{}, nil)
	_, appErr := wecom.NewApp(groups, wecom.AppSettings{}, nil)
	for _, err := range []error{kfErr, appErr} {
		if err == nil || !strings.Contains(err.Error(), "company's id is missing") {
			t.Errorf("a door of no company: %v", err)
		}
	}
	if _, err := wecom.NewWebhooks(w.api, map[string]string{"仓库": ""}); err == nil {
		t.Error("a robot without a key is one")
	}
}
