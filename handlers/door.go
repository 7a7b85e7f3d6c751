package handlers

import (
	"context"
	"errors"

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

// Merger is a door whose messages are counted: it puts several replies into one.
type Merger interface {
	// Merge makes one reply of as many of the first ones as one message holds
	// (at least one, and rs is never empty), and says of how many.
	Merge(rs []Reply) (one Reply, merged int)
}

// merge is as many of the first replies as the door puts into one message; one
// where it does not.
func merge(d Door, rs []Reply) (one Reply, merged int) {
	m, can := d.(Merger)
	if !can || len(rs) == 1 {
		return rs[0], 1
	}
	one, merged = m.Merge(rs)
	return one, min(max(merged, 1), len(rs))
}

// sendFirst sends the first replies as one message and says how many these
// were; send gets the message and that number. What the platform refuses is
// sent once more with fewer replies in it, so that a bad one takes no other
// along; at last alone, and as plain text.
func sendFirst(d Door, rs []Reply, send func(one Reply, of int) error) (sent int, err error) {
	one, sent := merge(d, rs)
	err = send(one, sent)
	for sent > 1 && errors.Is(err, models.ErrRefused) {
		one, sent = merge(d, rs[:sent/2])
		err = send(one, sent)
	}
	if errors.Is(err, models.ErrRefused) {
		err = send(bare(one), sent)
	}
	return sent, err
}
