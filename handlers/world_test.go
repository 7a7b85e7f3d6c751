package handlers

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/locales"
	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
	"waybill/tracking"
)

// floor is the floor of the world's one provider.
const floor = 30 * time.Minute

// world is a real store with a scripted provider above it.
type world struct {
	t     *testing.T
	dsn   string
	keys  *seal.Keys
	store *store.Store
	words *locales.Bundle

	door   string   // through which chats write
	robots []string // group robots that are set up

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
	lazy   bool  // wants a tail although its carrier is not known to
}

func newWorld(t *testing.T, locale string) *world {
	t.Helper()
	keys, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	words, err := locales.Load(locale)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, keys: keys, words: words,
		dsn:    "sqlite://" + filepath.Join(t.TempDir(), "waybill.db"),
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
		"YT1000000000066": {tail: "4321", lazy: true, status: models.InTransit, scans: []string{"【成都】已揽收"}},
		"YT1000000000074": {status: models.InTransit, scans: []string{"一", "二", "三", "四", "五", "六", "七"}},
		"YT1000000000082": {status: models.Invalid},
		"431000000001":    {status: models.InTransit, scans: []string{"【南京】已揽收"}},
		"781000000001":    {tail: "1234", status: models.InTransit, scans: []string{"【苏州】已揽收"}},
	}
	w.open()
	if err := w.store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	return w
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

func (w *world) conversation() *Conversation {
	carriers, err := tracking.NewCarriers()
	if err != nil {
		w.t.Fatal(err)
	}
	return New(Needs{
		Parcels: w.store, Follows: w.store, Labels: w.store, Tails: w.store, Habits: w.store, Lives: w.store,
		Questions: w.store, Checker: w, Detector: w, Carriers: carriers, Pushes: w.store, Words: w.words, Now: w.clock,
		Settings: Settings{
			TailCarriers: []models.Carrier{"sf", "sf_freight", "zto", "kye"}, MaxParcels: 6,
			Links:  func(p models.Parcel) string { return "https://waybill.example/p/" + string(p.Carrier) },
			Judges: map[string]Judge{"test": w},
			Traits: map[string]Traits{"wecom_kf": {Metered: true, Humans: true}, "wecom_aibot": {Mentions: true}},
			Robots: w.robots,
		},
	})
}

func (w *world) chat(room string, group bool) models.Chat {
	w.t.Helper()
	c, err := w.store.Chat(w.t.Context(), models.Address{Door: w.door, Room: room}, group, models.At(w.clock()))
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// Admin is the world's Judge.
func (w *world) Admin(_ context.Context, _ models.Address, person string) (bool, error) {
	return w.admins[person], nil
}

// Detect knows what the local rules know.
func (w *world) Detect(_ context.Context, number string) ([]models.Carrier, bool) {
	return tracking.LocalCarriers(number)
}

// Check asks the scripted provider under the store's real rules.
func (w *world) Check(ctx context.Context, p models.Parcel, tail string, purpose models.Purpose) (models.Checked, error) {
	now := models.At(w.clock())
	tails, err := w.store.Tails(ctx, p.ID)
	if err != nil {
		return models.Checked{}, err
	}
	untried := tail != ""
	for _, k := range tails {
		if p.TailNeeded && tail == "" && k.State == models.TailOK {
			tail = k.Digits
		}
	}
	for _, k := range tails {
		if p.TailNeeded && tail == "" && k.State == models.TailUntried {
			tail, untried = k.Digits, true
		}
	}
	if p.TailNeeded && tail == "" {
		return models.Checked{Parcel: p, Err: tracking.ErrTailNeeded}, nil
	}
	exempt := models.Exempt("")
	if untried {
		exempt = models.ExemptTail
	}
	ticket, err := w.store.Begin(ctx, models.Call{
		Provider: "scripted", Kind: models.CallQuery, Purpose: purpose, Number: p.Number,
		Exempt: exempt, Floor: floor, Parcel: p.ID, Version: p.Version,
	}, now)
	if err != nil {
		return models.Checked{Parcel: p, Err: err}, nil //nolint:nilerr // the ledger's no is an answer
	}
	return w.finish(ctx, p, tail, tails, ticket)
}

func (w *world) finish(ctx context.Context, p models.Parcel, tail string, tails []models.Tail, ticket models.Ticket) (models.Checked, error) {
	now := models.At(w.clock())
	trace, failure := w.answer(p, tail)
	known, err := w.store.Identities(ctx, p.ID)
	if err != nil {
		return models.Checked{}, err
	}
	p.Version, p.AskedAt = ticket.Version, ticket.At
	f := models.Finish{Version: ticket.Version, Change: models.Change{Parcel: p}, DueAt: now.Add(time.Hour)}
	switch {
	case failure == nil:
		f.Change = models.Decide(p, known, trace, now)
	case errors.Is(failure, tracking.ErrNoRecord):
		f.Change.Parcel.HeardAt, f.Change.Parcel.Status = now, models.Pending
	}
	for _, k := range tails {
		if k.Digits == tail && failure == nil && k.State != models.TailOK {
			f.Verified = append(f.Verified, k.FollowID)
		}
		if k.Digits == tail && errors.Is(failure, tracking.ErrTailWrong) && k.State == models.TailUntried {
			f.Refused = append(f.Refused, k.FollowID)
		}
	}
	f.Closings = []models.Closing{{Ticket: ticket, Outcome: models.OutcomeTrace, Number: p.Number, At: now}}
	stored, err := w.store.Finish(ctx, f, now)
	fresh := failure == nil || errors.Is(failure, tracking.ErrNoRecord)
	return models.Checked{Parcel: stored, Fresh: fresh, Err: failure}, err
}

// answer is what the provider says.
func (w *world) answer(p models.Parcel, tail string) (models.Trace, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, p.Number)
	s, known := w.scripts[p.Number]
	switch {
	case !known:
		return models.Trace{}, tracking.ErrNoRecord
	case s.err != nil:
		return models.Trace{}, s.err
	case s.tail != "" && tail == "":
		return models.Trace{}, tracking.ErrTailNeeded
	case s.tail != "" && tail != s.tail:
		return models.Trace{}, tracking.ErrTailWrong
	}
	trace := models.Trace{Provider: "scripted", Status: s.status, Final: s.final}
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
