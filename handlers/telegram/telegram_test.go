package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"waybill/handlers"
	"waybill/handlers/telegram"
	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inbox is a store in memory: (door, key) is unique.
type inbox struct {
	mu      sync.Mutex
	rows    []models.Arrival
	failing error
	tries   int
	stored  chan struct{} // gets one token per call of Arrive
}

func newInbox() *inbox { return &inbox{stored: make(chan struct{}, 1000)} }

func (i *inbox) Arrive(ctx context.Context, as []models.Arrival, _ models.Moment) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	defer func() { i.stored <- struct{}{} }()
	i.tries++
	if i.failing != nil || ctx.Err() != nil {
		return 0, errors.Join(i.failing, ctx.Err())
	}
	fresh := 0
	for _, a := range as {
		if slices.ContainsFunc(i.rows, func(r models.Arrival) bool { return r.Door == a.Door && r.Key == a.Key }) {
			continue
		}
		i.rows = append(i.rows, a)
		fresh++
	}
	return fresh, nil
}

// calls is how often Arrive was called.
func (i *inbox) calls() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.tries
}

func (i *inbox) fail(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.failing = err
}

func (i *inbox) keys() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var keys []string
	for _, r := range i.rows {
		keys = append(keys, r.Key)
	}
	return keys
}

// lines is a log that tests can read.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *lines) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// secret is the part of the token that nobody may see.
var secret = strings.SplitN(telegramtest.Token, ":", 2)[1]

// door makes a door to a fake; unless told otherwise without limits.
func door(t *testing.T, api *telegramtest.API, in handlers.ArrivalStore, change ...func(*telegram.Settings)) *telegram.Door {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	log := &lines{}
	t.Cleanup(func() {
		if strings.Contains(log.String(), secret) {
			t.Error("the token is in the log")
		}
	})
	s := telegram.Settings{
		Token: telegramtest.Token, APIURL: api.URL() + "/", Limits: telegram.Limits{Off: true},
		Client: &http.Client{Transport: transport}, Log: log.logger(),
	}
	for _, c := range change {
		c(&s)
	}
	d, err := telegram.New(s, in, func() {})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// direct carries calls to the fake without a network, so that they can be made
// under a fake clock.
type direct struct{ api http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	done := make(chan *http.Response, 1)
	go func() {
		defer close(done)
		defer func() { _ = recover() }() // http.ErrAbortHandler: the connection breaks
		w := httptest.NewRecorder()
		d.api.ServeHTTP(w, r)
		done <- w.Result()
	}()
	var resp *http.Response
	select {
	case resp = <-done:
	case <-r.Context().Done():
		_ = r.Body.Close()
		<-done
		return nil, r.Context().Err()
	}
	_, _ = io.Copy(io.Discard, r.Body)
	_ = r.Body.Close()
	if resp == nil {
		return nil, io.ErrUnexpectedEOF
	}
	return resp, nil
}

// onFakeClock makes a door use direct calls; its limits are Telegram's.
func onFakeClock(api *telegramtest.API) func(*telegram.Settings) {
	return func(s *telegram.Settings) {
		s.APIURL = "http://telegram.test"
		s.Client = &http.Client{Transport: direct{api}}
	}
}

func withLimits(l telegram.Limits) func(*telegram.Settings) {
	return func(s *telegram.Settings) { s.Limits = l }
}

// text is a reply of plain lines, each a block of its own.
func text(blocks ...string) handlers.Reply {
	var r handlers.Reply
	for _, b := range blocks {
		r.Blocks = append(r.Blocks, handlers.Block{{{Text: b}}})
	}
	return r
}

func conversation(id int64) models.Address {
	return models.Address{Door: "telegram", Conversation: strconv.FormatInt(id, 10)}
}

// within bounds a test that would otherwise hang.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// clientOf makes direct calls to a fake.
func clientOf(api *telegramtest.API) *http.Client { return &http.Client{Transport: direct{api}} }
