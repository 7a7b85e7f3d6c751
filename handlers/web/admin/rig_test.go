package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/handlers/web"
	"waybill/locales"
	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const token = "correct-horse-battery"

// noon is the tests' now: noon in Shanghai.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, models.Shanghai)

// rig is a dashboard over a real store, and a browser in front of it.
type rig struct {
	*testing.T
	store     *store.Store
	dsn       string
	dashboard *Dashboard
	server    *httptest.Server
	browser   *http.Client
	logs      *strings.Builder

	mu        sync.Mutex
	at        time.Time
	cooldowns []models.Cooldown
}

func (r *rig) Cooldowns(context.Context) []models.Cooldown { return r.cooldowns }

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

func (r *rig) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = r.at.Add(d)
}

func (r *rig) moment() models.Moment { return models.At(r.now()) }

// newRig makes a dashboard; change may change its settings.
func newRig(t *testing.T, change func(*Settings)) *rig {
	t.Helper()
	r := &rig{T: t, dsn: storetest.Migrated(t, "sqlite"), at: noon, logs: &strings.Builder{}}
	r.store = storetest.Open(t, r.dsn)
	r.dashboard = r.replica(change)
	r.server = httptest.NewServer(r.handler(r.dashboard))
	t.Cleanup(r.server.Close)
	r.browser = newBrowser(t)
	return r
}

func (r *rig) replica(change func(*Settings)) *Dashboard {
	r.Helper()
	log := slog.New(slog.NewTextHandler(r.logs, nil))
	pages, err := web.NewPages(log, Static)
	r.ok(err)
	words, err := locales.Load("zh-CN")
	r.ok(err)
	s := Settings{
		Pages: pages, Store: r.store, Providers: r, Names: []string{"muzhi", "juhe"}, Doors: []string{"telegram", "wecom_kf"}, Words: words,
		Token: token, Zone: models.Shanghai, Prices: map[string]float64{"muzhi.query": 0.0038, "muzhi.detect": 0.01, "juhe.query": 0.05},
		Budgets: map[string]int64{"muzhi": 100}, Log: log, Now: r.now,
	}
	if change != nil {
		change(&s)
	}
	d, err := New(s)
	r.ok(err)
	return d
}

// handler serves a dashboard as the program does.
func (r *rig) handler(d *Dashboard) http.Handler {
	mux := http.NewServeMux()
	for _, route := range append(d.Routes(), d.Pages.Routes()...) {
		mux.Handle(route.Pattern, route.Handler)
	}
	return mux
}

func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (r *rig) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// page is an answer.
type page struct {
	*http.Response
	body string
}

func (r *rig) do(method, path string, form url.Values, header ...string) page {
	r.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(r.Context(), method, r.server.URL+path, body)
	r.ok(err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	res, err := r.browser.Do(req)
	r.ok(err)
	text, err := io.ReadAll(res.Body)
	r.ok(errors.Join(err, res.Body.Close()))
	return page{res, string(text)}
}

func (r *rig) get(path string) page {
	r.Helper()
	return r.do(http.MethodGet, path, nil)
}

// read is a page that must be there.
func (r *rig) read(path string) string {
	r.Helper()
	p := r.get(path)
	if p.StatusCode != http.StatusOK {
		r.Fatalf("%s: %d", path, p.StatusCode)
	}
	return p.body
}

func (r *rig) try(tok string, header ...string) page {
	r.Helper()
	return r.do(http.MethodPost, "/admin/login", url.Values{"token": {tok}}, header...)
}

func (r *rig) signIn() {
	r.Helper()
	if p := r.try(token); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/admin" {
		r.Fatalf("sign in: %d %s", p.StatusCode, p.body)
	}
}

var figure = regexp.MustCompile(`data-figure="([^"]+)">([^<]*)<`)

// figures are all figures of the overview, each of which stands there once.
func (r *rig) figures() map[string]string {
	r.Helper()
	all := map[string]string{}
	for _, m := range figure.FindAllStringSubmatch(r.read("/admin"), -1) {
		if _, twice := all[m[1]]; twice {
			r.Errorf("%s stands there twice", m[1])
		}
		all[m[1]] = m[2]
	}
	return all
}

