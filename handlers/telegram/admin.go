package telegram

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/go-telegram/bot"
	sdk "github.com/go-telegram/bot/models"

	"waybill/models"
)

const (
	adminFor   = time.Minute // how long an answer about a member is believed
	adminsKept = 1024
)

// admins remembers for a short time who administers a group.
type admins struct {
	now func() time.Time
	mu  sync.Mutex
	all map[seat]ruling
}

type seat struct{ room, person string }

type ruling struct {
	admin bool
	until time.Time
}

func newAdmins(now func() time.Time) *admins { return &admins{now: now, all: map[seat]ruling{}} }

// Admin tells whether a person administers a group, as of at most a minute ago.
// Who writes in the group's own name is an anonymous administrator; who writes
// in a channel's name is nobody.
func (d *Door) Admin(ctx context.Context, group models.Address, person string) (bool, error) {
	if person != "" && person == group.Room {
		return true, nil
	}
	id := personID(person)
	if id == 0 {
		return false, nil
	}
	s := seat{group.Room, person}
	if known, ok := d.admins.recall(s); ok {
		return known, nil
	}
	at, err := locate(group, "")
	if err != nil {
		return false, err
	}
	admin, err := d.judge(ctx, at.chat, id)
	if err != nil {
		return false, d.client.redact(fmt.Errorf("ask telegram about a member: %w", verdict(err)))
	}
	d.admins.note(s, admin)
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

func (d *Door) judge(ctx context.Context, chat, person int64) (bool, error) {
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

// isUnknownMember says that Telegram knows the group but not this person in it.
func isUnknownMember(err error) bool {
	f := &fault{}
	return isBadRequest(err) && errors.As(err, &f) && f.says("user not found", "member not found", "participant_id_invalid", "user_id_invalid")
}

func (a *admins) recall(s seat) (admin, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.all[s]
	return r.admin, ok && a.now().Before(r.until)
}

func (a *admins) note(s seat, admin bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if len(a.all) >= adminsKept {
		maps.DeleteFunc(a.all, func(_ seat, r ruling) bool { return !now.Before(r.until) })
	}
	if len(a.all) >= adminsKept {
		clear(a.all)
	}
	a.all[s] = ruling{admin: admin, until: now.Add(adminFor)}
}
