package handlers

import (
	"strings"
	"testing"

	"waybill/models"
)

func TestAListsRowsArePressedWhereButtonsStandUnderIt(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "telegram"
	for _, number := range []string{"YT1000000000017", "YT1000000000025", "YT1000000000033", "YT1000000000074"} {
		w.says(t, "a", number)
	}
	list := w.says(t, "a", "列表")
	if !strings.Contains(list, "[1] [2] [3] [4]") {
		t.Fatalf("%q", list)
	}
	handle := func(m Message) []Reply {
		t.Helper()
		m.Addressed, m.From = true, "a"
		replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), m)
		if err != nil {
			t.Fatal(err)
		}
		return replies
	}
	rows := handle(Message{Text: "列表"})[0].Buttons
	pressed := strings.Join(shown(handle(Message{Happening: Tapped, Button: rows[0][1].Data})), "\n")
	typed := strings.Join(shown(handle(Message{Text: "2"})), "\n")
	if pressed != typed || !strings.Contains(pressed, "95554") {
		t.Errorf("pressed %q, typed %q", pressed, typed)
	}
	handle(Message{Text: "列表"})
	if said := w.says(t, "a", "刷新"); !strings.Contains(said, "正在关注") {
		t.Errorf("a list is what was shown last, and its last row is refreshed: %q", said)
	}
	if asked := w.says(t, "a", "停止"); strings.Count(asked, "[1]") != 1 {
		t.Errorf("the question which has two rows of buttons: %q", asked)
	}
}

func TestAListWithoutAKeyboardHasNoButtons(t *testing.T) {
	for _, door := range []string{"wecom_kf", "wecom_app", "wecom_aibot"} {
		w := newWorld(t, "zh-CN")
		w.door = door
		w.says(t, "a", "YT1000000000017")
		if list := w.says(t, "a", "列表"); strings.Contains(list, "[1]") {
			t.Errorf("%s: %q", door, list)
		}
	}
	many := make([]models.Followed, maxListed)
	long := &turn{settings: Settings{Traits: map[string]Traits{"telegram": {Keyboard: true}}}}
	long.chat.Door = "telegram"
	if rows := long.rowButtons(many); len(rows)*rowsAcross != pressedRows {
		t.Errorf("%d rows of buttons", len(rows))
	}
}
