package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestWhoIsNotSignedInIsSentToTheForm(t *testing.T) {
	r := newRig(t, nil)
	for _, at := range []string{
		"/admin", "/admin/calls", "/admin/parcels", "/admin/parcels/1", "/admin/chats", "/admin/chats/1", "/admin/pushes",
		"/admin/usage.csv", "/admin/charts/calls-light-wide.svg",
	} {
		for _, cookie := range []string{"", cookieName + "=forged", cookieName + "=" + strings.Repeat("x", 5000)} {
			p := r.do(http.MethodGet, at, nil, "Cookie", cookie)
			if p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/admin/login" {
				t.Errorf("%s with %.20q: %d to %q", at, cookie, p.StatusCode, p.Header.Get("Location"))
			}
		}
	}
	if p := r.do(http.MethodPost, "/admin/parcels/1", url.Values{}); p.StatusCode != http.StatusSeeOther {
		t.Errorf("a number is shown without a session: %d", p.StatusCode)
	}
}

func TestTheRightTokenSignsIn(t *testing.T) {
	r := newRig(t, nil)
	p := r.try(token)
	cookies := p.Cookies()
	if p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/admin" || len(cookies) != 1 {
		t.Fatalf("%d to %q with %v", p.StatusCode, p.Header.Get("Location"), cookies)
	}
	if c := cookies[0]; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Path != "/admin" {
		t.Errorf("cookie %v", c)
	}
	contains(t, r.read("/admin"), "概览", `lang="zh-CN"`)
	if p := r.get("/admin/login"); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/admin" {
		t.Errorf("the form while signed in: %d", p.StatusCode)
	}
}

func TestTheCookieStaysOnHTTPSWhereTheBrowserUsesIt(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Settings)
		header []string
		want   bool
	}{
		"a public address with https": {func(s *Settings) { s.PublicURL = "https://bot.example" }, nil, true},
		"a trusted proxy says https":  {func(s *Settings) { s.Proxies = proxies("127.0.0.0/8") }, []string{"X-Forwarded-Proto", "https"}, true},
		"somebody else says https":    {nil, []string{"X-Forwarded-Proto", "https"}, false},
		"a trusted proxy says http":   {func(s *Settings) { s.Proxies = proxies("127.0.0.0/8") }, []string{"X-Forwarded-Proto", "http"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, test.change)
			if p := r.try(token, test.header...); len(p.Cookies()) != 1 || p.Cookies()[0].Secure != test.want {
				t.Errorf("%d %v", p.StatusCode, p.Cookies())
			}
		})
	}
}

func TestAWrongTokenIsRefused(t *testing.T) {
	r := newRig(t, nil)
	for _, wrong := range []string{"", "wrong", token + " ", token[:len(token)-1], strings.ToUpper(token)} {
		p := r.try(wrong)
		if p.StatusCode != http.StatusUnauthorized || len(p.Cookies()) != 0 {
			t.Fatalf("%q: %d %v", wrong, p.StatusCode, p.Cookies())
		}
	}
	if strings.Contains(r.logs.String(), token[:10]) {
		t.Error("a token is in the log")
	}
}

func TestAfterFiveWrongTokensTheRightOneWaitsAMinuteToo(t *testing.T) {
	r := newRig(t, nil)
	for range 5 {
		if p := r.try("wrong"); p.StatusCode != http.StatusUnauthorized {
			t.Fatalf("a wrong token: %d", p.StatusCode)
		}
		r.pass(time.Second)
	}
	for range 3 {
		if p := r.try(token); p.StatusCode != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" || len(p.Cookies()) != 0 {
			t.Fatalf("the right token: %d", p.StatusCode)
		}
	}
	// Another replica counts the same; another address is not concerned.
	other := r.handler(r.replica(nil))
	r.server.Config.Handler = other
	if p := r.try(token); p.StatusCode != http.StatusTooManyRequests {
		t.Fatalf("at another replica: %d", p.StatusCode)
	}
	r.pass(time.Minute)
	r.signIn() // what was refused meanwhile has not prolonged it
}

