package wecom_test

import (
	"bytes"
	"cmp"
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
	mu   sync.Mutex
	told []string
}

func (a *alarm) Alert(_ context.Context, key string, _ ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told = append(a.told, key)
}

func (a *alarm) keys() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.told)
}

// memory is a store in memory: everything that the doors want kept.
type memory struct {
	mu       sync.Mutex
	failing  error
	kept     map[string]kept
	leases   map[string]string
	asked    map[string]int // how often for a lease
	arrivals []models.Arrival
	mails    map[string]models.Mail
	credits  map[models.Address]models.Credit
	failPage int // how many pages are not stored
	countErr error
	changed  chan struct{}
}

type kept struct {
	value []byte
	until models.Moment
}

func newMemory() *memory {
	return &memory{
		kept: map[string]kept{}, leases: map[string]string{}, asked: map[string]int{}, mails: map[string]models.Mail{},
		credits: map[models.Address]models.Credit{}, changed: make(chan struct{}),
	}
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failing = err
}

func (m *memory) failCounts() {
	defer m.lock()()
	m.countErr = errors.New("down")
}

func (m *memory) failPages(n int) {
	defer m.lock()()
	m.failPage = n
}

func (m *memory) lock() func() {
	m.mu.Lock()
	return func() {
		close(m.changed)
		m.changed = make(chan struct{})
		m.mu.Unlock()
	}
}

func (m *memory) Recall(_ context.Context, kind, key string, now models.Moment) ([]byte, bool, error) {
	defer m.lock()()
	k, ok := m.kept[kind+"/"+key]
	return k.value, ok && k.until > now && m.failing == nil, m.failing
}

func (m *memory) Remember(_ context.Context, kind, key string, value []byte, until models.Moment) error {
	defer m.lock()()
	if len(kind) > 16 {
		return errors.New("a kind has at most 16 characters")
	}
	m.kept[kind+"/"+key] = kept{value, until}
	return m.failing
}

func (m *memory) Lease(_ context.Context, name, owner string, _ time.Duration) (int64, bool, error) {
	defer m.lock()()
	if len(name) > 80 {
		return 0, false, errors.New("a lease's name has at most 80 characters")
	}
	m.asked[name]++
	if held := m.leases[name]; held != "" && held != owner {
		return 0, false, m.failing
	}
	m.leases[name] = owner
	return 1, true, m.failing
}

func (m *memory) Unlease(_ context.Context, name, owner string) error {
	defer m.lock()()
	if m.leases[name] == owner {
		delete(m.leases, name)
	}
	return m.failing
}

// arrive stores what is new. The caller holds the lock.
func (m *memory) arrive(as []models.Arrival) (fresh []string) {
	for _, a := range as {
		if slices.ContainsFunc(m.arrivals, func(r models.Arrival) bool { return r.Door == a.Door && r.Key == a.Key }) {
			continue
		}
		m.arrivals = append(m.arrivals, a)
		fresh = append(fresh, a.Key)
	}
	return fresh
}

func (m *memory) Arrive(ctx context.Context, as []models.Arrival, _ models.Moment) (int, error) {
	defer m.lock()()
	if m.failing != nil || ctx.Err() != nil {
		return 0, errors.Join(m.failing, ctx.Err())
	}
	return len(m.arrive(as)), nil
}

func (m *memory) Announce(ctx context.Context, account, token string, now models.Moment) error {
	defer m.lock()()
	if m.failing != nil || ctx.Err() != nil {
		return errors.Join(m.failing, ctx.Err())
	}
	mail := m.mails[account]
	mail.Account, mail.Token, mail.TokenAt, mail.Announced = account, token, now, mail.Announced+1
	m.mails[account] = mail
	return nil
}

func (m *memory) Mails(context.Context) ([]models.Mail, error) {
	defer m.lock()()
	var all []models.Mail
	for _, mail := range m.mails {
		all = append(all, mail)
	}
	return all, m.failing
}

