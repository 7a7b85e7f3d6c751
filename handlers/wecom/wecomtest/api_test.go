package wecomtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"waybill/handlers/wecom/wecomtest"
)

const (
	account  = "wkAccount"
	customer = "wmCustomer"
)

// we is a fake with an account, a customer who has just written, and a clock.
func we(t *testing.T) (a *wecomtest.API, move func(time.Duration)) {
	t.Helper()
	now := time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)
	a = wecomtest.New()
	a.Now = func() time.Time { return now }
	a.Account(account)
	a.Say(account, customer, "在吗")
	a.Member("LiLei")
	return a, func(d time.Duration) { now = now.Add(d) }
}

// ask makes a call and returns what it is answered with.
func ask(t *testing.T, a *wecomtest.API, method, path string, query url.Values, body string) map[string]any {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/cgi-bin/"+path+"?"+query.Encode(), strings.NewReader(body))
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		return map[string]any{"status": float64(w.Code), "errcode": float64(w.Code)}
	}
	return out
}

func token(t *testing.T, a *wecomtest.API, secret string) string {
	t.Helper()
	got := ask(t, a, "GET", "gettoken", url.Values{"corpid": {wecomtest.CorpID}, "corpsecret": {secret}}, "")
	value, _ := got["access_token"].(string)
	return value
}

// post makes a call in an app's name and returns the errcode.
func post(t *testing.T, a *wecomtest.API, secret, path, body string) float64 {
	t.Helper()
	code, _ := ask(t, a, "POST", path, url.Values{"access_token": {token(t, a, secret)}}, body)["errcode"].(float64)
	return code
}

func toCustomer(rest string) string {
	return `{"touser":"` + customer + `","open_kfid":"` + account + `",` + rest + `}`
}

func say(text string) string { return toCustomer(`"msgtype":"text","text":{"content":"` + text + `"}`) }

