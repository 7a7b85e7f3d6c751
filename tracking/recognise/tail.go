package recognise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tails gives the numbers the tails that the text gives for them.
func (r *reader) tails(scopes []scope) {
	for i := range r.spans {
		r.tailBehindCarrier(&r.spans[i])
	}
	r.marks = r.tailMarks()
	for _, m := range r.marks {
		if m.rank == noTail {
			continue
		}
		from, to := r.tailOwners(m, scopes)
		for i := from; i < to; i++ {
			r.giveTail(i, m)
		}
	}
}

// tailBehindCarrier reads the tail that follows a number and its carrier: 780123456789 中通 1234.
func (r *reader) tailBehindCarrier(s *span) {
	if s.tail != "" || s.end < r.urlEnd {
		return
	}
	for _, m := range r.mentions() {
		gap := ""
		if m.start >= s.end {
			gap = r.plain[s.end:m.start]
		}
		if m.start < s.end || len(gap) > 4 || strings.Trim(gap, " (,是") != "" {
			continue
		}
		end := m.end + len(r.plain[m.end:]) - len(strings.TrimLeft(r.plain[m.end:], "的)"))
		if tail, next := r.tail(end); tail != "" && next-end <= 6 {
			s.tail, s.next = tail, next
			n := &r.out.Numbers[s.index]
			n.Tail = firstOf(n.Tail, tail)
		}
		return
	}
}

// giveTail gives a number a tail, unless it has one that is surer, or they are
// the number's own last digits.
func (r *reader) giveTail(i int, m tailMark) {
	s := &r.spans[i]
	n := &r.out.Numbers[s.index]
	if s.tail != "" || strings.HasSuffix(n.Number, m.digits) || m.rank <= s.rank {
		return
	}
	if n.Tail != "" && s.rank == noTail {
		return // given with the number where it stands first
	}
	n.Tail, s.rank = m.digits, m.rank
}

// tailOwners are the numbers that a tail is given for: the one in whose part of
// the line it stands, else the one above it; what stands above all is for all.
func (r *reader) tailOwners(m tailMark, scopes []scope) (from, to int) {
	if strings.Contains(r.plain[max(0, m.start-12):m.end], "都") {
		return 0, len(scopes)
	}
	last := -1
	for i, in := range scopes {
		if m.start >= in.lineStart && m.end <= in.lineEnd {
			if m.start >= in.from && m.end <= in.to {
				return i, i + 1
			}
			continue
		}
		if in.lineEnd <= m.start {
			last = i
		}
	}
	if last < 0 {
		return 0, len(scopes)
	}
	return last, last + 1
}

// tailMarks finds the last digits of phones, and of what is no phone, outside of numbers.
func (r *reader) tailMarks() []tailMark {
	r.mentions()
	marks := r.marks
	skip, next := 0, 0
	for _, at := range r.digitsAt {
		for skip < len(r.spans) && r.spans[skip].end <= at {
			skip++
		}
		if before := r.byteAt(at - 1); isAlnum(before) || before == '*' {
			continue // part of something longer
		}
		if r.plain[at] == '*' && isBlank(r.byteAt(at-1)) && (r.byteAt(at-2) == '*' || at-1-r.runStart(at-1) == 4) {
			continue // of a card: 6222 **** **** 1234
		}
		if at < next || skip < len(r.spans) && at >= r.spans[skip].start {
			continue
		}
		if digits, end := r.phoneAt(at); digits != "" {
			m := tailMark{r.announced(at), end, digits, r.owner(at)}
			if r.isOthers(m.start, end) {
				m.rank = noTail
			}
			marks, next = append(marks, m), end
			continue
		}
		end := runEnd(r.plain, at)
		if end-at == 4 && isDigits(r.plain[at:end]) {
			if m, ok := r.labelled(at, end); ok {
				marks = append(marks, m)
			}
		}
	}
	return marks
}

