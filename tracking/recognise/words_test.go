package recognise

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// wantDescribed compares the tail and the name of a text's only number.
func wantDescribed(t *testing.T, text, tail, name string) {
	t.Helper()
	n := Text(text).Numbers
	if len(n) != 1 || n[0].Tail != tail || n[0].Name != name {
		t.Errorf("%q: %+v, want tail %q and name %q", text, n, tail, name)
	}
}

func TestThingsAreNames(t *testing.T) {
	for text, name := range map[string]string{
		"SF1000000000015（登山杖）":               "登山杖",
		"SF1000000000015【尤克里里】":              "尤克里里",
		"SF1000000000015 (yoga mat)":         "yoga mat",
		"舅舅寄的板栗 SF1000000000015":             "舅舅寄的板栗",
		"Garden hose reel: SF1000000000015":  "Garden hose reel",
		"grandpa's slippers SF1000000000015": "grandpa's slippers",
		"#相框 SF1000000000015":                "相框",
		"陶瓷碗（易碎） SF1000000000015":            "陶瓷碗",
		"SF1000000000015 2026冬款棉鞋":           "2026冬款棉鞋",
		"相框 | SF1000000000015":               "相框",
		"SF1000000000015 是跳绳":                "跳绳",
		"SF1000000000015 玄幻小说":               "玄幻小说",
	} {
		wantDescribed(t, text, "", name)
	}
}

func TestTalkIsNoName(t *testing.T) {
	for _, words := range []string{
		"仓库说缺货", "缺货", "里面是碗", "昨晚还在厦门", "商家发的是空箱", "邻居代签", "尾款1888", "2026年寄的", "我觉得要等", "是去年的", "是我妈妈", "是谁家", "唔該晒", "點解咁慢", "係我老婆嘅", "邊個攞咗", "手機末三碼 668", "國際快捷",
		"supposed to come Friday", "never turned up", "signature required", "anyone home", "hope it fits", "（已退回）", "【派送中】", "(顺丰)", "（单号）", "（2件）",
	} {
		wantDescribed(t, "SF1000000000015 "+words, "", "")
		if words[0] >= utf8.RuneSelf {
			wantDescribed(t, "SF1000000000015"+words, "", "")
		}
	}
	for _, words := range []string{"发件", "家人们", "邊個訂咗嘢", "外婆寄的", "my dad is asking about", "國際快捷"} {
		wantDescribed(t, words+" SF1000000000015", "", "")
	}
}

func TestWhoseTailItIsIsNoName(t *testing.T) {
	for text, tail := range map[string]string{
		"SF1000000000015 机主尾号 2277":                 "2277",
		"SF1000000000015 收方尾号 2277":                 "2277",
		"SF1000000000015 寄方尾号 4141":                 "4141",
		"SF1000000000015 寄方尾号4141，收方尾号2277":         "2277",
		"SF1000000000015 收方尾号2277 寄方尾号4141":         "2277",
		"SF1000000000015 我姐夫的妹妹手机后四位：2277":          "2277",
		"SF1000000000015 电话最后四个数字：2277":             "2277",
		"SF1000000000015 電話尾四個字 2277":               "2277",
		"SF1000000000015 last four of my Amex 2277": "",
		"SF1000000000015 前四位是 2277":                 "",
		"SF1000000000015 总价是 2277":                  "",
		"SF1000000000015 電話 9123 2277":              "2277",
		"SF1000000000015 電話：9***2277":               "2277",
		"SF1000000000015 +852 6123 2277":            "2277",
		"SF1000000000015 0912-345-277":              "5277",
		"SF1000000000015 17100001111,,2277#":        "2277",
		"SF1000000000015 17100001111-2277":          "2277",
		"SF1000000000015 网点电话 6234 2277":            "",
		"SF1000000000015 6234 2277":                 "",
		"SF1000000000015 0912-345-2777":             "",
		"SF1000000000015 +852 6123 22771":           "",
	} {
		wantDescribed(t, text, tail, "")
	}
}

func TestRowsOfTablesAreReadByTheirHeading(t *testing.T) {
	for name, text := range map[string]string{
		"tabs":          "收件人\t单号\t品名\t尾号\n钱七\tSF1000000000015\t台灯\t4455\n孙八\t73123456789012\t花盆\t6677",
		"commas":        "单号，快递，商品，手机尾号\nSF1000000000015，顺丰，台灯，4455\n73123456789012，中通，花盆，6677",
		"bars":          "| 品名 | 运单号 | 后四位 |\n|---|---|---|\n| 台灯 | SF1000000000015 | 4455 |\n| 花盆 | 73123456789012 | 6677 |",
		"English":       "Tracking No.,Carrier,Item,Tail\nSF1000000000015,SF,台灯,4455\n73123456789012,ZTO,花盆,6677",
		"other columns": "序号\t运单号\t重量\t商品名称\t尾号\n1\tSF1000000000015\t2.5\t台灯\t4455\n2\t73123456789012\t1.0\t花盆\t6677",
	} {
		t.Run(name, func(t *testing.T) {
			n := Text(text).Numbers
			if len(n) != 2 || n[0].Name != "台灯" || n[1].Name != "花盆" || n[0].Tail != "4455" || n[1].Tail != "6677" {
				t.Errorf("%q: %+v", text, n)
			}
		})
	}
	wantDescribed(t, "姓名\t单号\n钱七\tSF1000000000015", "", "") // no column says what it is
	wantDescribed(t, "| 顺丰 | SF1000000000015 | 台灯 |", "", "台灯")
}

func TestALabelMayBePartedFromItsColon(t *testing.T) {
	for text, want := range map[string]string{
		"单号给您：1712345678901":                 "1712345678901",
		"运单号(新)：1712345678901":               "1712345678901",
		"快递单号如下：\n1712345678901":             "1712345678901",
		"订单号改成了：780112233445":                "",
		"发票（电子）：780112233445":                "",
		"入场券：780112233445":                   "",
		"宽带 780112233445":                    "",
		"Hotel reservation 780112233445":     "",
		"Flight booking XY12ZQ 780112233445": "",
		"Wifi password 780112233445":         "",
		"Booking ref QX7F9L 780112233445":    "",
		"blue towel XY12ZQ 780112233445":     "780112233445",
		"PR-20261128-004":                    "",
		"PR20261128-004":                     "",
		"passport SF1000000000015":           "SF1000000000015",
		"宽带 SF1000000000015":                 "SF1000000000015",
		"单号给您，他的手机号码是我昨天记下来的那个：1712345678901": "",
	} {
		wantNumbers(t, text, want)
	}
}

func TestACarriersLettersMayBeGluedToItsNumber(t *testing.T) {
	for text, want := range map[string]string{
		"DHL2529670305":       "2529670305 dhl",
		"fedex780112233445 鞋": "780112233445 fedex",
		"Yunda1712345678901":  "1712345678901 yunda",
		"STO1234567890":       "STO1234567890 sto", // its own letters
		"SF1000000000015":     "SF1000000000015 sf",
		"订单 DHL2529670305":    "",
		"DHL13800138000":      "",
		"XDHL2529670305":      "XDHL2529670305",
		"EMS1154210775507X":   "",
		"ZTO773123456789012":  "", // nobody but STO has it
		"编号 ÉDHL2529670305":   "",
	} {
		got := ""
		for _, n := range Text(text).Numbers {
			got = n.Number
			if len(n.Carriers) > 0 {
				got += " " + string(n.Carriers[0])
			}
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
