package telegram

import (
	"strconv"
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
