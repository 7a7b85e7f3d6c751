package wecom_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/util"
	"github.com/silenceper/wechat/v2/work"
	"github.com/silenceper/wechat/v2/work/config"

	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
)

func TestManyCallersFetchOneTokenPerSecret(t *testing.T) {
	w := begin(t)
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			if err := errors.Join(w.kf.Check(within(t)), w.app.Check(within(t))); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if got := w.we.Calls()["gettoken"]; got != 2 {
		t.Errorf("%d tokens were fetched", got)
	}
}

func TestTheAppIsNotGivenTheKFToken(t *testing.T) {
	w := begin(t)
	w.run()
	w.write("在吗")
	if err := errors.Join(w.kf.Check(within(t)), w.app.Send(within(t), ofMember, text("你好"))); err != nil {
		t.Fatal(err)
	}
	if got := w.we.Refused(); len(got) != 0 {
		t.Errorf("refused: %v", got)
	}
}

func TestReplicasShareTheToken(t *testing.T) {
	w := begin(t)
	if err := w.kf.Check(within(t)); err != nil {
		t.Fatal(err)
	}
	w.start("b")
	if err := w.kf.Check(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := w.we.Calls()["gettoken"]; got != 1 {
		t.Errorf("%d tokens were fetched", got)
	}
}

func TestAReplicaWaitsForTheTokenThatAnotherFetches(t *testing.T) {
	w := begin(t)
	key := tokenKey(t, w)
	if _, held, err := w.store.Lease(t.Context(), "wecom:token:"+key, "other", time.Minute); err != nil || !held {
		t.Fatal(held, err)
	}
	w.start("b")
	done := make(chan error, 1)
	go func() { done <- w.kf.Check(within(t)) }()
	w.store.wait(t, func(m *memory) bool { return m.asked["wecom:token:"+key] >= 2 })
	if err := w.store.Unlease(t.Context(), "wecom:token:"+key, "other"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := w.we.Calls()["gettoken"]; got != 2 { // one to learn the key, one now
		t.Errorf("%d tokens were fetched", got)
	}
}

// tokenKey is the KF token's key in the memory; it leaves none there.
func tokenKey(t *testing.T, w *world) string {
	t.Helper()
	if err := w.kf.Check(within(t)); err != nil {
		t.Fatal(err)
	}
	defer w.store.lock()()
	for name := range w.store.kept {
		if key, ok := strings.CutPrefix(name, "wecom_token/"); ok {
			delete(w.store.kept, name)
			return key
		}
	}
	t.Fatal("there is no token")
	return ""
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	for _, code := range []int64{40014, 42001} {
		w := begin(t)
		if err := w.kf.Check(within(t)); err != nil {
			t.Fatal(err)
		}
		w.we.Revoke(code)
		if err := w.kf.Check(within(t)); err != nil {
			t.Errorf("after %d: %v", code, err)
		}
		if got := w.we.Calls(); got["gettoken"] != 2 || got["kf/account/list"] != 3 {
			t.Errorf("after %d: %v", code, got)
		}
		w.we.Fail(wecomtest.Fault{Path: "kf/account/list", Code: code, Times: -1})
		if err := w.kf.Check(within(t)); err == nil {
			t.Error("a token that is refused again is no error")
		}
		if got := w.we.Calls(); got["gettoken"] != 3 || got["kf/account/list"] != 5 {
			t.Errorf("refused again: %v", got)
		}
	}
}

func TestAReplicaWithARefusedTokenTakesTheNewOneOfAnother(t *testing.T) {
	w := begin(t)
	first := w.kf
	if err := first.Check(within(t)); err != nil {
		t.Fatal(err)
	}
	w.we.Revoke(42001)
	w.start("b")
	if err := errors.Join(w.kf.Check(within(t)), first.Check(within(t))); err != nil {
		t.Fatal(err)
	}
	if got := w.we.Calls()["gettoken"]; got != 2 {
		t.Errorf("%d tokens were fetched", got)
	}
}

func TestAWrongSecretIsTriedOnceAnHourByAllReplicas(t *testing.T) {
	w := begin(t)
	w.we.ChangeSecret(wecomtest.KFAgent, "new-secret")
	for range 5 {
		if w.kf.Check(within(t)) == nil {
			t.Fatal("it works with a wrong secret")
		}
	}
	if w.kf.Ready() == nil || w.app.Ready() != nil {
		t.Errorf("ready: kf %v, app %v", w.kf.Ready(), w.app.Ready())
	}
	w.start("b")
	err := w.kf.Check(within(t))
	if err == nil || w.we.Calls()["gettoken"] != 1 {
		t.Errorf("%v after %d tries", err, w.we.Calls()["gettoken"])
	}
	if got := w.alarm.keys(); !slices.Equal(got, []string{wecom.AlertSecret}) {
		t.Errorf("told: %v", got)
	}
	w.clock.move(time.Hour)
	if w.kf.Check(within(t)) == nil || w.we.Calls()["gettoken"] != 2 {
		t.Errorf("%d tries after an hour", w.we.Calls()["gettoken"])
	}
	fixed := w.openKF("new-secret")
	if err := fixed.Check(within(t)); err != nil {
		t.Errorf("with the right one: %v", err)
	}
}

func TestASecretRefusedInACallIsLeftAlone(t *testing.T) {
	w := begin(t)
	w.we.Fail(wecomtest.Fault{Path: "kf/account/list", Code: 40001})
	for range 3 {
		if w.kf.Check(within(t)) == nil {
			t.Fatal("it goes on")
		}
	}
	if got := w.we.Calls(); got["gettoken"] != 1 || got["kf/account/list"] != 1 {
		t.Errorf("%v", got)
	}
}

func TestATokenIsUsedForItsTimeAndNoLonger(t *testing.T) {
	w := begin(t)
	w.we.TokenLives = time.Minute
	check := func(after time.Duration, want int) {
		t.Helper()
		w.clock.move(after)
		if err := w.kf.Check(within(t)); err != nil {
			t.Fatal(err)
		}
		if got := w.we.Calls()["gettoken"]; got != want {
			t.Errorf("%d tokens were fetched", got)
		}
	}
	check(0, 1)
	check(53*time.Second, 1)
	check(7*time.Second, 2)
	if got := w.we.Refused(); len(got) != 0 {
		t.Errorf("refused: %v", got)
	}
}

func TestTheTokenInTheMemoryIsSealed(t *testing.T) {
	w := begin(t)
	if err := w.kf.Check(within(t)); err != nil {
		t.Fatal(err)
	}
	defer w.store.lock()()
	for name, k := range w.store.kept {
		if strings.Contains(string(k.value), "access") || strings.Contains(name, wecomtest.KFSecret) {
			t.Errorf("%s holds %q", name, k.value)
		}
	}
}

func TestAMemoryThatFailsIsAnError(t *testing.T) {
	w := begin(t)
	w.store.fail(errors.New("down"))
	if err := w.kf.Check(within(t)); err == nil || w.we.Calls()["gettoken"] != 0 {
		t.Errorf("%v", err)
	}
}

func TestTheOperatorHearsWhatOnlyTheOperatorCanChange(t *testing.T) {
	for _, code := range []int64{60020, 48002, 95017, 60011} {
		w := begin(t)
		w.we.Fail(wecomtest.Fault{Path: "kf/account/list", Code: code, Text: "not allow to access from your ip"})
		if err := w.kf.Check(within(t)); err == nil || !slices.Equal(w.alarm.keys(), []string{wecom.AlertAccess}) {
			t.Errorf("%d: %v, told %v", code, err, w.alarm.keys())
		}
	}
}

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
	for _, want := range []string{"id is missing", "not a URL", "memory"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	w := begin(t)
	_, err = wecom.NewApp(w.api, wecom.AppSettings{AgentID: "x", Secret: wecomtest.AppSecret, AESKey: "short"}, nil)
	for _, want := range []string{"not a number", "43 characters", "token is missing", "inbox"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	_, err = wecom.NewKF(w.api, wecom.KFSettings{AESKey: wecomtest.KFKey}, nil)
	for _, want := range []string{"secret", "mailbox"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if _, err := wecom.NewWebhooks(w.api, map[string]string{"仓库": ""}); err == nil {
		t.Error("a robot without a key is one")
	}
}

func TestARefusedSecretIsLogged(t *testing.T) {
	w := begin(t)
	w.we.Fail(wecomtest.Fault{Path: "gettoken", Code: 40001, Text: "secret " + wecomtest.KFSecret})
	if w.kf.Check(within(t)) == nil || !strings.Contains(w.log.String(), "wecom refuses a secret") {
		t.Errorf("the log says %q", w.log.String())
	}
}
