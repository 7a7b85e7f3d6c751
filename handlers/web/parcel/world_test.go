package parcel_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/handlers/web"
	"waybill/handlers/web/parcel"
	"waybill/locales"
	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/tracking/recognise"
)

const (
	base   = "https://bot.example"
	number = "SF1000000000015"
)

// world is the page over a real store, with a clock.
type world struct {
	*testing.T
	store   *store.Store
	keys    *seal.Keys
	now     time.Time
	painter parcel.Painter
	words   *locales.Bundle
}

// each runs a test over every kind of database. Its now is noon in Shanghai.
func each(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		w := &world{T: t, store: open(), now: time.Date(2026, 3, 2, 12, 0, 0, 0, models.Shanghai)}
		var err error
		w.words, err = locales.Load("zh-CN")
		w.ok(err)
		w.keys = w.key(seal.NewKey())
		test(w)
	})
}

func (w *world) key(keys ...string) *seal.Keys {
	w.Helper()
	k, err := seal.New(strings.Join(keys, ","))
	w.ok(err)
	return k
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) clock() time.Time { return w.now }

func (w *world) moment() models.Moment { return models.At(w.now) }

func (w *world) links() *parcel.Links { return parcel.NewLinks(w.keys, base, w.clock) }

// chat makes a chat of the telegram door that speaks a language.
func (w *world) chat(conversation, lang string) models.Chat {
	w.Helper()
	c, err := w.store.Chat(w.Context(), models.Address{Door: "telegram", Conversation: conversation}, false, w.moment())
	w.ok(err)
	w.ok(w.store.SetLang(w.Context(), c.ID, lang))
	c.Lang = lang
	return c
}

// follow has a chat follow a number of SF Express.
func (w *world) follow(c models.Chat, number, name string, tailNeeded bool) models.Followed {
	w.Helper()
	p, err := w.store.Ensure(w.Context(), number, "sf", "", tailNeeded, w.moment())
	w.ok(err)
	f, err := w.store.Follow(w.Context(), models.Following{ChatID: c.ID, ParcelID: p.ID, Name: name}, w.moment())
	w.ok(err)
	return models.Followed{Follow: f, Parcel: p}
}

// scanned is a scan so many hours ago.
func (w *world) scanned(hours int, text string) models.Event {
	return models.Event{Kind: models.Scan, Text: text, At: w.moment().Add(-time.Duration(hours) * time.Hour), StoredAt: w.moment()}
}

// has gives a parcel a status and scans, newest first.
func (w *world) has(f models.Followed, change func(*models.Parcel), scans ...models.Event) {
	w.Helper()
	p, err := w.store.Parcel(w.Context(), f.Parcel.ID)
	w.ok(err)
	version := p.Version
	for i := len(scans) - 1; i >= 0; i-- {
		p.Seq++
		scans[i].Seq = p.Seq
		scans[i].Sign()
		p.EventAt = max(p.EventAt, scans[i].At)
	}
	p.HeardAt, p.NewsAt = w.moment(), w.moment()
	change(&p)
	_, err = w.store.Finish(w.Context(), models.Finish{
		Version: version, Change: models.Change{Parcel: p, Events: scans}, DueAt: w.moment().Add(time.Hour),
	}, w.moment())
	w.ok(err)
}

func status(s models.Status) func(*models.Parcel) {
	return func(p *models.Parcel) { p.Status = s }
}

// server answers as the program does.
func (w *world) server() http.Handler {
	w.Helper()
	log := slog.New(slog.DiscardHandler)
	pages, err := web.NewPages(log, parcel.Static)
	w.ok(err)
	carriers, err := recognise.LoadCarriers()
	w.ok(err)
	page, err := parcel.New(parcel.Settings{
		Pages: pages, Links: w.links(), Store: w.store, Contacts: carriers, Estimator: handlers.NewEstimates(w.store, models.Shanghai, log, w.clock),
		Painter: w.painter,
		Words:   w.words, Zone: models.Shanghai, Log: log, Now: w.clock,
	})
	w.ok(err)
	mux := http.NewServeMux()
	for _, r := range append(pages.Routes(), page.Routes()...) {
		mux.Handle(r.Pattern, r.Handler)
	}
	return mux
}

// get asks for a path, with header lines such as "If-None-Match: x".
func (w *world) get(method, path string, header ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(method, strings.TrimPrefix(path, base), nil)
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	w.server().ServeHTTP(answer, r)
	return answer
}

// body is the page at a path, which must be there.
func (w *world) body(path string) string {
	w.Helper()
	got := w.get(http.MethodGet, path)
	if got.Code != http.StatusOK {
		w.Fatalf("%s: %d", path, got.Code)
	}
	return got.Body.String()
}
