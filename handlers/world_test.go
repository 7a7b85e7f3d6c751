package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/locales"
	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/scheduler"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

const moving = "YT1000000000017" // wants no tail

// floor is the floor of the world's one provider.
const floor = 30 * time.Minute

var tailCarriers = []models.Carrier{"sf", "sf_freight", "zto", "kye"}

// world is a conversation on a real store, checker and tracker, above a provider
// that answers by scripts.
type world struct {
	t       *testing.T
	dsn     string
	keys    *seal.Keys
	store   *store.Store
	checker *scheduler.Checker
	words   *locales.Bundle

	door      string   // through which chats write
	robots    []string // group robots that are set up
	operators []models.Address
	pages     bool // parcels have pages

	shop, welcome string // of the shop whose customers write
	nobody        bool   // no human serves them

	mu      sync.Mutex
	now     time.Time
	scripts map[string]*script // by number
	calls   []string           // numbers asked about, in order
	admins  map[string]bool
}

// script is what the provider knows about a number.
type script struct {
	tail   string // wanted, "" when none
	status models.Status
	scans  []string // oldest first, one an hour until an hour ago
	final  bool
	err    error // instead of an answer
}

func newWorld(t *testing.T, locale string) *world {
	t.Helper()
	w := &world{
		t: t, keys: storetest.Keys(t), words: newWords(t, locale), dsn: storetest.Migrated(t, "sqlite"),
		now:    time.Date(2026, 3, 2, 10, 0, 0, 0, models.Shanghai),
		admins: map[string]bool{"boss": true},
		door:   "test",
	}
	w.scripts = map[string]*script{
		"SF1000000000015": {tail: "1234", status: models.InTransit, scans: []string{"【深圳】已揽收", "【深圳】已发出", "【北京】到达北京转运中心"}},
		"SF1000000000023": {tail: "5678", status: models.OutForDelivery, scans: []string{"【上海】快件派送中，快递员 13800000000"}},
		"SF1000000000031": {tail: "1234", status: models.Collected, scans: []string{"【广州】已揽收"}},
		"SF1000000000049": {tail: "1234", err: tracking.ErrNoRecord},
		"YT1000000000017": {status: models.InTransit, scans: []string{"【杭州】已揽收", "【杭州】离开杭州转运中心"}},
		"YT1000000000025": {err: tracking.ErrNoRecord},
		"YT1000000000033": {err: tracking.ErrUnavailable},
		"YT1000000000041": {err: tracking.ErrNumber},
		"YT1000000000058": {status: models.Delivered, final: true, scans: []string{"【武汉】派送中", "【武汉】已签收，签收人：前台"}},
		"YT1000000000066": {tail: "4321", status: models.InTransit, scans: []string{"【成都】已揽收"}},
		"YT1000000000074": {status: models.InTransit, scans: []string{"一", "二", "三", "四", "五", "六", "七"}},
		"YT1000000000082": {status: models.Invalid},
		"431000000001":    {status: models.InTransit, scans: []string{"【南京】已揽收"}},
		"781000000001":    {tail: "1234", status: models.InTransit, scans: []string{"【苏州】已揽收"}},
	}
	w.scripts["1Z999AA10123456784"] = &script{err: tracking.ErrCarrier}
	w.scripts["9400110200881234567890"] = &script{err: tracking.ErrCarrier}
	w.open()
	t.Cleanup(func() { _ = w.store.Close() })
	return w
}

func newWords(t *testing.T, locale string) *locales.Bundle {
	t.Helper()
	words, err := locales.Load(locale)
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func (w *world) open() {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.dsn, w.keys)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = s
}

