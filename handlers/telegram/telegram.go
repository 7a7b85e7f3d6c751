// Package telegram is the door to Telegram: it stores what the Bot API brings
// before it is acknowledged, turns stored updates into handlers.Messages, and
// sends handlers.Replies within Telegram's limits.
//
// The Bot API is reached through github.com/go-telegram/bot; what that library
// would lose, leak or misread is kept from it by the HTTP client that it is
// given.
package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-telegram/bot"

	"waybill/handlers"
	"waybill/internal/expiring"
)

var (
	_ handlers.Door   = (*Door)(nil)
	_ handlers.Admins = (*Door)(nil)
	_ handlers.Typer  = (*Door)(nil)
)

// Door is the way in and out of Telegram. Its methods may be used at the same time.
type Door struct {
	settings Settings
	arrivals handlers.ArrivalStore
	wake     func()
	client   *client
	bot      *bot.Bot // for everything but polling; Run makes its own
	limiter  *limiter
	sent     *expiring.Map[digest, int] // how many messages of a reply that failed half way were accepted
	admins   *expiring.Map[member, bool]
	versions versions
	menus    *chatMenus
	queries  queries
	health   *health
	identity *identity

	settingUp chan struct{} // holds one token while Setup runs
}

// New makes the door of one bot. It makes no calls: Setup does. wake is called
// after an arrival was stored; it must not block. It may be nil.
func New(s Settings, arrivals handlers.ArrivalStore, wake func()) (*Door, error) {
	s, err := s.complete()
	if err != nil {
		return nil, fmt.Errorf("set up telegram: %w", err)
	}
	if wake == nil {
		wake = func() {}
	}
	h := &health{}
	d := &Door{
		settings: s,
		arrivals: arrivals,
		wake:     wake,
		client:   newClient(s, h),
		limiter:  newLimiter(s.Limits, s.Slots, s.Now),
		sent:     expiring.New[digest, int](repliesKept, s.Now),
		admins:   expiring.New[member, bool](adminsKept, s.Now),
		versions: newVersions(s.Now),
		menus:    newChatMenus(s.Profiles, s.Now),
		queries:  queries{waiting: make(chan query, queriesWaiting)},
		health:   h,
		identity: newIdentity(s.Token),

		settingUp: make(chan struct{}, 1),
	}
	d.identity.open = d.opener
	d.bot, err = d.library(d.client)
	if err != nil {
		return nil, fmt.Errorf("set up telegram: %w", d.client.redact(err))
	}
	return d, nil
}

// Name is the door's name in addresses.
func (d *Door) Name() string { return "telegram" }

// Traits are what words depend on here.
func (d *Door) Traits() handlers.Traits {
	return handlers.Traits{Keyboard: true, Pictures: true, Captions: true, Edits: true}
}

// Polls says whether updates are fetched by Run; otherwise Webhook takes them in.
func (d *Door) Polls() bool { return d.settings.WebhookSecret == "" }

// Ready is nil while the door works, else it says what does not. It never
// contains the token.
func (d *Door) Ready() error { return d.health.err() }

// library makes the SDK's bot around an HTTP client of ours. Handlers run one
// after another in the library's only worker, because that is the one
// arrangement in which it neither reorders updates nor forgets them when it stops.
func (d *Door) library(c bot.HttpClient) (*bot.Bot, error) {
	return bot.New(d.settings.Token,
		bot.WithSkipGetMe(),
		bot.WithServerURL(d.settings.APIURL),
		// The library asks Telegram to hold a poll for a second less than this.
		bot.WithHTTPClient(d.settings.PollTimeout+time.Second, c),
		bot.WithAllowedUpdates(d.settings.allowedUpdates()),
		bot.WithNotAsyncHandlers(),
		bot.WithWorkers(1),
		bot.WithUpdatesChannelCap(0),
		bot.WithDefaultHandler(ignore),
		bot.WithErrorsHandler(d.logLibrary),
	)
}

// logLibrary logs what the library itself reports, for debugging only: the
// poller has logged every failed poll already.
func (d *Door) logLibrary(err error) {
	d.settings.Log.Debug("telegram library reports", slog.Any("error", d.client.redact(err)))
}

// transport is what calls go over when the settings bring no client.
func transport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
	}
}

// identity is who the bot is: its id is in the token, the rest comes with getMe.
type identity struct {
	open func(sentFile) func(context.Context, int64) ([]byte, error) // reads what the bot was sent

	mu      sync.RWMutex
	id      int64
	name    string
	private bool // in groups it sees only commands, mentions and replies to it
}

func newIdentity(token string) *identity {
	prefix, _, _ := strings.Cut(token, ":")
	id, _ := strconv.ParseInt(prefix, 10, 64) // 0 until getMe for a token of another shape
	return &identity{id: id}
}

func (i *identity) set(id int64, name string, private bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.id, i.name, i.private = id, name, private
}

func (i *identity) get() (id int64, name string) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.id, i.name
}

// seesRepliesOnly says that Telegram's privacy mode is on.
func (i *identity) seesRepliesOnly() bool {
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.private
}

// Why a door is not ready.
var (
	errNotSetUp = errors.New("telegram has not been reached since the start")
	errToken    = errors.New("telegram refuses the bot's token: the operator must set a valid one")
)

// health is what the last calls and polls say about the door.
type health struct {
	mu      sync.Mutex
	setUp   bool
	refused bool  // the last call's token
	poll    error // why updates cannot be fetched; nil while they can
}

// called notes what a call says about the token.
func (h *health) called(err error) {
	no := &apiError{}
	if err != nil && !errors.As(err, &no) {
		return // without an answer nothing is known about the token
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused = no.aboutToken()
}

func (h *health) finishSetup() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.setUp = true
}

func (h *health) isSetUp() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.setUp
}

// polled notes how the last poll went and says whether that is a change
// between working and not.
func (h *health) polled(err error) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed = (h.poll == nil) != (err == nil)
	h.poll = err
	return changed
}

func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.refused:
		return errToken
	case !h.setUp:
		return errNotSetUp
	}
	return h.poll
}
