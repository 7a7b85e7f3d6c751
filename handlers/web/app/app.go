// Package app is the Telegram Mini App: a chat's parcels behind the bot's menu button.
// The page is for everybody; its data is for whom Telegram's initData names.
package app

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"waybill/handlers/web"
	"waybill/internal/expiring"
	"waybill/locales"
	"waybill/models"

	"golang.org/x/time/rate"
)

// Static is the app's style sheet and script, for web.NewPages.
//
//go:embed static
var Static embed.FS

//go:embed app.html
var files embed.FS

// door is the name of the door whose people open the app.
const door = "telegram"

// frames are whose pages may show the app inside of theirs: Telegram's clients for
// browsers.
const frames = "https://web.telegram.org https://*.telegram.org"

// Store keeps what a chat follows. Its methods are the conversation's own.
type Store interface {
	ChatAt(ctx context.Context, a models.Address) (models.Chat, bool, error)
	Followed(ctx context.Context, chatID int64, all bool) ([]models.Followed, error)
	CountFollowed(ctx context.Context, chatID int64) (live, done int, err error)
	FollowOf(ctx context.Context, chatID, parcelID int64) (models.Follow, bool, error)
	NewestScans(ctx context.Context, parcelIDs []int64) (map[int64]models.Event, error)
	Rename(ctx context.Context, chatID, parcelID int64, name string) error
	Mute(ctx context.Context, chatID, parcelID int64, muted bool, now models.Moment) error
	Unfollow(ctx context.Context, chatID int64, parcelIDs []int64, now models.Moment) error
	Undo(ctx context.Context, chatID int64, now models.Moment) ([]int64, error)
}

// Inbox takes what somebody typed in the app as if it had been written to the bot one to
// one; a text with the same key counts once. The bot answers in the chat.
type Inbox interface {
	Typed(ctx context.Context, user int64, lang, text, key string) error
}

// Settings are what the app is made with.
type Settings struct {
	Pages     *web.Pages
	Token     string // the bot's, with which Telegram signs
	PublicURL string // from which the app's own requests come; "" where only the Host tells
	Store     Store
	Inbox     Inbox
	Path      func(models.Followed) string // of a follow's page, below PublicURL
	Words     *locales.Bundle
	Zone      *time.Location
	Log       *slog.Logger
	Now       func() time.Time
}

// App answers the Mini App.
type App struct {
	settings Settings
	template *template.Template
	verifier *verifier
	origins  *http.CrossOriginProtection
	rates    *expiring.Map[int64, *rate.Limiter]
}

// How often one person may ask: the app itself asks twice a minute.
const (
	perSecond  = rate.Limit(2)
	burst      = 40
	mostPeople = 10_000
	remembered = 10 * time.Minute
)

// New reads the app's template.
func New(s Settings) (*App, error) {
	t, err := s.Pages.Template(files, nil, "app.html")
	if err != nil {
		return nil, fmt.Errorf("make mini app: %w", err)
	}
	origins := http.NewCrossOriginProtection()
	if s.PublicURL != "" {
		if err := origins.AddTrustedOrigin(originOf(s.PublicURL)); err != nil {
			return nil, fmt.Errorf("make mini app: %w", err)
		}
	}
	return &App{
		settings: s, template: t, verifier: newVerifier(s.Token, s.Now), origins: origins,
		rates: expiring.New[int64, *rate.Limiter](mostPeople, s.Now),
	}, nil
}

// originOf is the origin of an address: scheme and host.
func originOf(address string) string {
	scheme, path, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(path, "/")
	return scheme + "://" + host
}

// Routes are the page and its data.
func (a *App) Routes() []web.Route {
	return []web.Route{
		{Pattern: "GET /app", Handler: http.HandlerFunc(a.page)},
		{Pattern: "GET /app/parcels", Handler: a.known(a.list)},
		{Pattern: "POST /app/name", Handler: a.origins.Handler(a.known(a.rename))},
		{Pattern: "POST /app/mute", Handler: a.origins.Handler(a.known(a.mute))},
		{Pattern: "POST /app/stop", Handler: a.origins.Handler(a.known(a.stop))},
		{Pattern: "POST /app/undo", Handler: a.origins.Handler(a.known(a.undo))},
		{Pattern: "POST /app/add", Handler: a.origins.Handler(a.known(a.add))},
	}
}

// shell is what the page holds before it has any data.
type shell struct {
	words *locales.Localizer
	JSON  string // the app's words, for its script
}

// Say is one of the app's own sentences.
func (s shell) Say(key string) string { return s.words.Say("mini." + key) }

// page is the app without data, in the language that the browser asks for. Whoever
// brings initData gets the list: they are no browser.
func (a *App) page(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		a.known(a.list).ServeHTTP(w, r)
		return
	}
	lang, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	lang, _, _ = strings.Cut(lang, ";")
	words := a.settings.Words.For(strings.TrimSpace(lang))
	said, err := json.Marshal(wordsOf(words))
	if err != nil {
		a.failed(w, fmt.Errorf("write words: %w", err))
		return
	}
	web.Protect(w.Header(), frames)
	a.settings.Pages.Render(w, http.StatusOK, a.template, web.Page{Lang: words.Tag(), Data: shell{words, string(said)}})
}

// wordsOf are the app's words by their keys.
func wordsOf(words *locales.Localizer) map[string]string {
	said := map[string]string{}
	for _, key := range words.Keys("mini.") {
		said[strings.TrimPrefix(key, "mini.")] = words.Say(key)
	}
	return said
}
