package recognise

import "strings"

// scripts holds traditional characters, each with its simplified form behind
// it, in the order of the former: those of carriers' names, labels and the words
// that this package looks for. Each takes three bytes.
const scripts = "丟丢亞亚倉仓個个備备價价億亿優优儲储內内兩两別别動动務务區区員员問问啟启單单嗎吗" +
	"國国圓圆報报塊块壞坏媽妈實实寧宁審审寫写寶宝將将專专尋寻對对層层屬属嶺岭師师帳账" +
	"帶带幫帮庫库廣广廳厅張张強强彈弹後后徑径從从復复態态應应戶户掛挂採采換换擔担據据" +
	"擬拟數数於于時时會会東东條条業业極极樓楼標标機机櫃柜歸归沒没準准滿满為为煩烦燒烧" +
	"爺爷爾尔狀状獲获現现瑪玛甚什發发眾众碼码稱称積积簽签絡络給给維维網网緊紧編编縣县" +
	"總总繫系繳缴聯联聽听與与華华萬万蘇苏處处虛虚號号術术衛卫裏里補补裝装裡里製制複复" +
	"見见規规視视親亲覺觉訂订計计訊讯記记訪访設设許许註注詢询話话該该詳详誠诚說说誰谁" +
	"請请謝谢證证識识變变讓让豐丰貓猫貨货買买費费資资賠赔賣卖賬账賴赖購购趕赶跡迹蹤踪" +
	"車车較较輛辆輪轮轉转辦办辭辞農农這这連连進进運运達达遜逊遞递遠远邁迈還还邊边郵邮" +
	"鄉乡鄭郑醫医針针銀银銷销錄录錢钱鍵键鎮镇鏈链鐘钟鐵铁長长門门閃闪開开間间關关陳陈" +
	"陸陆陽阳隊队際际隨随險险雙双離离難难雲云電电靜静韓韩韻韵頁页項项順顺預预領领頭头" +
	"額额類类顧顾顯显風风飯饭飲饮餘余館馆馬马騎骑騰腾驗验鮮鲜鳥鸟麥麦麼么黃黄點点齊齐" +
	"齡龄龍龙"

// scriptBits has a bit for the last eleven bits of every traditional character:
// where it is not set, nothing need be looked up.
const scriptBits = "\x62\x0a\x01\x03\x08\x20\x06\x00\x00\x2c\x18\x58\x81\x80\x00\x20\x12\x04\x00\x22\x00\x01\x00\x14\x00\x80\x00\x70\x02\x80\x24\x22" +
	"\x90\x02\x00\x01\x00\x25\x04\x00\x00\x08\x00\x00\x80\x22\x20\x00\x00\x88\x40\x00\x00\x1c\x00\x04\x00\x02\x04\x20\x00\x00\x00\x00" +
	"\x84\x45\x08\x03\x20\x24\x43\x4c\x00\x20\x80\x80\x04\x00\x0e\x00\x01\x00\x00\x00\x01\x04\x81\x20\x09\x08\x20\x02\x00\x00\x00\x00" +
	"\x10\x00\x00\x20\x04\x00\x00\x00\x01\x02\x00\x01\x00\x00\x24\x01\x00\x04\x08\x08\x02\x40\x00\x00\x00\x01\x00\x08\xc0\x8a\x40\x40" +
	"\x80\x29\x00\x01\x00\x10\x20\x20\x00\x00\x01\x00\x10\x14\x00\x00\x00\x00\x0c\x00\x00\x01\x80\x08\x80\x00\x10\x04\x2b\x10\x10\x10" +
	"\x00\x00\x00\x04\x00\x00\x00\x00\x00\x80\x00\x80\x42\x00\x80\x01\x09\x08\x28\x00\x00\x60\x04\x14\x00\x44\x00\x10\x02\x01\x00\x00" +
	"\x80\x00\x00\x80\x08\x08\x48\x20\x04\x00\x20\x88\x10\x08\x08\x31\x00\x04\x40\x48\x20\x0d\x00\x10\x08\x04\x00\x42\x0c\x00\x0c\x88" +
	"\x08\x08\x08\x08\x00\x04\xa0\x40\x00\x07\x00\x10\x02\x00\x02\x00\x00\x30\x02\x40\x40\x22\x04\x00\x00\x00\x08\x00\x00\x00\x00\x08"

// simplify writes a normalised text in simplified characters, as far as the
// words of this package need it. Every place in it is the same place in the text.
func simplify(text string) string {
	for at := 0; at < len(text); at++ {
		if c := text[at]; c >= 0xE4 && c <= 0xE9 && at+3 <= len(text) {
			if to := simple(text[at : at+3]); to != "" {
				return simplifyFrom(text, at)
			}
			at += 2
		}
	}
	return text
}

func simplifyFrom(text string, at int) string {
	var b strings.Builder
	b.Grow(len(text))
	b.WriteString(text[:at])
	for at < len(text) {
		if c := text[at]; c >= 0xE4 && c <= 0xE9 && at+3 <= len(text) {
			if to := simple(text[at : at+3]); to != "" {
				b.WriteString(to)
			} else {
				b.WriteString(text[at : at+3])
			}
			at += 3
			continue
		}
		b.WriteByte(text[at])
		at++
	}
	return b.String()
}

// simple is the simplified form of a character of three bytes, "" when it is none of scripts.
func simple(c string) string {
	bit := uint(c[1]&0x1F)<<6 | uint(c[2]&0x3F)
	if scriptBits[bit>>3]&(1<<(bit&7)) == 0 {
		return ""
	}
	return lookUpSimple(c)
}

func lookUpSimple(c string) string {
	low, high := 0, len(scripts)/6
	for low < high {
		middle := (low + high) / 2
		if scripts[6*middle:6*middle+3] < c {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(scripts)/6 && scripts[6*low:6*low+3] == c {
		return scripts[6*low+3 : 6*low+6]
	}
	return ""
}
