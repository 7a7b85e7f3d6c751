package wecom

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"

	"waybill/handlers"
	"waybill/models"
)

// AIBotName is the name of the 智能机器人 door in addresses. A room there is
// "single:" and a userid, or "group:" and a chatid: to send, WeCom wants to know
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
	inbox    Inbox
	wake     func()
	choices  choices
	limiter  *aibotLimiter
	link     *aibotLink
	kept     *API // calls nobody: it remembers how much of a long reply is sent
	client   *http.Client
	pos      atomic.Int64 // of the last callback that was heard
}

// NewAIBot makes the door of one bot. It calls nobody: Run does. wake is called
// whenever something new lies in the inbox; it must not block. It may be nil.
func NewAIBot(s AIBotSettings, inbox Inbox, wake func()) (*AIBot, error) {
	s, err := s.complete()
	if err != nil {
		return nil, err
	}
	if wake == nil {
		wake = func() {}
	}
	return &AIBot{
		settings: s,
		inbox:    inbox,
		wake:     wake,
		choices:  choices{memory: s.Memory, now: s.Now},
		limiter:  newAIBotLimiter(s.Limits, s.Now),
		link:     newAIBotLink(s.Now),
		kept:     &API{settings: Settings{Memory: s.Memory, Log: s.Log, Now: s.Now}},
		client:   s.Client,
	}, nil
}

// Name is the door's name in addresses.
func (d *AIBot) Name() string { return AIBotName }

// Ready is nil while the connection stands, and in a process that does not run
// the door; else it says what is wrong. It never contains the secret.
func (d *AIBot) Ready() error { return d.link.health() }

func (d *AIBot) log() *slog.Logger { return d.settings.Log }

func (d *AIBot) now() models.Moment { return models.At(d.settings.Now()) }

// next is a place behind everything heard before: the connection brings
// callbacks in their order, and their own times count whole seconds.
func (d *AIBot) next(now models.Moment) int64 {
	for {
		last := d.pos.Load()
		pos := max(last+1, int64(now))
		if d.pos.CompareAndSwap(last, pos) {
			return pos
		}
	}
}

// hide takes the secret out of words that go into an error or a log.
func (d *AIBot) hide(words string) string {
	return strings.ReplaceAll(words, d.settings.Secret, "***")
}
