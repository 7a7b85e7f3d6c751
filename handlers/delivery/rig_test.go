package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"waybill/handlers"
	"waybill/locales"
	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

const (
	yt = "YT1000000000017"
	zt = "ZT1000000000012"
	sf = "SF1000000000015"
)

var (
	errBroken = errors.New("connection refused")
	morning   = time.Date(2026, 3, 2, 10, 0, 0, 0, models.Shanghai)
	siesta    = models.Quiet{From: 13, To: 14, Zone: models.Shanghai}
)

// clock is the process's clock. Claims run by the database's, which nobody moves.
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

// fakeDoor is a platform: it reads bodies as text and notes what is sent. It puts
// most replies into one message when most is not zero.
type fakeDoor struct {
	mu    sync.Mutex
	sent  []string // "room: text"
	got   []handlers.Reply
	tries int
	wrong func(room string, r handlers.Reply) error
	wait  func(ctx context.Context) error // before anything is sent
}

func (d *fakeDoor) Name() string { return "test" }

func (d *fakeDoor) Read(body []byte) (handlers.Message, bool, error) {
	switch text := string(body); text {
	case "":
		return handlers.Message{}, false, errors.New("an empty update")
	case "left":
		return handlers.Message{Happening: handlers.Left}, true, nil
	default:
		return handlers.Message{Text: text, Addressed: true}, text != "nothing", nil
	}
}

func (d *fakeDoor) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	d.mu.Lock()
	d.tries++
	wrong, wait := d.wrong, d.wait
	d.mu.Unlock()
	if wait != nil {
		if err := wait(ctx); err != nil {
			return err
		}
	}
	if wrong != nil {
		if err := wrong(to.Conversation, r); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent, d.got = append(d.sent, to.Conversation+": "+said(r)), append(d.got, r)
	return nil
}

// fails is what the platform says from now on; nil for nothing.
func (d *fakeDoor) fails(wrong func(room string, r handlers.Reply) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wrong = wrong
}

// waits has sending wait.
func (d *fakeDoor) waits(wait func(ctx context.Context) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wait = wait
}

func (d *fakeDoor) said() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.sent)
}

func (d *fakeDoor) tried() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tries
}

// telling is what a notification tells: numbers and scans.
var telling = regexp.MustCompile(`[A-Z]{2}\d{13}|\p{Han}+`)

func said(r handlers.Reply) string {
	if r.For == handlers.Answer {
		return strings.ReplaceAll(r.Text(), "\n", "+")
	}
	return strings.Join(telling.FindAllString(r.Text(), -1), " ")
}

// always is a platform that always says the same.
func always(err error) func(string, handlers.Reply) error {
	return func(string, handlers.Reply) error { return err }
}

// about is what a platform says to messages with a word in them.
func about(word string, err error) func(string, handlers.Reply) error {
	return func(_ string, r handlers.Reply) error {
		if strings.Contains(r.Text(), word) {
			return err
		}
		return nil
	}
}

// countedDoor is a platform that counts messages: it puts so many replies into one.
type countedDoor struct {
	*fakeDoor
	most int
}

func (d countedDoor) Merge(rs []handlers.Reply) (handlers.Reply, int) {
	n := min(d.most, len(rs))
	one := rs[0]
	for _, r := range rs[1:n] {
		one.Blocks, one.Buttons = slices.Concat(one.Blocks, r.Blocks), nil
		if r.For == handlers.Urgent {
			one.For = handlers.Urgent
		}
	}
	return one, n
}

// echo answers every text with itself, once for every word, and misbehaves when told to.
type echo struct {
	mu       sync.Mutex
	times    map[string]int
	broken   func(text string) error
	optional bool
}