// restart closes the database and opens it again, as a new process would.
func (w *world) restart() {
	w.t.Helper()
	if err := w.store.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// conversation stands on the real checker and tracker, as in production.
func (w *world) conversation() *Conversation {
	w.t.Helper()
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		w.t.Fatal(err)
	}
	tracker := tracking.New(tracking.Settings{
		Providers: []tracking.Provider{{Name: "muzhi", Query: w.Query, Serves: func(models.Carrier) bool { return true }}}, Carriers: carriers, Ledger: w.store, Memory: w.store, Slots: w.store,
		Floor: floor, Speed: 1, Now: w.clock,
	})
	w.checker = scheduler.NewChecker(scheduler.CheckerSettings{
		Tracker: tracker, Store: w.store, Waker: w, Cadence: scheduler.Cadence{Floor: floor, Speed: 1},
		TailCarriers: tailCarriers, Log: slog.New(slog.DiscardHandler), Now: w.clock,
	})
	return New(Settings{
		Store: w.store, Detector: tracker, Carriers: carriers, Checker: w.checker, Words: w.words, Labels: codesReader{}, Now: w.clock,
		TailCarriers: tailCarriers, MaxParcels: models.Limits{Each: 6},
		Links:  w.links(),
		Admins: map[string]Admins{"test": w},
		Traits: map[string]Traits{
			"wecom_kf": {Metered: true, Humans: true}, "wecom_aibot": {Mentions: true, Staff: true}, "wecom_app": {Staff: true}, "telegram": {Keyboard: true, Edits: true},
		},
		Robots: w.robots, Operators: w.operators, Humans: map[string]Humans{"wecom_kf": w}, ShopName: w.shop, Welcome: w.welcome,
	})
}

// links makes links that tell the follows of different chats and times apart.
func (w *world) links() func(models.Followed) string {
	if !w.pages {
		return nil
	}
	return func(f models.Followed) string {
		return fmt.Sprintf("https://waybill.example/p/%d-%d-%d", f.Follow.ChatID, f.Parcel.ID, f.Follow.CreatedAt)
	}
}

func (w *world) chat(conversation string, group bool) models.Chat {
	w.t.Helper()
	c, err := w.store.Chat(w.t.Context(), models.Address{Door: w.door, Conversation: conversation}, group, models.At(w.clock()))
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// Admin makes the world know who administers its groups.
func (w *world) Admin(_ context.Context, _ models.Address, person string) (bool, error) {
	return w.admins[person], nil
}

// Serves makes the world know whether a human serves.
func (w *world) Serves(context.Context, models.Address) bool { return !w.nobody }

// Wake wakes nobody: no worker is there.
func (w *world) Wake(context.Context, string) error { return nil }

// Query makes the world a provider that answers by its scripts.

func (w *world) Query(_ context.Context, number string, _ models.Carrier, tail string) (models.Trace, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, number)
	fails := func(kind error) (models.Trace, error) {
		return models.Trace{}, &tracking.Error{Provider: "muzhi", Kind: kind, Billed: true}
	}
	s, known := w.scripts[number]
	switch {
	case !known:
		return fails(tracking.ErrNoRecord)
	case s.err != nil:
		return fails(s.err)
	case s.tail != "" && tail == "":
		return fails(tracking.ErrTailNeeded)
	case s.tail != "" && tail != s.tail:
		return fails(tracking.ErrTailWrong)
	}
	trace := models.Trace{Provider: "muzhi", Status: s.status, Final: s.final, Billed: true}
	begun := models.At(time.Date(2026, 3, 2, 9, 0, 0, 0, models.Shanghai))
	for i, text := range s.scans {
		e := models.Event{Kind: models.Scan, Text: text, At: begun.Add(time.Duration(i-len(s.scans)+1) * time.Hour)}
		e.Sign()
		trace.Events = append([]models.Event{e}, trace.Events...)
	}
	return trace, nil
}

// asked is how often the provider was asked about a number.
func (w *world) asked(number string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, c := range w.calls {
		if c == number {
			n++
		}
	}
	return n
}

// shown is what a chat sees of replies: their lines, and buttons in brackets.
func shown(replies []Reply) []string {
	var lines []string
	for _, r := range replies {
		for line := range strings.SplitSeq(r.Text(), "\n") {
			if strings.TrimSpace(line) != "" {
				lines = append(lines, strings.TrimRight(line, " "))
			}
		}
		for _, row := range r.Buttons {
			var words []string
			for _, b := range row {
				words = append(words, "["+b.Text+"]")
			}
			lines = append(lines, strings.Join(words, " "))
		}
		if r.Toast != "" {
			lines = append(lines, "("+r.Toast+")")
		}
		if r.File != nil {
			lines = append(lines, "<"+r.File.Name+">")
		}
	}
	return lines
}

// handled is the answer to a message of a chat's person, which there must be.
func handled(t *testing.T, w *world, m Message) []Reply {
	t.Helper()
	m.Addressed, m.From = true, "a"
	replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), m)
	if err != nil || len(replies) == 0 {
		t.Fatalf("%v, %v", replies, err)
	}
	return replies
}
