package telegramtest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of what Telegram shows of a bot, in characters.
const (
	maxDescription = 512
	maxShort       = 120
	maxCommandText = 256
	maxCommands    = 100
)

// Command is a line of a command menu.
type Command struct {
	Name string `json:"command"`
	Text string `json:"description"`
}

var (
	commandShape  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageShape = regexp.MustCompile(`^([a-z]{2})?$`)
)

// language is the language_code of a call: two letters, or none. Telegram knows
// no other codes, so none for the Chinese of Taiwan.
func language(f form) (string, *refusal) {
	code := f.values["language_code"]
	if !languageShape.MatchString(code) {
		return "", bad("invalid language code specified")
	}
	return code, nil
}

func (a *API) setMyCommands(f form) (any, *refusal) {
	var commands []Command
	var scope struct {
		Type string `json:"type"`
		Chat int64  `json:"chat_id"`
	}
	if f.json("commands", &commands) != nil || f.json("scope", &scope) != nil {
		return nil, bad("can't parse commands JSON object")
	}
	lang, no := language(f)
	if no != nil {
		return nil, no
	}
	if len(commands) > maxCommands {
		return nil, bad("too many commands")
	}
	for _, c := range commands {
		if !commandShape.MatchString(c.Name) || c.Text == "" || utf8.RuneCountInString(c.Text) > maxCommandText {
			return nil, bad("BOT_COMMAND_INVALID")
		}
	}
	where := scope.Type
	switch scope.Type {
	case "default", "all_private_chats", "all_group_chats", "all_chat_administrators":
	case "chat":
		if _, no := a.reach(scope.Chat); no != nil {
			return nil, no
		}
		where = ofChat(scope.Chat)
	default:
		return nil, bad("unsupported type of bot command scope")
	}
	a.menus[where+"/"+lang] = commands
	return true, nil
}

// MenuButton is what is beside a private chat's input field.
type MenuButton struct {
	Type string `json:"type"` // "default", "commands", "web_app"
	Text string `json:"text"`
	App  struct {
		URL string `json:"url"`
	} `json:"web_app"`
}

// setChatMenuButton sets the button of all private chats that have none of their own,
// or of one.
func (a *API) setChatMenuButton(f form) (any, *refusal) {
	b := MenuButton{Type: "default"}
	if f.json("menu_button", &b) != nil {
		return nil, bad("can't parse menu button JSON object")
	}
	if f.values["chat_id"] != "" {
		if _, no := a.reach(f.int("chat_id")); no != nil {
			return nil, no
		}
	}
	switch b.Type {
	case "default", "commands":
		if b.Text != "" || b.App.URL != "" {
			return nil, bad("can't parse menu button: unexpected field")
		}
	case "web_app":
		if b.Text == "" || !strings.HasPrefix(b.App.URL, "https://") {
			return nil, bad("BUTTON_URL_INVALID")
		}
	default:
		return nil, bad("unsupported menu button type")
	}
	if f.int("chat_id") != 0 {
		a.buttons[f.int("chat_id")] = b
		return true, nil
	}
	a.button = b
	return true, nil
}

// MenuButton is the button of a private chat.
func (a *API) MenuButton(chat int64) MenuButton {
	a.mu.Lock()
	defer a.mu.Unlock()
	if b, own := a.buttons[chat]; own {
		return b
	}
	return a.button
}

// WaitMenuButton waits until the button of a private chat fits.
func (a *API) WaitMenuButton(ctx context.Context, chat int64, fits func(MenuButton) bool) error {
	return a.Wait(ctx, func() bool {
		b, own := a.buttons[chat]
		if !own {
			b = a.button
		}
		return fits(b)
	})
}

func ofChat(id int64) string { return "chat " + strconv.FormatInt(id, 10) }

// setText keeps what is said of the bot in a language: "description" or "short_description".
func (a *API) setText(f form, field string, limit int) (any, *refusal) {
	lang, no := language(f)
	if no != nil {
		return nil, no
	}
	text := f.values[field]
	if n := utf8.RuneCountInString(text); n > limit {
		return nil, bad("%s is too long", field)
	}
	a.texts[field+"/"+lang] = text
	return true, nil
}

func (a *API) getText(f form, field string) (any, *refusal) {
	lang, no := language(f)
	if no != nil {
		return nil, no
	}
	return map[string]any{field: a.texts[field+"/"+lang]}, nil
}

// Menu is the command menu of a scope ("all_private_chats", "all_group_chats")
// in a language ("" for everybody else).
func (a *API) Menu(scope, lang string) []Command {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.menus[scope+"/"+lang])
}

// MenuOf is the command menu that a chat has of its own; nil when it has none.
func (a *API) MenuOf(chat int64) []Command { return a.Menu(ofChat(chat), "") }

// WaitMenuOf waits until a chat has a command menu of its own.
func (a *API) WaitMenuOf(ctx context.Context, chat int64) error {
	return a.Wait(ctx, func() bool { return a.menus[ofChat(chat)+"/"] != nil })
}

// Description is what a chat shows before anybody has written, in a language.
func (a *API) Description(lang string) string { return a.text("description/" + lang) }

// Short is what the bot's profile shows, in a language.
func (a *API) Short(lang string) string { return a.text("short_description/" + lang) }

func (a *API) text(key string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.texts[key]
}

// SeenMenu is the command menu that somebody sees whose Telegram speaks a
// language ("zh-hant"), in a private chat or a group: the chat's own, else the
// one of the first two letters, else everybody's.
func (a *API) SeenMenu(chat int64, lang string) []Command {
	scope := "all_private_chats"
	if chat < 0 {
		scope = "all_group_chats"
	}
	code := fmt.Sprintf("%.2s", lang)
	for _, where := range []string{ofChat(chat) + "/" + code, ofChat(chat) + "/", scope + "/" + code} {
		if menu := a.menuAt(where); menu != nil {
			return menu
		}
	}
	return a.menuAt(scope + "/")
}

func (a *API) menuAt(key string) []Command {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.menus[key])
}
