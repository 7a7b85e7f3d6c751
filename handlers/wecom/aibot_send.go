package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/models"
)

const (
	aibotAnswerable = 24*time.Hour - time.Minute // how long a callback can be answered
	aibotGreets     = 5 * time.Second            // how long a welcome is taken
)

// Send sends a reply as markdown, in as many messages as WeCom's limits need; pictures
// and files are uploaded over the connection.
// The first one answers the callback, as a finished stream, while it can be
// answered over the connection that brought it; all others are separate
// messages. When it fails half way, the next try of the same reply goes on where
// it failed. In a process that does not hold the connection it returns
// *models.Wait.
func (d *AIBot) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	if _, _, ok := aibotChat(to.Conversation); !ok {
		return fmt.Errorf("%w: not a wecom aibot conversation", models.ErrRefused)
	}
	token := parseAIBotToken(r.Token)
	if token.welcome {
		return d.greet(ctx, to, token, r)
	}
	parts, err := d.compose(ctx, to, r)
	if err != nil {
		return fmt.Errorf("compose wecom aibot message: %w", err)
	}
	return d.memory.sendParts(ctx, to, r, textsOf(parts), func(i int) error {
		if i > 0 {
			token = aibotToken{}
		}
		return d.deliver(ctx, to, token, r, parts[i])
	})
}

// deliver sends one message, when the chat's limits let it.
func (d *AIBot) deliver(ctx context.Context, to models.Address, token aibotToken, r handlers.Reply, p part) error {
	if p.file != nil {
		return d.deliverFile(ctx, to, r, p)
	}
	return d.within(ctx, to, func(c *aibotConn) error {
		if p.menu != nil {
			return d.pushCard(ctx, c, to, p)
		}
		if d.fresh(c, token) {
			err := d.respond(ctx, c, token, p.text)
			if !unanswerable(err) {
				return err
			}
			d.log().Debug("wecom aibot callback cannot be answered any more", slog.Any("error", err))
		}
		return d.push(ctx, c, to, markdownBody(p.text))
	})
}

// within lets send use the connection, if the chat's limits allow it; its error is
// one of those that handlers.Door promises.
func (d *AIBot) within(ctx context.Context, to models.Address, send func(*aibotConn) error) error {
	c, release, err := d.link.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	end, err := d.limiter.begin(to.Conversation)
	if err != nil {
		return err
	}
	err = send(c)
	end(codeOf(err) == 0)
	if after := aibotWait(err); after > 0 {
		d.limiter.hold(to.Conversation, after)
	}
	if err != nil {
		return fmt.Errorf("send to wecom aibot: %w", aibotDoorError(err))
	}
	return nil
}

// fresh says that a callback can be answered as such over this connection.
func (d *AIBot) fresh(c *aibotConn, t aibotToken) bool {
	return t.id != "" && t.conn == c.id && d.now().Sub(t.at) < aibotAnswerable && !c.isRefused(t.id)
}

// respond answers a callback with a stream that is over at once, so it never
// gets too old to be finished. An answer that was lost on its way is repeated
// under the same id: it replaces itself, or the stream is over because it came.
func (d *AIBot) respond(ctx context.Context, c *aibotConn, t aibotToken, content string) error {
	sum := sha256.Sum256([]byte(t.id))
	f, err := aibotRequest(aibotRespond, t.id, aibotStreamBody{
		Type:   "stream",
		Stream: aibotStream{ID: "waybill-" + hex.EncodeToString(sum[:12]), Finish: true, Content: content},
	})
	if err != nil {
		return err
	}
	err = c.call(ctx, f)
	switch {
	case errors.Is(err, errAIBotUnanswered):
		c.leaveUnconfirmed(t.id, content)
	case codeOf(err) == codeAIBotStreamOver && c.mayHave(t.id, content):
		return nil // it was taken; only its confirmation came too late
	case codeOf(err) != 0 && aibotWait(err) == 0:
		c.refuse(t.id) // the next try is a separate message, which needs no callback
	}
	return err
}

// push sends a message that answers no callback.
func (d *AIBot) push(ctx context.Context, c *aibotConn, to models.Address, body aibotSendBody) error {
	body.Chat, body.ChatType, _ = aibotChat(to.Conversation)
	f, err := aibotRequest(aibotSend, "", body)
	if err != nil {
		return err
	}
	return c.call(ctx, f)
}

func markdownBody(content string) aibotSendBody {
	return aibotSendBody{Type: "markdown", Markdown: &aibotContent{Content: content}}
}

// greet welcomes somebody who has opened the chat. WeCom takes a welcome for five
// seconds; later it would be a message that nobody asked for, to somebody who may
// never have written. WeCom reports the first opening of each day.
func (d *AIBot) greet(ctx context.Context, to models.Address, t aibotToken, r handlers.Reply) error {
	text := welcomeText(r)
	if text == "" {
		return nil
	}
	err := d.within(ctx, to, func(c *aibotConn) error {
		if t.conn != c.id || d.now().Sub(t.at) >= aibotGreets {
			return errAIBotLate
		}
		f, err := aibotRequest(aibotWelcome, t.id, aibotWelcomeBody{Type: "text", Text: aibotContent{Content: text}})
		if err != nil {
			return err
		}
		return c.call(ctx, f)
	})
	if errors.Is(err, errAIBotLate) || codeOf(err) != 0 {
		d.log().Info("wecom aibot welcome comes too late", slog.Any("error", err))
		return nil
	}
	return err
}

const (
	aibotMaxText    = 20480 // bytes of markdown in one message
	aibotMaxWelcome = 2048  // bytes; WeCom names no limit for a welcome, its text messages have this one
)

// compose writes a reply as messages: its text as markdown, then what can be pressed,
// pictures and files; none when it says nothing. Numbers that stand for its buttons
// are remembered before they are shown.
func (d *AIBot) compose(ctx context.Context, to models.Address, r handlers.Reply) ([]part, error) {
	blocks := r.Blocks
	if len(blocks) == 0 && r.Toast != "" {
		blocks = []handlers.Block{{{{Text: r.Toast}}}}
	}
	if f := r.File; f != nil && (len(f.Body) < minFile || len(f.Body) > maxFile) {
		return nil, fmt.Errorf("%w: a file of %d bytes", models.ErrRefused, len(f.Body))
	}
	first, err := d.choices.number(ctx, to, r)
	if err != nil {
		return nil, err
	}
	written, group := texts(blocks, aibotMarkdown), strings.HasPrefix(to.Conversation, aibotGroup)
	var numbered string
	if lines := d.choices.lines(r, first, group); first > 0 && lines != nil {
		numbered = aibotMarkdown(lines)
	}
	card := group && numbered != "" && isCard(r)
	if numbered != "" && !card {
		written = append(written, numbered)
	}
	parts := partsOf(pages(written, aibotMaxText))
	if card {
		parts = append(parts, part{text: numbered, menu: slices.Concat(r.Buttons...), title: cardTitle(r, d.settings.Phrases(r.Lang).Choose)})
	}
	return append(parts, filesOf(r.Picture, r.File, true)...), nil
}

// aibotMarkdown is a block in the robots' markdown, which has no colours.
func aibotMarkdown(b handlers.Block) string {
	b = slices.Clone(b)
	for i, line := range b {
		b[i] = slices.Clone(line)
		for j := range b[i] {
			if b[i][j].Style == handlers.Dim {
				b[i][j].Style = handlers.Plain
			}
		}
	}
	return markdown(b)
}

// welcomeText is a reply as one plain text.
func welcomeText(r handlers.Reply) string {
	all := pages(texts(r.Blocks, plain), aibotMaxWelcome)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
