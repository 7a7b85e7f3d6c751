package telegram

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	sdk "github.com/go-telegram/bot/models"

	"waybill/internal/expiring"
)

const (
	menusKept    = 4096               // chats whose menus are remembered
	menuKeptFor  = 7 * 24 * time.Hour // then a chat's menu is set once more
	menusWaiting = 64                 // chats that wait for a menu; those beyond get theirs with a later reply
)

// chatMenus finds the chats that need a command menu of their own. By itself
// Telegram shows the menu of the first two letters of a person's language, so
// "zh" for Simplified and Traditional Chinese alike, and everybody's where there
// is none; but the bot may speak another language to the chat: that of Taiwan, one
// that was chosen, English to a German. A menu set for one chat goes before those.
type chatMenus struct {
	profiles []Profile
	spoken   *expiring.Map[string, string] // the person's language in a private chat, as Telegram tells it
	shown    *expiring.Map[string, string] // the language of the menu that a chat was given
	requests chan chatMenu
	held     time.Time // until when Telegram wants no menus; ShowProfile's alone
}

// chatMenu is a menu for one chat.
type chatMenu struct {
	conversation string
	profile      Profile
}

func newChatMenus(profiles []Profile, now func() time.Time) *chatMenus {
	return &chatMenus{
		profiles: profiles,
		spoken:   expiring.New[string, string](menusKept, now),
		shown:    expiring.New[string, string](menusKept, now),
		requests: make(chan chatMenu, menusWaiting),
	}
}

// heard notes the language of a private chat.
func (c *chatMenus) heard(conversation, lang string) {
	if lang != "" && len(c.profiles) > 0 {
		c.spoken.Put(conversation, lang, menuKeptFor)
	}
}

// replied says in which language (BCP 47) the bot has spoken to a chat, and asks
// for its menu where it would see another one. It never waits.
func (c *chatMenus) replied(conversation, lang string) {
	at := slices.IndexFunc(c.profiles, func(p Profile) bool { return p.Lang == lang })
	if at < 0 || c.sees(conversation, lang) == lang {
		return
	}
	c.shown.Put(conversation, lang, menuKeptFor)
	select {
	case c.requests <- chatMenu{conversation, c.profiles[at]}:
	default:
		c.shown.Take(conversation)
	}
}

// sees is the language of the menu that a chat sees now. Of whom nobody knows the
// language, groups above all, it is taken to be the one that is spoken there.
func (c *chatMenus) sees(conversation, lang string) string {
	if shown, known := c.shown.Get(conversation); known {
		return shown
	}
	if spoken, known := c.spoken.Get(conversation); known {
		lang = spoken
	}
	for _, p := range c.profiles {
		if codeOf(p.Lang) == codeOf(lang) {
			return p.Lang
		}
	}
	return c.profiles[0].Lang
}

// showMenuOf gives a chat its menu. One that fails is asked for again by the
// next reply.
func (d *Door) showMenuOf(ctx context.Context, m chatMenu) {
	chat, err := strconv.ParseInt(m.conversation, 10, 64)
	if err != nil {
		return
	}
	commands := m.profile.Private
	if chat < 0 {
		commands = m.profile.Group
	}
	if len(commands) == 0 {
		return
	}
	if time.Now().Before(d.menus.held) {
		d.menus.shown.Take(m.conversation)
		return
	}
	if err := bounded(ctx, d.setMenu("", commands, &sdk.BotCommandScopeChat{ChatID: chat})); err != nil {
		d.menus.shown.Take(m.conversation)
		d.menus.held = time.Now().Add(retryAfter(err))
		d.settings.Log.Debug("telegram shows a chat no menu of its own", slog.Any("error", d.client.redact(err)))
	}
}
