package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"waybill/models"
)

// Typed stores a text as if a person had written it to the bot one to one, and wakes the
// delivery worker: the bot answers in the chat. A text with the same key, of the same
// person, is stored once.
func (d *Door) Typed(ctx context.Context, person int64, lang, text, key string) error {
	now := models.At(d.settings.Now())
	private := chat{ID: person, Type: "private"}
	body, err := json.Marshal(typed{Message: typedMessage{
		Date: d.settings.Now().Unix(), Chat: private, From: typedFrom{ID: person, Lang: lang}, Text: text,
	}})
	if err != nil {
		return fmt.Errorf("write typed text: %w", err)
	}
	id := strconv.FormatInt(person, 10)
	stored, err := d.arrivals.Arrive(ctx, []models.Arrival{{
		Door: d.Name(), Key: "typed:" + id + ":" + key, Body: body, DueAt: now, At: now,
		Address: models.Address{Door: d.Name(), Conversation: id},
	}}, now)
	if err != nil {
		return fmt.Errorf("store typed text: %w", err)
	}
	if stored > 0 {
		d.wake()
	}
	return nil
}

// typed is an update as Telegram would have sent it; only what is read of one.
type typed struct {
	Message typedMessage `json:"message"`
}

type typedMessage struct {
	Date int64     `json:"date"`
	Chat chat      `json:"chat"`
	From typedFrom `json:"from"`
	Text string    `json:"text"`
}

type typedFrom struct {
	ID   int64  `json:"id"`
	Lang string `json:"language_code,omitempty"`
}
