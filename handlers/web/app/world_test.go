package app_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill/handlers/web"
	"waybill/handlers/web/app"
	"waybill/handlers/web/parcel"
	"waybill/locales"
	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

const (
	token         = "123456:synthetic"
	public        = "https://bot.example"
	mother  int64 = 1001
	son     int64 = 1002
	number        = "SF1000000000015"
	textKey       = "0123456789abcdef"
)

// world is the app over a real store, with a clock.
type world struct {
	*testing.T
	store *store.Store
	keys  *seal.Keys
	now   time.Time
	typed []string
	mux   *http.ServeMux
}

func each(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		w := &world{T: t, store: open(), now: time.Date(2026, 3, 2, 12, 0, 0, 0, models.Shanghai)}
		var err error
		w.keys, err = seal.New(seal.NewKey())
		w.ok(err)
		w.open()
		test(w)
	})
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) clock() time.Time { return w.now }

func (w *world) moment() models.Moment { return models.At(w.now) }

// Typed makes the world the bot's inbox.
func (w *world) Typed(_ context.Context, person int64, lang, text, key string) error {
	w.typed = append(w.typed, strconv.FormatInt(person, 10)+" "+lang+" "+text+" "+key)
	return nil
}

// open answers as the program does.
func (w *world) open() {
	w.Helper()
	log := slog.New(slog.DiscardHandler)
	pages, err := web.NewPages(log, parcel.Static, app.Static)
	w.ok(err)
	words, err := locales.Load("zh-CN")
	w.ok(err)
	a, err := app.New(app.Settings{
		Pages: pages, Token: token, PublicURL: public, Store: w.store, Inbox: w,
		Path: parcel.NewLinks(w.keys, public, w.clock).Path, Words: words, Zone: models.Shanghai, Log: log, Now: w.clock,
	})
	w.ok(err)
	w.mux = http.NewServeMux()
	for _, r := range append(pages.Routes(), a.Routes()...) {
		w.mux.Handle(r.Pattern, r.Handler)
	}
}

// chat makes the private chat of somebody.
func (w *world) chat(person int64) models.Chat {
	w.Helper()
	c, err := w.store.Chat(w.Context(), models.Address{Door: "telegram", Conversation: strconv.FormatInt(person, 10)}, false, w.moment())
	w.ok(err)
	return c
}

// follow has somebody follow a number.
func (w *world) follow(person int64, number, name string, status models.Status, scans ...string) models.Parcel {
	w.Helper()
	p, err := w.store.Ensure(w.Context(), number, "sf", "", false, w.moment())
	w.ok(err)
	_, err = w.store.Follow(w.Context(), models.Following{ChatID: w.chat(person).ID, ParcelID: p.ID, Name: name}, w.moment())
	w.ok(err)
	if status == "" {
		return p
	}
	version := p.Version
	var events []models.Event
	for i, text := range scans {
		p.Seq++
		e := models.Event{Kind: models.Scan, Seq: p.Seq, Text: text, At: w.moment().Add(time.Duration(i-len(scans)) * time.Hour), StoredAt: w.moment()}
		e.Sign()
		events = append(events, e)
		p.EventAt, p.NewestSeq = e.At, e.Seq
	}
	p.Status, p.HeardAt = status, w.moment()
	if status == models.Delivered {
		p.Final, p.DoneAt = true, w.moment()
	}
	p, err = w.store.Finish(w.Context(), models.Finish{Version: version, Change: models.Change{Parcel: p, Events: events}, DueAt: w.moment().Add(time.Hour)}, w.moment())
	w.ok(err)
	return p
}

// fields are those of somebody's initData, without its hash.
func (w *world) fields(person int64) url.Values {
	return url.Values{
		"query_id":  {"AAH"},
		"user":      {`{"id":` + strconv.FormatInt(person, 10) + `,"first_name":"A & B","language_code":"zh-hans"}`},
		"auth_date": {strconv.FormatInt(w.now.Unix(), 10)},
		"signature": {"c2lnbmF0dXJl"},
	}
}

// signed adds the hash that Telegram makes with a bot's token.
func signed(fields url.Values, token string) string {
	var lines []string
	for name := range fields {
		lines = append(lines, name+"="+fields.Get(name))
	}
	slices.Sort(lines)
	secret := mac([]byte("WebAppData"), token)
	return fields.Encode() + "&hash=" + hex.EncodeToString(mac(secret, strings.Join(lines, "\n")))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// as is somebody's Authorization header.
func (w *world) as(person int64) string { return "tma " + signed(w.fields(person), token) }

// send makes a request with header lines such as "Origin: x". A body makes it a POST of JSON.
func (w *world) send(path, authorization, body string, header ...string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if body != "" {
		r = httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
	}
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	w.mux.ServeHTTP(answer, r)
	return answer
}

// list is what somebody's app shows, by heading: called, standing.
func (w *world) list(person int64, query string) map[string][]string {
	w.Helper()
	got := w.send("/app/parcels?q="+url.QueryEscape(query), w.as(person), "")
	if got.Code != http.StatusOK {
		w.Fatalf("the list: %d %s", got.Code, got.Body)
	}
	var said struct {
		Groups []struct {
			Title   string
			Parcels []struct{ Called, Standing, Number string }
		}
	}
	w.ok(json.Unmarshal(got.Body.Bytes(), &said))
	shown := map[string][]string{}
	for _, g := range said.Groups {
		for _, p := range g.Parcels {
			shown[g.Title] = append(shown[g.Title], p.Called+" "+p.Standing)
		}
	}
	return shown
}
