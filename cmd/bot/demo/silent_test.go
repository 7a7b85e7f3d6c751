package demo

import (
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
)

func TestASilentDoorTakesInWhatIsTypedOnceAndSendsToAllButOne(t *testing.T) {
	t.Parallel()
	s, woken := opened(t), 0
	d := NewSilent("telegram", s, func() { woken++ }, time.Now)
	for range 2 {
		if err := d.Typed(t.Context(), 7, "en", "YT1000000000013", "a"); err != nil {
			t.Fatal(err)
		}
	}
	chat, err := s.Chat(t.Context(), models.Address{Door: "telegram", Conversation: "7"}, false, models.At(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	open, err := s.OpenArrivals(t.Context(), chat.ID, models.At(time.Now().Add(time.Minute)))
	if err != nil || len(open) != 1 || woken == 0 {
		t.Fatalf("%d open, %v", len(open), err)
	}
	m, something, err := d.Read(open[0].Body)
	if err != nil || !something || m.Text != "YT1000000000013" || m.Lang != "en" || m.Address.Conversation != "7" {
		t.Errorf("%+v, %t, %v", m, something, err)
	}
	if _, _, err := d.Read([]byte("{")); err == nil {
		t.Error("what is not its own is read")
	}
	for to, fails := range map[string]bool{DemoUser: false, unreachable: true} {
		if err := d.Send(t.Context(), models.Address{Conversation: to}, handlers.Reply{}); (err != nil) != fails {
			t.Errorf("%s: %v", to, err)
		}
	}
}