func (m *memory) ArriveSynced(_ context.Context, p models.Page, _ models.Moment) (int, error) {
	defer m.lock()()
	mail := m.mails[p.Account]
	if m.failing != nil {
		return 0, m.failing
	}
	if mail.Cursor != p.From {
		return 0, models.ErrStale
	}
	if m.failPage > 0 {
		m.failPage--
		return 0, errors.New("down")
	}
	fresh := m.arrive(p.Arrivals)
	for _, r := range p.Renewals {
		if c := m.credits[r.Address]; slices.Contains(fresh, r.Key) && r.At >= c.SpokeAt {
			m.credits[r.Address] = models.Credit{Address: r.Address, Left: r.Left, Until: r.Until, SpokeAt: r.At, Serial: c.Serial + 1}
		}
	}
	for _, s := range p.Spent {
		if c := m.credits[s.Address]; s.At >= c.SpokeAt {
			c.Left = 0
			m.credits[s.Address] = c
		}
	}
	mail.Cursor, mail.Fetched = p.Cursor, max(mail.Fetched, p.Fetched)
	m.mails[p.Account] = mail
	return len(fresh), nil
}

func (m *memory) Credit(_ context.Context, a models.Address) (models.Credit, error) {
	defer m.lock()()
	c := m.credits[a]
	c.Address = a
	return c, m.failing
}

func (m *memory) SetCredit(_ context.Context, c models.Credit) error {
	defer m.lock()()
	if stored := m.credits[c.Address]; stored.Serial == c.Serial {
		stored.Left = c.Left
		m.credits[c.Address] = stored
	}
	return errors.Join(m.failing, m.countErr)
}

func (m *memory) left(a models.Address) int {
	defer m.lock()()
	return m.credits[a].Left
}

// inbox is what has arrived, in its order.
func (m *memory) inbox() []models.Arrival {
	defer m.lock()()
	all := slices.Clone(m.arrivals)
	slices.SortStableFunc(all, func(a, b models.Arrival) int { return cmp.Compare(a.Pos, b.Pos) })
	return all
}

// wait waits until something in the store is so.
func (m *memory) wait(t *testing.T, so func(m *memory) bool) {
	t.Helper()
	ctx := within(t)
	for {
		m.mu.Lock()
		ok, changed := so(m), m.changed
		m.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatal("it did not come to that")
		}
	}
}

func (m *memory) fetched(t *testing.T, account string) {
	t.Helper()
	m.wait(t, func(m *memory) bool {
		mail := m.mails[account]
		return mail.Announced > 0 && mail.Fetched == mail.Announced
	})
}

// world is a fake WeCom, a store and one process with all doors.
type world struct {
	t     *testing.T
	we    *wecomtest.API
	store *memory
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
	ofCustomer = models.Address{Door: "wecom_kf", Room: account + "/" + customer}
	ofMember   = models.Address{Door: "wecom_app", Room: member}
)

// begin makes a world; its doors listen at the fake's callbacks.
func begin(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, we: wecomtest.Serve(t), store: newMemory(), alarm: &alarm{}, log: &lines{more: make(chan struct{}, 1000)},
		clock: &clock{at: time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)},
	}
	w.we.Now = w.clock.Now
	w.we.Account(account)
	w.we.Member(member)
	w.start("a")
	t.Cleanup(func() { noSecrets(t, w.log.String()) })
	return w
}

// start begins another process on the same store.
func (w *world) start(owner string, change ...func(*wecom.Settings)) {
	w.t.Helper()
	s := wecom.Settings{
		CorpID: wecomtest.CorpID, APIURL: w.we.URL() + "/", Memory: w.store, Leases: w.store, Owner: owner, Alerts: w.alarm,
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
		AgentID: wecomtest.AppAgent, Secret: wecomtest.AppSecret, Token: wecomtest.AppToken, AESKey: wecomtest.AppKey, Inbox: w.store,
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
		Mailbox: w.store, Credits: w.store, Phrases: phrases,
	}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return kf
}

func phrases(lang string) wecom.Phrases {
	if lang == "en" {
		return wecom.Phrases{Continue: "Reply to go on", Choose: "Choose", Human: "A human comes", NoHuman: "Nobody is there"}
	}
	return wecom.Phrases{Continue: "回复任意内容继续接收", Choose: "请选择", Human: "已为你转接人工", NoHuman: "现在没有人工客服"}
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

// hear lets the customer's last words come in.
func (w *world) hear() {
	w.t.Helper()
	w.announce()
	w.store.fetched(w.t, account)
}

// write is a customer who writes, and is heard.
func (w *world) write(text string) {
	w.t.Helper()
	w.we.Say(account, customer, text)
	w.hear()
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
	mu    sync.Mutex
	heard []handlers.Message
}

func (e *echo) Handle(_ context.Context, _ models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, m)
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
