package recognise

import (
	"strings"
	"unicode/utf8"
)

// tailMark is where a text gives the last four digits of a phone, or of
// something else; with the words that announce them.
type tailMark struct {
	start, end int
	digits     string
	rank       rank
}

// rank says how surely digits are the tail of the phone that a carrier asks for.
type rank int

const (
	noTail   rank = iota // of a card, a courier, a shop: they are only kept out of names
	sender               // of the sender's phone, which carriers take too
	someones             // of a phone that nobody is said to have
	receiver             // of the receiver's phone
	called               // called a tail
)

// phoneAt reads a phone, whole or masked, that begins at a place: 138 0013 8000,
// +86 138****1234, xxxxxxx1234, with the extension of a virtual number behind it.
func (r *reader) phoneAt(at int) (digits string, end int) {
	start := at
	for _, code := range [...]string{"+86", "0086", "86"} {
		rest, ok := strings.CutPrefix(r.plain[start:], code)
		if skip := len(rest) - len(strings.TrimLeft(rest, " -")); ok && skip <= 1 && (code != "86" || skip == 1) {
			start += len(code) + skip
			break
		}
	}
	p := r.shown(start)
	known := p.isPhone()
	if !known && start == at {
		p, known = r.localPhone(at)
	}
	if !known || isAlnum(r.byteAt(p.end)) || p.masks > 0 && r.byteAt(p.end) == '*' {
		return "", at
	}
	digits, end = string(p.last[:]), p.end
	if extension, to := r.extension(end); to > end {
		return extension, to
	}
	return digits, end
}

// shown is what can be seen of a phone.
type shown struct {
	total, masks, letters int // places, of which masked, of which with an X
	lead, trail           int // digits before and behind the mask
	one                   bool
	uneven                bool // a separator where phones have none
	last                  [4]byte
	end                   int
}

func (r *reader) shown(at int) shown {
	p := shown{end: at}
	for p.total < 11 && (p.masks == 0 || p.trail < 4) {
		c, size := utf8.DecodeRuneInString(r.plain[at:])
		switch {
		case c >= '0' && c <= '9':
			p.digit(byte(c))
		case isMask(c) && p.trail == 0:
			p.masks++
			p.total++
			if c == 'X' || c == '×' {
				p.letters++
			}
		case (c == ' ' || c == '-') && p.total > 0 && at == p.end:
			p.uneven = p.uneven || p.masks == 0 && p.total != 3 && p.total != 7 && p.total != 6
			at++
			continue
		default:
			return p
		}
		at += size
		p.end = at
	}
	return p
}

func isMask(c rune) bool { return c == '*' || c == 'X' || c == '×' || c == '●' || c == '•' }

func (p *shown) digit(c byte) {
	if p.total == 0 {
		p.one = c == '1'
	}
	if p.masks == 0 {
		p.lead++
	} else {
		p.trail++
	}
	p.total++
	copy(p.last[:], p.last[1:])
	p.last[3] = c
}

// isPhone: eleven digits from 13 on, or some of them masked but for the last four.
func (p shown) isPhone() bool {
	if p.masks == 0 {
		return p.total == 11 && p.one && !p.uneven
	}
	return p.trail == 4 && p.lead <= 4 && (p.lead == 0 || p.one) && p.masks >= 2 && (p.letters == 0 || p.masks >= 3)
}

// extension reads the four digits of a virtual number: 18400001234-5678, 转5678.
func (r *reader) extension(at int) (digits string, end int) {
	rest := r.plain[at:]
	rest = strings.TrimPrefix(rest, " ")
	for _, mark := range [...]string{"-", "转", "#", ",,", "分机", "EXT.", "EXT", "P"} {
		after, ok := strings.CutPrefix(rest, mark)
		if !ok {
			continue
		}
		after = strings.TrimLeft(after, " :")
		from := len(r.plain) - len(after)
		end := runEnd(r.plain, from)
		if end-from == 4 && isDigits(r.plain[from:end]) && r.byteAt(end) != '-' {
			return r.plain[from:end], end
		}
		return "", at
	}
	return "", at
}

// owner says whose phone it is that stands at a place, by the words before it
// in its sentence: the nearest decides.
func (r *reader) owner(at int) rank {
	from := at
	for from > 0 && at-from < 72 && strings.IndexByte("\n;!?", r.plain[from-1]) < 0 {
		from--
		if !utf8.RuneStart(r.plain[from]) {
			continue
		}
		if who, ok := ownerWord(r.plain[from:at]); ok {
			return who
		}
	}
	if r.isNotice() {
		return noTail
	}
	return someones
}

// ownerWord is whose phone it is by the word that opens a text.
func ownerWord(s string) (rank, bool) {
	switch c, _ := utf8.DecodeRuneInString(s); c {
	case '收', '我', '本', '买', 'R', 'C', 'M':
		if begins(s, "收件 收货 我 本人 买家 RECIPIENT RECEIVER CONSIGNEE MY") {
			return receiver, true
		}
	case '寄', '发', '卖', 'S':
		if begins(s, "寄件 发件 发货 卖家 SENDER") {
			return sender, true
		}
	}
	switch c, _ := utf8.DecodeRuneInString(s); c {
	case '快', '派', '配', '投', '业', '收', '揽', '骑', '小', '师', '司', '网', '驿', '站', '门', '店', '客', '热', '咨', '商', '服', '自', '柜', '微', '支', 'Q', '详', '致', '公', 'C', 'D', 'H', 'S', 'W':
		return noTail, begins(s, "快递员 派件 派送 配送 投递 投诉 业务员 收派 揽 骑手 小哥 师傅 司机 网点 驿站 站点 站长 门店 店 客服 热线 咨询 商家 服务 自提 柜 微信 支付宝 QQ 详询 致电 公司 COURIER DRIVER HOTLINE SUPPORT STORE WECHAT WHATSAPP")
	}
	return noTail, false
}

// isNotice says that a text comes from a courier or a station: the phones in it are theirs.
func (r *reader) isNotice() bool {
	if strings.HasPrefix(strings.TrimSpace(r.plain), "【") || strings.HasSuffix(strings.TrimSpace(r.plain), "】") {
		return true
	}
	for _, word := range [...]string{"取件码", "取货码", "签收码", "验证码", "驿站", "派件员", "快递员", "派送员", "请及时", "凭码"} {
		if strings.Contains(r.plain, word) {
			return true
		}
	}
	return false
}
