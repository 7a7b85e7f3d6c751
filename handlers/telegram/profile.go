package telegram

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-telegram/bot"
	sdk "github.com/go-telegram/bot/models"

	"waybill/internal/retry"
)

// Telegram's limits for what it shows of a bot, in characters.
const (
	maxDescription = 512
	maxShort       = 120
)

// ShowProfile has Telegram show the command menus and the bot's descriptions,
// and then the menus of single chats as they come to need one. It ends with ctx.
// Nothing else waits for it: each call that fails is logged and made again,
// after a second at first and a minute at last, on its own.
func (d *Door) ShowProfile(ctx context.Context) {
	pending := d.profileCalls()
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
			pending = slices.DeleteFunc(pending, func(c *profileCall) bool { return c.due() && d.try(ctx, c) })
			if len(pending) > 0 {
				next.Reset(time.Until(slices.MinFunc(pending, sooner).again))
			}
		case m := <-d.menus.requests:
			d.showMenuOf(ctx, m)
		}
	}
}

// profileCall is something to have Telegram show, until it does.
type profileCall struct {
	what  string // for the log
	make  func(context.Context) error
	wait  *retry.Backoff
	again time.Time // not before; zero at first
	fails bool
}

func (c *profileCall) due() bool { return !time.Now().Before(c.again) }

func sooner(a, b *profileCall) int { return a.again.Compare(b.again) }

// try makes a call and says whether it is done with. A server that stands in for
// Telegram and does not know the method will never know it.
func (d *Door) try(ctx context.Context, c *profileCall) (done bool) {
	err := bounded(ctx, c.make)
	switch {
	case err == nil && c.fails:
		d.settings.Log.Info("telegram shows it now", slog.String("what", c.what))
		return true
	case err == nil:
		return true
	case ctx.Err() != nil:
		return false
	case isUnknownMethod(err):
		d.settings.Log.Warn("telegram cannot show it", slog.String("what", c.what), slog.Any("error", d.client.redact(err)))
		return true
	}
	wait := c.wait.Next(retryAfter(err))
	c.again = time.Now().Add(wait)
	level := slog.LevelDebug
	if !c.fails {
		level = slog.LevelWarn
	}
	c.fails = true
	d.settings.Log.Log(ctx, level, "telegram does not show it yet; the bot works without",
		slog.String("what", c.what), slog.Any("error", d.client.redact(err)), slog.Duration("again_in", wait))
	return false
}

// profileCalls are the calls for all languages. Telegram tells languages apart by
// two letters only (other codes are refused), so where several profiles begin with
// the same two, as those of China and Taiwan do, the first one's menu is set and
// both descriptions, one under the other. Who reads the other one gets a menu of
// their chat's own: see chatMenus.
func (d *Door) profileCalls() []*profileCall {
	var calls []*profileCall
	add := func(what string, call func(context.Context) error) {
		calls = append(calls, &profileCall{what: what, make: call, wait: retry.New(retry.First, retry.Longest)})
	}
	if len(d.settings.Profiles) > 0 {
		add("button of private chats", d.setButton(0, d.settings.Profiles[0].App))
	}
	for _, code := range d.codes() {
		of := withCode(d.settings.Profiles, code)
		first := of[0]
		suffix := " for everybody"
		if code != "" {
			suffix = " in " + code
		}
		if len(first.Private) > 0 {
			add("command menu of private chats"+suffix, d.setMenu(code, first.Private, &sdk.BotCommandScopeAllPrivateChats{}))
		}
		if len(first.Group) > 0 {
			add("command menu of groups"+suffix, d.setMenu(code, first.Group, &sdk.BotCommandScopeAllGroupChats{}))
		}
		if text := together(of, maxDescription, "\n\n", func(p Profile) string { return p.Description }); text != "" {
			add("description"+suffix, d.setDescription(code, text))
		}
		if text := together(of, maxShort, "\n", func(p Profile) string { return p.Short }); text != "" {
			add("short description"+suffix, d.setShort(code, text))
		}
	}
	return calls
}

// codes are the language codes to set something for, "" (everybody else) first.
func (d *Door) codes() []string {
	if len(d.settings.Profiles) == 0 {
		return nil
	}
	codes := []string{""}
	for _, p := range d.settings.Profiles {
		if code := codeOf(p.Lang); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// codeOf is the two letters by which Telegram knows a language.
func codeOf(lang string) string { return strings.ToLower(lang[:min(len(lang), 2)]) }

// withCode are the profiles that are shown under a code, the one that counts
// first. Everybody else sees what those see who speak the first profile's language.
func withCode(all []Profile, code string) []Profile {
	code = cmp.Or(code, codeOf(all[0].Lang))
	return slices.DeleteFunc(slices.Clone(all), func(p Profile) bool { return codeOf(p.Lang) != code })
}

// together is the profiles' texts, as many as fit within limit.
func together(of []Profile, limit int, between string, text func(Profile) string) string {
	whole := text(of[0])
	for _, p := range of[1:] {
		if more := whole + between + text(p); text(p) != "" && utf8.RuneCountInString(more) <= limit {
			whole = more
		}
	}
	return whole
}

func (d *Door) setMenu(code string, cs []Command, scope sdk.BotCommandScope) func(context.Context) error {
	commands := make([]sdk.BotCommand, 0, len(cs))
	for _, c := range cs {
		commands = append(commands, sdk.BotCommand{Command: c.Name, Description: c.Text})
	}
	return func(ctx context.Context) error {
		_, err := d.bot.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: commands, Scope: scope, LanguageCode: code})
		return err
	}
}

// setButton sets what is beside a private chat's input field, or with chat 0 beside
// that of every chat which has none of its own: what opens the app, or without words
// the command menu.
func (d *Door) setButton(chat int64, words string) func(context.Context) error {
	p := bot.SetChatMenuButtonParams{MenuButton: &sdk.MenuButtonCommands{Type: sdk.MenuButtonTypeCommands}}
	if words != "" {
		app := sdk.WebAppInfo{URL: d.settings.PublicURL + "/app"}
		p.MenuButton = &sdk.MenuButtonWebApp{Type: sdk.MenuButtonTypeWebApp, Text: words, WebApp: app}
	}
	if chat != 0 {
		p.ChatID = chat
	}
	return func(ctx context.Context) error {
		_, err := d.bot.SetChatMenuButton(ctx, &p)
		return err
	}
}

// setDescription asks first what is there: Telegram allows few changes of it. A
// server that does not tell is told.
func (d *Door) setDescription(code, text string) func(context.Context) error {
	return func(ctx context.Context) error {
		old, err := d.bot.GetMyDescription(ctx, &bot.GetMyDescriptionParams{LanguageCode: code})
		if err == nil && old.Description == text || retryAfter(err) > 0 {
			return err
		}
		_, err = d.bot.SetMyDescription(ctx, &bot.SetMyDescriptionParams{Description: text, LanguageCode: code})
		return err
	}
}

func (d *Door) setShort(code, text string) func(context.Context) error {
	return func(ctx context.Context) error {
		old, err := d.bot.GetMyShortDescription(ctx, &bot.GetMyShortDescriptionParams{LanguageCode: code})
		if err == nil && old.ShortDescription == text || retryAfter(err) > 0 {
			return err
		}
		_, err = d.bot.SetMyShortDescription(ctx, &bot.SetMyShortDescriptionParams{ShortDescription: text, LanguageCode: code})
		return err
	}
}
