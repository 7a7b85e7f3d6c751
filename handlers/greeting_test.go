package handlers

import (
	"strings"
	"testing"
)

// dataOf is the data of a reply's buttons, in order.
func dataOf(r Reply) string {
	var data []string
	for _, row := range r.Buttons {
		for _, b := range row {
			data = append(data, b.Data)
		}
	}
	return strings.Join(data, " ")
}

// handle is what comes back for a text, as it is sent.
func (w *world) handle(t *testing.T, chat, text string) []Reply {
	t.Helper()
	return w.happens(t, chat, Message{Text: text})
}

func (w *world) happens(t *testing.T, chat string, m Message) []Reply {
	t.Helper()
	m.Addressed, m.From = true, chat
	replies, err := w.conversation().Handle(t.Context(), w.chat(chat, false), m)
	if err != nil || len(replies) == 0 {
		t.Fatalf("%+v: %v, %v", m, replies, err)
	}
	return replies
}

func TestCustomersAreGreetedByTheirShop(t *testing.T) {
	const menu = buttonTrack + " " + buttonList + " " + ButtonHuman
	for name, c := range map[string]struct {
		shop, welcome, before string
		nobody                bool
		want, menu            string
	}{
		"a shop with a name":        {shop: "小满茶铺", want: "您好，这里是小满茶铺物流小助手～", menu: menu},
		"a shop without":            {want: "您好，这里是物流小助手～", menu: menu},
		"in its own words":          {shop: "小满茶铺", welcome: "欢迎光临\n有事您说", want: "欢迎光临\n有事您说", menu: menu},
		"nobody serves":             {want: "您好，这里是物流小助手～", nobody: true, menu: buttonTrack + " " + buttonList},
		"whoever has parcels":       {shop: "小满茶铺", before: moving, want: "您好，小满茶铺物流小助手在这儿～您有 1 个包裹在路上", menu: menu},
		"with parcels in its words": {welcome: "欢迎光临", before: moving, want: "欢迎光临", menu: menu},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			w.door, w.shop, w.welcome, w.nobody = "wecom_kf", c.shop, c.welcome, c.nobody
			if c.before != "" {
				w.says(t, "a", c.before)
			}
			got := w.happens(t, "a", Message{Happening: Joined})
			if said := got[0].Text(); len(got) != 1 || !strings.HasPrefix(said, c.want) || len(said) > 300 || dataOf(got[0]) != c.menu {
				t.Errorf("%q with %s", said, dataOf(got[0]))
			}
		})
	}
}

func TestTheMenuUnderAGreeting(t *testing.T) {
	for locale, labels := range map[string][2]string{"zh-CN": {"查快递", "我的包裹"}, "zh-TW": {"查包裹", "我的包裹"}, "en": {"Track a parcel", "my parcels"}} {
		w := newWorld(t, locale)
		w.door = "wecom_kf"
		for _, m := range []Message{{Happening: Tapped, Button: buttonTrack}, {Text: labels[0]}} {
			if said := w.happens(t, "a", m)[0].Text(); !strings.Contains(said, example+" 1234") {
				t.Errorf("%s %+v: %q", locale, m, said)
			}
		}
		w.says(t, "a", moving)
		for _, m := range []Message{{Happening: Tapped, Button: buttonList}, {Text: labels[1]}} {
			if said := w.happens(t, "a", m)[0].Text(); !strings.Contains(said, moving) {
				t.Errorf("%s %+v: %q", locale, m, said)
			}
		}
	}
}

func TestWhoeverGreetsIsGreetedAndToldWhatToDo(t *testing.T) {
	for _, text := range []string{
		"亲在吗", "在吗", "在嗎？", "在么", "在不在", "亲", "亲亲，在的吗", "你好", "您好！", "你好呀", "哈喽", "哈囉", "嗨", "hi", "Hello!", "hey", "hi there", "有人吗", "有人在吗？", "早上好", "早安", "下午好", "老板在吗", "客服在吗", "good morning", "anyone there?", "你好，在吗", "👋你好",
	} {
		if !greets(text) {
			t.Errorf("%q does not greet", text)
		}
		w := newWorld(t, "zh-CN")
		w.door = "wecom_kf"
		got := w.handle(t, "a", text)
		if said := got[0].Text(); !strings.HasPrefix(said, "在的～把快递单号发给我") || !got[0].Optional || !strings.Contains(dataOf(got[0]), ButtonHuman) {
			t.Errorf("%q is answered with %q, optional %v", text, said, got[0].Optional)
		}
		w.door = "test"
		if said := w.says(t, "b", text); !strings.HasPrefix(said, "在呢～把快递单号发给我就能查") {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
	for _, text := range []string{"", "在", "啊", "的", "了", "你好慢", "在哪", "在路上吗", "好", "嗯", "history", "high", "你好，我要退款", "在吗，快递到哪了", "morning delivery"} {
		if greets(text) {
			t.Errorf("%q greets", text)
		}
	}
}
