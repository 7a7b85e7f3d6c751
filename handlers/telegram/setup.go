package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-telegram/bot"
	sdk "github.com/go-telegram/bot/models"

	"waybill/internal/retry"
)

// setupCall is how long one call of setting up may take.
const setupCall = 15 * time.Second

// maxConnections is how many webhook deliveries Telegram may have under way.
const maxConnections = 20

// Setup asks for the bot's name, sets or deletes the webhook and shows the
// command menus. It tries again, after a second at first and a minute at last,
// until it succeeds; the only error it returns is the context's. Once done it
// returns at once.
func (d *Door) Setup(ctx context.Context) error {
	select {
	case d.settingUp <- struct{}{}:
		defer func() { <-d.settingUp }()
	case <-ctx.Done():
		return ctx.Err()
	}
	wait := retry.New(retry.First, retry.Longest)
	for !d.health.isSetUp() {
		err := d.setUp(ctx)
		if err == nil {
			d.health.finishSetup()
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		again := wait.Next(retryAfter(err))
		d.settings.Log.Error("telegram cannot be set up", slog.Any("error", explain(d.client.redact(err))), slog.Duration("again_in", again))
		if err := retry.Sleep(ctx, again); err != nil {
			return err
		}
	}
	return nil
}

func (d *Door) setUp(ctx context.Context) error {
	for _, step := range []func(context.Context) error{d.identify, d.route, d.showMenus} {
		if err := bounded(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// bounded gives a step its time.
func bounded(ctx context.Context, step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, setupCall)
	defer cancel()
	return step(ctx)
}

// identify asks Telegram who the bot is.
func (d *Door) identify(ctx context.Context) error {
	me, err := d.bot.GetMe(ctx)
	if err != nil {
		return fmt.Errorf("ask telegram who the bot is: %w", err)
	}
	d.identity.set(me.ID, me.Username)
	d.settings.Log.Info("telegram door is open", slog.String("bot", "@"+me.Username), slog.Bool("polls", d.Polls()))
	if !me.CanReadAllGroupMessages {
		d.settings.Log.Warn("telegram's privacy mode is on: in groups the bot sees only commands, replies to it and @mentions, " +
			"not bare tracking numbers; to change that, turn it off at @BotFather (/setprivacy, Disable) and add the bot to its groups again, " +
			"or make it an administrator there")
	}
	return nil
}

// route has Telegram deliver updates to the webhook, or keep them for polling.
func (d *Door) route(ctx context.Context) error {
	if d.Polls() {
		if _, err := d.bot.DeleteWebhook(ctx, &bot.DeleteWebhookParams{}); err != nil {
			return fmt.Errorf("delete telegram webhook: %w", err)
		}
		return nil
	}
	_, err := d.bot.SetWebhook(ctx, &bot.SetWebhookParams{
		URL:            d.settings.PublicURL + "/telegram/webhook",
		SecretToken:    d.settings.WebhookSecret,
		AllowedUpdates: allowedUpdates(),
		MaxConnections: maxConnections,
	})
	if err != nil {
		return fmt.Errorf("set telegram webhook: %w", err)
	}
	return nil
}

// showMenus sets the command menus. Without them the bot works all the same,
// so a refusal is logged only.
func (d *Door) showMenus(ctx context.Context) error {
	for _, m := range d.settings.Menus {
		err := d.showMenu(ctx, m.Lang, m.Private, &sdk.BotCommandScopeAllPrivateChats{})
		if err == nil {
			err = d.showMenu(ctx, m.Lang, m.Group, &sdk.BotCommandScopeAllGroupChats{})
		}
		if err != nil && !isUnsupported(err) {
			return fmt.Errorf("set telegram command menu: %w", err)
		}
		if err != nil {
			d.settings.Log.Warn("telegram refuses a command menu", slog.String("lang", m.Lang), slog.Any("error", d.client.redact(err)))
		}
	}
	return nil
}

func (d *Door) showMenu(ctx context.Context, lang string, cs []Command, scope sdk.BotCommandScope) error {
	if len(cs) == 0 {
		return nil
	}
	commands := make([]sdk.BotCommand, 0, len(cs))
	for _, c := range cs {
		commands = append(commands, sdk.BotCommand{Command: c.Name, Description: c.Text})
	}
	_, err := d.bot.SetMyCommands(ctx, &bot.SetMyCommandsParams{Commands: commands, Scope: scope, LanguageCode: lang})
	return err
}

// isUnsupported says that Telegram, or a server that stands in for it, will
// never do what was asked.
func isUnsupported(err error) bool {
	no := &apiError{}
	return errors.As(err, &no) && (no.code == http.StatusBadRequest || no.code == http.StatusNotFound)
}
