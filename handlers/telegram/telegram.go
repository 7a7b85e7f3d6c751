// Package telegram is the door to Telegram: it stores what the Bot API brings
// before it is acknowledged, turns stored updates into handlers.Messages, and
// sends handlers.Replies within Telegram's limits.
//
// The Bot API is reached through github.com/go-telegram/bot; what that library
// would lose, leak or misread is fenced in the client that is handed to it.
package telegram

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-telegram/bot"

	"waybill/handlers"
	"waybill/models"
)

// Inbox keeps incoming updates until they are answered; the store is one.
type Inbox interface {
	// Arrive stores arrivals whose (door, key) is new and says how many were.
	Arrive(ctx context.Context, as []models.Arrival, now models.Moment) (fresh int, err error)
}

// Slots hands out the moments at which all replicas together may send; the store does.
type Slots interface {
	// Slots reserves n consecutive slots, every apart, and returns the first.
	Slots(ctx context.Context, name string, every time.Duration, n int, now models.Moment) (models.Moment, error)
}

var (
	_ handlers.Door   = (*Door)(nil)
	_ handlers.Admins = (*Door)(nil)
)

// Door is the way in and out of Telegram. Its methods may be used at the same time.
type Door struct {
	settings Settings
	inbox    Inbox
	wake     func()
	client   *client
	bot      *bot.Bot // for everything but polling; Run makes its own
	limiter  *limiter
	progress *progress
	admins   *admins
	health   *health
	self     *self

	settingUp chan struct{} // holds one token while Setup runs
}

// New makes the door of one bot. It calls nobody: Setup does. wake is called
// whenever something new lies in the inbox; it must not block. It may be nil.
func New(s Settings, inbox Inbox, wake func()) (*Door, error) {
	s, err := s.complete()
	if err != nil {
		return nil, fmt.Errorf("set up telegram: %w", err)
	}
	if wake == nil {
		wake = func() {}
	}
	h := newHealth()
	d := &Door{
		settings: s,
		inbox:    inbox,
		wake:     wake,
		client:   newClient(s, h),
		limiter:  newLimiter(s.Limits, s.Slots, s.Now),
		progress: newProgress(s.Now),
		admins:   newAdmins(s.Now),
		health:   h,
		self:     newSelf(s.Token),

		settingUp: make(chan struct{}, 1),
	}
	d.bot, err = d.library(d.client)
	if err != nil {
		return nil, fmt.Errorf("set up telegram: %w", d.client.redact(err))
	}
	return d, nil
}

// Name is the door's name in addresses.
func (d *Door) Name() string { return "telegram" }

// Polls says whether updates are fetched by Run; otherwise Webhook takes them in.
func (d *Door) Polls() bool { return d.settings.WebhookSecret == "" }

// Ready is nil while the door works, else it says what does not. It never
// contains the token.
func (d *Door) Ready() error { return d.health.err() }

// library makes the SDK's bot around a client of ours. Handlers run one after
// another in the library's only worker, because that is the one arrangement in
// which it neither reorders updates nor forgets them when it stops.
func (d *Door) library(c bot.HttpClient) (*bot.Bot, error) {
	return bot.New(d.settings.Token,
		bot.WithSkipGetMe(),
		bot.WithServerURL(d.settings.APIURL),
		// The library asks Telegram to hold a poll for a second less than this.
		bot.WithHTTPClient(d.settings.PollTimeout+time.Second, c),
		bot.WithAllowedUpdates(allowedUpdates()),
		bot.WithNotAsyncHandlers(),
		bot.WithWorkers(1),
		bot.WithUpdatesChannelCap(0),
		bot.WithDefaultHandler(d.stored),
		bot.WithErrorsHandler(d.complain),
	)
}

// complain takes what the library itself reports; the client has logged and
// paced every failed poll already, so this is for somebody who debugs.
func (d *Door) complain(err error) {
	d.settings.Log.Debug("telegram library reports", slog.Any("err", d.client.redact(err)))
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
