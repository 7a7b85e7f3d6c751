package locales_test

import (
	"strings"
	"testing"
	"unicode"
)

// Taiwan has words of its own, and one for each thing; carriers keep their names.
func TestTaiwanReadsItsOwnWords(t *testing.T) {
	for key, said := range read(t, "active.zh-TW.toml") {
		if strings.HasPrefix(key, "carrier.") {
			continue
		}
		words := said["other"]
		for _, foreign := range []string{
			"快遞單號", "物流編號", "快遞公司", "關注", "動靜", "動態", "核對", "短信", "信息", "智能", "默認", "數據", "賬", "命令", "行號",
			"要緊", "列表", "派送", "簽收", "攬收", "後四位", "群裡", "發給", "發到", "發送", "騰", "日誌", "銀行卡", "軟件", "視頻", "網絡", "條消息", "導出", "撤銷", "刷新",
		} {
			if strings.Contains(words, foreign) {
				t.Errorf("%s says %s: %q", key, foreign, words)
			}
		}
		if strings.Contains(words, "尾號") && !strings.Contains(words, "尾號（末四碼）") {
			t.Errorf("%s says 尾號 alone: %q", key, words)
		}
	}
}

// A converter that makes Taiwan's characters finds nothing left to convert.
func TestTaiwanReadsItsOwnCharacters(t *testing.T) {
	taiwan := load(t, "zh-TW").For("zh-TW")
	for key, said := range read(t, "active.zh-TW.toml") {
		for _, r := range said["other"] {
			if converted := taiwan.Written(string(r)); unicode.Is(unicode.Han, r) && converted != string(r) {
				t.Errorf("%s says %c, which is %s in Taiwan", key, r, converted)
			}
		}
	}
}

func TestEnglishIsWrittenInItsOwnLetters(t *testing.T) {
	for key, said := range read(t, "active.en.toml") {
		for form, words := range said {
			if strings.ContainsFunc(words, isChinese) {
				t.Errorf("%s (%s) is not in English: %q", key, form, words)
			}
		}
	}
}

// What a person reads calls one thing by one word.
func TestEnglishCallsAThingByOneWord(t *testing.T) {
	for key, said := range read(t, "active.en.toml") {
		for form, words := range said {
			for _, other := range []string{"waybill", "shipment", "package", "courier company", "take back", "phone's last digits", "no longer tracking"} {
				if strings.Contains(strings.ToLower(words), other) {
					t.Errorf("%s (%s) says %q: %q", key, form, other, words)
				}
			}
		}
	}
}

func isChinese(r rune) bool {
	return unicode.Is(unicode.Han, r) || strings.ContainsRune("，。：；（）「」、", r)
}
