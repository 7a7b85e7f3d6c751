package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/tracking"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

var hushed = slog.New(slog.DiscardHandler)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// query is one call that a script got.
type query struct {
	number, tail string
	carrier      models.Carrier
}

// script is a provider that answers as it is told.
type script struct {
	mu      sync.Mutex
	answer  func(query) (models.Trace, error)
	queries []query
}

func (s *script) Query(_ context.Context, number string, carrier models.Carrier, tail string) (models.Trace, error) {
	s.mu.Lock()
	q := query{number: number, carrier: carrier, tail: tail}
	s.queries = append(s.queries, q)
	answer := s.answer
	s.mu.Unlock()
	return answer(q)
}

// says makes every further query end like this.
func (s *script) says(answer func(query) (models.Trace, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *script) asked() []query {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queries)
}

// fails is a provider's failure of a kind.
func fails(kind error) func(query) (models.Trace, error) {
	return func(query) (models.Trace, error) {
		return models.Trace{}, &tracking.Error{Provider: "muzhi", Kind: kind, Billed: true}
	}
}

// shows is an answer with these scans, given oldest first, a minute apart.
func shows(s models.Status, texts ...string) func(query) (models.Trace, error) {
	t := models.Trace{Provider: "muzhi", Status: s, Billed: true}
	for i, text := range texts {
		e := models.Event{Kind: models.Scan, At: noon.Add(time.Duration(i) * time.Minute), Text: text}
		e.Sign()
		t.Events = append([]models.Event{e}, t.Events...)
	}
	return func(query) (models.Trace, error) { return t, nil }
}

// notifier counts its wake-ups and wakes whoever listens.
type notifier struct {
	mu    sync.Mutex
	rings int
	ears  []chan struct{}
}

func (b *notifier) Wake(context.Context, string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rings++
	for _, ear := range b.ears {
		select {
		case ear <- struct{}{}:
		default:
		}
	}
	return nil
}

func (b *notifier) Listen(string) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	ear := make(chan struct{}, 1)
	b.ears = append(b.ears, ear)
	return ear
}

func (b *notifier) woken() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rings
}

// counter is a Meter.
type counter struct {
	mu      sync.Mutex
	checked map[string]int
	backlog []models.Backlog
}

func newCounter() *counter { return &counter{checked: map[string]int{}} }

func (c *counter) Checked(outcome string, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checked[outcome]++
}

func (c *counter) Backlog(b models.Backlog) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.backlog = append(c.backlog, b)
}

// rig is a checker on a real database, with a real tracker, and a provider
// that answers as it is told.
type rig struct {
	t        testing.TB
	db       *store.Store
	now      func() time.Time
	pass     func(time.Duration)
	provider *script
	tracker  *tracking.Tracker
	checker  *Checker
	notifier *notifier
	meter    *counter
	cadence  Cadence
}

// newRig stands at noon.
func newRig(t testing.TB, db *store.Store) *rig {
	c := &clock{at: noon.Time()}
	return newRigAt(t, db, regular, c.now, c.pass)
}

func newRigAt(t testing.TB, db *store.Store, cadence Cadence, now func() time.Time, pass func(time.Duration)) *rig {
	r := &rig{t: t, db: db, now: now, pass: pass, provider: &script{answer: shows(models.InTransit, "揽收")}, notifier: &notifier{}, meter: newCounter(), cadence: cadence}
	r.tracker = tracking.New(r.tracking(nil))
	r.checker = r.newChecker(r.tracker, db)
	return r
}

func (r *rig) newChecker(t Tracker, db Store) *Checker {
	return NewChecker(CheckerSettings{
		Tracker: t, Store: db, Waker: r.notifier, Cadence: r.cadence,
		TailCarriers: []models.Carrier{"sf"}, Meter: r.meter, Log: hushed, Now: r.now,
	})
}

func (r *rig) moment() models.Moment { return models.At(r.now()) }

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// chat makes a chat of the door "test".
func (r *rig) chat(room string) models.Chat {
	r.t.Helper()
	c, err := r.db.Chat(r.t.Context(), models.Address{Door: "test", Conversation: room}, false, r.moment())
	r.must(err)
	return c
}

