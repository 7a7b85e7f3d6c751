package handlers

import (
	"strings"
	"testing"
)

func TestWhatOnlyAPersonCanSeeTo(t *testing.T) {
	for _, text := range []string{
		"投诉", "我要投诉你们", "我要申诉", "再不处理我就给差评", "差评！", "打12315了", "服务态度太差了", "你们是骗子吧", "收到的是假货",
		"退款", "我要退款", "怎么退货", "申请退货退款", "仅退款", "能退钱吗", "不想要了", "取消订单", "帮我取消这个订单", "退差价", "运费退了吗，退费",
		"换货", "能换一个吗", "我想换尺码", "换个颜色行不行", "换大一号可以换码吗",
		"催件", "帮我催一下", "催催快递", "能不能催促一下", "麻烦帮忙催下", "加急", "快点送", "赶紧发货", "尽快派送", "能快点派吗",
		"改地址", "能不能改地址", "改一下收货地址", "地址写错了", "地址填错了怎么办", "可以更改收件人吗", "换个地址", "改派到公司", "能拦截吗", "送错地方了",
		"丢件", "快递丢了怎么办", "我的包裹丢了", "包裹不见了", "快递弄丢了", "东西被偷了", "包裹遗失", "找不到我的快递",
		"破损", "箱子压坏了", "收到的时候碎了", "东西坏了", "烂了一半", "漏液了", "茶叶受潮发霉", "屏幕裂了", "衣服有瑕疵", "包裹湿了",
		"理赔", "怎么赔偿", "你们得赔我", "要赔多少", "保价能赔吗", "补发一个", "补差价",
		"发票", "能开发票吗", "开票", "开个专票", "要收据",
		"少件", "少发了一件", "少了一盒", "漏发了", "缺件", "发错货了", "发错颜色了", "给我发错了", "收到个空盒", "颜色不对", "数量不对", "没发全", "尺码不符",
		"售后", "质量问题", "质量太差", "保修多久", "用不了",
		"虚假签收", "已签收了但我没收到", "显示签收可是我没拿到", "谁签收的", "签收人不是我", "没送货上门", "快递员不送上门", "不打电话就放驿站", "乱放", "私自签收",
		"给我退了吧", "买错了想退", "7天无理由", "退差价", "价保", "多收了运费", "尺码不合适想换", "改约", "能不能改到明天送", "想改成自提", "放门口就行", "我不在家", "能送到家吗", "我要拒收", "拒收怎么弄", "里面少东西", "送到别人家了", "被人冒领了", "派件员不接电话", "可以帮忙联系快递吗", "麻烦尽快", "洒了", "包裹被拆过", "签收了但是没有", "不是本人签收",
		"投訴", "我要退款，謝謝", "退貨", "換貨", "催一下", "幫我催件", "改地址", "地址寫錯了", "包裹不見了", "弄丟了", "損壞", "壓壞了", "理賠", "賠償", "發票", "開發票", "少件", "寄錯了", "售後", "已簽收但我沒收到", "誰簽收的", "負評差評", "沒送到門口，沒送上門",
		"I want to complain", "refund please", "I want my money back", "how do I return this item", "can I exchange it", "the box is damaged", "it arrived broken", "my parcel is lost", "package stolen", "an item is missing", "missing items",
		"I need compensation", "file a claim", "can I get an invoice", "I need a receipt", "wrong size", "you sent the wrong item", "change the delivery address", "can I change my address", "wrong address", "please hurry", "can you expedite it",
		"it says delivered but I don't have it", "marked as delivered, I never received it", "never arrived", "who signed for it", "this is a scam", "not as described", "cancel my order", "bad review", "can you cancel it", "I'd like to return", "need to send it back", "package arrived open", "contents missing", "can I speak to a manager", "bad service", "reschedule delivery", "leave it at the door", "hold my package", "didn't get my package but it says delivered", "someone else took my parcel", "wrong one", "too slow", "change my delivery date",
	} {
		if !complains(text) {
			t.Errorf("%q is not taken for a person's matter", text)
		}
	}
}

func TestWhatIsNoComplaint(t *testing.T) {
	for _, text := range []string{
		"", "我的快递到哪了", "快递到哪了", "什么时候到", "今天能到吗", "还没到", "派送了吗", "列表", "你好", "谢谢", "在吗", "1", "SF1000000000015", "帮助", "换语言", "改名字", "改备注", "备注 1 茶叶",
		"您的包裹已放门口，请联系快递员13912345678", "单号丢了", "单号找不到了", "取件码不见了", "退货的鞋", "妈妈的茶叶", "充电宝", "我换手机号了", "快递员电话多少", "圆通客服电话", "你是机器人吗", "怎么用", "能查国际快递吗", "运费多少", "停止 1", "取消", "不用了", "算了",
		"取件码 3-2-5012", "到驿站了吗", "签收了吗", "已签收", "派送失败是什么意思", "物流不动了", "包裹現在在哪", "什麼時候配送", "謝謝", "換語言",
		"where is my parcel", "when will it arrive", "thanks", "help", "list", "stop 2", "has it been delivered", "delivered?", "I lost my tracking number", "is it out for delivery", "track my package", "what can you do", "change language", "in return for",
	} {
		if complains(text) {
			t.Errorf("%q is taken for a person's matter", text)
		}
	}
}