// labelled reads four digits with words at them that make them a tail: 手机尾号
// 1234, phone ending 1234, 1234是尾号; or the tail of something else.
func (r *reader) labelled(at, end int) (tailMark, bool) {
	start, says, phone := r.tailLabel(at)
	if !says {
		rest := strings.TrimLeft(r.plain[end:], " (是为")
		for _, whose := range [...]string{"我的", "我", "收件人", "收货人", "本人"} {
			rest = strings.TrimPrefix(rest, whose)
		}
		if size := opening(rest, "手机尾号 手机号尾号 电话尾号 尾号"); size > 0 {
			return tailMark{at, len(r.plain) - len(rest) + size, r.plain[at:end], called}, true
		}
		return tailMark{}, false
	}
	m := tailMark{start, end, r.plain[at:end], called}
	if isSenders(r.plain[start:at]) {
		m.rank = sender
	}
	if !phone && r.isOthers(start, end) || phone && r.owner(at) == noTail && !r.isNotice() {
		m.rank = noTail
	}
	if next := r.plain[end:]; strings.HasPrefix(next, "年") || strings.HasPrefix(next, "元") || strings.HasPrefix(next, "-") || strings.HasPrefix(next, "*") {
		return tailMark{}, false
	}
	return m, true
}

// isOthers says that the tail in a part of the text is a card's, a paper's or a parcel's own.
func (r *reader) isOthers(start, end int) bool {
	before := strings.TrimRight(r.plain[max(0, start-32):start], " (的:")
	if endsIn(before, "卡 卡号 订单 订单号 运单 运单号 单号 单 快递 快件 包裹 邮件 物流 车 车牌 车牌号 身份证 身份证号 证件 学号 工号 编号 账号 账户 会员 银行 存折 折 储蓄 信用 储值 取件码 货号 序列号 号牌 发票 CARD VISA MASTERCARD AMEX DEBIT CREDIT PAYPAL ORDER ACCOUNT TRACKING WAYBILL PARCEL PACKAGE SHIPMENT INVOICE") {
		return true
	}
	rest := strings.TrimLeft(r.plain[end:], " )的")
	return begins(rest, "储蓄 信用 银行 借记 卡 账户 订单 运单 车 CARD ACCOUNT")
}

// tailLabel steps back over the words before four digits: says is whether they
// announce a tail, phone whether they name a phone.
func (r *reader) tailLabel(at int) (start int, says, phone bool) {
	s := r.plain[:at]
	for {
		glued := s
		s = strings.TrimRight(s, " :(#=\"'.")
		size, tail, tel := tailWord(s)
		if size == 0 && says && len(glued) == len(s) {
			size = whoseTail(s)
		}
		if size == 0 {
			break
		}
		s = s[:len(s)-size]
		says, phone = says || tail || tel, phone || tel
	}
	if !says {
		return at, false, false
	}
	return len(s), true, phone
}

// tailWord is how long the word is that ends a text, if it belongs to such a
// label; whether it means a tail, and whether a phone.
func tailWord(s string) (size int, tail, phone bool) {
	if s == "" {
		return 0, false, false
	}
	if last := s[len(s)-1]; last < utf8.RuneSelf {
		return englishTailWord(s)
	}
	if size = ending(s, "尾号 尾数 最后四个 最后4个 最后四位 最后4位 最后四码 后四位 后4位 末四位 末4位 后四码 后4码 末四码 末4码 末四号 后四个 尾4位 尾四位 尾四个"); size > 0 {
		return size, true, false
	}
	if size = ending(s, "手机 电话"); size > 0 {
		return size, false, true
	}
	return ending(s, "号码 号 数字 数 字 收件人 收货人 寄件人 收件 收货 寄件 联系 本人 我的 我 的 是 为 都"), false, false
}

