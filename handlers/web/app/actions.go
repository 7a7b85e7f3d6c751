package app

import (
	"slices"
	"strings"
	"unicode/utf8"

	"waybill/handlers"
	"waybill/internal/pattern"
	"waybill/models"
)

// longestText is how many characters can be added at once: a pasted message.
const longestText = 2000

// keyShape is what tells one text that is added from another.
var keyShape = pattern.New(`^[A-Za-z0-9-]{16,64}$`)

// done is the answer to what needs no other.
type done struct {
	OK bool `json:"ok"`
}

// of is the parcel that a request is about, which the chat must follow.
func (a *App) of(r request, parcelID int64) error {
	if r.chat.ID == 0 {
		return errGone
	}
	_, ok, err := a.settings.Store.FollowOf(r.Context(), r.chat.ID, parcelID)
	if err == nil && !ok {
		err = errGone
	}
	return err
}

func (a *App) rename(r request) (any, error) {
	var said struct {
		Parcel int64  `json:"parcel"`
		Name   string `json:"name"`
	}
	if err := read(r, &said); err != nil {
		return nil, err
	}
	name, ok := handlers.Name(said.Name)
	if !ok {
		return nil, errTooLong
	}
	if err := a.of(r, said.Parcel); err != nil {
		return nil, err
	}
	return done{true}, a.settings.Store.Rename(r.Context(), r.chat.ID, said.Parcel, name)
}

func (a *App) mute(r request) (any, error) {
	var said struct {
		Parcel int64 `json:"parcel"`
		Muted  bool  `json:"muted"`
	}
	if err := read(r, &said); err != nil {
		return nil, err
	}
	if err := a.of(r, said.Parcel); err != nil {
		return nil, err
	}
	return done{true}, a.settings.Store.Mute(r.Context(), r.chat.ID, said.Parcel, said.Muted, models.At(a.settings.Now()))
}

func (a *App) stop(r request) (any, error) {
	var said struct {
		Parcel int64 `json:"parcel"`
	}
	if err := read(r, &said); err != nil {
		return nil, err
	}
	if err := a.of(r, said.Parcel); err != nil {
		return nil, err
	}
	return done{true}, a.settings.Store.Unfollow(r.Context(), r.chat.ID, []int64{said.Parcel}, models.At(a.settings.Now()))
}

// undo takes the chat's last stop back. It says so when that was not this parcel's: the
// list shows what came back.
func (a *App) undo(r request) (any, error) {
	var said struct {
		Parcel int64 `json:"parcel"`
	}
	if err := read(r, &said); err != nil {
		return nil, err
	}
	if r.chat.ID == 0 {
		return nil, errNotFresh
	}
	undone, err := a.settings.Store.Undo(r.Context(), r.chat.ID, models.At(a.settings.Now()))
	if err == nil && !slices.Contains(undone, said.Parcel) {
		err = errNotFresh
	}
	return done{true}, err
}

func (a *App) add(r request) (any, error) {
	var said struct {
		Text string `json:"text"`
		Key  string `json:"key"`
	}
	if err := read(r, &said); err != nil {
		return nil, err
	}
	text := strings.TrimSpace(said.Text)
	switch {
	case text == "" || !keyShape.MatchString(said.Key):
		return nil, errBody
	case utf8.RuneCountInString(text) > longestText:
		return nil, errTooLong
	}
	return done{true}, a.settings.Inbox.Typed(r.Context(), r.person.ID, r.person.Lang, text, said.Key)
}
