package wecom_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
	"waybill/models/seal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// lines is a log that tests can read.
type lines struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	more chan struct{} // gets one token per line that fits
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes.Contains(p, []byte("fetch wecom messages")) {
		l.more <- struct{}{}
	}
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// alarm is the operators.
type alarm struct {
	mu     sync.Mutex
	alerts []string
}

func (a *alarm) Alert(_ context.Context, key string, _ ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.alerts = append(a.alerts, key)
}

func (a *alarm) AlertDaily(ctx context.Context, _, key string, args ...any) {
	a.Alert(ctx, key, args...)
}

func (a *alarm) keys() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.alerts)
}

// world is a fake WeCom, a store and one process with all doors.
type world struct {
	t     *testing.T
	we    *wecomtest.API
	store *memory
	keys  *seal.Keys
	clock *clock
	log   *lines
	alarm *alarm
	api   *wecom.API
	kf    *wecom.KF
	app   *wecom.App
}

const (
	account  = "wkAccount0000000000000000000001"
	customer = "wmCustomer000000000000000000001"
	member   = "LiLei"
)

var (
	ofCustomer = models.Address{Door: "wecom_kf", Conversation: account + "/" + customer}
	ofMember   = models.Address{Door: "wecom_app", Conversation: member}
)

// begin makes a world; its doors listen at the fake's callbacks.
func begin(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, we: wecomtest.Serve(t), store: newMemory(), alarm: &alarm{}, log: &lines{more: make(chan struct{}, 1000)},
		clock: &clock{at: time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)},
	}
	w.keys = newKeys(t)
	w.we.Now = w.clock.Now
	w.we.Account(account)
	w.we.Member(member)
	w.start("a")
	t.Cleanup(func() { noSecrets(t, w.log.String()) })
	return w
}

func newKeys(t *testing.T) *seal.Keys {
	t.Helper()
	keys, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// start begins another process on the same store.
func (w *world) start(owner string, change ...func(*wecom.Settings)) {
	w.t.Helper()
	s := wecom.Settings{
		CorpID: wecomtest.CorpID, APIURL: w.we.URL() + "/", Memory: w.store, Leases: w.store, Owner: owner, Phrases: wecom.PhrasesInTests, Alerts: w.alarm,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: w.clock.Now,
	}
	for _, c := range change {
		c(&s)
	}
	var err error
	if w.api, err = wecom.Open(s); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.api.Close)
	w.kf = w.openKF(wecomtest.KFSecret)
	w.app, err = wecom.NewApp(w.api, wecom.AppSettings{
		AgentID: wecomtest.AppAgent, Secret: wecomtest.AppSecret, Token: wecomtest.AppToken, AESKey: wecomtest.AppKey, Arrivals: w.store,
	}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	hooks := httptest.NewServer(w.kf.Callback())
	apps := httptest.NewServer(w.app.Callback())
	w.t.Cleanup(hooks.Close)
	w.t.Cleanup(apps.Close)
	w.we.KFCallback, w.we.AppCallback = hooks.URL, apps.URL
}

func (w *world) openKF(secret string) *wecom.KF {
	w.t.Helper()
	kf, err := wecom.NewKF(w.api, wecom.KFSettings{
		AgentID: wecomtest.KFAgent, Secret: secret, Token: wecomtest.KFToken, AESKey: wecomtest.KFKey,
		SyncStore: w.store, Credits: w.store, Sealer: w.keys,
	}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return kf
}

// run has the door fetch until the test ends, or stop is called.
func (w *world) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.kf.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(stop)
	return stop
}

// announce has WeCom announce the account once.
func (w *world) announce() {
	w.t.Helper()
	status, err := w.we.Announce(within(w.t), account, wecomtest.Delivery{})
	if err != nil || status != 200 {
		w.t.Fatalf("announced: %d, %v", status, err)
	}
}

// fetch announces the account and waits until everything is fetched.
func (w *world) fetch() {
	w.t.Helper()
	w.announce()
	w.store.fetched(w.t, account)
}

// write is a customer who writes, and whose message is fetched.
func (w *world) write(text string) {
	w.t.Helper()
	w.we.Say(account, customer, text)
	w.fetch()
}

// failed waits until fetching has failed once more, and for the pause after it.
func (w *world) failed() {
	w.t.Helper()
	select {
	case <-w.log.more:
		w.clock.move(time.Minute)
	case <-within(w.t).Done():
		w.t.Fatal("it did not fail")
	}
}

// send sends a reply to the customer.
func (w *world) send(r handlers.Reply) error {
	return w.kf.Send(within(w.t), ofCustomer, r)
}

func (w *world) texts(to string) []string {
	var out []string
	for _, s := range w.we.Sent(to) {
		out = append(out, s.Text)
	}
	return out
}

// echo is a conversation that remembers what it was told.
type echo struct {
	mu       sync.Mutex
	received []handlers.Message
}

func (e *echo) Handle(_ context.Context, _ models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.received = append(e.received, m)
	r := text("you said " + m.Text + m.Button)
	r.Token = m.Token
	return []handlers.Reply{r}, nil
}

// answer works the inbox off from the n-th arrival on: read, handle, send.
func answer(t *testing.T, d handlers.Door, h handlers.Handler, arrivals []models.Arrival) []handlers.Reply {
	t.Helper()
	var all []handlers.Reply
	for _, a := range arrivals {
		m, ok, err := d.Read(a.Body)
		if err != nil || !ok {
			t.Fatalf("read: %v, %v", ok, err)
		}
		replies, err := h.Handle(within(t), models.Chat{Address: a.Address}, m)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range replies {
			if err := d.Send(within(t), a.Address, r); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, replies...)
	}
	return all
}

// waits is how long an error asks to wait; 0 for others.
func waits(err error) time.Duration {
	var wait *models.Wait
	if errors.As(err, &wait) {
		return wait.After
	}
	return 0
}

// text is a reply of plain lines, each a block of its own.
func text(blocks ...string) handlers.Reply {
	var r handlers.Reply
	for _, b := range blocks {
		r.Blocks = append(r.Blocks, handlers.Block{{{Text: b}}})
	}
	return r
}

func news(occasion handlers.Occasion, blocks ...string) handlers.Reply {
	r := text(blocks...)
	r.For = occasion
	return r
}

// within bounds a test that would otherwise hang.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// noSecrets fails when a text shows what nobody may see.
func noSecrets(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{wecomtest.KFSecret, wecomtest.AppSecret, "access-token-of-", robotKey} {
		if strings.Contains(text, secret) {
			t.Errorf("it shows %s…: %s", secret[:6], text)
		}
	}
}

const robotKey = "robot-key-that-nobody-else-has"
