package handlers

import "testing"

func TestWhatAPersonInTaiwanTypesForACommandIsOne(t *testing.T) {
	for want, texts := range map[verb][]string{
		verbHelp:    {"怎麼用", "使用說明", "功能", "選單", "開始", "說明", "教學", "指令", "instructions", "manual"},
		verbList:    {"清單", "我的清單", "看清單", "包裹清單", "清單 全部", "我的清单"},
		verbStop:    {"停 1", "刪除 1", "移除 1", "取消追蹤 1", "停止追蹤 1", "不要追蹤 1", "別追蹤 1", "取消訂閱 2", "全部停止追蹤", "stop tracking YT1000000000017", "stop following 2"},
		verbCancel:  {"取消 1", "cancel 1", "cancel YT1000000000017"},
		verbUndo:    {"復原", "還原", "恢復", "undo that", "take it back"},
		verbDetail:  {"詳情 1", "查看 1", "物流詳情 1", "更新 1", "重新整理 2", "refresh 1"},
		verbName:    {"備註 1 茶", "改名 1 茶", "取名 1 茶", "命名 1 茶"},
		verbMute:    {"靜音 1", "勿擾 1", "停止提醒 1", "全部靜音"},
		verbUnmute:  {"取消靜音 1", "解除靜音 1", "關閉靜音 1", "取消勿擾 1", "恢復提醒 1"},
		verbNews:    {"提醒", "關閉通知", "關掉通知", "打開通知", "开启通知", "太多訊息了", "訊息太多", "通知太多了", "不要一直傳訊息", "turn off notifications", "turn notifications off", "stop notifications", "stop messaging me", "pause all alerts"},
		verbLang:    {"切換成英文", "換成英文", "改成簡體", "換成繁體", "說中文", "正體中文", "語言 英文", "speak english", "switch to Chinese", "change the language to english", "please use traditional Chinese"},
		verbPrivacy: {"隱私權政策", "個資", "隱私", "privacy policy"},
		verbTail:    {"末四碼 1234", "手機末四碼 1234", "末四碼 關"},
		verbForget:  {"忘記我", "刪除我的資料"},
		verbExport:  {"匯出", "匯出資料"},
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

func TestWhatOnlySoundsLikeSuchACommandIsNone(t *testing.T) {
	for _, text := range []string{
		"換成中文名字可以嗎", "我要換貨", "用手機看", "通知我一下", "關閉門市了嗎", "太多人了", "更新一下地址", "use this address", "switch to another carrier", "turn off the light", "stop sending that", "說明天會到", "個資外洩了怎麼辦", "cancel my order", "manual transmission",
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

// To stop a parcel by its number in so many words is not to follow it.
func TestStoppingInManyWordsStops(t *testing.T) {
	w := newWorld(t, "en")
	for _, text := range []string{"stop tracking " + moving, "stop following tea", "Stop watching " + moving + " please", "cancel 1"} {
		w.says(t, text, moving+" tea")
		if got := w.says(t, text, text); got != "No longer following:\nYTO Express "+moving+" · tea\n[↩️ Undo]" {
			t.Errorf("%q is answered with %q", text, got)
		}
	}
}

func TestPeopleAskInTheirOwnWordsWhereItIs(t *testing.T) {
	for _, text := range []string{"有沒有進度", "有更新嗎", "有新進度嗎？", "什麼時候可以領", "可以取貨了嗎", "status", "eta?", "progress"} {
		if !asksWhere(text) {
			t.Errorf("%q asks where", text)
		}
	}
	for _, text := range []string{"有沒有紙箱", "有更新的版本嗎", "可以取消嗎", "status quo"} {
		if asksWhere(text) {
			t.Errorf("%q does not ask where", text)
		}
	}
}

func TestPeopleAskInTheirOwnWordsWhomToCall(t *testing.T) {
	for _, text := range []string{"順豐客服", "聯絡客服", "圆通客服", "courier phone", "driver's number", "the courier's phone number?", "contact", "contact details"} {
		if !asksContact(text) {
			t.Errorf("%q asks whom to call", text)
		}
	}
	for _, text := range []string{"物流士電話", "宅配員電話多少", "司機電話"} {
		if !asksContact(text) || !asksCourier.MatchString(text) {
			t.Errorf("%q asks for the courier's phone", text)
		}
	}
	for _, text := range []string{"客服小姐人很好", "contact lenses", "the driver was rude to number 3"} {
		if asksContact(text) {
			t.Errorf("%q asks for no phone", text)
		}
	}
}

func TestATailIsReadOutOfAPhoneOfAnotherCountry(t *testing.T) {
	for text, want := range map[string]string{
		"0912345678": "5678", "0912-345-678": "5678", "0912 345 678": "5678", "+886 912 345 678": "5678", "+886912345678": "5678", "+1 415 555 2671": "2671", "+44 7700 900123": "0123", "+1 (415) 555-2671": "2671", "我的手機是 0912-345-678": "5678",
	} {
		if got, ok := tailIn(text, false); !ok || got != want {
			t.Errorf("%q has %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"091234567", "0912***678", "2024-09-12", "+12"} {
		if got, ok := tailIn(text, false); ok {
			t.Errorf("%q has %q", text, got)
		}
	}
}

func TestWhoeverDoesNotKnowSaysSoInTaiwanToo(t *testing.T) {
	for _, text := range []string{"不知道耶", "忘記了欸", "為什麼要電話", "為什麼要驗證", "要賣家的還是我的", "誰的手機？", "why do you need my phone"} {
		if !hasNoTail(text) {
			t.Errorf("%q is not understood", text)
		}
	}
	for _, text := range []string{"沒關係不用了", "没关系，不用了", "沒事不查了"} {
		if !saidNo(text) {
			t.Errorf("%q declines", text)
		}
	}
}
