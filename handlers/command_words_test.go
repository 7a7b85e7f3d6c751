package handlers

import (
	"strings"
	"testing"

	"waybill/models"
)

func TestWhatPeopleTypeForACommandIsOne(t *testing.T) {
	for want, texts := range map[verb][]string{
		verbHelp:     {"怎么用", "怎么用？", "使用说明", "功能", "菜单", "开始", "開始", "選單", "使用說明", "你会什么", "/start", "start", "menu", "how does this work?", "What can you do"},
		verbList:     {"清單", "清单", "包裹列表", "列表 全部", "parcels", "my list", "show all", "List my parcels"},
		verbStop:     {"停 1", "停1", "删除 1", "取消关注 1", "移除 2-3", "停止追蹤 1", "停止追蹤1", "刪除 1", "不再关注 1", "全部停止", "全部取消", "所有包裹都停止", "remove 1", "delete 2", "stop tracking 1", "unfollow 1", "unsubscribe", "stop all", "清空列表", "都停了", "请停止 2", "帮我取消关注 1", "please stop 1"},
		verbUndo:     {"撤销", "撤銷", "撤消", "復原", "恢复", "还原", "undo", "Undo!", "/undo", "restore"},
		verbDetail:   {"查看 1", "查看1", "明细 2", "details 1", "show 2", "/details 1", "info 1"},
		verbName:     {"改名 1 茶", "改名1茶", "重命名 2 茶", "起名 茶", "name 1 tea", "rename 1 Mum's tea", "/rename 1 tea"},
		verbMute:     {"静音 1", "免打扰", "停止提醒 2", "全部静音", "mute 1", "mute all"},
		verbUnmute:   {"恢复提醒", "解除静音 1", "取消 静音 1", "unmute all"},
		verbNews:     {"提醒", "提醒 全部", "提醒全部", "提醒 每天 9:00", "提醒每天9点", "通知 重要", "提醒 關", "news urgent", "/news", "notifications daily 8:30", "每天 9:00", "daily at 8", "取消提醒", "别提醒了", "不想收到消息了", "too many messages"},
		verbTail:     {"末四碼 1234", "末四碼1234", "手机尾号 1234", "phone 1234", "tail off", "/phone 1234"},
		verbLang:     {"换语言", "lang", "language", "english", "English", "中文", "繁體中文", "简体", "lang en"},
		verbForget:   {"delete my data", "Delete all my data!", "删除我的数据", "刪除我的資料", "清空数据", "forget me"},
		verbSettings: {"设置", "設定", "settings", "/settings"},
		verbPrivacy:  {"隐私", "隱私權", "privacy", "/privacy"},
		verbCancel:   {"取消", "/cancel", "cancel"},
		verbExport:   {"導出", "匯出資料", "export"},
	} {
		for _, text := range texts {
			c, ok := parse(text)
			if !ok {
				c, ok = unslashed(text)
			}
			if !ok || c.verb != want {
				t.Errorf("%q is read as %+v (%v), want %s", text, c, ok, want)
			}
		}
	}
}

func TestSentencesThatBeginLikeACommandAreNone(t *testing.T) {
	for _, text := range []string{
		"开始下雨了", "功能坏了吧这个", "菜单上有什么", "删除订单怎么弄", "停电了", "恢复出厂设置", "撤销订单可以吗", "提醒我拿快递", "通知：今天停水", "设置闹钟", "移除好友",
		"show me where it is", "delete this photo please", "add milk to the list", "note to self", "phone is broken", "start over again please", "find my keys", "news of the world",
		"请问怎么收费", "帮我看看这个对不对", "每天都很忙", "please help me", "clear weather today", "englishman", "中文怎么说", "全部都坏了",
	} {
		c, ok := parse(text)
		if !ok {
			c, ok = unslashed(text)
		}
		if ok {
			t.Errorf("%q is taken for %+v", text, c)
		}
	}
}

func TestAGroupThatTalksOfSomethingElseHearsNothing(t *testing.T) {
	for _, text := range []string{"开始", "菜单", "删除", "停", "恢复", "功能", "设置", "通知", "全部停止", "/lsit", "取消静音吗"} {
		if c, ok := parseOverheard(text); ok {
			t.Errorf("%q is taken for %+v", text, c)
		}
	}
	for _, text := range []string{"列表", "停 1", "删除 2", "提醒 全部", "/菜单", "停止 1", "静音 1"} {
		if _, ok := parseOverheard(text); !ok {
			t.Errorf("%q is not heard", text)
		}
	}
}