func TestManyTokensAtOnceGetNoMoreTriesThanFewDo(t *testing.T) {
	r := newRig(t, nil)
	answers := make(chan int, 40)
	for range cap(answers) {
		go func() { answers <- r.try("wrong").StatusCode }()
	}
	looked := 0
	for range cap(answers) {
		if <-answers == http.StatusUnauthorized {
			looked++
		}
	}
	if looked > wrongAttempts {
		t.Errorf("%d tokens were looked at", looked)
	}
}

func TestAnAddressIsTheRemoteOneUnlessATrustedProxySaysOtherwise(t *testing.T) {
	for name, test := range map[string]struct {
		remote  string
		forward []string
		want    string
	}{
		"nobody forwards":                           {"203.0.113.7:1", nil, "203.0.113.7"},
		"a stranger forwards":                       {"203.0.113.7:1", []string{"198.51.100.1"}, "203.0.113.7"},
		"the proxy forwards":                        {"10.0.0.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		"the client has written entries":            {"10.0.0.1:1", []string{"1.1.1.1, 2.2.2.2, 198.51.100.1"}, "198.51.100.1"},
		"over two proxies":                          {"10.0.0.1:1", []string{"1.1.1.1, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"in several headers":                        {"10.0.0.1:1", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		"a port is written":                         {"10.0.0.1:1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		"what the proxy wrote is no address":        {"10.0.0.1:1", []string{"198.51.100.1, unknown"}, "10.0.0.1"},
		"all are proxies":                           {"10.0.0.1:1", []string{"10.0.0.9, 10.0.0.2"}, "10.0.0.9"},
		"IPv4 in IPv6":                              {"[::ffff:203.0.113.7]:1", nil, "203.0.113.7"},
		"IPv6 counts by its /64":                    {"[2001:db8:1:2:3:4:5:6]:1", nil, "2001:db8:1:2::/64"},
		"IPv6 of the same /64 is the same customer": {"[2001:db8:1:2:ffff::1]:1", nil, "2001:db8:1:2::/64"},
		"IPv6 behind a proxy, in brackets":          {"10.0.0.1:1", []string{"[2001:db8:1:2::9]:80"}, "2001:db8:1:2::/64"},
	} {
		t.Run(name, func(t *testing.T) {
			req := &http.Request{RemoteAddr: test.remote, Header: http.Header{"X-Forwarded-For": test.forward}}
			if got := addressOf(req, proxies("10.0.0.0/8")); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestSigningOutEndsTheSessionAtTheServer(t *testing.T) {
	r := newRig(t, nil)
	p := r.try(token)
	kept := cookieName + "=" + p.Cookies()[0].Value
	if p := r.do(http.MethodPost, "/admin/logout", url.Values{}); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/admin/login" {
		t.Fatalf("sign out: %d", p.StatusCode)
	}
	if p := r.do(http.MethodGet, "/admin", nil, "Cookie", kept); p.StatusCode != http.StatusSeeOther {
		t.Errorf("with the kept cookie: %d", p.StatusCode)
	}
}

func TestASessionEndsWhenNobodyUsesItAndAfterAWeek(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	r.pass(idleFor - time.Minute)
	r.read("/admin/pushes")
	r.pass(idleFor - time.Minute)
	r.read("/admin/pushes") // it was used meanwhile
	r.pass(idleFor + time.Minute)
	if p := r.get("/admin/pushes"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("unused: %d", p.StatusCode)
	}
	r.signIn()
	for range 30 {
		r.pass(6 * time.Hour)
		r.get("/admin/pushes")
	}
	if p := r.get("/admin/pushes"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("after more than a week: %d", p.StatusCode)
	}
}

func TestANewTokenEndsAllSessions(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	r.server.Config.Handler = r.handler(r.replica(func(s *Settings) { s.Token = "another-operator-token" }))
	if p := r.get("/admin"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("with the old session: %d", p.StatusCode)
	}
}

func TestTheDatabaseHoldsNoSessionThatABrowserCouldUse(t *testing.T) {
	r := newRig(t, nil)
	secret := r.try(token).Cookies()[0].Value
	if _, _, err := r.store.Session(t.Context(), secret, r.moment()); err == nil {
		t.Error("the cookie itself is in the database")
	}
	if _, _, err := r.store.Session(t.Context(), r.dashboard.sessionID(secret), r.moment()); err != nil {
		t.Error(err)
	}
}

func TestAFormFromAnotherOriginIsRefused(t *testing.T) {
	r := newRig(t, func(s *Settings) { s.PublicURL = "https://bot.example" })
	host := strings.TrimPrefix(r.server.URL, "http://")
	for name, test := range map[string]struct {
		header []string
		want   int
	}{
		"no browser":                             {nil, http.StatusSeeOther},
		"this site, with a hidden origin":        {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, http.StatusSeeOther},
		"this site, an old browser":              {[]string{"Origin", "http://" + host}, http.StatusSeeOther},
		"the public address, behind a proxy":     {[]string{"Origin", "https://bot.example"}, http.StatusSeeOther},
		"typed in":                               {[]string{"Sec-Fetch-Site", "none"}, http.StatusSeeOther},
		"another site":                           {[]string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"another site that claims to be this":    {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "http://" + host}, http.StatusForbidden},
		"another site, the public address":       {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://bot.example"}, http.StatusForbidden},
		"a neighbour":                            {[]string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"an old browser, another site":           {[]string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"an old browser that hides where it was": {[]string{"Origin", "null"}, http.StatusForbidden},
	} {
		if p := r.try(token, test.header...); p.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", name, p.StatusCode, test.want)
		}
	}
	for _, at := range []string{"/admin/logout", "/admin/parcels/1", "/admin/chats/1", "/admin/pushes"} {
		if p := r.do(http.MethodPost, at, url.Values{}, "Sec-Fetch-Site", "cross-site"); p.StatusCode != http.StatusForbidden {
			t.Errorf("%s from another site: %d", at, p.StatusCode)
		}
	}
	r.read("/admin") // still signed in
}

func TestAPageTellsItsOwnSiteWhereAFormComesFrom(t *testing.T) {
	r := newRig(t, nil)
	contains(t, r.read("/admin/login"), `<meta name="referrer" content="same-origin">`) // plain http: no Sec-Fetch-Site
}

func TestATokenMayComeAsMultipartForm(t *testing.T) {
	r := newRig(t, nil)
	body := "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n" + token + "\r\n--b--\r\n"
	p, err := r.browser.Post(r.server.URL+"/admin/login", "multipart/form-data; boundary=b", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Body.Close() }()
	if p.StatusCode != http.StatusSeeOther {
		t.Errorf("got %d", p.StatusCode)
	}
}

func TestAFormThatIsTooLargeIsRefused(t *testing.T) {
	r := newRig(t, nil)
	if p := r.try(strings.Repeat("x", formLimit)); p.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", p.StatusCode)
	}
}

func TestPathsThatAreNoneAreUnknownAndWrongMethodsAreRefused(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	for _, at := range []string{
		"/admin/", "/admin/nothing", "/admin/parcels/1/2", "/admin/parcels/99", "/admin/parcels/x", "/admin/parcels/-1", "/admin/chats/0",
		"/admin/parcels/%2e%2e%2fcalls", "/admin/charts/calls.svg", "/admin/charts/calls-light-wide", "/admin/charts/x-light-wide.svg",
		"/admin/charts/..%2f..%2fgo.mod", "/admin/parcels/99999999999999999999", "/admin/static/admin.css",
	} {
		if p := r.get(at); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", at, p.StatusCode)
		}
	}
	for at, method := range map[string]string{
		"/admin": http.MethodPost, "/admin/calls": http.MethodPost, "/admin/parcels": http.MethodPut, "/admin/logout": http.MethodGet,
		"/admin/login": http.MethodDelete, "/admin/pushes": http.MethodPatch, "/admin/usage.csv": http.MethodPost,
	} {
		if p := r.do(method, at, nil); p.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: %d", method, at, p.StatusCode)
		}
	}
}

func TestEveryPageIsProtected(t *testing.T) {
	r := newRig(t, nil)
	for _, at := range []string{"/admin/login", "/admin"} {
		h := r.get(at).Header
		if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Referrer-Policy") != "no-referrer" ||
			h.Get("X-Robots-Tag") != "noindex" || h.Get("Cache-Control") != "no-store" || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: %v", at, h)
		}
		r.signIn()
	}
}

func TestSigningInIsKept(t *testing.T) {
	r := newRig(t, nil)
	r.signIn()
	notes, err := r.store.Notes(t.Context(), models.NoteLogin, 5)
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0].What, "127.0.0.1") {
		t.Errorf("%+v, %v", notes, err)
	}
}
