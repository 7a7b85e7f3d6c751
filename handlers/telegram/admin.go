package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/go-telegram/bot"
	sdk "github.com/go-telegram/bot/models"

	"waybill/handlers"
	"waybill/models"
)

const (
	adminFor   = time.Minute // how long an answer about a member is believed
	adminsKept = 1024
)

// member is a person in a group.
type member struct{ group, person string }

// Admin tells whether a person administers a group, as of at most a minute ago.
// Who writes in the group's own name is an anonymous administrator; who writes
// in a channel's name is none. Where Telegram's answer cannot be read, or it
// will not say (it hides the members of some groups), that is
// handlers.ErrCannotTell and a line in the log.
func (d *Door) Admin(ctx context.Context, group models.Address, person string) (bool, error) {
	if person != "" && person == group.Conversation {
		return true, nil
	}
	id := personID(person)
	if id == 0 {
		return false, nil
	}
	m := member{group.Conversation, person}
	if admin, known := d.admins.Get(m); known {
		return admin, nil
	}
	to, err := locate(group, "")
	if err != nil {
		return false, err
	}
	admin, err := d.askAdmin(ctx, to.chat, id)
	if isNoAnswer(err) {
		d.settings.Log.Warn("telegram does not tell whether a person administers a group", slog.Any("error", d.client.redact(err)))
		return false, handlers.ErrCannotTell
	}
	if err != nil {
		return false, d.client.redact(fmt.Errorf("ask telegram about a member: %w", doorError(err)))
	}
	d.admins.Put(m, admin, adminFor)
	return admin, nil
}

// personID is a person's number; 0 for whatever is not a person.
func personID(person string) int64 {
	id, err := strconv.ParseInt(person, 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}

func (d *Door) askAdmin(ctx context.Context, chat, person int64) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, setupCall)
	defer cancel()
	m, err := d.bot.GetChatMember(ctx, &bot.GetChatMemberParams{ChatID: chat, UserID: person})
	if isUnknownMember(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return m.Type == sdk.ChatMemberTypeOwner || m.Type == sdk.ChatMemberTypeAdministrator, nil
}

// isNoAnswer says that the same question would be answered as little again.
func isNoAnswer(err error) bool {
	no := &apiError{}
	if errors.As(err, &no) {
		return no.code == http.StatusBadRequest && no.movedTo == "" || no.code == http.StatusForbidden || no.code == http.StatusNotFound
	}
	return errors.Is(err, errUnreadable)
}

// isUnknownMember says that Telegram knows the group but not this person in it.
func isUnknownMember(err error) bool {
	no := &apiError{}
	return isBadRequest(err) && errors.As(err, &no) && no.says("user not found", "member not found", "participant_id_invalid", "user_id_invalid")
}
