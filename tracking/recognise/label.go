package recognise

import (
	"strings"
	"unicode/utf8"
)

// saying is what the text before a run calls it.
type saying int

const (
	saidNothing saying = iota
	saidWaybill        // 单号:, 运单, ?nu=, "tracking number"
	saidParcel         // 我的快递…: no label, but a reason to believe in letters and digits
	saidOrder          // 订单号:, "order no."
	saidOther          // 取件码, 身份证, ISBN, …
)

// said reads what stands before a run: its label, the key of an address, or
// what the run listed before it was called.
func (r *reader) said(start int) saying {
	from := r.beforeEscapes(start)
	at, glue := skipGlue(r.text, from)
	before := r.text[max(0, at-64):at]
	if said := label(before, glue, start < r.urlEnd); said != saidNothing {
		return said
	}
	if r.last > 0 && r.last <= from && from-r.last < 16 && isList(r.text[r.last:from], from < start) {
		return r.lastWas
	}
	return saidNothing
}

// beforeEscapes steps back over the %20 of an address.
func (r *reader) beforeEscapes(at int) int {
	for at < r.urlEnd && r.byteAt(at-3) == '%' {
		at -= 3
	}
	return at
}

// skipGlue steps back over what may stand between a label and its number, and
// tells whether a "=" or a "/" was the only thing there.
func skipGlue(s string, at int) (start int, glue rune) {
	seen := 0
	for at > 0 && seen < 12 {
		c, size := utf8.DecodeLastRuneInString(s[:at])
		if !strings.ContainsRune(" \t\n:=#/\"'()[]<>【】「」『』“”‘’《》是为為", c) {
			break
		}
		seen++
		at -= size
		glue = c
	}
	if seen != 1 {
		return at, 0
	}
	return at, glue
}

// label classifies the words before a number.
func label(before string, glue rune, address bool) saying {
	if before == "" {
		return saidNothing
	}
	if before[len(before)-1] >= utf8.RuneSelf {
		return chineseLabel(before)
	}
	if glue == '=' || glue == '/' && address {
		return keyLabel(before)
	}
	return englishLabel(before)
}

func chineseLabel(s string) saying {
	for _, end := range [...]string{"号码", "號碼", "编号", "編號"} {
		if rest, ok := strings.CutSuffix(s, end); ok {
			s = rest + "号"
		}
	}
	if rest, ok := strings.CutSuffix(s, "號"); ok {
		s = rest + "号"
	}
	for _, end := range [...]string{"单号", "單号"} {
		if rest, ok := strings.CutSuffix(s, end); ok {
			return documentLabel(rest)
		}
	}
	switch {
	case endsIn(s, "运单 運單 快递号 快遞号 物流号 运号 邮件号 郵件号 快件号 包裹号 货运号 跟踪号 追踪号 追蹤号 查询号 查詢号 面单"):
		return saidWaybill
	case endsIn(s, "订单 訂單 订单号 訂單号 交易号 流水号 商户号"):
		return saidOrder
	case endsIn(s, "快递 快遞 包裹 物流 快件 速运 速递 快运 邮件 郵件 国际件 单子 顺丰 中通 申通 圆通 韵达 极兔 百世 邮政 德邦 安能 跨越 宅急送 燕文 云途"):
		return saidParcel
	case endsIn(s, "手机 手機 手机号 手機号 电话 電話 电话号 電話号 身份证 身分證 身份证号 证号 證号 卡号 账号 帐号 帳号 会员号 群号 微信 微信号 QQ号 "+
		"会议号 發票号 发票号 合同号 序列号 税号 车牌号 座位号 房号 货号 型号 批号 商品 商品号 取件码 取货码 提货码 取件碼 取貨碼 取票码 寄件码 QQ群 加群 会议 批次 券码 兑换码 核销码 验证码 驗證碼 条码 条形码 编码 密码 ¥"):
		return saidOther
	}
	return saidNothing
}

// documentLabel tells a waybill's 单号 from other documents' by the character before it.
func documentLabel(before string) saying {
	if endsIn(before, "订 訂 易 户 戶 款 付 購 购 工 保 账 帐 帳 票 后 後 务 務 报 報 价 价格 合同 提 提货") {
		return saidOrder
	}
	return saidWaybill
}

// keyLabel knows the keys under which addresses carry waybills: ?nu=, mailNo=, waybill=, bill-number/.
func keyLabel(before string) saying {
	at := len(before)
	for at > 0 && (isAlnum(before[at-1]) || before[at-1] == '_' || before[at-1] == '-') {
		at--
	}
	var room [64]byte
	key := string(letters(room[:0], before[at:]))
	switch key {
	case "NU", "NUM", "NUMS", "NO", "NOS", "NUMBER", "NUMBERS", "POSTID", "KDDH", "DANHAO", "KUAIDINUM", "WEN", "TN", "AWB", "TRACK", "PARCELNO", "PACKAGENO", "SHIPNO":
		return saidWaybill
	}
	for _, part := range [...]string{"WAYBILL", "TRACKING", "TRACKN", "MAILNO", "MAILCODE", "BILLNO", "BILLNUM", "BILLCODE", "TXTBILL", "EXPRESSN", "EXPNO", "LOGISTICN", "LOGISTICSN", "LOGISTICCODE", "SHIPMENTN", "YUNDAN"} {
		if strings.Contains(key, part) {
			return saidWaybill
		}
	}
	return saidOther
}

// englishLabel reads "Tracking number", "waybill no.", "AWB", "Order #".
func englishLabel(before string) saying {
	var room [64]byte
	words, numbered := string(letters(room[:0], before)), false
	for _, end := range [...]string{"NUMBER", "NUM", "NO", "ID", "CODE"} {
		if rest, ok := strings.CutSuffix(words, end); ok && rest != "" {
			words, numbered = rest, true
			break
		}
	}
	switch {
	case endsIn(words, "TRACKING TRACK WAYBILL AWB"):
		return saidWaybill
	case endsIn(words, "EXPRESS LOGISTICS SHIPMENT CONSIGNMENT PARCEL PACKAGE DELIVERY COURIER"):
		if numbered {
			return saidWaybill
		}
		return saidParcel
	case endsIn(words, "ORDER TRANSACTION INVOICE"):
		return saidOrder
	case endsIn(words, "ISBN ISSN IMEI TEL PHONE MOBILE QQ UID ACCOUNT CARD SERIAL"), words == "ID", words == "SN":
		return saidOther
	}
	return saidNothing
}

// letters appends the words at the end of s in one piece, back to the first
// character that cannot be part of a label.
func letters(dst []byte, s string) []byte {
	at := len(s)
	for at > 0 && (isAlnum(s[at-1]) || strings.IndexByte(" .-_", s[at-1]) >= 0) {
		at--
	}
	for _, c := range []byte(s[at:]) {
		if isAlnum(c) {
			dst = append(dst, c)
		}
	}
	return dst
}

// isList says that only a separator stands between two entries of a list; one
// may have been escaped.
func isList(gap string, escaped bool) bool {
	return strings.Trim(gap, " \t\n,;/|、&和与及") == "" && (escaped || strings.Trim(gap, " \t") != "")
}

// endsIn says whether s ends in one of the words of a list with spaces between.
func endsIn(s, words string) bool {
	for words != "" {
		word, rest, _ := strings.Cut(words, " ")
		if strings.HasSuffix(s, word) {
			return true
		}
		words = rest
	}
	return false
}
