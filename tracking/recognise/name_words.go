package recognise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isName: 1 to 20 characters with a word among them; neither a phone, an
// address, an amount nor a mere "and". said is the name normalised and simplified.
func isName(name, said string) bool {
	if size := utf8.RuneCountInString(name); size == 0 || size > longestName {
		return false
	}
	wordy := strings.ContainsFunc(said, func(c rune) bool { return unicode.IsLetter(c) || unicode.Is(unicode.So, c) })
	if !wordy || countDigits(said) > 5 || strings.Contains(said, "://") {
		return false
	}
	return !isFiller(said) && !isMeasure(said) && !isScheme(said)
}

// isScheme says that of a link nothing but its beginning is left.
func isScheme(said string) bool { return said == "HTTP" || said == "HTTPS" || said == "WWW" }

// isSmallTalk says that words are about the parcel, and no name for it.
func isSmallTalk(said string) bool {
	return isQuestion(said) || isTalk(said) || isEnglishTalk(said)
}

// isFiller: words that lead over, hurry, thank, or came along when the number was copied.
func isFiller(said string) bool {
	switch strings.TrimRight(said, "!。~") {
	case "和", "与", "跟", "及", "还有", "以及", "AND", "复制", "COPY", "急", "急急", "急急急", "加急", "急用", "急件", "很急", "京东", "淘宝", "天猫", "拼多多", "抖音", "的", "是", "走", "发", "用", "寄", "走的", "用的", "发的", "这个", "那个", "的包裹", "的快递", "包裹", "件", "单号", "运单",
		"已发", "未发", "待发", "缺货", "有货", "退货", "换货", "退款", "已发货", "已发出", "已寄出", "已签收", "已收到", "没收到", "未收到", "备注", "商品", "物品", "名称", "E邮宝", "国际快捷", "国际包裹", "陆运", "空运", "海运", "快船", "特快", "标快", "特惠", "邮局", "即日达", "次日达", "隔日达",
		"查", "查件", "查快递", "查物流", "看看", "看下", "物流", "物流信息", "快递", "到了", "订阅", "跟踪", "STATUS", "TRACK", "TRACKING", "OK", "PLEASE", "PLS", "PLZ", "THANKS", "THANK YOU", "THX", "尾号":
		return true
	}
	return false
}

// isMeasure: 8.50元, 2.5KG, 3件, X2.
func isMeasure(said string) bool {
	unit := strings.TrimLeft(strings.TrimPrefix(said, "共"), "0123456789.×X* ")
	return countDigits(said) > 0 && (unit == "" || isUnit(unit))
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
	return endsIn(said, "? 么 啊 呀 哦 哈 啦 呗 没有 不 没 寄的 发的 送") ||
		begins(said, "到 还没 还在 还是 还不 还未 还有 在 是 都 就 又 才 没 也 为 卡 好像 一直 大概 可能 应该 估计 不知 不能 不会 不是 不对 会不会 能不 要不 如果 但 因为 有")
}

// talks says that a text holds a word of questions, or of what couriers and
// people say about a parcel, its road, its price and its phones.
func talks(said string) bool {
	for at, c := range said {
		if words := talkWords(c); words != "" && begins(said[at:], words) {
			return true
		}
	}
	return false
}

