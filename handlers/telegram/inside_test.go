package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
)

func TestWhatIsRememberedIsBounded(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	d, err := New(Settings{
		Token: "12345:x", Now: func() time.Time { return now }, Profiles: []Profile{{Lang: "zh-CN"}, {Lang: "zh-TW"}},
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20_000 {
		now = now.Add(5 * time.Millisecond)
		id := strconv.Itoa(i)
		d.limiter.ratesOf(id)
		d.limiter.hold(id, time.Hour)
		key, err := digestOf(models.Address{Conversation: id}, handlers.Reply{})
		if err != nil {
			t.Fatal(err)
		}
		d.remember(key, 1, context.DeadlineExceeded)
		d.admins.Put(member{id, id}, true, adminFor)
		d.versions.remember([]version{{of: versioned{message: int64(i + 1)}, album: versioned{album: id}}})
		d.menus.heard(id, "zh-hant")
		d.menus.replied(id, "zh-TW")
	}
	if d.versions.last.Len() > versionsKept || d.menus.spoken.Len() > menusKept || d.menus.shown.Len() > menusKept {
		t.Fatalf("%d versions, %d languages, %d menus", d.versions.last.Len(), d.menus.spoken.Len(), d.menus.shown.Len())
	}
	if l := d.limiter; l.rates.Len() > chatsKept || l.held.Len() > chatsKept || d.sent.Len() > repliesKept || d.admins.Len() > adminsKept {
		t.Fatalf("%d rates, %d waits, %d replies, %d members", l.rates.Len(), l.held.Len(), d.sent.Len(), d.admins.Len())
	}
}

func TestAHeldChatIsNotForgotten(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := newLimiter(Limits{}.complete(), nil, func() time.Time { return now })
	l.hold("7", 24*time.Hour)
	for i := range 10_000 {
		now = now.Add(time.Second)
		l.ratesOf("x" + strconv.Itoa(i))
		l.hold("x"+strconv.Itoa(i), time.Minute)
	}
	if l.heldBack("7") == nil {
		t.Fatal("the wait is forgotten")
	}
}

func TestRedactHidesTheTokenAndKeepsTheError(t *testing.T) {
	d, err := New(Settings{Token: "12345:AAsecretsecret"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := d.client
	cause := fmt.Errorf("get https://api.telegram.org/bot12345:AAsecretsecret/getMe, also as 12345%%3AAAsecretsecret: %w", context.Canceled)
	err = c.redact(cause)
	if strings.Contains(err.Error(), "AAsecret") || !strings.Contains(err.Error(), "/bot12345:***/getMe") || !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if plain := errors.New("x"); !errors.Is(c.redact(plain), plain) || c.redact(nil) != nil {
		t.Fatal("an error without the token is changed")
	}
}
