package handlers

import (
	"strings"
	"testing"
)

// press presses a button by its label under the last replies of a chat.
func press(t *testing.T, w *world, last []Reply, label string) []Reply {
	t.Helper()
	data, ok := buttonLabelled(last, labelOf(label))
	if !ok {
		t.Fatalf("no button %q under %q", label, shown(last))
	}
	return handled(t, w, Message{Happening: Tapped, Button: data})
}

func TestAButtonThatChangesSomethingRewritesItsMessage(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "telegram"
	parcel := handled(t, w, Message{Text: "YT1000000000017 茶叶"})
	if parcel[0].Edit {
		t.Error("an answer to words replaces a message")
	}
	muted := press(t, w, parcel, "静音")
	if said := strings.Join(shown(muted), "\n"); !muted[0].Edit || !strings.Contains(said, "运输中") || !strings.Contains(said, "取消静音]") ||
		!strings.HasPrefix(muted[0].Toast, "静音了") || strings.HasSuffix(muted[0].Toast, "：") {
		t.Errorf("%q", said)
	}
	heard := press(t, w, muted, "取消静音")
	if !heard[0].Edit || !strings.HasPrefix(heard[0].Toast, "恢复提醒") || len(heard[0].Buttons) != 2 {
		t.Errorf("%q", shown(heard))
	}
	if fresh := press(t, w, heard, "刷新"); !fresh[0].Edit {
		t.Errorf("%q", shown(fresh))
	}
	for _, label := range []string{"详情", "备注"} {
		if below := press(t, w, heard, label); below[0].Edit {
			t.Errorf("%s replaces what it is about: %q", label, shown(below))
		}
	}
	stopped := press(t, w, heard, "停止")
	if !stopped[0].Edit || !strings.Contains(stopped[0].Text(), "YT1000000000017") {
		t.Errorf("%q", shown(stopped))
	}
	back := press(t, w, stopped, "撤销")
	if said := strings.Join(shown(back), "\n"); !back[0].Edit || back[0].Toast == "" || !strings.Contains(said, "运输中") || len(back[0].Buttons) != 2 {
		t.Errorf("%q", said)
	}
}

func TestAnAnsweredQuestionIsReplacedByWhatCameOfIt(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "telegram"
	if is := press(t, w, handled(t, w, Message{Text: "431000000001"}), "申通快递"); !is[0].Edit {
		t.Errorf("%q", shown(is))
	}
	which := handled(t, w, Message{Text: "431000000009"})
	last := which[0].Buttons[len(which[0].Buttons)-1]
	if typed := press(t, w, which, last[len(last)-1].Text); typed[0].Edit || !typed[0].Asks {
		t.Errorf("what asks for words stands where it is not seen: %q", shown(typed))
	}
	news := handled(t, w, Message{Text: "/news"})
	if set := press(t, w, news, news[0].Buttons[0][1].Text); !set[0].Edit {
		t.Errorf("%q", shown(set))
	}
	old := handled(t, w, Message{Happening: Tapped, Button: "y:none"})
	if old[0].Edit || old[0].Toast == "" {
		t.Errorf("%q", shown(old))
	}
}

func TestWhereAMessageCannotBeRewrittenTheAnswerSaysItself(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "wecom_app"
	parcel := handled(t, w, Message{Text: "YT1000000000017"})
	muted := press(t, w, parcel, "静音")
	if said := muted[0].Text(); !strings.Contains(said, "静音了") || strings.Contains(said, "运输中") {
		t.Errorf("%q", said)
	}
}
