package telegram

import (
	"context"
	"fmt"
	"time"

	"github.com/go-telegram/bot"
	sdk "github.com/go-telegram/bot/models"

	"waybill/models"
)

// typingPerSecond is how many chats a second are shown at most that the bot
// writes; those beyond see none.
const typingPerSecond = 10

// Typing shows a chat for five seconds that the bot writes. It never waits for a
// turn, as messages do: where Telegram has asked to be left alone, and beyond
// some signs a second, it shows nothing.
func (d *Door) Typing(ctx context.Context, to models.Address) error {
	at, err := locate(to, "")
	if err != nil {
		return err
	}
	if !d.limiter.mayType(at.conversation) {
		return nil
	}
	_, err = d.bot.SendChatAction(ctx, &bot.SendChatActionParams{ChatID: at.chat, MessageThreadID: at.thread, Action: sdk.ChatActionTyping})
	if after := retryAfter(err); after > 0 {
		d.limiter.holdTyping(after)
	}
	if err != nil {
		return d.client.redact(fmt.Errorf("show typing on telegram: %w", doorError(err)))
	}
	return nil
}

// mayType says whether a sign may be shown now. It takes no message's turn.
func (l *limiter) mayType(chat string) bool {
	if l.heldBack(chat) != nil {
		return false
	}
	l.mu.Lock()
	held := l.now().Before(l.typingHeld)
	l.mu.Unlock()
	return !held && (l.limits.Off || l.typing.AllowN(l.now(), 1))
}

// holdTyping notes that Telegram wants fewer signs. Messages go on: the answer
// itself is worth more.
func (l *limiter) holdTyping(after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.typingHeld = l.now().Add(after)
}
