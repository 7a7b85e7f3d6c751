package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// Silent is a door of the invented chats: what is sent to them is accepted and seen by
// nobody, but for one chat to which sending fails. What somebody types in the Mini App
// comes in here.
type Silent struct {
	name     string
	arrivals handlers.ArrivalStore
	wake     func()
	now      func() time.Time
}

// NewSilent makes the door of that name. wake is called whenever something has come in.
func NewSilent(name string, arrivals handlers.ArrivalStore, wake func(), now func() time.Time) *Silent {
	return &Silent{name: name, arrivals: arrivals, wake: wake, now: now}
}

// Name is the door's name.
func (s *Silent) Name() string { return s.name }

// typed is what somebody has typed.
type typed struct {
	Person int64
	Lang   string
	Text   string
}

// Typed takes a text in as if somebody had written it to the bot; a key counts once.
func (s *Silent) Typed(ctx context.Context, person int64, lang, text, key string) error {
	body, err := json.Marshal(typed{person, lang, text})
	if err != nil {
		return fmt.Errorf("write typed text: %w", err)
	}
	now, id := models.At(s.now()), strconv.FormatInt(person, 10)
	if _, err := s.arrivals.Arrive(ctx, []models.Arrival{{
		Door: s.name, Key: id + ":" + key, Body: body, DueAt: now, At: now, Address: models.Address{Door: s.name, Conversation: id},
	}}, now); err != nil {
		return fmt.Errorf("store typed text: %w", err)
	}
	s.wake()
	return nil
}

// Read reads what Typed stored.
func (s *Silent) Read(body []byte) (handlers.Message, bool, error) {
	var t typed
	if err := json.Unmarshal(body, &t); err != nil {
		return handlers.Message{}, false, fmt.Errorf("read typed text: %w", err)
	}
	id := strconv.FormatInt(t.Person, 10)
	return handlers.Message{
		Address: models.Address{Door: s.name, Conversation: id}, Addressed: true, Text: t.Text, From: id, Lang: t.Lang,
	}, true, nil
}

// Send accepts everything, but for the chat that cannot be reached.
func (*Silent) Send(_ context.Context, to models.Address, _ handlers.Reply) error {
	if to.Conversation == unreachable {
		return errors.New("send message: bad gateway (502)")
	}
	return nil
}
