package handlers

import (
	"strings"

	"waybill/internal/pattern"
	"waybill/tracking/recognise"
)

// longestWord is the length of the longest Chinese command in characters.
const longestWord = 6

// chineseVerb is the verb of a Chinese word.
func chineseVerb(word string) (verb, bool) {
	switch word {
	case "查", "查询", "查詢", "追踪", "追蹤", "跟踪":
		return verbTrack, true
	case "列表", "清单", "清單", "包裹列表", "包裹清单", "包裹清單":
		return verbList, true
	case "停止", "停", "停掉", "删除", "刪除", "删掉", "刪掉", "移除", "删", "刪", "取关", "取消关注", "取消關注", "取消追踪", "取消追蹤", "取消跟踪",
		"停止关注", "停止關注", "停止追踪", "停止追蹤", "停止跟踪", "不再关注", "不再關注", "不再追蹤", "不要追蹤", "不要追踪", "別追蹤", "别追踪", "退订", "退訂", "取消订阅", "取消訂閱":
		return verbStop, true
	case "取消":
		return verbCancel, true
	case "撤销", "撤銷", "撤消", "撤回", "复原", "復原", "还原", "還原", "恢复", "恢復":
		return verbUndo, true
	case "详情", "詳情", "详细", "詳細", "明细", "明細", "查看", "物流详情", "物流詳情", "完整物流":
		return verbDetail, true
	case "备注", "備註", "改名", "命名", "取名", "起名", "重命名", "改备注", "改備註", "改名字", "起名字", "取名字":
		return verbName, true
	}
	return chineseSetting(word)
}

// chineseSetting is the verb of a Chinese word about the chat and not a parcel, or
// about how much it hears of one.
func chineseSetting(word string) (verb, bool) {
	switch word {
	case "尾号", "尾號", "手机尾号", "手機尾號", "末四码", "末四碼", "末四位", "后四位", "後四位", "後四碼", "手機末四碼":
		return verbTail, true
	case "静音", "靜音", "免打扰", "免打擾", "勿扰", "勿擾", "停止提醒", "关闭提醒", "關閉提醒":
		return verbMute, true
	case "取消静音", "取消靜音", "解除静音", "解除靜音", "关闭静音", "關閉靜音", "取消免打扰", "取消免打擾", "取消勿扰", "取消勿擾", "恢复提醒", "恢復提醒", "开启提醒", "開啟提醒":
		return verbUnmute, true
	case "提醒", "通知", "提醒设置", "提醒設定", "通知设置", "通知設定", "取消提醒", "不要提醒", "别提醒", "別提醒", "不提醒", "关掉提醒", "關掉提醒", "别通知", "別通知", "太吵了", "消息太多":
		return verbNews, true
	case "推送":
		return verbPush, true
	case "取消推送", "停止推送":
		return verbUnpush, true
	case "语言", "語言", "换语言", "換語言", "切换语言", "切換語言", "设置语言", "設定語言", "语言设置", "語言設定", "改语言", "改語言":
		return verbLang, true
	case "导出", "導出", "匯出", "导出数据", "匯出資料":
		return verbExport, true
	case "忘记我", "忘記我", "忘了我", "删除数据", "刪除資料", "清除数据", "清除資料", "清空数据", "清空資料", "删除我的数据", "刪除我的資料", "清除我的数据", "清除我的資料":
		return verbForget, true
	case "隐私", "隱私", "隐私政策", "隱私權", "隱私政策", "隱私權政策", "个人信息", "個資":
		return verbPrivacy, true
	case "设置", "設置", "设定", "設定":
		return verbSettings, true
	case "帮助", "幫助", "说明", "說明", "使用说明", "使用說明", "使用方法", "怎么用", "怎麼用", "怎么使用", "怎麼使用", "如何使用", "用法", "功能",
		"菜单", "菜單", "选单", "選單", "开始", "開始", "命令", "指令", "教程", "教學", "有什么功能", "有什麼功能", "你会什么", "你會什麼", "你能做什么", "你能做什麼":
		return verbHelp, true
	}
	return "", false
}

