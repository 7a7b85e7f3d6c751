package handlers

import (
	"strings"
	"testing"

	"waybill/models"
)

// hears handles a message and returns what is answered.
func (w *world) hears(t *testing.T, m Message) string {
	t.Helper()
	chat := w.chat("a", m.Group)
	m.From = "a"
	m.Addressed = m.Addressed || !m.Group
	replies, err := w.conversation().Handle(t.Context(), chat, m)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(shown(replies), "\n")
}

func TestWhatAMessageQuotesCountsWhereItHoldsNoNumber(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000074 鞋")
	for _, c := range []struct{ text, attached, want, not string }{
		{"帮我查一下这个", "【圆通】您的快递 YT1000000000017 已发出", "YT1000000000017", ""},
		{"这个到哪了", "YT1000000000025", "YT1000000000025", "正在关注"},
		{"/track", "看看 YT1000000000033", "YT1000000000033", ""},
		{"查", "看看 YT1000000000033", "YT1000000000033", ""},
		{"", "https://example.com/q?nu=YT1000000000058", "YT1000000000058", ""},
		{"YT1000000000017", "YT1000000000025", "YT1000000000017", "YT1000000000025"},
		{"详情", "圆通速递 YT1000000000074 · 鞋", "YT1000000000074", "YT1000000000017"},
		{"备注 0074 靴", "圆通速递 YT1000000000017", "靴", "我盯着了"},
		{"谢谢", "圆通速递 YT1000000000074 · 鞋", "不客气", "YT1000000000074"},
		{"静音", "圆通速递 YT1000000000074 · 靴", "YT1000000000074", ""},
		{"/stop", "圆通速递 YT1000000000074 · 靴", "不再关注", "要停哪个"},
	} {
		said := w.hears(t, Message{Text: c.text, Attached: c.attached})
		if !strings.Contains(said, c.want) || c.not != "" && strings.Contains(said, c.not) {
			t.Errorf("%q, quoting %q, is answered with %q", c.text, c.attached, said)
		}
	}
	if f, ok := w.followOf(t, "a", "YT1000000000017"); !ok || f.Name != "" {
		t.Errorf("a quotation names a parcel: %q", f.Name)
	}
	if said := w.hears(t, Message{Group: true, Text: "哈哈", Attached: "YT1000000000025"}); said != "" {
		t.Errorf("a group that talks to itself hears %q", said)
	}
}

