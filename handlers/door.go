package handlers

import (
	"context"

	"waybill/models"
)

// Door is one way in and out: a platform.
//
// Send reports models.ErrGone when the chat can no longer be reached,
// models.ErrRefused when the platform will never take this text,
// models.ErrNoCredit, *models.Wait and *models.Moved; everything else is
// passing and is tried again.
type Door interface {
	// Name is the door's name in addresses.
	Name() string
	// Read turns a stored update into a Message; false means that there is nothing to handle.
	Read(body []byte) (Message, bool, error)
	// Send sends one reply to one chat.
	Send(ctx context.Context, to models.Address, r Reply) error
}

// Typer is a door that can show that an answer is being written.
type Typer interface {
	// Typing shows it to a chat for some seconds. It waits for nobody's turn, and
	// returns when ctx ends; what it returns is for the log.
	Typing(ctx context.Context, to models.Address) error
}

// ArrivalStore keeps what a door has taken in until it is answered.
type ArrivalStore interface {
	// Arrive stores arrivals whose (door, key) is new and says how many were.
	Arrive(ctx context.Context, as []models.Arrival, now models.Moment) (fresh int, err error)
}

// Handler answers messages, in order; nothing is an answer too. An error means
// that the message can be handled again. Conversation is one; a door may stand
// another before it.
type Handler interface {
	Handle(ctx context.Context, chat models.Chat, m Message) ([]Reply, error)
}

// Alerter tells the operators. It never fails and never waits.
type Alerter interface {
	// Alert tells the same once in ten minutes.
	Alert(ctx context.Context, key string, args ...any)
	// AlertDaily tells what is about the same once a day, until it is mended.
	AlertDaily(ctx context.Context, about, key string, args ...any)
}

// Worded is why a door is not up, in words of its own for operators: the key of a
// sentence and pairs of a placeholder and its value.
type Worded interface {
	error
	Alert() (key string, args []any)
}

// Merger is a door whose messages are counted: it puts several replies into one.
type Merger interface {
	// Merge makes one reply of as many of the first ones as one message holds
	// (at least one, and rs is never empty), and says of how many.
	Merge(rs []Reply) (one Reply, merged int)
}

// Merge is as many of the first replies as the door puts into one message; one
// where it does not.
func Merge(d Door, rs []Reply) (one Reply, merged int) {
	m, can := d.(Merger)
	if !can || len(rs) == 1 {
		return rs[0], 1
	}
	one, merged = m.Merge(rs)
	return one, min(max(merged, 1), len(rs))
}
