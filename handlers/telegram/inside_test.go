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
	clock := func() time.Time { return now }
	l := newLimiter(Limits{}.complete(), nil, clock)
	p, a := newProgress(clock), newAdmins(clock)
	for i := range 20_000 {
		now = now.Add(50 * time.Millisecond)
		id := strconv.Itoa(i)
		l.paces(id)
		k, err := digestOf(models.Address{Room: id}, handlers.Reply{})
		if err != nil {
			t.Fatal(err)
		}
		p.keep(k, 1)
		a.note(seat{id, id}, true)
	}
	if len(l.rooms) > roomsKept || len(p.sent) > progressKept || len(a.all) > adminsKept {
		t.Fatalf("%d rooms, %d replies, %d members", len(l.rooms), len(p.sent), len(a.all))
	}
}

func TestAHeldChatIsNotForgotten(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := newLimiter(Limits{}.complete(), nil, func() time.Time { return now })
	l.told("7", 24*time.Hour)
	for i := range 10_000 {
		now = now.Add(time.Second)
		l.paces("x" + strconv.Itoa(i))
	}
	if l.hold("7") == nil {
		t.Fatal("the wait is forgotten")
	}
}

// row hands out slots one after another.
type row struct{ next models.Moment }

func (r *row) Slots(_ context.Context, _ string, every time.Duration, n int, now models.Moment) (models.Moment, error) {
	first := max(r.next, now)
	r.next = first.Add(time.Duration(n) * every)
	return first, nil
}

func TestSlotsThatPassedUnusedAreLost(t *testing.T) {
	now := time.UnixMilli(1_000_000)
	s := newShared(&row{}, 30, func() time.Time { return now })
	s.waiting.Store(9)
	if d, err := s.next(t.Context()); d != 0 || err != nil || s.left != 9 {
		t.Fatalf("%s, %v, %d left", d, err, s.left)
	}
	s.waiting.Store(0)
	now = now.Add(time.Second)
	for i := range 5 {
		d, err := s.next(t.Context())
		if want := time.Duration(i) * 34 * time.Millisecond; d != want || err != nil {
			t.Fatalf("%s instead of %s, %v", d, want, err)
		}
	}
}

func TestRedactHidesTheTokenAndKeepsTheError(t *testing.T) {
	cause := fmt.Errorf("get https://api.telegram.org/bot12345:AAsecretsecret/getMe, also as 12345%%3AAAsecretsecret: %w", context.Canceled)
	err := redact("12345:AAsecretsecret", cause)
	if strings.Contains(err.Error(), "AAsecret") || !strings.Contains(err.Error(), "/bot12345:***/getMe") || !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if plain := errors.New("x"); !errors.Is(redact("12345:AAsecretsecret", plain), plain) || redact("1:x", nil) != nil {
		t.Fatal("an error without the token is changed")
	}
}
