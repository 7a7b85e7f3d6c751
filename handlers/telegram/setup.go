package telegram

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-telegram/bot"

	"waybill/internal/retry"
)

// setupCall is how long one call of setting up may take.
const setupCall = 15 * time.Second

// maxConnections is how many webhook deliveries Telegram may have under way.
const maxConnections = 20

// Setup does what the door needs to hear: it asks for the bot's name, without
// which nobody knows which messages of a group are meant for it, and sets or
// deletes the webhook. It tries again, after a second at first and a minute at
// last, until it succeeds; the only error it returns is the context's. Once done
// it returns at once. What people only see of the bot is ShowProfile's.
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
	for _, step := range []func(context.Context) error{d.identify, d.route} {
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
	d.identity.set(me.ID, me.Username, !me.CanReadAllGroupMessages)
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
		AllowedUpdates: d.settings.allowedUpdates(),
		MaxConnections: maxConnections,
	})
	if err != nil {
		return fmt.Errorf("set telegram webhook: %w", err)
	}
	return nil
}
