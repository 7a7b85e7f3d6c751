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
	for _, text := range []string{"好的", "1", "继续", "", "收到", "你好呀", "嗯嗯 谢谢", "在吗", "👌", "好的谢谢～"} {
		if said, optional := w.replies(t, text); !optional {
			t.Errorf("%q needs the answer %q", text, said)
		}
	}
	for text, want := range map[string]string{
		"列表": moving, "我的快递呢": moving, "帮助": "列表", "1234": "这是手机尾号吗", "？？？": "发「转人工」", "啊?": "发「转人工」", "什么": "发「转人工」", "你是机器人吗？": "发「帮助」", "怎么收费": "发「帮助」", "我要投诉": "发「转人工」",
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
		"messages are not counted":              {"test", moving, "好的", "好，有新动静就告诉你。", false},
		"after a list 1 is one of its rows":     {"wecom_kf", moving + "\x00列表", "1", "转运中心", false},
		"something else may be an answer":       {"wecom_kf", "SF1000000000015", "这么麻烦", "等你回复", false},
		"whoever only acknowledges gets news":   {"wecom_kf", "SF1000000000015", "好的", "等你回复", true},
		"whoever follows hears that news comes": {"wecom_kf", moving, "好的", "好，有新动静就告诉你。", true},
		"whoever follows nothing is helped":     {"wecom_kf", "帮助", "好的", "发「帮助」", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			w.door = c.door
			for before := range strings.SplitSeq(c.before, "\x00") {
				w.says(t, "a", before)
			}
			if said, optional := w.replies(t, c.text); !strings.Contains(said, c.want) || optional != c.optional {
				t.Errorf("it is answered with %q, optional %v", said, optional)
			}
		})
	}
}

func TestAcknowledgementsInAnyForm(t *testing.T) {
	for _, text := range []string{
		"", "。", "…", "～～", "好", "好的", "好的谢谢", "好滴", "好哒", "好嘞", "好的呢", "好的呀！", "好好好", "OK", "ok谢谢", "ok 👌", "okk", "Ｏｋ", "k",
		"收到", "收到啦", "收到，谢谢！", "我知道了", "知道啦", "晓得了", "明白了，谢谢", "了解", "懂了", "嗯", "嗯嗯", "嗯呢", "嗯嗯嗯 好的", "恩恩", "哦", "哦哦好的", "噢噢",
		"谢谢", "谢谢啦", "谢啦", "谢了", "谢谢你", "谢谢您！", "谢谢亲", "多谢", "感谢", "非常感谢", "太感谢了", "真的谢谢", "辛苦了", "辛苦啦", "辛苦您了，谢谢", "麻烦你了", "麻烦了谢谢", "有劳了", "不客气",
		"行", "行吧", "可以", "可以的", "没问题", "没事", "没事了谢谢", "好吧，那我再等等", "我等着", "那我先等等", "继续", "继续接收", "接收", "太好了", "不错", "真棒", "赞", "厉害👍", "哈哈", "666", "88", "拜拜", "再见", "晚安",
		"👌", "👍👍👍", "🙏", "❤️", "👌🏻", "好的👌🏻🙏", "[OK]", "[强][玫瑰]", "好的[抱拳]", "谢谢[愉快]", "👩‍💻👍",
		"好的謝謝", "多謝", "謝啦", "感謝", "收到囉", "知道囉", "瞭解", "曉得了", "沒問題", "好喔", "好喔，謝謝", "辛苦了，謝謝您", "麻煩您了", "繼續接收", "讚", "晚安",
		"thx", "ty", "3Q", "thanks!", "thank you", "Thank you so much!", "thanks a lot", "many thanks", "okay, thanks", "ok got it", "got it, thx", "noted", "cheers", "great, thanks", "cool", "perfect", "sounds good", "good job", "will do", "np", "that's fine", "收到您的消息了", "好耶", "谢谢小助手", "谢谢提醒", "好的，不急", "好的，等你消息", "唔該", "嗯哼", "蟹蟹", "go on", "continue", "more", "sure", "bye", "no worries",
	} {
		if !isAcknowledgement(text) {
			t.Errorf("%q is none", text)
		}
	}
	for _, text := range []string{
		"？？？", "?", "啊?", "啊", "什么", "什么意思", "好的？", "好吗", "可以吗", "行吗", "收到了吗", "收到货了", "知道怎么查吗", "好慢", "好久了", "不", "不好", "不行", "不可以", "没收到", "没有",
		"在吗", "你好", "1", "2", "1234", "是", "yes", "行李箱", "谢谢，那退款呢", "好的，什么时候到", "嗯，还没到", "ok?", "ok but where is it", "thanks, but it is broken", "more info", "可以退货", "继续等多久", "😡", "😭", "💢", "好的😡投诉",
	} {
		if isAcknowledgement(text) {
			t.Errorf("%q is one", text)
		}
	}
}

func TestThanksAreToldFromOtherAcknowledgements(t *testing.T) {
	for text, want := range map[string]bool{
		"谢谢": true, "收到，谢谢": true, "辛苦了👍": true, "好的谢谢～": true, "感謝提醒": true, "ok, thx": true, "Cheers!": true, "tysm": true,
		"好的": false, "不用谢": false, "不謝": false, "收到": false, "got it": false, "": false, "谢谢，那退款呢": false, "谢霆锋的票": false,
	} {
		if isThanks(text) != want {
			t.Errorf("%q thanks: %v", text, !want)
		}
	}
}