// chat makes a chat of a door.
func (r *rig) chat(door, conversation string) models.Chat {
	r.Helper()
	c, err := r.store.Chat(r.Context(), models.Address{Door: door, Conversation: conversation}, false, r.moment())
	r.ok(err)
	return c
}

// parcel makes a parcel that chats follow.
func (r *rig) parcel(number string, carrier models.Carrier, followers ...models.Chat) models.Parcel {
	r.Helper()
	p, err := r.store.Ensure(r.Context(), number, carrier, "", false, r.moment())
	r.ok(err)
	for _, c := range followers {
		_, err := r.store.Follow(r.Context(), models.Following{ChatID: c.ID, ParcelID: p.ID}, r.moment())
		r.ok(err)
	}
	p, err = r.store.Parcel(r.Context(), p.ID)
	r.ok(err)
	return p
}

// call makes a call that ends, unless its outcome is not known.
func (r *rig) call(provider string, kind models.CallKind, number string, outcome models.Outcome, billed bool) {
	r.Helper()
	t, err := r.store.Begin(r.Context(), models.Call{Provider: provider, Kind: kind, Purpose: models.Poll, Number: number}, r.moment())
	r.ok(err)
	if outcome == models.OutcomeUnknown {
		return
	}
	r.ok(r.store.Settle(r.Context(), []models.Closing{{Ticket: t, Outcome: outcome, Billed: billed, At: r.moment() + 80}}))
}

// scan gives a parcel one more scan and status.
func (r *rig) scan(p models.Parcel, text string, status models.Status) models.Parcel {
	r.Helper()
	e := models.Event{Seq: p.Seq + 1, Kind: models.Scan, At: r.moment(), Text: text, Urgency: status.Urgency()}
	e.Sign()
	version := p.Version
	p.Seq++
	p.Status, p.NewsAt, p.EventAt, p.HeardAt, p.Provider, p.NewestSeq = status, r.moment(), r.moment(), r.moment(), "muzhi", p.Seq
	due := r.moment().Add(2 * time.Hour)
	if status.Done() {
		p.DoneAt, due = r.moment(), models.Never
	}
	p, err := r.store.Finish(r.Context(), models.Finish{Version: version, Change: models.Change{Parcel: p, Events: []models.Event{e}}, DueAt: due}, r.moment())
	r.ok(err)
	return p
}

// claim claims the due chats of a door.
func (r *rig) claim(door string) []models.Claimed {
	r.Helper()
	claimed, err := r.store.ClaimChats(r.Context(), door, "me", r.moment(), time.Minute, 100)
	r.ok(err)
	return claimed
}

// deliver delivers everything that is pending for the due chats of a door, or fails to.
func (r *rig) deliver(door string, why error) {
	r.Helper()
	for _, c := range r.claim(door) {
		pending, err := r.store.Pending(r.Context(), c.Chat)
		r.ok(err)
		for _, n := range pending {
			if why == nil {
				r.ok(r.store.Delivered(r.Context(), c.Claim, models.Mark{
					FollowID: n.Follow.ID, ParcelID: n.Parcel.ID, Upto: n.Upto, Outcome: models.SentDelivered, At: r.moment(),
				}))
				continue
			}
			r.ok(r.store.NotSent(r.Context(), c.Claim, []models.Sent{{
				ParcelID: n.Parcel.ID, Upto: n.Upto, Outcome: models.SentFailed, Reason: why.Error(), At: r.moment(),
			}}))
		}
		next := models.Never
		if why != nil {
			next = r.moment().Add(time.Minute)
		}
		r.ok(r.store.Release(r.Context(), c.Claim, next, why != nil))
	}
}

// write has a chat write a message.
func (r *rig) write(c models.Chat, key string) {
	r.Helper()
	_, err := r.store.Arrive(r.Context(), []models.Arrival{{Door: c.Door, Key: key, Address: c.Address, Body: []byte(key)}}, r.moment())
	r.ok(err)
}

func contains(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			t.Errorf("%q is not in the page", part)
		}
	}
}

func lacks(t *testing.T, body string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(body, part) {
			t.Errorf("%q is in the page", part)
		}
	}
}

func proxies(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func path(format string, args ...any) string { return fmt.Sprintf(format, args...) }
