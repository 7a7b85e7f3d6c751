package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// settled waits until the ledger has no open call, and returns its rows by
// provider and kind: how many calls, and how many billed.
func (s *testbed) settled(dsn string) map[string][2]int64 {
	s.Helper()
	db := storetest.Open(s.T, dsn)
	for {
		rows, err := db.Usage(s.ctx, models.At(time.Now()).Day())
		if err != nil {
			s.Fatal(err)
		}
		open, sums := false, map[string][2]int64{}
		for _, r := range rows {
			open = open || r.Outcome == models.OutcomeUnknown
			n := sums[r.Provider+"."+string(r.Kind)]
			n[0] += r.Count
			if r.Billed {
				n[1] += r.Count
			}
			sums[r.Provider+"."+string(r.Kind)] = n
		}
		if !open {
			return sums
		}
		select {
		case <-s.ctx.Done():
			s.Fatalf("calls stay open: %v", rows)
		case <-time.After(20 * time.Millisecond): // nothing tells when a process has written
		}
	}
}

// agrees compares the ledger with what the doubles have recorded. A call that
// was cut off counts as billed, so where it is said so more may be billed than
// the vendor bills.
func (s *testbed) agrees(dsn string, careful bool) {
	s.Helper()
	ledger := s.settled(dsn)
	for _, provider := range sandbox.Providers() {
		for _, kind := range []string{"query", "detect", "list", "subscribe"} {
			asked, billed := s.apis.Asked(provider, kind, "")
			got := ledger[provider+"."+kind]
			if int(got[0]) != asked || int(got[1]) != billed && (!careful || int(got[1]) < billed) {
				s.Errorf("%s %s: the ledger has %d calls, %d billed; the vendor %d, %d billed", provider, kind, got[0], got[1], asked, billed)
			}
		}
	}
}

func TestEachProviderAlone(t *testing.T) {
	t.Parallel()
	for _, alone := range sandbox.Providers() {
		t.Run(alone, func(t *testing.T) {
			t.Parallel()
			storetest.EachDSN(t, func(t *testing.T, dsn string) {
				t.Parallel()
				s := newTestbed(t, dsn, speed, sandbox.Options{Appcode: appcode, Speed: 14400})
				s.env = append(s.env, fourProviders(s.api)...)
				s.env = append(s.env, "WAYBILL_PROVIDERS="+alone)
				b := s.start()
				s.telegram.Say(mother, open)
				s.hears(mother, open, "运输中")
				s.telegram.Say(mother, shut+" 1234")
				s.hears(mother, shut, "运输中")
				s.hears(mother, open, "签收人")
				s.hears(mother, shut, "签收人")
				for _, other := range sandbox.Providers() {
					if asked, _ := s.apis.Asked(other, "query", ""); other != alone && asked > 0 {
						t.Errorf("%s is asked", other)
					}
				}
				b.stop()
				s.agrees(dsn, false)
				s.keepsSecrets(open, shut, sandbox.SampleKey, sandbox.SampleAPIKey, "a-key-for-tests")
			})
		})
	}
}

func TestOthersStandInWhateverIsWrong(t *testing.T) {
	t.Parallel()
	for _, trouble := range sandbox.Faults() {
		t.Run(string(trouble), func(t *testing.T) {
			t.Parallel()
			dsn := storetest.DSN(t, "sqlite")
			still := []string{"YT1000000000900", "YT1000000000901", "YT1000000000902"} // their state is known, however long it takes to ask
			s := newTestbed(t, dsn, speed, sandbox.Options{Appcode: appcode, Speed: 14400, Slow: 20 * time.Second, Stuck: still})
			s.env = append(s.env, fourProviders(s.api)...)
			b := s.start()
			s.telegram.Say(mother, open)
			s.hears(mother, open, "运输中")
			broken := []string{"muzhi", "kuaidi100", "juhe"}
			if trouble == sandbox.Slow {
				broken = broken[:2] // nobody waits for three
			}
			for i, broken := range broken {
				s.apis.Break(broken, trouble)
				s.telegram.Say(son, still[i])
				s.hears(son, still[i], "运输中")
			}
			s.hears(mother, open, "签收人")
			if n := s.times(mother, open, "揽收"); n > 2 {
				t.Errorf("the switch of provider repeats old news %d times", n)
			}
			b.stop()
			s.agrees(dsn, true)
		})
	}
}