func (e *echo) Handle(_ context.Context, _ models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.times[m.Text]++
	if e.broken != nil {
		if err := e.broken(m.Text); err != nil {
			return nil, err
		}
	}
	var replies []handlers.Reply
	for word := range strings.FieldsSeq(m.Text) {
		replies = append(replies, handlers.Reply{
			Blocks: []handlers.Block{{{{Text: word, Style: handlers.Strong}}}}, Optional: e.optional,
			Buttons: [][]handlers.Button{{{Text: "b", Data: "b"}}},
		})
	}
	return replies, nil
}

func (e *echo) handled(text string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.times[text]
}

// alarm notes alerts.
type alarm struct {
	mu   sync.Mutex
	keys []string
}

func (a *alarm) Alert(_ context.Context, key string, _ ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys = append(a.keys, key)
}

func (a *alarm) AlertDaily(ctx context.Context, _, key string, args ...any) {
	a.Alert(ctx, key, args...)
}

// counter is a Meter.
type counter struct {
	mu        sync.Mutex
	delivered map[string]int
	late      []time.Duration
	sent      []string // kinds of messages that were accepted
}

func (c *counter) Sent(_, kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, kind)
}

func (c *counter) Delivered(_, outcome string, late time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.delivered[outcome]++
	c.late = append(c.late, late)
}

// wording is the conversation's words, which may be broken.
type wording struct {
	*handlers.Conversation
	broken func(n models.Notification) error
}

func (w *wording) Notify(ctx context.Context, n models.Notification) (handlers.Reply, error) {
	if w.broken != nil {
		if err := w.broken(n); err != nil {
			return handlers.Reply{}, err
		}
	}
	return w.Conversation.Notify(ctx, n)
}

// rig is a worker over the real store and the real words. The door is fake, and
// so is the handler, unless a test sets another.
type rig struct {
	*clock
	t      *testing.T
	open   func() *store.Store
	db     *store.Store
	door   *fakeDoor
	echo   *echo
	words  *wording
	alarm  *alarm
	meter  *counter
	log    *bytes.Buffer
	bundle *locales.Bundle
	worker *Worker
	keys   int
}

// each runs a test on every kind of database, with a clock that stands still
// until it is moved.
func each(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		c := &clock{at: morning}
		test(t, newRig(t, open, c, c.now))
	})
}

func newRig(t *testing.T, open func() *store.Store, c *clock, now func() time.Time) *rig {
	t.Helper()
	bundle, err := locales.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		t: t, clock: c, open: open, db: open(), door: &fakeDoor{}, echo: &echo{times: map[string]int{}}, alarm: &alarm{},
		meter: &counter{delivered: map[string]int{}}, log: &bytes.Buffer{}, bundle: bundle,
	}
	r.words = &wording{Conversation: handlers.New(handlers.Settings{
		Store: r.db, Checker: unheardOf{}, Detector: local{}, Words: bundle, Now: now,
	})}
	r.worker = New(r.settings(now))
	return r
}

func (r *rig) settings(now func() time.Time) Settings {
	return Settings{
		Door: r.door, Handler: r.echo, Notifier: r.words, Store: r.db, Words: r.bundle, Quiet: siesta, Alerts: r.alarm, Meter: r.meter,
		Owner: "one", Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelInfo})), Now: now,
	}
}

// unheardOf is a checker that finds no record of anything.
type unheardOf struct{}

func (unheardOf) Check(_ context.Context, p models.Parcel, _ string, _ models.Purpose) (models.Checked, error) {
	return models.Checked{Parcel: p, Err: tracking.ErrNoRecord}, nil
}

func (unheardOf) Followed(context.Context, int64) {}

type local struct{}

func (local) Detect(_ context.Context, number string) ([]models.Carrier, bool) {
	return recognise.ByShape(number)
}

// other is a worker in one more process; change may bend its settings.
func (r *rig) other(owner string, change func(*Settings)) *Worker {
	s := r.settings(r.worker.now)
	s.Owner, s.Store = owner, r.open()
	if change != nil {
		change(&s)
	}
	return New(s)
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) moment() models.Moment { return r.worker.moment() }

