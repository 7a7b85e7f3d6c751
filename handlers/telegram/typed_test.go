package telegram_test

import (
	"errors"
	"slices"
	"testing"

	"waybill/handlers"
	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
)

func TestATextThatIsTypedElsewhereIsHandledAsAMessageOfItsWriter(t *testing.T) {
	in := newInbox()
	d := door(t, telegramtest.Serve(t), in)
	for range 2 { // a repeated request has one effect
		if err := d.Typed(t.Context(), 1001, "zh-hans", "/track SF1000000000015 \"茶\"", "key"); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Typed(t.Context(), 1002, "", "SF1000000000015", "key"); err != nil {
		t.Fatal(err)
	}
	if got, want := in.keys(), []string{"typed:1001:key", "typed:1002:key"}; !slices.Equal(got, want) {
		t.Fatalf("stored are %q", got)
	}
	m, ok, err := d.Read(in.rows[0].Body)
	want := handlers.Message{
		Address: models.Address{Door: "telegram", Conversation: "1001"}, Addressed: true, From: "1001", Lang: "zh-hans",
		Text: "/track SF1000000000015 \"茶\"",
	}
	if err != nil || !ok || m.Text != want.Text || m.Address != want.Address || m.From != want.From || m.Lang != want.Lang || !m.Addressed || m.Group {
		t.Errorf("read as %+v, %v, %v", m, ok, err)
	}
	if in.rows[0].Address != want.Address || in.rows[0].Group {
		t.Errorf("stored for %v", in.rows[0].Address)
	}
}

func TestATypedTextThatIsNotStoredIsAnError(t *testing.T) {
	in := newInbox()
	in.fail(errors.New("no database"))
	if err := door(t, telegramtest.Serve(t), in).Typed(t.Context(), 1, "", "x", "key"); err == nil {
		t.Error("nobody is told")
	}
}