func TestWhoComplainsIsShownAHumanFirst(t *testing.T) {
	for locale, c := range map[string]struct{ human, nobody, text, about string }{
		"zh-CN": {"发「转人工」，我马上转", "现在没有人工客服", "我要退款", "已签收了但我没收到"},
		"zh-TW": {"傳「轉接真人」", "現在沒有真人客服", "我要退款", "已簽收但我沒收到"},
		"en":    {"Send “human”", "nobody is here", "I want a refund", "it says delivered but I never got it"},
	} {
		w := newWorld(t, locale)
		w.door = "wecom_kf"
		replies := w.handle(t, "a", c.text)
		if said := replies[0].Text(); !strings.Contains(said, c.human) || dataOf(replies[0]) != ButtonHuman {
			t.Errorf("%s: %q, %s", locale, said, dataOf(replies[0]))
		}
		w.says(t, "a", moving)
		replies = w.handle(t, "a", c.about)
		if said := replies[0].Text(); len(replies) != 1 || !strings.Contains(said, c.human) || strings.Index(said, moving) < strings.Index(said, c.human) {
			t.Errorf("%s: about a parcel: %q", locale, said)
		}
		if said := w.says(t, "a", c.text); strings.Contains(said, moving) {
			t.Errorf("%s: a matter that is no parcel's shows them: %q", locale, said)
		}
		w.nobody = true
		replies = w.handle(t, "a", c.text)
		if said := replies[0].Text(); !strings.Contains(said, c.nobody) || dataOf(replies[0]) != "" {
			t.Errorf("%s: with nobody: %q, %s", locale, said, dataOf(replies[0]))
		}
	}
}

func TestAComplaintWithItsNumberIsAnsweredByBoth(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "wecom_kf"
	replies := w.handle(t, "a", moving+" 这个丢件了怎么赔")
	said := replies[0].Text()
	if !strings.HasPrefix(said, "这件事得人来办") || !strings.Contains(said, "运输中") || !strings.HasPrefix(dataOf(replies[0]), ButtonHuman+" ") {
		t.Errorf("%q, %s", said, dataOf(replies[0]))
	}
	w.door = "test"
	if said := w.says(t, "b", moving+" 这个丢件了怎么赔"); strings.Contains(said, "人来办") {
		t.Errorf("where there are no humans: %q", said)
	}
}

func TestAComplaintIsNoParcelsName(t *testing.T) {
	for text, name := range map[string]string{"我要退货": "", "投诉": "", "退货的鞋": "退货的鞋", "换货": "换货"} {
		w := newWorld(t, "zh-CN")
		w.door = "wecom_kf"
		w.says(t, "a", moving)
		w.says(t, "a", "备注 1")
		said := w.says(t, "a", text)
		if named := strings.Contains(said, "就叫"); named != (name != "") || !named && !strings.Contains(said, "人来办") {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
}

func TestElsewhereWhoComplainsIsToldWhomToAsk(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", moving)
	if said := w.says(t, "a", "快递丢了怎么办"); !strings.Contains(said, "打快递公司的客服电话") || !strings.Contains(said, moving) {
		t.Errorf("%q", said)
	}
	if said := w.says(t, "b", "我要退款"); !strings.Contains(said, "找卖家") {
		t.Errorf("%q", said)
	}
}

func TestAMessageHoldsTenButtonsAndTheHumansIsOneOfThem(t *testing.T) {
	human := []Reply{{Buttons: [][]Button{{{Text: "h", Data: ButtonHuman}}}}}
	for n, want := range map[int]int{0: 1, 9: 10, 10: 1} {
		got := humanFirst(human, []Reply{{Buttons: [][]Button{make([]Button, n)}}})
		count := 0
		for _, row := range got[0].Buttons {
			count += len(row)
		}
		if count != want {
			t.Errorf("over %d buttons there are %d", n, count)
		}
	}
}

func TestWhoAsksForAPersonWhereNoneCanBeReachedIsToldWhomToCall(t *testing.T) {
	for lang, texts := range map[string][]string{
		"zh-CN": {"转人工", "人工", "人工客服", "我要找人工", "转客服", "真人"},
		"zh-TW": {"轉接真人", "真人客服", "找客服"},
		"en":    {"human", "Can I talk to a person?", "speak to a human please", "agent"},
	} {
		w := newWorld(t, lang)
		w.says(t, "a", moving)
		for _, text := range texts {
			if said := w.says(t, "a", text); !strings.Contains(said, "95554") || !strings.Contains(said, moving) {
				t.Errorf("%s: %q is answered with %q", lang, text, said)
			}
		}
		if said := w.says(t, "a", "人工智能手机壳"); strings.Contains(said, "95554") {
			t.Errorf("a thing's name is answered with %q", said)
		}
	}
}
