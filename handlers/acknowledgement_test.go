package handlers

import (
	"strings"
	"testing"
)

// replies is what comes back for a message, and whether a notification in the
// same turn would be answer enough.
func (w *world) replies(t *testing.T, text string) (said string, optional bool) {
	t.Helper()
	replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Text: text, Addressed: true, From: "a"})
	if err != nil || len(replies) == 0 {
		t.Fatalf("%q: %v, %v", text, replies, err)
	}
	return strings.Join(shown(replies), "\n"), replies[0].Optional
}

func TestWhereMessagesAreCountedANotificationAnswersATextThatSaysNothing(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "wecom_kf"
	w.says(t, "a", moving)
	for _, text := range []string{"好的", "1", "继续", "?", "", "收到", "你好呀", "嗯嗯 谢谢", "在吗"} {
		if said, optional := w.replies(t, text); !optional {
			t.Errorf("%q needs the answer %q", text, said)
		}
	}
	for text, want := range map[string]string{
		"列表": moving, "我的快递呢": moving, "帮助": "列表", "1234": "连单号一起发给我", "你是机器人吗？": "发「帮助」", "怎么收费": "发「帮助」", "我要投诉": "发「转人工」",
		"昨天说好送到楼上的，结果放在了门口，外面的箱子都湿了": "发「转人工」",
		"13800000000": "手机号", "YT1000000000074": "YT1000000000074",
	} {
		if said, optional := w.replies(t, text); optional || !strings.Contains(said, want) {
			t.Errorf("%q is answered with %q, optional %v", text, said, optional)
		}
	}
}

func TestATextThatSaysNothingIsAnsweredWhereNoNotificationIs(t *testing.T) {
	for name, c := range map[string]struct {
		door, before, text, want string
		optional                 bool
	}{
		"messages are not counted":              {"test", moving, "好的", "发「帮助」", false},
		"something else may be an answer":       {"wecom_kf", "SF1000000000015", "没有了", "等你回复", false},
		"whoever only acknowledges gets news":   {"wecom_kf", "SF1000000000015", "好的", "等你回复", true},
		"whoever follows hears that news comes": {"wecom_kf", moving, "好的", "好，有新动静就告诉你。", true},
		"whoever follows nothing is helped":     {"wecom_kf", "帮助", "好的", "发「帮助」", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			w.door = c.door
			w.says(t, "a", c.before)
			if said, optional := w.replies(t, c.text); !strings.Contains(said, c.want) || optional != c.optional {
				t.Errorf("it is answered with %q, optional %v", said, optional)
			}
		})
	}
}