func TestAGroupsTalkThatBeginsLikeACommandIsNone(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.hears(t, Message{Group: true, Text: "YT1000000000017 茶叶"})
	for _, text := range []string{"取消 两点的会", "停止 营业了", "删除 那个群吧", "备注 写错了", "详情 看公告", "静音 一下大家", "开始 吧", "提醒 大家开会", "恢复 正常了"} {
		if said := w.hears(t, Message{Group: true, Text: text}); said != "" {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
	for text, want := range map[string]string{"详情 0017": "YT1000000000017", "详情 9": "没找到「9」", "静音 1": "静音了", "备注 1 红茶": "红茶"} {
		if said := w.hears(t, Message{Group: true, Text: text}); !strings.Contains(said, want) {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
}

func TestAnAnswerToAQuestionGoesBeforeWhatItQuotes(t *testing.T) {
	w := newWorld(t, "zh-CN")
	asked := w.says(t, "a", locked)
	if said := w.hears(t, Message{Text: "1234", Attached: asked}); !showsTrace(said) {
		t.Errorf("it is answered with %q", said)
	}
	w = newWorld(t, "zh-CN")
	if said := w.hears(t, Message{Text: "1234", Attached: "我的包裹 " + locked}); !showsTrace(said) {
		t.Errorf("digits beside a quoted number are answered with %q", said)
	}
}

func TestAnEditedMessageIsAnsweredWhereItSaysSomething(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	for text, want := range map[string]string{
		"YT1000000000074": "YT1000000000074", "列表": "正在关注", "详情 0017": "YT1000000000017",
		"哈哈哈": "", "你好": "", "/lsit": "", "谢谢": "", "sf123": "", "怎么收费？": "",
	} {
		said := w.hears(t, Message{Text: text, Edited: true})
		if want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
	w.says(t, "a", locked)
	if said := w.hears(t, Message{Text: "1234", Edited: true}); !showsTrace(said) {
		t.Errorf("the answer to the question is answered with %q", said)
	}
}

// asksTypo has the chat asked whether likely was meant.
func (w *world) asksTypo(t *testing.T, given string, likely models.Item) string {
	t.Helper()
	turn := w.conversation().turn(w.chat("a", false), Message{Addressed: true}, models.At(w.clock()))
	replies, err := turn.askTypo(t.Context(), given, likely)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(shown(replies), "\n")
}

func TestATypoIsAskedBack(t *testing.T) {
	const given, likely = "YT1O00000000017", "YT1000000000017"
	for text, want := range map[string]string{
		"是": likely, "对": likely, likely: likely, "没写错，就查它": given, "不是单号": "不弄了", "不是": "不弄了", "算了": "不弄了", "YT1000000000074": "YT1000000000074",
	} {
		w := newWorld(t, "zh-CN")
		said := w.asksTypo(t, given, models.Item{Number: likely, Name: "茶"})
		for _, part := range []string{given, "字母 O 是数字 0 吗", "[" + likely + "]", "[没写错，就查它] [不是单号]"} {
			if !strings.Contains(said, part) {
				t.Fatalf("the question lacks %q: %s", part, said)
			}
		}
		if said := w.says(t, "a", text); !strings.Contains(said, want) {
			t.Errorf("%q is answered with %q", text, said)
		}
		list := w.says(t, "a", "列表")
		if followed := strings.Contains(list, likely); followed != (want == likely) || followed && text != likely && !strings.Contains(list, "· 茶") {
			t.Errorf("after %q the list is %q", text, list)
		}
	}
}

func TestATypoOfAnotherKindNamesTheLikelyNumber(t *testing.T) {
	w := newWorld(t, "en")
	for given, want := range map[string]string{
		"YT100000000001":  "Did you mean YT1000000000017?",
		"YT1OOO000000017": "the letter O in YT1OOO000000017 the digit 0",
		"YTl000000000017": "the letter l in YTl000000000017 the digit 1",
		"YT1O0000000OI17": "Did you mean",
	} {
		if said := w.asksTypo(t, given, models.Item{Number: "YT1000000000017"}); !strings.Contains(said, want) {
			t.Errorf("%s is asked back with %q", given, said)
		}
	}
}

func TestACommandMeansTheParcelOfTheMessageThatItQuotes(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000074 茶")
	w.says(t, "a", "YT1000000000017")
	for _, c := range []struct{ text, attached, number, name string }{
		{"备注 鞋子", "圆通速递 YT1000000000017", "YT1000000000017", "鞋子"},
		{"备注 茶", "圆通速递 YT1000000000017 · 鞋子", "YT1000000000017", "茶"},
		{"/name red shoes", "圆通速递 YT1000000000074 · 茶", "YT1000000000074", "red shoes"},
		{"备注 0074 靴", "圆通速递 YT1000000000017", "YT1000000000074", "靴"},
	} {
		said := w.hears(t, Message{Text: c.text, Attached: c.attached})
		if f, _ := w.followOf(t, "a", c.number); f.Name != c.name {
			t.Errorf("%q, quoting %q, calls it %q: %q", c.text, c.attached, f.Name, said)
		}
	}
	two := "看看 YT1000000000025 和 YT1000000000033"
	if said := w.hears(t, Message{Text: "/track 帮我查一下", Attached: two}); !strings.Contains(said, "YT1000000000025") || !strings.Contains(said, "YT1000000000033") {
		t.Errorf("%q is answered with %q", two, said)
	}
	if f, ok := w.followOf(t, "a", "YT1000000000025"); !ok || f.Name != "" {
		t.Errorf("followed %v as %q", ok, f.Name)
	}
}

func TestARowNumberUnderAListIsThatListsRow(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.hears(t, Message{Group: true, Addressed: true, Text: "YT1000000000017"})
	w.hears(t, Message{Group: true, Addressed: true, Text: "YT1000000000074"})
	old := "正在关注 2 个包裹：\n1. 圆通速递 YT1000000000074\n   🚚 运输中\n2. 圆通速递 YT1000000000017 · 鞋\n   🚚 运输中"
	for text, want := range map[string]string{"1": "YT1000000000074", "2": "YT1000000000017", "第2个": "YT1000000000017"} {
		said := w.hears(t, Message{Group: true, Addressed: true, Text: text, Attached: old})
		if !strings.Contains(said, want) || strings.Count(said, "YT10000000000") != 1 || !strings.Contains(said, "95554") {
			t.Errorf("%q under a list is answered with %q", text, said)
		}
	}
}
