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
	saidPaper          // some other …单号: only a number that one carrier's rule has is a waybill
	saidOther          // 取件码, 身份证, ISBN, …
)

// said reads what stands before a run: its label, the key of an address, or
// what the run listed before it was called.
func (r *reader) said(start int) saying {
	from := r.beforeEscapes(start)
	at, glue := skipGlue(r.plain, from)
	before := r.plain[max(0, at-64):at]
	if said := r.label(before, at, glue, start < r.urlEnd); said != saidNothing {
		return said
	}
	if r.last > 0 && r.last <= from && from-r.last < 16 && isList(r.plain[r.last:from], from < start) {
		return r.lastWas
	}
	if strings.IndexByte(r.plain[at:from], ':') >= 0 {
		return clauseLabel(before)
	}
	return r.behindCode(start)
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
		if !isGlue(c) {
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

func isGlue(c rune) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ':', '=', '#', '/', '"', '\'', '(', ')', '[', ']', '<', '>', '【', '】', '「', '」', '『', '』', '“', '”', '‘', '’', '《', '》', '是', '为':
		return true
	}
	return false
}

// label classifies the words that end at a place before a number.
func (r *reader) label(before string, at int, glue rune, address bool) saying {
	if before == "" {
		return saidNothing
	}
	if before[len(before)-1] >= utf8.RuneSelf {
		return chineseLabel(before)
	}
	if glue == '=' || glue == '/' && address || r.byteAt(at) == '"' && strings.IndexByte(r.plain[at:min(len(r.plain), at+4)], ':') > 0 {
		return keyLabel(before)
	}
	return englishLabel(before)
}

// chineseLabel classifies simplified words before a number.
func chineseLabel(s string) saying {
	if !endsLabel(s) {
		return saidNothing
	}
	numbered := false
	for _, end := range [...]string{"号码", "编号"} {
		if rest, ok := strings.CutSuffix(s, end); ok {
			s, numbered = rest+"号", end == "编号"
			break
		}
	}
	if rest, ok := strings.CutSuffix(s, "单号"); ok {
		return documentLabel(rest)
	}
	switch {
	case endsIn(s, "运单 快递号 物流号 运号 邮件号 快件号 包裹号 货运号 跟踪号 追踪号 查询号 面单 面单号 运单号 快递单 物流单 托运单 货运单 跟踪码 追踪码 查询码"):
		return saidWaybill
	case endsIn(s, "订单 订单号 交易号 流水号 商户号"):
		return saidOrder
	case endsIn(s, "快递 包裹 物流 快件 速运 速递 快运 邮件 国际件 单子 挂号 顺丰 中通 申通 圆通 韵达 极兔 百世 邮政 德邦 安能 跨越 宅急送 燕文 云途"):
		return saidParcel
	case endsIn(s, "流水 代码 期 桌 考场 身份证 手机 电话 热线 客服 传真 微信 邮箱 邮编 网址 密码 口令 暗号 会议 房间 批次 合同 发票 支付宝 车牌 加群 积分 余额 金额 总额 参考 学籍 税 户 账 卡 证 票 群 费 价 码 ¥"):
		return saidOther
	}
	if endsIn(s, "券 凭据 收据 电表 水表 气表 宽带 密钥 兑换 激活 序列 设备 机身 社保 医保 公积金 档案 病历 会员 航班 车次 登机牌 座位") {
		return saidPaper
	}
	if rest, ok := strings.CutSuffix(s, "单"); ok && !isLooseWord(rest) {
		return saidPaper // 工单, 保单, 账单
	}
	rest, ok := strings.CutSuffix(s, "号")
	if ok && (numbered || !isLooseWord(rest) || rest != "" && isLetter(rest[len(rest)-1])) {
		return saidOther
	}
	return saidNothing
}

// endsLabel says that the last character of a text may end a label.
func endsLabel(s string) bool {
	switch c, _ := utf8.DecodeLastRuneInString(s); c {
	case '号', '码', '单', '件', '裹', '递', '流', '运', '面', '子', '丰', '通', '达', '兔', '世', '政', '邦', '能', '越', '送', '文', '途',
		'证', '机', '话', '线', '服', '真', '信', '箱', '编', '址', '令', '议', '间', '次', '同', '票', '宝', '牌', '群', '分', '额', '考', '籍', '税', '户', '账', '水', '期', '桌', '场', '卡', '费', '价', '¥', '券', '据', '表', '带', '钥', '换', '活', '列', '备', '身', '保', '金', '案', '历', '员', '班', '位':
		return true
	}
	return false
}

