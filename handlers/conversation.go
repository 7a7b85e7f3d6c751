package handlers

import (
	"context"
	"fmt"
	"log/slog"

	"waybill/models"
	"waybill/tracking/recognise"
)

// Conversation understands messages and decides what to answer. It keeps
// nothing in memory: an open question is a row, so it survives a restart.
type Conversation struct{ settings Settings }

// New makes a Conversation.
func New(s Settings) *Conversation {
	if s.Timezone == nil {
		s.Timezone = models.Shanghai
	}
	if s.Carriers == nil {
		s.Carriers = noCarriers{}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Estimator == nil {
		s.Estimator = providersOwn{}
	}
	return &Conversation{s}
}

// noCarriers knows no carrier's name, and how to reach none.
type noCarriers struct{}

func (noCarriers) Typed(string) (models.Carrier, bool)      { return "", false }
func (noCarriers) Contact(models.Carrier) recognise.Contact { return recognise.Contact{} }

// Handle does what a message asks for and returns what to answer, in order;
// nothing is an answer too. An error means that it can be handled again.
func (c *Conversation) Handle(ctx context.Context, chat models.Chat, m Message) ([]Reply, error) {
	now := models.At(c.settings.Now())
	switch m.Happening {
	case Left:
		return nil, wrap("leave chat", c.settings.Store.Gone(ctx, chat.ID, now))
	case Moved:
		return nil, wrap("move chat", c.settings.Store.MoveChat(ctx, chat.ID, m.NewConversation, now))
	}
	if err := c.meet(ctx, &chat, m, now); err != nil {
		return nil, err
	}
	t := c.turn(chat, m, now)
	replies, err := t.answer(ctx)
	c.settings.Log.Debug("message understood", "arrival", m.Arrival, "chat", chat.ID, "as", t.understood, "numbers", t.numbersSeen, "replies", len(replies), "failed", err != nil)
	if err != nil {
		return nil, err
	}
	for i := range replies {
		replies[i].Lang = t.render.tag()
	}
	if len(replies) > 0 {
		replies[0].Token = m.Token
	}
	return replies, nil
}

// renderer words what a chat reads.
func (c *Conversation) renderer(chat models.Chat, now models.Moment) renderer {
	s := c.settings
	return renderer{
		words: s.Words.For(chat.Lang, chat.Spoken), zone: s.Timezone, now: now,
		mentionsOnly: s.Traits[chat.Door].mentionsOnly(chat), contact: s.Carriers.Contact, links: s.Links,
	}
}

// meet brings a chat back that was gone, and notes the language its platform
// tells. A group keeps the first one: its members may speak several.
func (c *Conversation) meet(ctx context.Context, chat *models.Chat, m Message, now models.Moment) error {
	if chat.GoneAt != 0 {
		if err := c.settings.Store.Back(ctx, chat.ID, now); err != nil {
			return fmt.Errorf("bring chat back: %w", err)
		}
		chat.GoneAt = 0
	}
	if m.Lang == "" || m.Lang == chat.Spoken || m.Group && chat.Spoken != "" {
		return nil
	}
	chat.Spoken = m.Lang
	return wrap("note language", c.settings.Store.SetSpoken(ctx, chat.ID, m.Lang))
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
