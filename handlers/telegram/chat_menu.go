package telegram

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	sdk "github.com/go-telegram/bot/models"

	"waybill/internal/expiring"
)

const (
	menusKept    = 4096               // chats whose menus are remembered
	menuKeptFor  = 7 * 24 * time.Hour // then a chat's menu is set once more
	menusWaiting = 64                 // chats that wait for a menu; those beyond get theirs with a later reply
)

// chatMenus finds the chats that need a command menu of their own, and words of their
// own on the button that opens the app, which has one language for all chats. By itself
// Telegram shows the menu of the first two letters of a person's language, so
// "zh" for Simplified and Traditional Chinese alike, and everybody's where there
// is none; but the bot may speak another language to the chat: that of Taiwan, one
// that was chosen, English to a German. A menu set for one chat goes before those.
type chatMenus struct {
	profiles []Profile
	spoken   *expiring.Map[string, string] // the person's language in a private chat, as Telegram tells it
	shown    *expiring.Map[string, string] // the language of the menu that a chat was given
	buttons  *expiring.Map[string, string] // the words on the button that a chat was given
	requests chan chatMenu
	held     time.Time // until when Telegram wants no menus; ShowProfile's alone
}

// chatMenu is what one chat is to be shown of a profile.
type chatMenu struct {
	conversation     string
	profile          Profile
	commands, button bool
}

func newChatMenus(profiles []Profile, now func() time.Time) *chatMenus {
	return &chatMenus{
		profiles: profiles,
		spoken:   expiring.New[string, string](menusKept, now),
		shown:    expiring.New[string, string](menusKept, now),
		buttons:  expiring.New[string, string](menusKept, now),
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
	if at < 0 {
		return
	}
	m := chatMenu{conversation: conversation, profile: c.profiles[at]}
	m.commands = c.sees(conversation, lang) != lang
	m.button = !strings.HasPrefix(conversation, "-") && c.button(conversation) != m.profile.App
	if !m.commands && !m.button {
		return
	}
	c.shown.Put(conversation, lang, menuKeptFor)
	c.buttons.Put(conversation, m.profile.App, menuKeptFor)
	select {
	case c.requests <- m:
	default:
		c.forget(conversation)
	}
}

// forget has the next reply ask again for what a chat is to be shown.
func (c *chatMenus) forget(conversation string) {
	c.shown.Take(conversation)
	c.buttons.Take(conversation)
}

// button is the words on the button that a private chat sees now.
func (c *chatMenus) button(conversation string) string {
	if words, known := c.buttons.Get(conversation); known {
		return words
	}
	return c.profiles[0].App
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
	if time.Now().Before(d.menus.held) {
		d.menus.forget(m.conversation)
		return
	}
	commands := m.profile.Private
	if chat < 0 {
		commands = m.profile.Group
	}
	if m.commands && len(commands) > 0 {
		err = bounded(ctx, d.setMenu("", commands, &sdk.BotCommandScopeChat{ChatID: chat}))
	}
	if m.button && err == nil {
		err = bounded(ctx, d.setButton(chat, m.profile.App))
	}
	if err != nil {
		d.menus.forget(m.conversation)
		d.menus.held = time.Now().Add(retryAfter(err))
		d.settings.Log.Debug("telegram shows a chat no menu of its own", slog.Any("error", d.client.redact(err)))
	}
}
