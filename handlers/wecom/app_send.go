package wecom

import (
	"context"
	"fmt"
	"time"

	"github.com/silenceper/wechat/v2/work/message"

	"waybill/handlers"
	"waybill/models"
)

// Send sends the reply in as many messages as WeCom's limits need, at most 30
// a minute to one member. Buttons become numbered choices; what is typed for
// one comes back through Handler. When it fails half way, sending the same
// reply again goes on where it failed.
func (a *App) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	parts, err := a.compose(ctx, to, r)
	if err != nil || len(parts) == 0 {
		return wrap("compose wecom message", err)
	}
	err = a.sendReply(ctx, to, r, parts, maxText, func(p part, _ int) error { return a.sendPart(ctx, to.Conversation, p) })
	return wrap("send to wecom member", err)
}

// compose makes the messages of a reply, its choices under the text.
func (a *App) compose(ctx context.Context, to models.Address, r handlers.Reply) ([]part, error) {
	if _, err := items(r.Buttons); err != nil {
		return nil, err
	}
	blocks, file, err := textAndFile(r, maxText)
	if err != nil {
		return nil, err
	}
	first, err := a.choices.number(ctx, to, r)
	if err != nil {
		return nil, err
	}
	if lines := a.choices.lines(r, first, false); first > 0 && lines != nil {
		blocks = append(blocks, plain(lines))
	}
	return append(partsOf(pages(blocks, maxText)), filesOf(r.Picture, file, true)...), nil
}

// appText is a text message. The agent's id is a number, which the SDK's type
// would write as a string.
type appText struct {
	To    string            `json:"touser"`
	Type  string            `json:"msgtype"`
	Agent int               `json:"agentid"`
	Text  message.TextField `json:"text"`
}

// appFile is a picture or another file; the one that is meant is set.
type appFile struct {
	To    string              `json:"touser"`
	Type  string              `json:"msgtype"`
	Agent int                 `json:"agentid"`
	File  *message.ImageField `json:"file,omitempty"`
	Image *message.ImageField `json:"image,omitempty"`
}

// toMember is the message of a part that is a file.
func (p part) toMember(member string, agent int, media string) appFile {
	m := appFile{To: member, Type: p.kind, Agent: agent}
	if p.kind == typeImage {
		m.Image = &message.ImageField{MediaID: media}
	} else {
		m.File = &message.ImageField{MediaID: media}
	}
	return m
}

// sendPart sends one message, when its turn has come.
func (a *App) sendPart(ctx context.Context, member string, p part) error {
	if err := waitTurn(ctx, a.pace, member); err != nil {
		return err
	}
	var body any = appText{To: member, Type: typeText, Agent: a.agent, Text: message.TextField{Content: p.text}}
	if p.file != nil {
		media, err := a.mediaID(ctx, p)
		if err != nil {
			return p.unlessRefused(a.sendError(ctx, err))
		}
		body = p.toMember(member, a.agent, media)
	}
	var got message.SendResponse
	err := a.post(ctx, "message/send", body, &got)
	switch {
	case p.file != nil && codeOf(err) == codeMedia:
		return p.unlessRefused(a.refuseFile(ctx, a.tokens.agent, p, err))
	case err != nil:
		return a.sendError(ctx, err)
	}
	// WeCom says "ok" and names those whom it did not reach.
	if got.InvalidUser != "" || got.UnlicensedUser != "" {
		return fmt.Errorf("%w: not within the app's reach, or without a licence", models.ErrGone)
	}
	return nil
}

// greetedFor is how long a member who was greeted is not greeted again.
const greetedFor = 365 * 24 * time.Hour

// Handler is what the delivery worker calls with each message of this door: it
// turns a typed number into the choice it stands for, and greets whoever opens
// the app for the first time only. Everything else is next's.
func (a *App) Handler(next handlers.Handler) handlers.Handler { return &greeter{App: a, next: next} }

type greeter struct {
	*App
	next handlers.Handler
}

// Handle answers a message.
func (g *greeter) Handle(ctx context.Context, chat models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	switch m.Happening {
	case handlers.Joined:
		return g.greet(ctx, chat, m)
	case handlers.Said:
		data, ok, err := g.choices.pick(ctx, chat.Address, m.Text)
		if err != nil {
			return nil, err
		}
		if ok {
			m.Happening, m.Button, m.Text = handlers.Tapped, data, ""
		}
	}
	return g.next.Handle(ctx, chat, m)
}

// greet greets a member once a year: WeCom reports every time that the app is opened.
func (g *greeter) greet(ctx context.Context, chat models.Chat, m handlers.Message) ([]handlers.Reply, error) {
	_, greeted, err := g.settings.Memory.Recall(ctx, models.MemoryMet, chat.Key(), g.now())
	if err != nil {
		return nil, fmt.Errorf("recall who was greeted: %w", err)
	}
	if greeted && chat.GoneAt == 0 {
		return nil, nil
	}
	replies, err := g.next.Handle(ctx, chat, m)
	if err != nil {
		return nil, err
	}
	return replies, wrap("remember who was greeted", g.settings.Memory.Remember(ctx, models.MemoryMet, chat.Key(), []byte("1"), g.now().Add(greetedFor)))
}
