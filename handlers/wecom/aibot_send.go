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
	"unicode/utf8"

	"waybill/handlers"
	"waybill/models"
)

const (
	aibotAnswerable = 24*time.Hour - time.Minute // how long a callback can be answered
	aibotGreets     = 5 * time.Second            // how long a welcome is let in
)

// Send sends a reply as markdown, in as many messages as WeCom's limits need.
// The first one answers the callback, as a finished stream, while it can be
// answered over the connection that brought it; everything else is a message of
// its own. When it fails half way, the next try of the same reply goes on where
// it failed. In a process that does not hold the connection it returns
// *models.Wait.
func (d *AIBot) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	if _, _, ok := aibotPlace(to.Room); !ok {
		return fmt.Errorf("%w: not a wecom aibot room", models.ErrRefused)
	}
	token := graspAIBot(r.Token)
	if token.welcome {
		return d.greet(ctx, to, token, r)
	}
	messages, err := d.compose(ctx, to, r)
	if err != nil {
		return fmt.Errorf("compose wecom aibot message: %w", err)
	}
	return d.kept.inTurn(ctx, to, r, messages, func(i int) error {
		if i > 0 {
			token = aibotToken{}
		}
		return d.deliver(ctx, to, token, messages[i])
	})
}

// deliver sends one message, when the chat's limits let it.
func (d *AIBot) deliver(ctx context.Context, to models.Address, token aibotToken, content string) error {
	return d.within(ctx, to, func(c *aibotConn) error {
		if d.fresh(c, token) {
			err := d.respond(ctx, c, token, content)
			if !unanswerable(err) {
				return err
			}
			d.log().Debug("wecom aibot callback cannot be answered any more", slog.Any("err", err))
		}
		return d.push(ctx, c, to, content)
	})
}

// within lets send use the connection once the chat's limits allow it, and says
// what became of it in the words that handlers.Door promises.
func (d *AIBot) within(ctx context.Context, to models.Address, send func(*aibotConn) error) error {
	c, release, err := d.link.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	end, err := d.limiter.begin(to.Room)
	if err != nil {
		return err
	}
	err = send(c)
	end(codeOf(err) == 0)
	if after := aibotWait(err); after > 0 {
		d.limiter.told(to.Room, after)
	}
	if err != nil {
		return fmt.Errorf("send to wecom aibot: %w", aibotVerdict(err))
	}
	return nil
}

// fresh says that a callback can be answered as such over this connection.
func (d *AIBot) fresh(c *aibotConn, t aibotToken) bool {
	return t.id != "" && t.conn == c.id && d.now().Sub(t.at) < aibotAnswerable && !c.isSpoiled(t.id)
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
	err = c.ask(ctx, f)
	switch {
	case errors.Is(err, errAIBotUnanswered):
		c.unanswered(t.id, content)
	case codeOf(err) == codeAIBotStreamOver && c.mayHave(t.id, content):
		return nil // only its answer came too late
	case codeOf(err) != 0 && aibotWait(err) == 0:
		c.spoil(t.id) // the next try is a message of its own, which needs no callback
	}
	return err
}

// push sends a message of its own.
func (d *AIBot) push(ctx context.Context, c *aibotConn, to models.Address, content string) error {
	chat, kind, _ := aibotPlace(to.Room)
	f, err := aibotRequest(aibotSend, "", aibotSendBody{
		Chat: chat, ChatType: kind, Type: "markdown", Markdown: aibotContent{Content: content},
	})
	if err != nil {
		return err
	}
	return c.ask(ctx, f)
}

// greet welcomes somebody who has opened the chat. WeCom lets that in for five
// seconds; later it would be a message that nobody asked for, to somebody who
// may never have spoken. They are welcomed tomorrow.
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
		return c.ask(ctx, f)
	})
	if errors.Is(err, errAIBotLate) || codeOf(err) != 0 {
		d.log().Info("wecom aibot welcome comes too late", slog.Any("err", err))
		return nil
	}
	return err
}

const (
	aibotMaxText    = 20480 // bytes of markdown in one message
	aibotMaxWelcome = 2048  // bytes; WeCom names no limit for a welcome, its text messages have this one
)

// compose writes a reply as messages of markdown; none when it says nothing.
// Numbers that stand for its buttons are remembered before they are shown.
func (d *AIBot) compose(ctx context.Context, to models.Address, r handlers.Reply) ([]string, error) {
	blocks := r.Blocks
	if len(blocks) == 0 && r.Toast != "" {
		blocks = []handlers.Block{{{{Text: r.Toast}}}}
	}
	file, err := fileLines(r.File)
	if err != nil {
		return nil, err
	}
	written := texts(blocks, aibotMarkdown)
	if len(file) > 0 {
		// A fence that is torn between two messages would swallow both.
		return append(pages(written, aibotMaxText), fenced(file)...), nil
	}
	first, err := d.choices.number(ctx, to, r)
	if err != nil {
		return nil, err
	}
	if lines := choiceLines(r, first, strings.HasPrefix(to.Room, aibotGroup)); first > 0 && lines != nil {
		written = append(written, aibotMarkdown(lines))
	}
	return pages(written, aibotMaxText), nil
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

// fileLines is a file as lines of text, its name first: that is how the
// contract lets a file be shown where sending one takes an upload.
func fileLines(f *handlers.File) ([]string, error) {
	if f == nil {
		return nil, nil
	}
	if !utf8.Valid(f.Body) {
		return nil, fmt.Errorf("%w: a file that is no text", models.ErrRefused)
	}
	body := strings.ReplaceAll(string(f.Body), "```", "'''")
	return append([]string{f.Name}, strings.Split(strings.TrimRight(body, "\n"), "\n")...), nil
}

// fenced is text that is shown as it stands, in as many messages as it takes.
func fenced(lines []string) []string {
	const fence = "```"
	out := pages(lines, aibotMaxText-2*len(fence)-2)
	for i := range out {
		out[i] = fence + "\n" + out[i] + "\n" + fence
	}
	return out
}

// welcomeText is a reply as one plain text.
func welcomeText(r handlers.Reply) string {
	all := pages(texts(r.Blocks, plain), aibotMaxWelcome)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
