// Package telegramtest is a strict stand-in for the Telegram Bot API, over real
// HTTP. It refuses what Telegram refuses, and a little more: what Telegram lets
// pass in silence (a bare "&" in HTML, a chat that it was never told of) is a
// mistake here. It needs no testing.T, so benchmarks and programs can use it.
package telegramtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"waybill/handlers/doortest"
)

// Token is the token of the fake's only bot, BotID and BotName who it is.
const (
	Token         = "700001:test-token-that-nobody-else-has"
	BotID   int64 = 700001
	BotName       = "waybill_test_bot"
)

// API is the fake. Its methods may be used at the same time.
type API struct {
	// SeesAll says that privacy mode is off: in groups the bot sees everything. Set it before the first call.
	SeesAll bool
	// Redeliver is the first wait before a webhook delivery that failed is
	// repeated; it doubles to a minute. Default one second.
	Redeliver time.Duration

	url        string
	port       doortest.Port
	client     *http.Client
	life       context.Context // ends with Close
	end        context.CancelFunc
	deliveries sync.WaitGroup
	faults     doortest.Faults[Fault]

	mu       doortest.Mutex
	updates  []queued
	lastID   int64
	allowed  []string
	poll     chan struct{} // closed when a newer poll takes over
	webhook  *webhook      // nil: updates are polled
	chats    map[int64]*knownChat
	queries  map[string]bool // callback ids not answered yet
	messages []*Sent
	answers  []Answer
	menus    map[string][]Command // by scope and language
	texts    map[string]string    // descriptions, by kind and language
	actions  []Action
	button   MenuButton
	buttons  map[int64]MenuButton // chats' own
	kept     map[string]*keptFile // by file id
	searches map[string]bool      // inline queries that can be answered yet
	found    []Found
	calls    map[string]int
	admins   map[[2]int64]bool
}

// New makes a fake without an address: a http.Handler.
func New() *API {
	life, end := context.WithCancel(context.Background())
	return &API{
		Redeliver: time.Second,
		life:      life,
		end:       end,
		client:    &http.Client{Timeout: 30 * time.Second},
		lastID:    100,
		chats:     map[int64]*knownChat{},
		queries:   map[string]bool{},
		button:    MenuButton{Type: "default"},
		buttons:   map[int64]MenuButton{},
		kept:      map[string]*keptFile{},
		searches:  map[string]bool{},
		menus:     map[string][]Command{},
		texts:     map[string]string{},
		calls:     map[string]int{},
		admins:    map[[2]int64]bool{},
	}
}

// Start makes a fake that listens on a loopback address. Close it.
func Start() (*API, error) {
	a := New()
	address, err := a.port.Open(a)
	if err != nil {
		return nil, fmt.Errorf("start fake telegram: %w", err)
	}
	a.url = "http://" + address
	return a, nil
}

// Serve starts a fake for one test and closes it afterwards.
func Serve(t doortest.TB) *API {
	t.Helper()
	return doortest.Serve(t, Start)
}

// URL is the base under which the fake listens.
func (a *API) URL() string { return a.url }

// Client is what webhooks are delivered with; its transport may be replaced
// before the first delivery.
func (a *API) Client() *http.Client { return a.client }

// Close ends held polls and deliveries and waits for them.
func (a *API) Close() {
	a.end()
	a.port.Close()
	a.client.CloseIdleConnections()
	a.deliveries.Wait()
}

// refusal is an "ok": false.
type refusal struct {
	Code        int    `json:"error_code"`
	Description string `json:"description"`
	Parameters  params `json:"parameters,omitzero"`
}

type params struct {
	RetryAfter int   `json:"retry_after,omitempty"`
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
}

// bad is a 400 in Telegram's words.
func bad(format string, args ...any) *refusal {
	return &refusal{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

// ServeHTTP answers /bot<token>/<method>, and /file/bot<token>/<path>.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/file/") {
		a.download(w, r)
		return
	}
	token, method, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	switch {
	case !ok || !strings.HasPrefix(r.URL.Path, "/bot") || !strings.Contains(token, ":"):
		reply(w, nil, &refusal{Code: http.StatusNotFound, Description: "Not Found"})
		return
	case token != Token:
		reply(w, nil, &refusal{Code: http.StatusUnauthorized, Description: "Unauthorized"})
		return
	}
	f, err := readForm(r)
	if err != nil {
		reply(w, nil, bad("%v", err))
		return
	}
	fault := a.called(method, f.int("chat_id"))
	switch {
	case fault != nil && fault.Hang:
		a.hang(r.Context())
		panic(http.ErrAbortHandler)
	case fault != nil && !fault.Lose:
		fault.reply(w)
		return
	}
	result, no := a.do(r.Context(), method, f)
	if fault != nil {
		panic(http.ErrAbortHandler) // the call is done, its answer lost
	}
	reply(w, result, no)
}

// hang waits until the caller gives up, or the fake is closed.
func (a *API) hang(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-a.life.Done():
	}
}

// called counts a call and takes out the fault that was injected for it.
func (a *API) called(method string, chat int64) *Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[method]++
	defer a.mu.Happened()
	return a.faults.Take(func(f Fault) bool { return f.fits(method, chat) })
}

func (a *API) do(ctx context.Context, method string, f form) (any, *refusal) {
	if method == "getUpdates" {
		return a.getUpdates(ctx, f)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	defer a.mu.Happened()
	switch method {
	case "getMe":
		return a.me(), nil
	case "setWebhook":
		return a.setWebhook(f)
	case "deleteWebhook":
		a.webhook = nil
		return true, nil
	case "setMyCommands":
		return a.setMyCommands(f)
	case "setMyDescription":
		return a.setText(f, "description", maxDescription)
	case "setMyShortDescription":
		return a.setText(f, "short_description", maxShort)
	case "getMyDescription":
		return a.getText(f, "description")
	case "getMyShortDescription":
		return a.getText(f, "short_description")
	case "sendChatAction":
		return a.sendChatAction(f)
	case "sendMessage":
		return a.sendMessage(f)
	case "sendDocument":
		return a.sendDocument(f)
	case "sendPhoto":
		return a.sendPhoto(f)
	case "editMessageText":
		return a.editMessageText(f)
	case "editMessageCaption":
		return a.editMessageCaption(f)
	case "getFile":
		return a.getFile(f)
	case "setChatMenuButton":
		return a.setChatMenuButton(f)
	case "answerInlineQuery":
		return a.answerInlineQuery(f)
	case "answerCallbackQuery":
		return a.answerCallbackQuery(f)
	case "getChatMember":
		return a.getChatMember(f)
	}
	return nil, &refusal{Code: http.StatusNotFound, Description: "Not Found"}
}

func reply(w http.ResponseWriter, result any, no *refusal) {
	w.Header().Set("Content-Type", "application/json")
	if no != nil {
		w.WriteHeader(no.Code)
		_ = json.NewEncoder(w).Encode(struct {
			OK bool `json:"ok"`
			*refusal
		}{false, no})
		return
	}
	_ = json.NewEncoder(w).Encode(struct {
		OK     bool `json:"ok"`
		Result any  `json:"result"`
	}{true, result})
}