// follow makes chats follow a parcel that nobody has asked about yet.
func (r *rig) follow(number string, carrier models.Carrier, rooms ...string) models.Parcel {
	r.t.Helper()
	return r.followWith(number, carrier, false, models.Following{}, rooms...)
}

func (r *rig) followWith(number string, carrier models.Carrier, tailNeeded bool, w models.Following, rooms ...string) models.Parcel {
	r.t.Helper()
	p, err := r.db.Ensure(r.t.Context(), number, carrier, "", tailNeeded, r.moment())
	r.must(err)
	for _, room := range rooms {
		w.ChatID, w.ParcelID = r.chat(room).ID, p.ID
		_, err := r.db.Follow(r.t.Context(), w, r.moment())
		r.must(err)
	}
	return r.parcel(p.ID)
}

func (r *rig) parcel(id int64) models.Parcel {
	r.t.Helper()
	p, err := r.db.Parcel(r.t.Context(), id)
	r.must(err)
	return p
}

// poll checks a parcel as it is stored.
func (r *rig) poll(id int64) models.Checked {
	r.t.Helper()
	c, err := r.checker.Check(r.t.Context(), r.parcel(id), "", models.Poll)
	r.must(err)
	return c
}

// ask checks a parcel for a person.
func (r *rig) ask(id int64, tail string) models.Checked {
	r.t.Helper()
	c, err := r.checker.Check(r.t.Context(), r.parcel(id), tail, models.Person)
	r.must(err)
	return c
}

// pending lists what is to be delivered to a chat: "number scan:text …" for each
// parcel.
func (r *rig) pending(room string) []string {
	r.t.Helper()
	notifications, err := r.db.Pending(r.t.Context(), r.chat(room))
	r.must(err)
	var all []string
	for _, n := range notifications {
		all = append(all, said(n))
	}
	return all
}

// said is one message: number, scans newest first, notices.
func said(n models.Notification) string {
	words := []string{n.Parcel.Number}
	var events []models.Event
	for _, line := range n.Events {
		events = append(events, line.Event)
	}
	for _, e := range append(events, n.Notices...) {
		words = append(words, strings.TrimSuffix(string(e.Kind)+":"+e.Text, ":"))
	}
	return strings.Join(words, " ")
}

func (r *rig) wantPending(room string, want ...string) {
	r.t.Helper()
	if got := r.pending(room); !slices.Equal(got, want) {
		r.t.Errorf("pending for %s is %q, want %q", room, got, want)
	}
}

// breaks says whether something that is pending for a chat breaks quiet hours.
func (r *rig) breaks(room string) bool {
	r.t.Helper()
	notifications, err := r.db.Pending(r.t.Context(), r.chat(room))
	r.must(err)
	return slices.ContainsFunc(notifications, models.Notification.Breaks)
}

// deliver marks what is pending for all chats as delivered.
func (r *rig) deliver() {
	r.t.Helper()
	claimed, err := r.db.ClaimChats(r.t.Context(), "test", "rig", r.moment(), time.Minute, 100)
	r.must(err)
	for _, c := range claimed {
		notifications, err := r.db.Pending(r.t.Context(), c.Chat)
		r.must(err)
		for _, n := range notifications {
			r.must(r.db.Delivered(r.t.Context(), c.Claim, models.Mark{FollowID: n.Follow.ID, Upto: n.Upto}))
		}
		r.must(r.db.Release(r.t.Context(), c.Claim, models.Never, false))
	}
}

// calls counts today's ledger rows by outcome.
func (r *rig) calls() map[models.Outcome]int64 {
	r.t.Helper()
	usage, err := r.db.Usage(r.t.Context(), r.moment().Day())
	r.must(err)
	counts := map[models.Outcome]int64{}
	for _, u := range usage {
		counts[u.Outcome] += u.Count
	}
	return counts
}

// tailState is what is known of a chat's tail.
func (r *rig) tailState(room string, parcel int64) models.TailState {
	r.t.Helper()
	f, ok, err := r.db.FollowOf(r.t.Context(), r.chat(room).ID, parcel)
	r.must(err)
	if !ok {
		r.t.Fatalf("%s does not follow", room)
	}
	return f.TailState
}

var errBroken = errors.New("broken")