func englishTailWord(s string) (size int, tail, phone bool) {
	from := len(s)
	for from > 0 && isAlnum(s[from-1]) {
		from--
	}
	switch s[from:] {
	case "ENDING", "ENDS", "TAIL":
		return len(s) - from, true, false
	case "FOUR", "4":
		before := strings.TrimRight(s[:from], " ")
		return len(s) - from, endsIn(before, "LAST FINAL"), false
	case "PHONE", "TEL", "MOBILE", "CELL", "CELLPHONE", "TELEPHONE":
		return len(s) - from, false, true
	case "IS", "ARE", "NO", "NUMBER", "NUM", "OF", "MY", "THE", "IN", "WITH", "DIGITS", "DIGIT", "LAST", "FINAL", "RECEIVER", "RECIPIENT", "S", "FOR":
		return len(s) - from, false, false
	}
	return 0, false, false
}

// announced is where the words begin that announce a phone.
func (r *reader) announced(at int) int {
	if start, says, _ := r.tailLabel(at); says {
		return start
	}
	s := r.plain[:at]
	before := strings.TrimRight(s, " :(")
	if size := ending(before, "联系方式 收件人 收货人 寄件人 联系"); size > 0 {
		return len(before) - size
	}
	return at
}

// tail reads the four digits that follow a number alone, behind a blank, a mark
// or a single dash, or on the next line. It returns where they end; end itself without any.
func (r *reader) tail(end int) (digits string, next int) {
	if end < r.urlEnd {
		return "", end
	}
	at := end
	for at-end < 12 {
		c, size := utf8.DecodeRuneInString(r.text[at:])
		if size == 0 || !strings.ContainsRune(" \t\r\n,;、/|:([【-#", c) {
			break
		}
		at += size
	}
	gap := r.text[end:at]
	stop := runEnd(r.text, at)
	digits = r.text[at:stop]
	if gap == "" || len(digits) != 4 || !isDigits(digits) || strings.Count(gap, "\n") > 1 || strings.Count(gap, "-") > 1 || r.byteAt(stop) == '-' {
		return "", end
	}
	if !r.endsAt(stop, strings.Contains(gap, "\n")) {
		return "", end
	}
	return digits, stop
}

// endsAt says that four digits stand alone: no unit, no other digits, no
// decimals follow. On a line of their own they stand alone there.
func (r *reader) endsAt(stop int, ownLine bool) bool {
	rest := r.plain[stop:min(len(r.plain), stop+64)]
	line, _, _ := strings.Cut(rest, "\n")
	after := strings.TrimLeft(line, " \t\r")
	if ownLine || after == "" {
		return after == ""
	}
	next := after[:runEnd(after, 0)]
	if len(after) < len(line) {
		unit, _, _ := strings.Cut(after, " ")
		wordy := len(next) < 3 && len(next) < len(after) && after[len(next)] >= utf8.RuneSelf // 2箱
		return !isUnit(strings.TrimRight(unit, ",.;。\r\t")) && after[0] != '*' && (!isDigits(next) || next == "" || len(next) > 7 || wordy)
	}
	c, size := utf8.DecodeRuneInString(after)
	switch {
	case c >= utf8.RuneSelf:
		return unicode.IsPunct(c) || unicode.Is(unicode.So, c)
	case c == '.' || c == ':':
		return size == len(after) || !isAlnum(after[size])
	}
	return strings.ContainsRune(",;)]|!?/\"'", c)
}

// whoseTail is how long the word is that ends a text, if it says whose phone
// the tail behind it is of: 收方尾号, 机主尾号, 我媳妇手机尾号.
func whoseTail(s string) int {
	return ending(s, "收方 寄方 收件方 寄件方 收货方 发货方 发件人 发货人 机主 号主 对方 联系人 买家 卖家 客户 顾客 预留 登记 绑定 注册 常用 取件人 "+
		"男朋友 女朋友 朋友 男友 女友 老公 老婆 媳妇 先生 太太 女士 小姐 儿子 女儿 同事 室友 舍友 妈 爸 爷 奶 婆 公 姥姥 姥爷 姐 妹 哥 弟 姨 叔 舅 姑 夫 嫂 伯 娘 他 她 人")
}

// isSenders says that the words which announce a tail give it to the sender.
func isSenders(words string) bool {
	for _, who := range [...]string{"寄方", "寄件", "发件", "发货", "卖家", "SENDER"} {
		if strings.Contains(words, who) {
			return true
		}
	}
	return false
}