// talkWords are these words, by their first character.
func talkWords(c rune) string {
	switch c {
	case '到', '哪', '在', '怎', '啥', '咋', '没', '催', '查', '看', '帮', '什':
		return "到哪 到达 到货 到付 哪 在哪 在保 怎么 怎样 啥 咋 没到 没收 没动 没有动 催 查 看看 看一下 看下 帮我 帮忙 帮看 什么"
	case '何', '为', '多', '几', '谢', '麻', '能', '可', '了', '吗', '呢', '吧', '嘛', '鬼', '辛', '已', '正', '派', '签', '揽', '离':
		return "何时 为何 多久 多少 几天 几号 谢 麻烦 能不能 可以 了 吗 呢 吧 嘛 鬼 辛苦 已 正在 派送 派件 签收 揽收 揽件 离开"
	case '发', '运', '中', '转', '投', '退', '拒', '送', '取', '领', '自', '驿', '快':
		return "发往 发出 发货 运输 运费 运单 中转 转运 投递 退回 退件 拒收 送达 送到 送去 送往 送货 取件 领取 自提 驿站 快递柜 快点 快递 快来"
	case '丰', '预', '显', '更', '不', '停', '卡', '丢', '收', '寄', '进', '电':
		return "丰巢 预计 显示 更新 不动 停在 卡在 丢件 收到 收件 收货 收件人 收货人 寄出 寄到 寄来 寄往 寄件 寄件人 进展 电话打 电话不 电话没 电话联 电话是 电话号"
	case '打', '接', '手', '联', '微', '扫', '您', '你', '请':
		return "打电话 接电话 手机号 手机尾 手机打 手机末 手机后 手续费 联系 微信 扫码 您 你 请问 请查 请帮 请尽 请及 请放 请务 请注 请核 请拿 请留 请不"
	case '尽', '抓', '今', '明', '昨', '前', '后', '上', '下', '晚', '早', '小', '分', '点', '之', '代', '包':
		return "尽快 抓紧 今天 今晚 明天 昨天 昨晚 昨日 前天 后天 后四 上午 下午 晚上 早上 小时 分钟 分机 点前 点击 之前 代扣 代收 代签 代取 代领 包邮 包裹"
	case '我', '他', '她', '一', '里', '还', '卖', '买', '的', '东':
		return "里面 还在 还没 还未 卖家 买家 的是 东西 我猜 我觉 我以 我记 我等 我找 我去 我没 我刚 我就 我还 我已 我先 我要 我在 我看 我叫 我让 我听 我想 我怕 我收 我会 我能 我跟 我问 我的件 他说 她说 他们 她们 一样 一下 一直 一会"
	case '时', '单', '订', '物', '链', '这', '那', '同', '尾', '末', '客', '热', '号', '海', '清', '出':
		return "时候 时间 单号 单元 订单 物流 链接 这个 这是 这单 这件 那个 同一 尾号 末三 末四 末五 末六 客服 热线 号楼 海关 清关 出关"
	case '通', '短', '地', '开', '价', '重', '数', '金', '保', '大', '体', '邮', '信', '储', '银', '存', '会':
		return "通知 短信 地址 开票 价格 重量 数量 金额 保价 大约 体积 邮编 信用卡 储蓄卡 银行卡 存折 会员"
	}
	return ""
}

// isTalk: what couriers and people say about a parcel, prices and times are no
// name for it.
func isTalk(said string) bool {
	if talks(said) || isQuoted(said) || isCantonese(said) {
		return true
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

// isSpeech: what people say before they give a number, but not what a list calls it.
func isSpeech(said string) bool {
	if isShop(said) || strings.HasSuffix(said, "们") {
		return true
	}
	switch said {
	case "发件", "寄件", "退件", "换货", "退货", "亲", "老板", "老师", "在", "喂", "嗨", "我的", "他的", "她的", "新的", "另外", "还有", "第一个", "第二个", "第三个", "客服", "管家", "各位", "大家", "大家好", "你好", "您好", "哈喽", "姐", "哥", "帅哥", "美女", "小哥", "师傅",
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

// isShop: where it was bought says neither what it is nor who carries it.
func isShop(said string) bool {
	switch said {
	case "京东", "淘宝", "天猫", "拼多多", "抖音", "唯品会", "得物", "闲鱼", "小红书", "苏宁", "菜鸟", "天天", "跨越", "虾皮", "亚马逊", "TAOBAO", "TMALL", "AMAZON", "SHOPEE", "EBAY":
		return true
	}
	return false
}