// gate stands before the sandbox and notes when each query about a waybill began.
type gate struct {
	behind http.Handler
	mu     sync.Mutex
	began  map[string][]time.Time
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	asked := r.URL.RawQuery + string(body)
	for _, n := range numbers() {
		if strings.Contains(asked, n) && !strings.Contains(r.URL.Path, "auto") && r.URL.Path != sandbox.MuzhiDetectPath {
			g.mu.Lock()
			g.began[r.URL.Path+" "+n] = append(g.began[r.URL.Path+" "+n], time.Now())
			g.mu.Unlock()
		}
	}
	g.behind.ServeHTTP(w, r)
}

// numbers are what two processes are asked about at once.
func numbers() []string {
	var all []string
	for i := range 12 {
		all = append(all, fmt.Sprintf("YT10000000008%02d", i))
	}
	return all
}

func TestTwoProcessesKeepFloorAndBudget(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t, storetest.ServerKind())
	s := newTestbed(t, dsn, "900", sandbox.Options{Appcode: appcode, Speed: 14400}) // the floor is two seconds
	g := &gate{behind: s.apis, began: map[string][]time.Time{}}
	door := httptest.NewServer(g)
	t.Cleanup(door.Close)
	s.env = append(s.env, fourProviders(door.URL)...)
	s.env = append(s.env, "WAYBILL_MUZHI_URL="+door.URL, "WAYBILL_DAILY_BUDGET=muzhi=20,kuaidi100=10,juhe=15,kuaibao=20",
		"WAYBILL_ADMIN_CHATS=telegram:1001", "WAYBILL_PRICES=muzhi.query=0.0038,juhe.query=0.01")
	first, second := s.start(), s.start()
	for i, number := range numbers() {
		s.telegram.Say([]int64{mother, son}[i%2], number)
		s.telegram.Say([]int64{mother, son}[1-i%2], number)
	}
	for _, number := range numbers() {
		s.hears(mother, number, "圆通")
		s.hears(son, number, "圆通")
	}
	s.hears(mother, "muzhi", "80%")
	s.telegram.Say(mother, "/help")
	s.hears(mother, "取消静音") // what is said in order: that the alert was sent is written down now
	first.kill()            // what it has begun stays billed
	third := s.start()
	s.telegram.Say(mother, "/usage")
	s.hears(mother, "muzhi：", "¥", "/20")
	second.stop()
	third.stop()
	for provider, budget := range map[string]int{"muzhi": 20, "kuaidi100": 10, "juhe": 15, "kuaibao": 20} {
		if _, billed := s.apis.Asked(provider, "", ""); billed > budget {
			t.Errorf("%s bills %d calls of a budget of %d", provider, billed, budget)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for what, began := range g.began {
		for i := 1; i < len(began); i++ {
			if gap := began[i].Sub(began[i-1]); gap < 1900*time.Millisecond {
				t.Errorf("%s is asked again after %s", strings.Fields(what)[0], gap)
			}
		}
	}
	if n := s.times(mother, "muzhi", "80%"); n != 1 {
		t.Errorf("the operator hears %d times of 80 %%", n)
	}
}

// pushers are the settings of both providers that push, to an address.
func pushers(addr string) []string {
	return []string{
		"WAYBILL_HTTP_ADDR=" + addr, "WAYBILL_KUAIDI100_SALT=a-salt-for-tests", "WAYBILL_KUAIDI100_CALLBACK_URL=http://" + addr,
		"WAYBILL_KUAIBAO_PUSH_TOKEN=a-push-token",
	}
}

func TestPushesBringTheNewsAndSparePolls(t *testing.T) {
	t.Parallel()
	for provider, queries := range map[string]int{"kuaidi100": 3, "kuaibao": 20} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			storetest.EachDSN(t, func(t *testing.T, dsn string) {
				t.Parallel()
				addr := freeAddress(t)
				s := newTestbed(t, dsn, speed, sandbox.Options{Appcode: appcode, Speed: 14400, KuaibaoPushURL: "http://" + addr + "/push/kuaibao/a-push-token"})
				s.env = append(s.env, fourProviders(s.api)...)
				s.env = append(s.env, pushers(addr)...)
				s.env = append(s.env, "WAYBILL_PROVIDERS="+provider)
				ctx, end := context.WithCancel(s.ctx)
				var pumping sync.WaitGroup
				pumping.Go(func() { s.apis.Run(ctx) })
				defer pumping.Wait()
				defer end()
				b := s.start()
				s.telegram.Say(mother, open)
				s.hears(mother, open, "运输中")
				s.hears(mother, open, "签收人")
				if asked, _ := s.apis.Asked(provider, "subscribe", open); asked != 1 {
					t.Errorf("subscribed to %d times", asked)
				}
				if asked, _ := s.apis.Asked(provider, "query", open); asked > queries {
					t.Errorf("polled %d times although it is pushed", asked)
				}
				if n := s.times(mother, open, "签收人"); n != 1 {
					t.Errorf("heard %d times", n)
				}
				b.stop()
				s.agrees(dsn, false)
				s.keepsSecrets("a-salt-for-tests", "a-push-token", open)
			})
		})
	}
}