func TestDecliningIsUnderstoodInAnyForm(t *testing.T) {
	for _, text := range []string{
		"不用了", "不用了谢谢", "算了吧", "算了", "不了谢谢", "没事了", "先不了", "等会再说吧", "以后再说", "还没想好", "还没想好，等会再说吧", "不需要", "別", "暂时不用", "那就算了", "还是不要了",
		"改天再说", "好吧，算了", "先不弄了，下次再说", "不查了", "不起名了", "沒關係", "不用麻煩了", "晚点再说吧", "我再想想", "不要了啦", "取消吧",
		"never mind", "Nevermind.", "no thanks", "No, thank you!", "not now", "forget it", "later", "maybe later", "nah", "I changed my mind", "don't bother", "ok, never mind", "skip it", "ask me later", "nvm",
		"不用了，知道了", "算了，辛苦啦", "got it, never mind", "没关系",
	} {
		if !saidNo(text) {
			t.Errorf("%q is not understood", text)
		}
	}
	for _, text := range []string{"茶叶", "不二家糖果", "算盘", "别针", "没有名字的茶", "等会儿到的面膜", "取消不了怎么办", "no name cola", "later this week it should come", "notebook", "是", "1234", "别的", "不倒翁", "", "谢谢", "好的"} {
		if saidNo(text) {
			t.Errorf("%q is taken for a no", text)
		}
	}
}

func TestWhoeverHasNoTailIsUnderstood(t *testing.T) {
	for _, text := range []string{"我没有手机号", "不知道", "没有尾号", "忘了", "我也不知道啊", "手机号是多少？", "尾号在哪看", "沒有手機號碼", "不記得了", "什么是尾号", "I don't have the phone", "what digits?", "I forgot", "no idea", "which number do you mean"} {
		if !hasNoTail(text) {
			t.Errorf("%q is not understood", text)
		}
	}
	for _, text := range []string{"1234", "这么麻烦", "茶叶", "在吗", "please hurry"} {
		if hasNoTail(text) {
			t.Errorf("%q is", text)
		}
	}
}

func TestNewsIsReadWithItsHour(t *testing.T) {
	for text, want := range map[string]wantedNews{
		"all": {said: true}, "全部": {said: true}, "要紧": {said: true, news: models.NewsUrgent}, "重要": {said: true, news: models.NewsUrgent}, "Urgent only": {said: true, news: models.NewsUrgent},
		"异常": {said: true, news: models.NewsProblems}, "problems": {said: true, news: models.NewsProblems},
		"daily": {said: true, news: models.NewsDaily}, "每天一次": {said: true, news: models.NewsDaily},
		"每天 9:00": at(9, 0), "每天早上八点半": at(8, 30), "早上9点": at(9, 0), "9点": at(9, 0), "21:30": at(21, 30), "daily 9am": at(9, 0), "daily at 8": at(8, 0), "every day at 7:15 pm": at(19, 15),
		"每天晚上十点一刻": at(22, 15), "每天二十一点": at(21, 0), "每日 中午": at(12, 0), "每天中午12点": at(12, 0), "每天下午两点": at(14, 0), "凌晨12点": at(0, 0), "每天 24:00": at(0, 0), "daily 12am": at(0, 0), "daily 12pm": at(12, 0), "每天９：３０": at(9, 30), "每天 8點30分": at(8, 30), "每天8": at(8, 0),
		"每天 25:00": {said: true, news: models.NewsDaily, wrong: true}, "9:75": {said: true, news: models.NewsDaily, wrong: true}, "每天 什么时候": {said: true, news: models.NewsDaily, wrong: true},
		"2": {news: models.NewsDaily}, "八": {news: models.NewsDaily}, "每天零点": at(0, 0), "我明天拿快递": {news: models.NewsDaily}, "": {news: models.NewsDaily},
	} {
		if got := newsIn(text); got != want {
			t.Errorf("%q is read as %+v, want %+v", text, got, want)
		}
	}
}

func at(hour, minute int) wantedNews {
	return wantedNews{said: true, news: models.NewsDaily, minute: hour*60 + minute, timed: true}
}

func TestAnUnknownCommandNamesTheNearest(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for text, want := range map[string]string{
		"/lsit": "/list", "/stopp 1": "/stop", "/mtue": "/mute", "／detial": "/detail", "/hepl": "/help", "/setings": "/settings", "/exprot": "/export",
	} {
		if said := w.says(t, "a", text); !strings.Contains(said, want) || !strings.Contains(said, "没有") {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
	for _, text := range []string{"/xyzzy", "/qqqqqq 12"} {
		if said := w.says(t, "a", text); !strings.Contains(said, "没有 /") || strings.Contains(said, "是不是") {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
	for _, text := range []string{"/", "/usr/bin", "// 注释"} {
		if said := w.says(t, "a", text); strings.Contains(said, "没有 /") {
			t.Errorf("%q is taken for a command: %q", text, said)
		}
	}
}
