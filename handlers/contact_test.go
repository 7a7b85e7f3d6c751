package handlers

import (
	"strings"
	"testing"

	"waybill/models"
)

func TestWhoAsksForANumberOrASiteIsToldTheCarriers(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for text, want := range map[string]string{
		"圆通客服电话": "☎️ 圆通速递 95554 · 官网",
		"中通官网":   "☎️ 中通快递 95311 · 官网",
		"请问申通快递的客服热线是多少":                  "☎️ 申通快递 95543 · 官网",
		"我想打順豐的電話":                        "☎️ 顺丰速运 95338 · 官网",
		"what is the SF hotline?":         "☎️ 顺丰速运 95338 · 官网",
		"customer service of ZTO Express": "☎️ 中通快递 95311 · 官网",
		"国通快递客服电话":                        "国通快递的客服电话和官网，我这里都没有。",
		"TNT 官网":                          "☎️ TNT · 官网",
		"快递员电话多少":                         "想找哪家快递公司？把名字发给我，例如：圆通电话。",
		"客服电话是多少":                         "想找哪家快递公司？把名字发给我，例如：圆通电话。",
		"who do i call":                   "想找哪家快递公司？把名字发给我，例如：圆通电话。",
	} {
		if got := w.says(t, "a", text); got != want {
			t.Errorf("%q is answered with %q, want %q", text, got, want)
		}
	}
}

func TestWithoutANameItIsTheCarriersOfTheChatsParcels(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", moving)
	w.says(t, "a", "SF1000000000031 1234")
	said := w.says(t, "a", "客服电话是多少")
	if !strings.Contains(said, "圆通速递 95554") || !strings.Contains(said, "顺丰速运 95338") {
		t.Errorf("it says %q", said)
	}
	if said := w.says(t, "a", "中通电话"); strings.Contains(said, "95554") || !strings.Contains(said, "95311") {
		t.Errorf("the named one is not the answer: %q", said)
	}
}

func TestACouriersPhoneIsPointedToInTheNewestScan(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", moving)
	if said := w.says(t, "a", "快递员电话多少"); !strings.Contains(said, "没写快递员的电话") || !strings.Contains(said, "95554") {
		t.Errorf("without a phone it says %q", said)
	}
	w.says(t, "a", "SF1000000000023 5678")
	said := w.says(t, "a", "派件小哥的手机号或者电话？")
	if !strings.Contains(said, "13800000000") || !strings.Contains(said, "SF1000000000023") || strings.Contains(said, moving) {
		t.Errorf("with a phone it says %q", said)
	}
	if said := w.says(t, "stranger", "快递员电话多少"); strings.Contains(said, "13800000000") {
		t.Errorf("a stranger reads %q", said)
	}
}

func TestWhatMerelyHoldsTheWordIsNoQuestionForAPhone(t *testing.T) {
	for _, text := range []string{
		"手机尾号是多少", "电话后四位 1234", "我的快递到哪了", "帮我催一下", "where is my parcel", "hello",
		"昨天快递员打电话给我说已经放在门口了，可是我到家以后什么也没有看见，邻居也说没看到有人来过",
	} {
		if asksContact(text) {
			t.Errorf("%q asks for a contact", text)
		}
	}
	w := newWorld(t, "zh-CN")
	replies, err := w.conversation().Handle(t.Context(), w.chat("g", true), Message{Text: "圆通客服电话", Group: true})
	if err != nil || len(replies) != 0 {
		t.Errorf("a group that does not mean the bot hears %v, %v", shown(replies), err)
	}
}

func TestDetailsAndTroubleSayHowTheCarrierIsReached(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for s, want := range map[models.Status]string{
		models.FailedAttempt: "一般会再派送一次。想换时间或地址，早点打电话约。|可以打圆通速递 95554 问问。 官网",
		models.Exception:     "快递公司遇到了问题，问问他们怎么处理最快。|可以打圆通速递 95554 问问。 官网",
		models.Rejected:      "不是你拒收的话，尽快问快递公司和卖家。|可以打圆通速递 95554 问问。 官网",
		models.Returning:     "正在退给寄件人。不是你要退的话，尽快问快递公司和卖家。|可以打圆通速递 95554 问问。 官网",
		models.InTransit:     "",
	} {
		number := "YT10000000" + map[models.Status]string{models.FailedAttempt: "10015", models.Exception: "10023", models.Rejected: "10031", models.Returning: "10049", models.InTransit: "10056"}[s]
		w.scripts[number] = &script{status: s, scans: []string{"扫描"}}
		answer := w.says(t, "a", "圆通 "+number)
		if got := strings.ReplaceAll(answer, "\n", "|"); want == "" && strings.Contains(got, "95554") || !strings.Contains(got, want) {
			t.Errorf("%s is answered with\n%s", s, answer)
		}
		if details := w.says(t, "a", "详情 "+number); !strings.Contains(details, "圆通速递 95554") {
			t.Errorf("%s has the details\n%s", s, details)
		}
		n := w.notification("a")
		n.Parcel.Status, n.Parcel.Carrier, n.Urgency = s, "yto", s.Urgency()
		news := strings.ReplaceAll(w.notify(t, n).Text(), "\n", "|")
		if want == "" && strings.Contains(news, "95554") || !strings.Contains(news, want) {
			t.Errorf("%s is told as\n%s", s, news)
		}
		n.Urgency = models.Ordinary // another scan of the same status
		if again := w.notify(t, n).Text(); strings.Contains(again, "95554") {
			t.Errorf("%s is told again as\n%s", s, again)
		}
	}
}

func TestANumberThatNobodyHereCanAskAboutIsAnsweredWithThePage(t *testing.T) {
	for lang, want := range map[string]string{
		"zh-CN": "TBA305912345678 是亚马逊的单号，我这里查不了。|可以到亚马逊官网看看： https://track.amazon.com",
		"zh-TW": "TBA305912345678 是亞馬遜的單號，我這裡查不了。|可以到亞馬遜官網看看： https://track.amazon.com",
		"en":    "TBA305912345678 belongs to Amazon, whose parcels I can't look up here.|See Amazon's own site: https://track.amazon.com",
	} {
		w := newWorld(t, lang)
		turn := w.conversation().turn(w.chat("a", false), Message{}, models.At(w.clock()))
		l := located{request: request{number: "TBA305912345678"}, parcel: models.Parcel{Carrier: "amazon"}}
		if got := strings.Join(shown([]Reply{{Blocks: turn.reason(l, "unserved", 0)}}), "|"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	w := newWorld(t, "zh-CN")
	r := w.on("zh-CN")
	for carrier, want := range map[models.Carrier]string{"post.GB": "英国皇家邮政", "post.SG": "新加坡邮政", "ups": "UPS", "nobody": "NOBODY"} {
		if got := r.carrier(carrier); got != want {
			t.Errorf("%s is called %q, want %q", carrier, got, want)
		}
	}
}
