package recognise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isName: 1 to 20 characters with a word among them; neither a phone, an
// address, a question, talk about the parcel nor a mere "and".
func isName(name string) bool {
	if size := utf8.RuneCountInString(name); size == 0 || size > longestName {
		return false
	}
	said := simplify(Normalise(name))
	wordy := strings.ContainsFunc(said, func(c rune) bool { return unicode.IsLetter(c) || unicode.Is(unicode.So, c) })
	if !wordy || countDigits(said) > 6 || strings.Contains(said, "://") {
		return false
	}
	return !isQuestion(said) && !isFiller(said) && !isMeasure(said) && !isTalk(said) && !isEnglishTalk(said)
}

// isFiller: words that lead over, hurry, thank, or came along when the number was copied.
func isFiller(said string) bool {
	switch strings.TrimRight(said, "!。~") {
	case "和", "与", "跟", "及", "还有", "以及", "AND", "复制", "COPY", "急", "急急", "急急急", "加急", "的", "是", "这个", "那个", "的包裹", "的快递", "包裹", "件", "单号", "运单",
		"已发货", "已发出", "已寄出", "已签收", "已收到", "没收到", "未收到", "备注", "商品", "物品", "名称",
		"查", "查件", "查快递", "查物流", "看看", "看下", "物流", "物流信息", "快递", "到了", "订阅", "跟踪", "STATUS", "TRACK", "TRACKING", "OK", "PLEASE", "PLS", "PLZ", "THANKS", "THANK YOU", "THX", "尾号":
		return true
	}
	return false
}

// isMeasure: 8.50元, 2.5KG, 3件, X2.
func isMeasure(said string) bool {
	unit := strings.TrimLeft(strings.TrimPrefix(said, "共"), "0123456789.×X* ")
	return unit == "" || isUnit(unit)
}

func isUnit(said string) bool {
	switch said {
	case "元", "块", "块钱", "KG", "G", "公斤", "斤", "克", "吨", "ML", "CM", "件", "个", "箱", "包", "盒", "单", "票", "号", "楼", "室", "点", "年", "月", "日", "号楼", "PCS", "YUAN", "RMB", "USD":
		return true
	}
	return false
}

// isQuestion: whoever asks where it is gives it no name.
func isQuestion(said string) bool {
	if endsIn(said, "? 吗 呢 吧 嘛 么") {
		return true
	}
	for _, w := range [...]string{"到哪", "在哪", "哪了", "哪里", "哪儿", "哪天", "怎么", "怎样", "还没", "没到", "催一", "催下", "催件", "查一下", "查下", "查询", "帮我", "帮忙", "什么时候", "啥时候", "为什么", "什么情况", "是什么", "到了没", "没动静", "WHERE IS", "WHERE'S", "多久", "谢谢", "谢了", "麻烦", "多少", "几天", "能不能", "可以", "了没"} {
		if strings.Contains(said, w) {
			return true
		}
	}
	return false
}

// isTalk: what couriers and people say about a parcel, its road, its price and
// its phones is no name for it.
func isTalk(said string) bool {
	for _, w := range [...]string{
		"已", "正在", "派送", "派件", "签收", "揽收", "揽件", "到达", "离开", "发往", "发出", "运输", "中转", "转运", "投递", "退回", "退件", "拒收", "送达", "送到", "取件", "领取", "自提", "驿站", "快递柜", "丰巢",
		"预计", "显示", "更新", "不动", "没动", "停在", "卡在", "丢件", "丢了", "收到", "到了", "到货", "寄的", "寄出", "寄到", "寄来", "发的", "发货", "电话", "手机", "联系", "微信", "扫码", "您", "你", "请", "快点", "尽快", "抓紧",
		"今天", "明天", "昨天", "前天", "后天", "上午", "下午", "晚上", "早上", "小时", "分钟", "点前", "之前", "运费", "代扣", "包邮", "到付", "代收", "花了", "时候", "单号", "运单", "订单", "快递", "包裹", "物流", "点击", "链接", "这个", "那个", "这单", "这件", "我的件", "同一", "一样",
		"尾号", "末四", "后四", "号楼", "单元", "收件人", "收货人", "寄件人", "海关", "清关", "通知", "短信", "地址", "快来", "在保", "开票", "价格", "时间", "出关",
	} {
		if strings.Contains(said, w) {
			return true
		}
	}
	for i := 1; i < len(said); i++ { // 3999元, 123号, 8点
		if isDigit(said[i-1]) && begins(said[i:], "元 块 号 点 年 月 日 室 楼 栋") && !begins(said[i:], "元宵 月饼 日历 年货 年糕 点心") {
			return true
		}
	}
	for i := 1; i+2 < len(said); i++ { // 10:30
		if said[i] == ':' && isDigit(said[i-1]) && isDigit(said[i+1]) && isDigit(said[i+2]) {
			return true
		}
	}
	return strings.Contains(said, "¥") || strings.Contains(said, "$")
}

// isEnglishTalk is isTalk for English.
func isEnglishTalk(said string) bool {
	for word := range strings.FieldsFuncSeq(said, func(c rune) bool { return c >= utf8.RuneSelf || !isAlnum(byte(c)) }) {
		switch word {
		case "WHERE", "WHEN", "WHY", "HOW", "WHAT", "WHICH", "WHO", "PLEASE", "PLS", "PLZ", "CHECK", "TRACK", "TRACKING", "STATUS", "UPDATE", "UPDATES", "NEWS", "ARRIVED", "ARRIVE", "ARRIVES", "ARRIVING",
			"DELIVERED", "DELIVERY", "DELIVER", "SHIPPED", "SHIPMENT", "STUCK", "LOST", "HELP", "THANKS", "THANK", "THX", "YET", "STILL", "HASN", "HAVEN", "ISN", "DIDN", "DOESN", "CAN", "COULD", "WILL", "WOULD", "IS", "ARE", "WAS", "HAS", "HAVE", "DOES", "DID",
			"NOT", "ANY", "ANYTHING", "NOTHING", "ASAP", "URGENT", "HI", "HELLO", "HEY", "ETA", "PHONE", "CALL", "TEL", "MOBILE", "COPY", "PARCEL", "PACKAGE", "NUMBER", "ORDER", "ORDERED", "TODAY", "TOMORROW", "YESTERDAY", "ENDING", "DIGITS", "CARD", "PAID", "CUSTOMS", "SUPPOSED", "IT", "THIS", "THAT", "I":
			return true
		}
	}
	return false
}

// isSpeech: what people say before they give a number, but not what a list calls it.
func isSpeech(said string) bool {
	switch said {
	case "亲", "老板", "老师", "在", "喂", "嗨", "我的", "他的", "她的", "新的", "另外", "还有", "第一个", "第二个", "第三个", "客服", "管家", "各位", "大家", "大家好", "你好", "您好", "哈喽", "姐", "哥", "帅哥", "美女", "小哥", "师傅",
		"国际", "国内", "国际件", "韵达的", "快件", "邮件", "转", "转寄", "补发", "回复", "更正", "改为", "换成", "对了", "好的", "好", "嗯", "收货人", "收件人", "收件", "姓名", "HERE", "NEW", "MY", "MINE", "THE", "TEST", "FYI", "NO", "NO.", "RE", "UPDATE":
		return true
	}
	for _, w := range [...]string{"查", "看", "等", "都", "想", "寄", "发了", "了", "是", "谁", "有", "帮", "给我", "和", "跟", "下单", "来自", "转发", "客户", "反馈", "投诉", "编号", "号码", "我要", "我想", "要"} {
		if strings.Contains(said, w) {
			return true
		}
	}
	return false
}