// documentLabel tells a waybill's 单号 from other papers' by what stands before
// it: a word for parcels or a carrier's name, or nothing that belongs to it.
func documentLabel(before string) saying {
	switch {
	case endsIn(before, "订 交易 付款 收款 退款 购 账 票 售后 报价 合同 提 提货 客户 商户"):
		return saidOrder
	case isLooseWord(before), endsIn(before, "运 快递 物流 快运 货运 邮件 邮政 邮 快件 包裹 速递 速运 面 托运 跟踪 追踪 查询 寄件 寄递 派件 派送 配送 转运 国际 国内 补发 子 母 回传 返件 退回 新 旧 原 正确 完整 快 配 递 下列 以下"):
		return saidWaybill
	}
	for size := 6; size <= 15 && size <= len(before); size += 3 {
		if _, n := chineseName(before[len(before)-size:]); n == size {
			return saidWaybill
		}
	}
	return saidPaper
}

// isLooseWord says that nothing before 号 or 单号 says which one it is.
func isLooseWord(before string) bool {
	c, size := utf8.DecodeLastRuneInString(before)
	return size == 0 || c < 0x3400 || strings.ContainsRune("的这那此该个几两一二三四五六七八九十下查看你我他她它给发是有把到了用亲些全部和及将填输入好贴传上条里错问要、，。！？：；（）【】「」", c)
}

// keyLabel knows the keys under which addresses carry waybills: ?nu=, mailNo=, waybill=, bill-number/.
func keyLabel(before string) saying {
	at := len(before)
	for at > 0 && (isAlnum(before[at-1]) || before[at-1] == '_' || before[at-1] == '-') {
		at--
	}
	var buffer [64]byte
	key := string(letters(buffer[:0], before[at:]))
	switch key {
	case "NU", "NUM", "NUMS", "NO", "NOS", "NUMBER", "NUMBERS", "POSTID", "KDDH", "DANHAO", "KUAIDINUM", "WEN", "TN", "AWB", "TRACK", "TRACKS", "PARCELNO", "PACKAGENO", "SHIPNO", "BILL", "BILLS", "BILLID",
		"TRKNBR", "TRKNBRS", "TRACKNUM", "TRACKNUMS", "TRACKNUMBER", "TRACKNUMBERS", "INQUIRYNUMBER", "MAIL", "MAILNUM", "EXPRESS", "YDH", "KDH", "CONSIGNMENT", "PARCEL", "PARCELID", "SHIPMENT", "SHIPMENTID", "DETAIL", "DETAILS":
		return saidWaybill
	}
	for _, part := range [...]string{"WAYBILL", "TRACKING", "TRACKN", "TRKN", "TLABEL", "MAILNO", "MAILCODE", "MAILID", "BILLNO", "BILLNUM", "BILLCODE", "TXTBILL", "EXPRESSN", "EXPRESSCODE", "EXPNO", "LOGISTICN", "LOGISTICSN", "LOGISTICCODE", "SHIPMENTN", "YUNDAN", "CONSIGNMENTN", "DELIVERYN"} {
		if strings.Contains(key, part) {
			return saidWaybill
		}
	}
	return saidOther
}

// englishLabel reads "Tracking number", "waybill no.", "AWB", "Order #", "Invoice no.".
func englishLabel(before string) saying {
	var buffer [64]byte
	words, numbered := string(letters(buffer[:0], before)), false
	words = strings.TrimSuffix(words, "IS")
	for _, end := range [...]string{"NUMBER", "NUM", "NO", "NR", "ID", "CODE"} {
		if rest, ok := strings.CutSuffix(words, end); ok && rest != "" {
			words, numbered = rest, true
			break
		}
	}
	switch {
	case endsIn(words, "TRACKING TRACK WAYBILL AWB TRACKINGNUMBERS TRACKINGNOS"):
		return saidWaybill
	case endsIn(words, "EXPRESS LOGISTICS SHIPMENT CONSIGNMENT PARCEL PACKAGE DELIVERY COURIER AIRBILL"):
		if numbered {
			return saidWaybill
		}
		return saidParcel
	case endsIn(words, "ORDER TRANSACTION INVOICE"):
		return saidOrder
	case endsIn(words, "ISBN ISSN EAN IMEI IMSI ICCID MEID TEL PHONE MOBILE FAX HOTLINE WHATSAPP WECHAT SKYPE QQ UID ACCOUNT ACCT CARD SERIAL REF REFERENCE CLAIM BOOKING POLICY TICKET MEETING PASSCODE PASSWORD PASS MEMBER MEMBERSHIP ROOM SKU IBAN VIN AMOUNT TOTAL BALANCE QTY PRICE CONFIRMATION VAT"),
		words == "ID", words == "SN", words == "WX", words == "VX", words == "PO", words == "PIN":
		return saidOther
	case endsIn(words, "RESERVATION VOUCHER COUPON RECEIPT PNR CONTRACT LICENSE LICENCE PASSPORT STATEMENT QUOTE QUOTATION BATCH ASSET ROUTING SSN ITINERARY FLIGHT"):
		return saidPaper
	case numbered && !endsIn(words, "THE THIS THAT MY YOUR HIS HER OUR A ONE"):
		if company, _ := latinName(words, ""); company.known() {
			return saidWaybill
		}
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
	return strings.Trim(gap, " \t\r\n,;/|、&和与及") == "" && (escaped || strings.Trim(gap, " \t") != "")
}
