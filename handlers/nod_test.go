package handlers

import (
	"strings"
	"testing"
)

const moving = "YT1000000000017"

// hears handles a text of a chat that follows a parcel, and says whether what is
// answered need not be said where news goes out.
func (w *world) hears(t *testing.T, room, text string) (said string, optional bool) {
	t.Helper()
	replies, err := w.conversation().Handle(t.Context(), w.chat(room, false), Message{Text: text, Addressed: true})
	if err != nil || len(replies) == 0 {
		t.Fatalf("%q is answered with %v, %v", text, replies, err)
	}
	optional = replies[0].Optional
	for _, r := range replies {
		if r.Optional != optional {
			t.Errorf("%q: some need not be said: %q", text, shown(replies))
		}
	}
	return strings.Join(shown(replies), "\n"), optional
}

func TestWhereMessagesAreCountedNewsIsAnswerEnoughToATextThatSaysNothing(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "wecom_kf"
	w.says(t, "a", moving)
	for _, text := range []string{"好的", "1", "继续", "?", "", "收到", "你好呀", "嗯嗯 谢谢", "在吗"} {
		if said, optional := w.hears(t, "a", text); !optional {
			t.Errorf("%q has to be answered with %q", text, said)
		}
	}
	for text, want := range map[string]string{
		"列表": moving, "我的快递呢": moving, "帮助": "列表", "1234": "没在等", "你是机器人吗？": "发「帮助」", "怎么收费": "发「帮助」", "我要投诉": "发「转人工」",
		"昨天说好送到楼上的，结果放在了门口，外面的箱子都湿了": "发「转人工」",
		"13800000000": "手机号", "YT1000000000074": "YT1000000000074",
	} {
		if said, optional := w.hears(t, "a", text); optional || !strings.Contains(said, want) {
			t.Errorf("%q is answered with %q, or not (%v)", text, said, optional)
		}
	}
}

func TestATextThatSaysNothingIsAnsweredWhereNoNewsFollows(t *testing.T) {
	for name, c := range map[string]struct {
		door     string
		before   func(w *world)
		text     string
		want     string
		optional bool
	}{
		"messages are not counted":        {"test", nil, "好的", "发「帮助」", false},
		"there is no news, or not yet":    {"wecom_kf", nil, "好的", "好，有新动静就告诉你。", true},
		"something else may be an answer": {"wecom_kf", func(w *world) { w.says(t, "a", "SF1000000000015") }, "没有了", "等你回一句", false},
		"whoever only nods gets the news": {"wecom_kf", func(w *world) { w.says(t, "a", "SF1000000000015") }, "好的", "等你回一句", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			w.door = c.door
			w.says(t, "a", moving)
			if c.before != nil {
				c.before(w)
			}
			if said, optional := w.hears(t, "a", c.text); !strings.Contains(said, c.want) || optional != c.optional {
				t.Errorf("it is answered with %q (%v)", said, optional)
			}
		})
	}
	w := newWorld(t, "zh-CN")
	w.door = "wecom_kf"
	if said := w.says(t, "a", "好的"); !strings.Contains(said, "发「帮助」") {
		t.Errorf("whoever follows nothing hears %q", said)
	}
}
