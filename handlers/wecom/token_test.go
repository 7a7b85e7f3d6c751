package wecom_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/handlers"
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
	if got := alertOf(w.kf.Ready()); got != wecom.AlertSecret || w.app.Ready() != nil {
		t.Errorf("ready: kf %q, app %v", got, w.app.Ready())
	}
	w.start("b")
	err := w.kf.Check(within(t))
	if err == nil || w.we.Calls()["gettoken"] != 1 {
		t.Errorf("%v after %d tries", err, w.we.Calls()["gettoken"])
	}
	if got := alertOf(w.kf.Ready()); got != "" {
		t.Errorf("a process that saw nothing refused: %q", got)
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

func TestTokensThatCannotBeFetchedAreNotAskedForByEveryCaller(t *testing.T) {
	for name, f := range map[string]wecomtest.Fault{
		"too many calls": {Code: 45009}, "a busy WeCom": {Code: -1}, "a proxy": {Status: 502}, "no token": {Body: `{"errcode":0}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			f.Path, f.Times = "gettoken", -1
			w.we.Fail(f)
			if w.kf.Check(within(t)) == nil {
				t.Fatal("there is a token")
			}
			want := 2 // the first failure may be tried again at once
			for _, cooldown := range []int{5, 10, 20, 40, 60, 60} {
				var callers sync.WaitGroup
				for range 20 {
					callers.Go(func() {
						if w.kf.Check(within(t)) == nil {
							t.Error("there is a token")
						}
					})
				}
				callers.Wait()
				if got := w.we.Calls()["gettoken"]; got != want {
					t.Errorf("before a cooldown of %d seconds: asked %d times, want %d", cooldown, got, want)
				}
				want++
				w.clock.move(time.Duration(cooldown) * time.Second)
			}
			w.we.Heal()
			if err := w.kf.Check(within(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAFailureThatPassesCostsNoCooldown(t *testing.T) {
	w := begin(t)
	for range 3 {
		w.we.Fail(wecomtest.Fault{Path: "gettoken", Code: -1})
		if w.kf.Check(within(t)) == nil {
			t.Fatal("a failure is none")
		}
		if err := w.kf.Check(within(t)); err != nil {
			t.Fatal(err)
		}
		w.we.Fail(wecomtest.Fault{Path: "kf/account/list", Code: 42001}) // and gettoken gives the same token out
		if err := w.kf.Check(within(t)); err != nil {
			t.Fatal(err)
		}
		w.clock.move(3 * time.Hour)
	}
}

func TestARefusedTokenThatIsGivenOutAgainIsNotAskedForAgainAndAgain(t *testing.T) {
	w := begin(t)
	w.we.Fail(wecomtest.Fault{Path: "kf/account/list", Code: 40014, Times: -1})
	for range 20 {
		if w.kf.Check(within(t)) == nil {
			t.Fatal("it is accepted")
		}
	}
	if got := w.we.Calls()["gettoken"]; got != 3 {
		t.Errorf("asked %d times", got)
	}
	w.we.Heal()
	if err := w.kf.Check(within(t)); err != nil {
		t.Error(err)
	}
}

func TestACooldownDoesNotKeepAnotherReplicasTokenAway(t *testing.T) {
	w := begin(t)
	first := w.kf
	w.we.Fail(wecomtest.Fault{Path: "gettoken", Code: -1, Times: 2})
	for range 2 {
		if first.Check(within(t)) == nil {
			t.Fatal("there is a token")
		}
	}
	w.start("b")
	if err := errors.Join(w.kf.Check(within(t)), first.Check(within(t))); err != nil {
		t.Error(err)
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

func TestOperatorsAreAlertedToWhatOnlyTheyCanChange(t *testing.T) {
	for _, code := range []int64{60020, 48002, 95017, 60011} {
		w := begin(t)
		w.we.Fail(wecomtest.Fault{Path: "kf/account/list", Code: code, Text: "not allow to access from your ip"})
		if err := w.kf.Check(within(t)); err == nil || !slices.Equal(w.alarm.keys(), []string{wecom.AlertAccess}) {
			t.Errorf("%d: %v, told %v", code, err, w.alarm.keys())
		}
	}
}

func TestARefusedSecretIsLogged(t *testing.T) {
	w := begin(t)
	w.we.Fail(wecomtest.Fault{Path: "gettoken", Code: 40001, Text: "secret " + wecomtest.KFSecret})
	if w.kf.Check(within(t)) == nil || !strings.Contains(w.log.String(), "wecom refuses a secret") {
		t.Errorf("the log says %q", w.log.String())
	}
}

// gate is a transport that holds fetches of tokens until it is opened.
type gate struct {
	http.RoundTripper
	held chan struct{} // gets a token per fetch that is held
	open chan struct{}
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "gettoken") {
		g.held <- struct{}{}
		<-g.open
	}
	return g.RoundTripper.RoundTrip(r)
}

func TestACallerThatLeavesDoesNotEndTheFetchThatOthersWaitFor(t *testing.T) {
	w := begin(t)
	g := &gate{RoundTripper: &http.Transport{DisableKeepAlives: true}, held: make(chan struct{}, 10), open: make(chan struct{})}
	w.start("b", func(s *wecom.Settings) { s.Transport = g })
	ctx, leave := context.WithCancel(within(t))
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- w.kf.Check(ctx) }()
	<-g.held
	go func() { second <- w.kf.Check(within(t)) }()
	leave()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first caller: %v", err)
	}
	close(g.open)
	if err := <-second; err != nil {
		t.Errorf("the second caller: %v", err)
	}
	if got := w.we.Calls()["gettoken"]; got != 1 {
		t.Errorf("%d tokens were fetched", got)
	}
}

// alertOf is the key of the words with which a door that is not up tells operators why.
func alertOf(err error) string {
	var worded handlers.Worded
	if !errors.As(err, &worded) {
		return ""
	}
	key, _ := worded.Alert()
	return key
}