func TestWhatWeComRefusesIsRefused(t *testing.T) {
	kf, app := wecomtest.KFSecret, wecomtest.AppSecret
	items := func(n int) string {
		return strings.TrimSuffix(strings.Repeat(`{"type":"click","click":{"id":"a","content":"b"}},`, n), ",")
	}
	menu := func(head, list string) string {
		return toCustomer(`"msgtype":"msgmenu","msgmenu":{"head_content":"` + head + `","list":[` + list + `],"tail_content":""}`)
	}
	for name, c := range map[string]struct {
		secret, path, body string
		want               float64
	}{
		"a text":                   {kf, "kf/send_msg", say("好"), 0},
		"an empty text":            {kf, "kf/send_msg", say(""), 40058},
		"a text of 2048 bytes":     {kf, "kf/send_msg", say(strings.Repeat("x", 2048)), 0},
		"a text of 2049 bytes":     {kf, "kf/send_msg", say(strings.Repeat("x", 2049)), 40058},
		"an empty msgid":           {kf, "kf/send_msg", toCustomer(`"msgid":"","msgtype":"text","text":{"content":"x"}`), 40058},
		"a long msgid":             {kf, "kf/send_msg", toCustomer(`"msgid":"` + strings.Repeat("x", 33) + `","msgtype":"text","text":{"content":"x"}`), 40058},
		"a field nobody knows":     {kf, "kf/send_msg", toCustomer(`"msgtype":"text","text":{"content":"x"},"agentid":1`), 47001},
		"markdown":                 {kf, "kf/send_msg", toCustomer(`"msgtype":"markdown"`), 40008},
		"ten items":                {kf, "kf/send_msg", menu("x", items(10)), 0},
		"eleven items":             {kf, "kf/send_msg", menu("x", items(11)), 40058},
		"a head of 1025 bytes":     {kf, "kf/send_msg", menu(strings.Repeat("x", 1025), items(1)), 40058},
		"a long item":              {kf, "kf/send_msg", menu("x", `{"type":"click","click":{"id":"a","content":"`+strings.Repeat("x", 129)+`"}}`), 40058},
		"a long id":                {kf, "kf/send_msg", menu("x", `{"type":"click","click":{"id":"`+strings.Repeat("x", 65)+`","content":"b"}}`), 40058},
		"somebody unknown":         {kf, "kf/send_msg", strings.Replace(say("x"), customer, "wmOther", 1), 40003},
		"an unknown account":       {kf, "kf/send_msg", strings.Replace(say("x"), account, "wkOther", 1), 95000},
		"customers by the app":     {app, "kf/send_msg", say("x"), 48002},
		"a made-up code":           {kf, "kf/send_msg_on_event", `{"code":"x","msgtype":"text","text":{"content":"x"}}`, 40058},
		"an event with a receiver": {kf, "kf/send_msg_on_event", say("x"), 40058},
		"a made-up announcement":   {kf, "kf/sync_msg", `{"open_kfid":"wkAccount","token":"x"}`, 95007},
		"a made-up cursor":         {kf, "kf/sync_msg", `{"open_kfid":"wkAccount","cursor":"x"}`, 40058},
		"a thousand and one":       {kf, "kf/sync_msg", `{"open_kfid":"wkAccount","limit":1001}`, 40058},
		"a member":                 {app, "message/send", `{"touser":"LiLei","msgtype":"text","agentid":1000002,"text":{"content":"x"}}`, 0},
		"an agent in quotes":       {app, "message/send", `{"touser":"LiLei","msgtype":"text","agentid":"1000002","text":{"content":"x"}}`, 40056},
		"another agent":            {app, "message/send", `{"touser":"LiLei","msgtype":"text","agentid":1000003,"text":{"content":"x"}}`, 301002},
		"no agent":                 {app, "message/send", `{"touser":"LiLei","msgtype":"text","text":{"content":"x"}}`, 41011},
		"a member by the KF app":   {kf, "message/send", `{"touser":"LiLei","msgtype":"text","agentid":1000002,"text":{"content":"x"}}`, 301002},
		"nobody":                   {app, "message/send", `{"touser":"x","msgtype":"text","agentid":1000002,"text":{"content":"x"}}`, 81013},
		"from human to bot":        {kf, "kf/service_state/trans", `{"open_kfid":"wkAccount","external_userid":"wmCustomer","service_state":0}`, 95016},
		"to nobody in particular":  {kf, "kf/service_state/trans", `{"open_kfid":"wkAccount","external_userid":"wmCustomer","service_state":3}`, 95014},
		"a path nobody offers":     {kf, "kf/account/del", `{}`, 404},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := we(t)
			if got := post(t, a, c.secret, c.path, c.body); got != c.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestTokensBelongToASecretAndEnd(t *testing.T) {
	a, move := we(t)
	first := token(t, a, wecomtest.KFSecret)
	if first == "" || token(t, a, wecomtest.KFSecret) != first || token(t, a, wecomtest.AppSecret) == first {
		t.Error("a token is not its secret's")
	}
	call := func(value string) float64 {
		code, _ := ask(t, a, "POST", "kf/account/list", url.Values{"access_token": {value}}, "{}")["errcode"].(float64)
		return code
	}
	for value, want := range map[string]float64{first: 0, "made-up": 40014, "": 41001} {
		if got := call(value); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
	move(2 * time.Hour)
	if got := call(first); got != 42001 {
		t.Errorf("after two hours: %v", got)
	}
	second := token(t, a, wecomtest.KFSecret)
	a.Revoke(40014)
	if got := call(second); got != 40014 || token(t, a, wecomtest.KFSecret) == second {
		t.Errorf("revoked: %v", got)
	}
	for query, want := range map[string]float64{"corpid=" + wecomtest.CorpID + "&corpsecret=x": 40001, "corpid=x&corpsecret=" + wecomtest.KFSecret: 40013} {
		q, _ := url.ParseQuery(query)
		if got := ask(t, a, "GET", "gettoken", q, "")["errcode"]; got != want {
			t.Errorf("%v", got)
		}
	}
}

func TestFiveMessagesWithin48Hours(t *testing.T) {
	a, move := we(t)
	for i := range 6 {
		want := 0.0
		if i == 5 {
			want = 95001
		}
		if got := post(t, a, wecomtest.KFSecret, "kf/send_msg", say(fmt.Sprint(i))); got != want {
			t.Errorf("message %d: %v", i, got)
		}
	}
	a.Say(account, customer, "嗯")
	move(48*time.Hour - time.Second)
	if got := post(t, a, wecomtest.KFSecret, "kf/send_msg", say("x")); got != 0 {
		t.Errorf("just in time: %v", got)
	}
	move(time.Second)
	if got := post(t, a, wecomtest.KFSecret, "kf/send_msg", say("x")); got != 95002 {
		t.Errorf("after 48 hours: %v", got)
	}
	a.Say(account, customer, "嗯")
	for state, want := range map[int]float64{wecomtest.StateQueue: 95018, wecomtest.StateHuman: 95018, wecomtest.StateEnded: 95013, wecomtest.StateBot: 0} {
		a.SetState(account, customer, state)
		if got := post(t, a, wecomtest.KFSecret, "kf/send_msg", say("x")); got != want {
			t.Errorf("in state %d: %v", state, got)
		}
	}
}

func TestAWelcomeIsGoodOnceAndFor20Seconds(t *testing.T) {
	a, move := we(t)
	if code := a.Enter(account, customer); code != "" {
		t.Error("somebody who has just written is welcomed")
	}
	greet := func(code string) float64 {
		return post(t, a, wecomtest.KFSecret, "kf/send_msg_on_event", `{"code":"`+code+`","msgtype":"text","text":{"content":"x"}}`)
	}
	code := a.Enter(account, "wmNew")
	if first, second := greet(code), greet(code); first != 0 || second != 40058 {
		t.Errorf("%v, %v", first, second)
	}
	if code := a.Enter(account, "wmNew"); code != "" {
		t.Error("somebody who was welcomed is welcomed again")
	}
	one, two := a.Enter(account, "wmHasty"), a.Enter(account, "wmHasty")
	if first, second := greet(one), greet(two); first != 0 || second != 95016 {
		t.Errorf("two codes: %v, %v", first, second)
	}
	picture := post(t, a, wecomtest.KFSecret, "kf/send_msg_on_event", `{"code":"`+a.Enter(account, "wmOther")+`","msgtype":"file","file":{"media_id":"media-1"}}`)
	if picture != 40008 {
		t.Errorf("a file as a welcome: %v", picture)
	}
	code = a.Enter(account, "wmNewer")
	move(21 * time.Second)
	if got := greet(code); got != 95016 {
		t.Errorf("late: %v", got)
	}
}

func TestTheLogIsHandedOutForThreeDays(t *testing.T) {
	a, move := we(t)
	a.PageSize = 1
	a.Say(account, customer, "二")
	a.Empty(account, 1)
	page := func(cursor string) map[string]any {
		return ask(t, a, "POST", "kf/sync_msg", url.Values{"access_token": {token(t, a, wecomtest.KFSecret)}}, `{"open_kfid":"wkAccount","cursor":"`+cursor+`"}`)
	}
	for _, want := range []struct {
		cursor   string
		messages int
		more     float64
	}{{"", 0, 1}, {"cursor-0", 1, 1}, {"cursor-1", 1, 0}, {"cursor-2", 0, 0}} {
		got := page(want.cursor)
		list, _ := got["msg_list"].([]any)
		if len(list) != want.messages || got["has_more"] != want.more {
			t.Errorf("behind %q: %v", want.cursor, got)
		}
	}
	move(73 * time.Hour)
	if list, _ := page("")["msg_list"].([]any); len(list) != 0 {
		t.Errorf("after three days: %v", list)
	}
}

func TestWithoutAnAnnouncementsTokenCallsAreFew(t *testing.T) {
	a, _ := we(t)
	var last float64
	for range 6 {
		last = post(t, a, wecomtest.KFSecret, "kf/sync_msg", `{"open_kfid":"wkAccount"}`)
	}
	if last != 45009 {
		t.Errorf("the sixth in a minute: %v", last)
	}
}

func TestPacesAreKept(t *testing.T) {
	a, move := we(t)
	a.Robot("key")
	push := func() any {
		return ask(t, a, "POST", "webhook/send", url.Values{"key": {"key"}}, `{"msgtype":"markdown","markdown":{"content":"x"}}`)["errcode"]
	}
	tell := func() any {
		return post(t, a, wecomtest.AppSecret, "message/send", `{"touser":"LiLei","msgtype":"text","agentid":1000002,"text":{"content":"x"}}`)
	}
	for name, c := range map[string]struct {
		send  func() any
		limit int
	}{"a robot's": {push, 20}, "a member's": {tell, 30}} {
		for i := range c.limit + 1 {
			want := 0.0
			if i == c.limit {
				want = 45009
			}
			if got := c.send(); got != want {
				t.Errorf("%s message %d: %v", name, i, got)
			}
		}
		move(time.Minute)
		if got := c.send(); got != 0.0 {
			t.Errorf("%s, a minute later: %v", name, got)
		}
	}
	a.Remove("key")
	if got := push(); got != 93000.0 {
		t.Errorf("removed: %v", got)
	}
}

func TestAFileIsAFormOfOnePart(t *testing.T) {
	a, _ := we(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("media", "x.json")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, "0123456789")
	_ = form.Close()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/cgi-bin/media/upload?type=file&access_token="+token(t, a, wecomtest.AppSecret), &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "media-") || string(a.Sent("")[0].Body) != "0123456789" {
		t.Errorf("%s", w.Body)
	}
	if got := post(t, a, wecomtest.AppSecret, "media/upload", "x"); got == 0 {
		t.Error("something that is no form is a file")
	}
}

func TestFaultsHitInTheirOrder(t *testing.T) {
	a, _ := we(t)
	a.Fail(wecomtest.Fault{Path: "kf/send_msg", After: 1, Code: 45009})
	a.Fail(wecomtest.Fault{Path: "kf/send_msg", Status: 502})
	var got []float64
	for i := range 3 {
		got = append(got, post(t, a, wecomtest.KFSecret, "kf/send_msg", say(fmt.Sprint(i))))
	}
	if fmt.Sprint(got) != "[502 45009 0]" {
		t.Errorf("%v", got)
	}
	a.Fail(wecomtest.Fault{Times: -1, Code: -1})
	a.Heal()
	if got := post(t, a, wecomtest.KFSecret, "kf/send_msg", say("x")); got != 0 {
		t.Errorf("healed: %v", got)
	}
}

func TestWhatIsLeftIsWhatWeComWouldTake(t *testing.T) {
	now := time.Now()
	api := wecomtest.New()
	api.Now = func() time.Time { return now }
	api.Account("wkA")
	want := func(when string, n int) {
		t.Helper()
		if got := api.Left("wkA", "wmB"); got != n {
			t.Errorf("%s %d are left, want %d", when, got, n)
		}
	}
	want("before a customer has written", 0)
	api.Say("wkA", "wmB", "hello")
	want("for a message", 5)
	api.SetState("wkA", "wmB", wecomtest.StateHuman)
	want("while somebody talks with the customer", 0)
	api.SetState("wkA", "wmB", wecomtest.StateBot)
	want("afterwards", 5)
	now = now.Add(48 * time.Hour)
	want("two days later", 0)
}
