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
	// Name is the door's name in addresses: "telegram", "console".
	Name() string
	// Read turns a stored update into a Message; false means that there is nothing to handle.
	Read(body []byte) (Message, bool, error)
	// Send sends one reply to one chat.
	Send(ctx context.Context, to models.Address, r Reply) error
}

// Judge is a door that can tell who administers a group.
type Judge interface {
	Admin(ctx context.Context, group models.Address, person string) (bool, error)
}