func (r *rig) chat(room string) models.Chat {
	r.t.Helper()
	c, err := r.db.Chat(r.t.Context(), models.Address{Door: "test", Conversation: room}, false, r.moment())
	r.must(err)
	return c
}

// writes stores updates of one room, in order.
func (r *rig) writes(room string, texts ...string) {
	r.t.Helper()
	var as []models.Arrival
	for _, text := range texts {
		r.keys++
		as = append(as, models.Arrival{
			Door: "test", Key: fmt.Sprint(r.keys), Pos: int64(r.keys), Body: []byte(text),
			Address: models.Address{Door: "test", Conversation: room},
		})
	}
	_, err := r.db.Arrive(r.t.Context(), as, r.moment())
	r.must(err)
}

// follow makes chats follow a parcel.
func (r *rig) follow(number string, rooms ...string) models.Parcel {
	r.t.Helper()
	return r.followWith(models.Following{}, false, number, rooms...)
}

func (r *rig) followWith(f models.Following, tailNeeded bool, number string, rooms ...string) models.Parcel {
	r.t.Helper()
	p, err := r.db.Ensure(r.t.Context(), number, "yto", "", tailNeeded, r.moment())
	r.must(err)
	for _, room := range rooms {
		f.ChatID, f.ParcelID = r.chat(room).ID, p.ID
		_, err := r.db.Follow(r.t.Context(), f, r.moment())
		r.must(err)
	}
	return p
}

// happens is a check that finds a scan.
func (r *rig) happens(number, scan string) {
	r.finds(number, models.Event{Kind: models.Scan, Text: scan})
}

// urgent is a check that finds a scan that breaks quiet hours.
func (r *rig) urgent(number, scan string) {
	r.finds(number, models.Event{Kind: models.Scan, Text: scan, Urgency: models.UrgentAlways})
}

func (r *rig) finds(number string, e models.Event) {
	r.t.Helper()
	r.must(find(r.t.Context(), r.db, number, e, r.moment()))
}

func find(ctx context.Context, db *store.Store, number string, e models.Event, now models.Moment) error {
	parcels, err := db.ByNumber(ctx, number)
	if err != nil {
		return err
	}
	p := parcels[0]
	p.Seq++
	p.Status, p.HeardAt = models.InTransit, now
	e.Seq, e.At, e.StoredAt = p.Seq, now, now
	change := models.Change{Parcel: p, Events: []models.Event{e}, Everyone: e.Kind == models.TailRefused}
	_, err = db.Finish(ctx, models.Finish{Version: p.Version, Change: change, DueAt: now.Add(time.Hour)}, now)
	return err
}

// news makes chats follow a parcel to which something happens.
func (r *rig) news(number, scan string, rooms ...string) {
	r.t.Helper()
	r.follow(number, rooms...)
	r.happens(number, scan)
}

// sweep has the worker work until nothing is due.
func (r *rig) sweep() {
	r.t.Helper()
	r.sweepBy(r.worker)
}

func (r *rig) sweepBy(w *Worker) {
	r.t.Helper()
	for range 50 {
		var chats sync.WaitGroup
		for w.claim(r.t.Context(), r.t.Context(), &chats) {
			continue
		}
		chats.Wait()
		select {
		case <-w.wake:
		default:
			return
		}
		w.log.Debug("again")
	}
	r.t.Fatal("a chat is due again and again")
}

// sees checks everything that was sent until now.
func (r *rig) sees(want ...string) {
	r.t.Helper()
	if got := r.door.said(); !slices.Equal(got, want) {
		r.t.Errorf("sent:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// pending counts the parcels of which something is pending for a chat.
func (r *rig) pending(room string) int {
	r.t.Helper()
	all, err := r.db.Pending(r.t.Context(), r.chat(room))
	r.must(err)
	return len(all)
}

func (r *rig) alerted(want ...string) {
	r.t.Helper()
	if !slices.Equal(r.alarm.keys, want) {
		r.t.Errorf("the operators heard %q, want %q", r.alarm.keys, want)
	}
}