// englishVerb is the verb of an English word, as a menu or a habit from elsewhere
// has it.
func englishVerb(word string) (verb, bool) {
	switch word {
	case "start", "help", "menu", "commands", "howto", "guide", "instructions", "manual":
		return verbHelp, true
	case "tail", "phone":
		return verbTail, true
	case "track", "find", "lookup", "search", "add", "follow":
		return verbTrack, true
	case "list", "parcels", "packages", "ls":
		return verbList, true
	case "stop", "remove", "delete", "unfollow", "untrack", "del", "rm":
		return verbStop, true
	case "undo", "restore":
		return verbUndo, true
	case "detail", "details", "show", "info", "view":
		return verbDetail, true
	case "name", "rename", "label", "note":
		return verbName, true
	case "mute", "silence":
		return verbMute, true
	case "news", "notify", "notifications", "alerts":
		return verbNews, true
	case "lang", "language", "languages":
		return verbLang, true
	case "settings", "config", "preferences":
		return verbSettings, true
	case "forget", "forgetme", "erase":
		return verbForget, true
	case "cancel", "unmute", "push", "unpush", "export", "privacy", "usage":
		return verb(word), true
	}
	return "", false
}

// phrase is the command of a whole text that says in several words what one does,
// or in another order: 全部停止, delete my data, stop tracking 1.
func phrase(text string) (command, bool) {
	word := strings.Join(strings.Fields(plainWord(text)), " ")
	switch word {
	case "how to use", "how do i use this", "how do i use you", "how does this work", "how does it work", "how do you work", "what can you do", "what do you do", "get started":
		return command{verb: verbHelp}, true
	case "delete my data", "delete all my data", "delete everything", "erase my data", "erase everything", "forget me", "remove my data", "delete my account":
		return command{verb: verbForget}, true
	case "change language", "switch language", "change the language":
		return command{verb: verbLang}, true
	case "export my data", "download my data":
		return command{verb: verbExport}, true
	case "我的列表", "我的清单", "我的清單", "看列表", "看清单", "看清單", "my list", "show list", "show the list", "show all", "list my parcels", "show my parcels", "show parcels", "list parcels", "all parcels":
		return command{verb: verbList}, true
	case "privacy policy":
		return command{verb: verbPrivacy}, true
	case "undo that", "undo it", "undo stop", "take it back", "bring it back":
		return command{verb: verbUndo}, true
	case "unsubscribe":
		return command{verb: verbStop}, true
	case "清空", "清空列表", "清空清单", "清空清單", "清空包裹", "都停了", "都停掉", "都停止", "都删了", "都刪了", "都删掉", "都刪掉", "都取消", "都不要了", "stop everything", "clear list", "clear the list", "clear all":
		return command{verb: verbStop, args: "全部"}, true
	}
	if quieter.MatchString(word) || switches.MatchString(word) {
		return command{verb: verbNews}, true
	}
	if m := refreshes.FindStringSubmatch(word); m != nil {
		_, rows := rowsIn(m[1])
		return command{verb: verbDetail, args: m[1]}, rows
	}
	if m := speaks.FindStringSubmatch(word); m != nil {
		if lang, ok := langOf(m[1] + m[2]); ok {
			return command{verb: verbLang, args: lang}, true
		}
	}
	if _, daily := cutDaily(word); daily && newsIn(word).timed {
		return command{verb: verbNews, args: word}, true
	}
	if lang, ok := langOf(word); ok {
		return command{verb: verbLang, args: lang}, true
	}
	for _, all := range []string{"全部", "所有", "全都", "所有包裹", "全部包裹", "全"} {
		if rest, ok := strings.CutPrefix(word, all); ok {
			v, known := chineseVerb(strings.TrimPrefix(strings.TrimSpace(rest), "都"))
			if known && (takesParcel(v) || v == verbCancel) {
				return command{verb: allOf(v), args: "全部"}, true
			}
		}
	}
	return manyWords(word)
}

