package wecom_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// aibotInbox keeps arrivals as the store does.
type aibotInbox struct {
	mu    sync.Mutex
	rows  []models.Arrival
	fails int // how many attempts fail
	tries int
}

func (i *aibotInbox) Arrive(_ context.Context, as []models.Arrival, _ models.Moment) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.tries++
	if i.fails != 0 {
		i.fails--
		return 0, errors.New("disk full")
	}
	fresh := 0
	for _, a := range as {
		if !slices.ContainsFunc(i.rows, func(b models.Arrival) bool { return a.Key == b.Key }) {
			i.rows = append(i.rows, a)
			fresh++
		}
	}
	return fresh, nil
}

func (i *aibotInbox) all() []models.Arrival {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.rows)
}

// aibotMemory remembers as the store does.
type aibotMemory struct {
	mu   sync.Mutex
	kept map[string]aibotKept
}

type aibotKept struct {
	value []byte
	until models.Moment
}

func (m *aibotMemory) Recall(_ context.Context, kind, key string, now models.Moment) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.kept[kind+"/"+key]
	if !ok || k.until <= now {
		return nil, false, nil
	}
	return k.value, true, nil
}

func (m *aibotMemory) Remember(_ context.Context, kind, key string, value []byte, until models.Moment) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[kind+"/"+key] = aibotKept{value, until}
	return nil
}

// aibotWorld is a bot at WeCom, in a bubble with its own clock.
type aibotWorld struct {
	*testing.T
	api    *wecomtest.AIBot
	wire   *wecomtest.Wire
	inbox  *aibotInbox
	memory *aibotMemory
	log    *aibotLog
	door   *wecom.AIBot
	woken  atomic.Int64
	stop   func()
}

// aibotLog is a log that may be read while it is written.
type aibotLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *aibotLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *aibotLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// inAIBotWorld runs a test in a bubble: when it ends, every goroutine has ended.
func inAIBotWorld(t *testing.T, test func(w *aibotWorld)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &aibotWorld{
			T: t, api: wecomtest.NewAIBot(), wire: wecomtest.NewWire(), inbox: &aibotInbox{},
			memory: &aibotMemory{kept: map[string]aibotKept{}}, log: &aibotLog{}, stop: func() {},
		}
		w.api.Serve(w.wire)
		w.door = w.open(nil)
		test(w)
		w.stop()
		w.api.Close()
		if strings.Contains(w.log.String(), wecomtest.AIBotSecret) {
			t.Errorf("the secret is in the log:\n%s", w.log)
		}
	})
}

// open makes the door; change may change its settings.
func (w *aibotWorld) open(change func(*wecom.AIBotSettings)) *wecom.AIBot {
	w.Helper()
	s := wecom.AIBotSettings{
		ID: wecomtest.AIBotID, Secret: wecomtest.AIBotSecret, URL: w.api.URL(), Memory: w.memory, Phrases: wecom.PhrasesInTests,
		Client: w.wire.Client(),
		Log:    slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: time.Now,
	}
	if change != nil {
		change(&s)
	}
	d, err := wecom.NewAIBot(s, w.inbox, func() { w.woken.Add(1) })
	if err != nil {
		w.Fatal(err)
	}
	return d
}

// run connects the door and returns once nothing moves any more.
func (w *aibotWorld) run() {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	ended := make(chan error, 1)
	d := w.door
	go func() { ended <- d.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.Errorf("Run ends with %v", err)
		}
		w.stop = func() {}
	}
	synctest.Wait()
}

// connected is a world whose door is connected.
func (w *aibotWorld) connected() {
	w.Helper()
	w.run()
	if err := w.door.Ready(); err != nil || !w.api.Connected() {
		w.Fatalf("not connected: %v", err)
	}
}

// say lets somebody write and returns what the door reads of it.
func (w *aibotWorld) say(s wecomtest.AIBotSaid) handlers.Message {
	w.Helper()
	if _, err := w.api.Say(s); err != nil {
		w.Fatal(err)
	}
	return w.last()
}

func (w *aibotWorld) last() handlers.Message {
	w.Helper()
	synctest.Wait()
	rows := w.inbox.all()
	if len(rows) == 0 {
		w.Fatal("nothing was stored")
	}
	m, ok, err := w.door.Read(rows[len(rows)-1].Body)
	if err != nil || !ok {
		w.Fatalf("the last row is not read: %v %v", ok, err)
	}
	return m
}

// sendTo sends and returns what the platform has got by it.
func (w *aibotWorld) sendTo(conversation string, r handlers.Reply) ([]wecomtest.AIBotSent, error) {
	w.Helper()
	before := len(w.api.Sent(""))
	err := w.door.Send(w.Context(), models.Address{Door: wecom.AIBotName, Conversation: conversation}, r)
	return w.api.Sent("")[before:], err
}

// mustSend sends and expects so many messages.
func (w *aibotWorld) mustSend(conversation string, r handlers.Reply, n int) []wecomtest.AIBotSent {
	w.Helper()
	got, err := w.sendTo(conversation, r)
	if err != nil || len(got) != n {
		w.Fatalf("sent %d messages, want %d: %v", len(got), n, err)
	}
	return got
}

func aibotWords(texts ...string) handlers.Reply {
	var r handlers.Reply
	for _, text := range texts {
		r.Blocks = append(r.Blocks, handlers.Block{{{Text: text}}})
	}
	return r
}

func aibotNews(text string) handlers.Reply {
	r := aibotWords(text)
	r.For = handlers.News
	return r
}

func aibotAnswer(m handlers.Message, texts ...string) handlers.Reply {
	r := aibotWords(texts...)
	r.Token = m.Token
	return r
}
