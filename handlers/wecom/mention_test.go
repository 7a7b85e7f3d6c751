package wecom_test

import (
	"strings"
	"testing"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
)

// inGroup is what the door reads of a text in a group.
func (w *aibotWorld) inGroup(text string) string {
	w.Helper()
	return w.say(wecomtest.AIBotSaid{From: "li", Group: "g", Text: text}).Text
}

// botNames are names as companies give them: with blanks, with the words of commands.
var botNames = []string{"Waybill", "运单助手", "Waybill Bot", "运单 助手", "快递 查询", "快递查询", "查快递小秘书", "包裹列表", "运单助手2号", "Way Bill Pro", "客服1001"}

func TestAIBotTakesItsMentionOutBeforeItKnowsItsName(t *testing.T) {
	for _, name := range botNames {
		for _, text := range []string{"/list", "列表", "停止 1", "停止 " + aibotNumber, aibotNumber, aibotNumber + " 1234 妈妈的茶叶", "查 " + aibotNumber, "单号 Q7654321", "备注 1 茶叶", "帮助", "静音 2", "/track " + aibotNumber} {
			for form, written := range map[string]string{
				"in front": "@" + name + " " + text, "U+2005": "@" + name + "\u2005" + text, "U+2006": "@" + name + "\u2006" + text, "NBSP": "@" + name + "\u00a0" + text,
				"a full-width @": "＠" + name + " " + text, "somebody else first": "@张三 @" + name + " " + text, "two others": "@张三\u2005@Li Lei\u2005@" + name + "\u2005" + text,
				"somebody else behind": "@" + name + " @王五 " + text, "at the end": text + " @" + name, "twice": "@" + name + " @" + name + " " + text,
			} {
				got := wecom.Unmention(written, nil)
				if name == "快递 查询" {
					got = strings.TrimPrefix(got, "查询 ") // which does the same before a number
				}
				if got != text {
					t.Errorf("%s, %s: %q is read as %q", name, form, written, got)
				}
			}
		}
	}
}

func TestAIBotLearnsItsNameFromWhatMentionsIt(t *testing.T) {
	for _, name := range botNames {
		inAIBotWorld(t, func(w *aibotWorld) {
			w.connected()
			w.inGroup("@" + name + " 列表")
			w.inGroup("@" + name + "\u2005列表")
			w.inGroup("@张三 @" + name + " 停止 1")
			w.inGroup("@" + name + " 停止 2")
			w.inGroup("@王五 @" + name + " " + aibotNumber)
			w.door = w.open(nil) // another process, the same memory
			w.stop()
			w.run()
			for written, want := range map[string]string{
				"@N 茶叶": "茶叶", "@N 妈妈的 茶叶": "妈妈的 茶叶", "@N 1234": "1234", "@N\u2005我 1234": "我 1234", "@N 停止 2": "停止 2", "@N停止 2": "停止 2", "@N": "",
				"给妈妈的 @N 茶叶": "给妈妈的 茶叶", "茶叶 @N": "茶叶", "@N 备注 2 给@王五": "备注 2 给@王五", "@张三 @N 停止 1": "停止 1", "@Li Lei @N 停止 1": "停止 1",
				"@N 口红 " + aibotNumber: "口红 " + aibotNumber, "@N a\nb": "a\nb", "a\n@N b": "a\nb", "看看\n@N": "看看", "@N 我的快递到哪了": "我的快递到哪了", "@N 备注 1": "备注 1",
			} {
				written = strings.ReplaceAll(written, "N", name)
				if got := w.inGroup(written); got != want {
					t.Errorf("%s: %q is read as %q", name, written, got)
				}
			}
		})
	}
}

func TestAIBotsNameAndCommandAreWrittenAsOneWord(t *testing.T) {
	for written, want := range map[string]string{
		"@运单助手列表": "列表", "@运单助手停止 1": "停止 1", "@运单助手停止1": "停止1", "@运单助手" + aibotNumber: aibotNumber, "@Waybill列表": "列表", "@运单助手停止 " + aibotNumber: "停止 " + aibotNumber,
		"查一下@运单助手 " + aibotNumber: "查一下 " + aibotNumber, "@快递查询 帮助": "帮助",
	} {
		inAIBotWorld(t, func(w *aibotWorld) {
			w.connected()
			if got := w.inGroup(written); got != want {
				t.Errorf("%q is read as %q", written, got)
			}
		})
	}
}

func TestAIBotWhatIsAlwaysAskedAlikeIsNoPartOfItsName(t *testing.T) {
	for name, said := range map[string][]string{
		"a command with rows":    {"停止 1", "停止 2", "停止 1", "停止 3"},
		"a command with numbers": {"停止 " + aibotNumber, "停止 YT1000000000013", "停止 780000000017"},
		"a question":             {"我的快递到哪了", "我的快递怎么还没到", "我的快递呢"},
		"the same again":         {"列表", "列表", "列表", "列表"},
		"like numbers":           {aibotNumber, "SF1000000000023", "SF1000000000031"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, bot := range []string{"运单助手", "运单 助手", "Waybill Bot"} {
				inAIBotWorld(t, func(w *aibotWorld) {
					w.connected()
					for i, text := range said {
						got := w.inGroup("@" + bot + " " + text)
						if name == "a question" && handlers.Opens(got) == handlers.OpensAnswer {
							continue // more or less of its words ask the same
						}
						if got != text {
							t.Errorf("%s, message %d: %q is read as %q", bot, i, text, got)
						}
					}
				})
			}
		})
	}
}

func TestAIBotThatIsRenamedLearnsItsNewName(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		for _, text := range []string{"列表", "帮助", "停止 1", "备注 1", "详情 1", "静音 1"} {
			w.inGroup("@运单 助手 " + text)
		}
		for _, text := range []string{"列表", "帮助", "停止 1", "备注 1"} {
			if got := w.inGroup("@快递 小二 " + text); got != text {
				t.Errorf("right after: %q is read as %q", text, got)
			}
		}
		if got := w.inGroup("@快递 小二 茶叶"); got != "茶叶" {
			t.Errorf("later: %q", got)
		}
	})
}

func TestAIBotKeepsNobodysNumbersWithItsName(t *testing.T) {
	for _, text := range []string{"@运单助手 " + aibotNumber + " 1234", "@运单助手 1234", "@运单助手 我 13800138000", "@运单助手"} {
		inAIBotWorld(t, func(w *aibotWorld) {
			w.connected()
			w.inGroup(text)
			kept, ok, err := w.memory.Recall(t.Context(), wecom.KindBotName, wecomtest.AIBotID, 0)
			if err != nil || !ok || !strings.Contains(string(kept), "运单助手") || strings.Contains(string(kept), "1234") || strings.Contains(string(kept), "000") {
				t.Errorf("%q is kept as %s, %v", text, kept, err)
			}
		})
	}
}

func TestAIBotAMessageIsReadAsItWasWhenItCame(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.inGroup("@运单 助手 茶叶")
		before := w.inGroup("@运单 助手 红茶 一斤")
		row := w.inbox.all()[1]
		w.inGroup("@运单 助手 红茶 两斤")
		w.inGroup("@运单 助手 列表")
		if m, ok, err := w.door.Read(row.Body); err != nil || !ok || m.Text != before {
			t.Errorf("first %q, then %q: %v", before, m.Text, err)
		}
	})
}