// quieter matches what asks to hear less.
var quieter = pattern.New(`^我?(?:不想|不要|别|別|不用)再?(?:收到?|发|發|推送?|提醒|通知)(?:我|给我|給我)?(?:这么多|那么多|這麼多|任何)?(?:消息|通知|提醒|推送|訊息)?(?:了|啦|吧)*$` +
	`|^(?:too many (?:messages|notifications)|fewer messages|fewer notifications)(?: please)?$`)

// switches matches a wish to hear less or more that speaks of the news as a whole:
// 關閉通知, 訊息太多了, turn off notifications.
var switches = pattern.New(`^(?:关闭|關閉|关掉|關掉|停掉|停止|打开|打開|开启|開啟|恢复|恢復)(?:所有|全部)?的?(?:通知|提醒|推播|消息|訊息)(?:了|吧)*$` +
	`|^(?:太多|好多|一堆)(?:消息|訊息|通知|提醒)(?:了|啦)*$|^(?:消息|訊息|通知|提醒)(?:太|好)多(?:了|啦)*$` +
	`|^(?:不要|别|別)(?:再|一直|老是|总是|總是)(?:发|發|传|傳|推)(?:消息|訊息|通知)?(?:给我|給我)?(?:了|啦|吧)*$` +
	`|^(?:please )?(?:turn|switch) (?:off|on) (?:all |the |my )*(?:notifications?|messages|alerts|reminders|updates)$|^(?:turn|switch) (?:all |the |my )*(?:notifications?|messages|alerts|reminders|updates) (?:off|on)$` +
	`|^(?:please )?(?:stop|pause|mute|silence|disable|enable|resume|less|no more) (?:sending )?(?:me )?(?:all |the |these |so many )*(?:notifications?|messages|alerts|reminders|updates)(?: please)?$|^(?:please )?stop (?:messaging|notifying|texting|bothering) me(?: please)?$`)

// refreshes matches a wish to look parcels of the list up again, and has their rows.
var refreshes = pattern.New(`^(?:更新|刷新|重新整理|重新查[询詢]|refresh|update) ?(.*\d.*)$`)

// speaks matches a wish for a language in several words, and has the language:
// 切換成英文, switch to Chinese.
var speaks = pattern.New(`^(?:请|請)?(?:(?:语言|語言)?(?:切换|切換|换|換|改|转|轉|设|設|调|調)(?:成|到|为|為|回|用)?|用|说|說|讲|講)(?:语言|語言)?([^ ]+)$` +
	`|^(?:please )?(?:speak|use|in|(?:switch|change|set)(?: the)?(?: language)?(?: back)? to) (.+?)(?: please)?$`)

// politely matches what stands before a command that is asked for as a favour.
var politely = pattern.New(`^(?i:请|請|麻烦|麻煩|帮我|幫我|帮忙|幫忙|给我|給我|please |can you |could you |pls )+`)

// allOf is the verb that means every parcel; to cancel all of them is to stop them.
func allOf(v verb) verb {
	if v == verbCancel {
		return verbStop
	}
	return v
}

// manyWords reads an English command of two words and what follows it.
func manyWords(text string) (command, bool) {
	for words, v := range map[string]verb{
		"stop tracking": verbStop, "stop following": verbStop, "stop watching": verbStop, "turn off": verbMute, "turn on": verbUnmute,
	} {
		if rest, ok := strings.CutPrefix(text+" ", words+" "); ok {
			rest = strings.TrimSuffix(strings.TrimSpace(rest), " please")
			_, rows := rowsIn(rest)
			_, number := recognise.One(rest)
			return command{verb: v, args: rest}, rest == "" || rows || number || wantsAll(rest)
		}
	}
	return command{}, false
}

// takesParcel says that a command is about parcels of the list.
func takesParcel(v verb) bool {
	switch v {
	case verbStop, verbDetail, verbName, verbMute, verbUnmute:
		return true
	}
	return false
}

// wantsAll says that an argument means everything.
func wantsAll(args string) bool {
	switch plainWord(args) {
	case "all", "everything", "全部", "所有", "全都", "全部包裹", "所有包裹", "全部都", "所有的", "全部的":
		return true
	}
	return false
}