func TestPushesAreTakenOnlyFromWhomTheyShould(t *testing.T) {
	t.Parallel()
	addr := freeAddress(t)
	dsn := storetest.DSN(t, "sqlite")
	var mu sync.Mutex
	var callback, salt string
	s := newTestbed(t, dsn, "1", sandbox.Options{Appcode: appcode})
	spy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if form, err := url.ParseQuery(string(body)); err == nil && r.URL.Path == "/poll" {
			mu.Lock()
			callback, salt = between(form.Get("param"), `"callbackurl":"`), between(form.Get("param"), `"salt":"`)
			mu.Unlock()
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.apis.ServeHTTP(w, r)
	}))
	t.Cleanup(spy.Close)
	s.env = append(s.env, fourProviders(spy.URL)...)
	s.env = append(s.env, pushers(addr)...)
	b := s.start()
	s.telegram.Say(mother, open)
	s.hears(mother, open, "运输中")
	for {
		mu.Lock()
		known := callback != ""
		mu.Unlock()
		if known {
			break
		}
		select {
		case <-s.ctx.Done():
			t.Fatal("nothing is subscribed to")
		case <-time.After(20 * time.Millisecond): // the order comes from another process
		}
	}
	at := time.Now().In(models.Shanghai).Add(time.Minute).Format(time.DateTime)
	param := `{"status":"polling","lastResult":{"message":"ok","state":"5","status":"200","ischeck":"0","com":"yuantong","nu":"` + open +
		`","data":[{"time":"` + at + `","ftime":"` + at + `","context":"快件正在派送","status":"派件","statusCode":"5"}]}}`
	done := strings.NewReplacer(`"polling"`, `"shutdown"`, `"state":"5"`, `"state":"3"`, "快件正在派送", "已签收，谢谢").Replace(param)
	form := func(param, salt string) string {
		sum := md5.Sum([]byte(param + salt))
		return url.Values{"param": {param}, "sign": {strings.ToUpper(hex.EncodeToString(sum[:]))}}.Encode()
	}
	const taken = `{"result":true,"returnCode":"200","message":"成功"}`
	for _, c := range []struct {
		name, to, body string
		want           int
		says           string
	}{
		{"a wrong sign", callback, form(param, "other"), 401, ""},
		{"no sign", callback, url.Values{"param": {param}}.Encode(), 401, ""},
		{"an unknown token", b.url + "/push/kuaidi100/nobody", form(param, salt), 404, ""},
		{"signed, but nonsense", callback, form("nonsense", salt), 400, ""},
		{"too large", callback, strings.Repeat("x", 1<<20+1), 413, ""},
		{"rightly signed", callback, form(param, salt), 200, taken},
		{"twice", callback, form(param, salt), 200, taken},
		{"the end", callback, form(done, salt), 200, taken},
		{"late", callback, form(param, salt), 200, taken},
		{"Kuaibao with another token", b.url + "/push/kuaibao/other", "{}", 404, ""},
		{"Kuaibao", b.url + "/push/kuaibao/a-push-token", `{"waybill_code":"` + open + `"}`, 200, "成功"},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, err := http.Post(c.to, "application/x-www-form-urlencoded", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != c.want || !strings.Contains(string(body), c.says) {
				t.Errorf("%s %s", resp.Status, body)
			}
		})
	}
	s.hears(mother, "已签收，谢谢")
	for _, text := range []string{"快件正在派送", "已签收，谢谢"} {
		if n := s.times(mother, text); n > 2 || n == 0 {
			t.Errorf("%q is heard %d times", text, n)
		}
	}
	b.stop()
	s.agrees(dsn, false)
	s.keepsSecrets(open, "a-salt-for-tests", "a-push-token")
}

// between is what follows mark up to the next quotation mark.
func between(text, mark string) string {
	_, after, _ := strings.Cut(text, mark)
	inside, _, _ := strings.Cut(after, `"`)
	return inside
}
