package wecom

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"waybill/handlers"
	"waybill/internal/redact"
	"waybill/models"
)

// AIBotName is the name of the 智能机器人 door in addresses. A conversation id
// there is "single:" and a userid, or "group:" and a chatid: to send, WeCom wants to know
// which of them an id is.
const AIBotName = "wecom_aibot"

var _ handlers.Door = (*AIBot)(nil)

// AIBot is the door of a WeCom 智能机器人 (staff groups and single chats) over
// its long connection. WeCom allows one connection per bot, and what is sent
// goes over that connection only: Run belongs under a lease, and whoever sends
// through the door should hold the same one. Its methods may be used at the same
// time.
type AIBot struct {
	settings AIBotSettings
	arrivals handlers.ArrivalStore
	wake     func()
	choices  choices
	limiter  *aibotLimiter
	link     *aibotLink
	memory   *API // makes no calls: it remembers how much of a long reply is sent
	client   *http.Client
	files    *http.Client // downloads what people send, from wherever WeCom keeps it
	position atomic.Int64 // of the last callback
}

// NewAIBot makes the door of one bot. It makes no calls: Run does. wake is called
// after an arrival was stored; it must not block. It may be nil.
func NewAIBot(s AIBotSettings, arrivals handlers.ArrivalStore, wake func()) (*AIBot, error) {
	s, err := s.complete()
	if err != nil {
		return nil, err
	}
	if wake == nil {
		wake = func() {}
	}
	return &AIBot{
		settings: s,
		arrivals: arrivals,
		wake:     wake,
		choices:  choices{memory: s.Memory, phrases: s.Phrases, now: s.Now},
		limiter:  newAIBotLimiter(s.Limits, s.Now),
		link:     newAIBotLink(s.Now),
		memory:   &API{settings: Settings{Memory: s.Memory, Log: s.Log, Now: s.Now}},
		client:   s.Client,
		files:    &http.Client{Transport: s.Client.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// Name is the door's name in addresses.
func (d *AIBot) Name() string { return AIBotName }

// Traits say that only the company's own members write through it, and that in
// groups WeCom brings nothing but what mentions the bot.
func (d *AIBot) Traits() handlers.Traits {
	return handlers.Traits{Mentions: true, Staff: true, Pictures: true}
}

// Ready is nil while the connection stands, and in a process that does not run
// the door; else it says what is wrong. It never contains the secret.
func (d *AIBot) Ready() error { return d.link.health() }

func (d *AIBot) log() *slog.Logger { return d.settings.Log }

func (d *AIBot) now() models.Moment { return models.At(d.settings.Now()) }

// nextPosition is behind that of every earlier callback: the connection brings
// callbacks in their order, and their own times count whole seconds.
func (d *AIBot) nextPosition(now models.Moment) int64 {
	for {
		last := d.position.Load()
		pos := max(last+1, int64(now))
		if d.position.CompareAndSwap(last, pos) {
			return pos
		}
	}
}

// redact takes the secret out of words that go into an error or a log.
func (d *AIBot) redact(words string) string { return redact.Text(words, d.settings.Secret) }

const aibotURL = "wss://openws.work.weixin.qq.com"

// AIBotSettings are the settings of the 智能机器人 door. ID, Secret, Memory and
// Phrases are required.
type AIBotSettings struct {
	ID      string                    // BotID, from the bot's page in the admin console
	Secret  string                    // of the long connection, not of an app
	URL     string                    // default wss://openws.work.weixin.qq.com; used whole
	Limits  AIBotLimits               // zero: WeCom's
	Memory  Memory                    // what numbers under messages stand for, and how much of a long reply is sent
	Phrases func(lang string) Phrases // lang as Reply.Lang
	Client  *http.Client              // its Transport is used for the handshake; nil: an own one
	Log     *slog.Logger              // nil: nothing is logged
	Now     func() time.Time
}

// complete fills in defaults and refuses what could never work, all mistakes at
// once. No mistake quotes the secret.
func (s AIBotSettings) complete() (AIBotSettings, error) {
	if s.URL == "" {
		s.URL = aibotURL
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Client == nil {
		s.Client = &http.Client{Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSHandshakeTimeout: 10 * time.Second,
			IdleConnTimeout:     30 * time.Second,
		}}
	}
	s.Limits = s.Limits.complete()
	if err := s.check(); err != nil {
		return s, fmt.Errorf("set up wecom aibot: %w", err)
	}
	return s, nil
}

func (s AIBotSettings) check() error {
	var errs []error
	if s.ID == "" {
		errs = append(errs, errors.New("the bot's id is empty"))
	}
	if s.Secret == "" {
		errs = append(errs, errors.New("the bot's secret is empty"))
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		errs = append(errs, errors.New("the URL is none of ws:// or wss://"))
	}
	if s.Memory == nil || s.Phrases == nil {
		errs = append(errs, errors.New("a memory or phrases are missing"))
	}
	return errors.Join(errs...)
}
