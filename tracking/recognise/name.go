package recognise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestName is in characters.
const longestName = 20

// name gives the number that opened the line its name: the words up to the end
// of the line, or up to the next number, which begins at limit.
func (r *reader) name(limit int) {
	if r.naming == 0 {
		return
	}
	n := &r.out.Numbers[r.naming-1]
	r.naming = 0
	words := r.text[r.nameAt:limit]
	line := strings.IndexAny(words, "\r\n")
	if line >= 0 {
		words = words[:line]
	}
	if n.Name != "" || len(words) > 8*longestName {
		return
	}
	words, tail := cutTail(words)
	n.Tail = firstOf(n.Tail, tail)
	from, to := r.original(r.nameAt), r.original(r.nameAt+len(words))
	for to < len(r.raw) && strings.HasPrefix(r.raw[to:], "\ufe0f") {
		to += len("\ufe0f")
	}
	name := tidyName(r.raw[from:to], line < 0 && limit < len(r.text))
	if isName(name) {
		n.Name = name
	}
}

// cutTail parts a name from a phone's tail that is called one: 茶叶 手机尾号1234.
func cutTail(words string) (name, tail string) {
	if countDigits(words) < 4 {
		return words, ""
	}
	for at := range words {
		from := at + tailLabel(words[at:])
		end := runEnd(words, from)
		if from > at && end-from == 4 && isDigits(words[from:end]) {
			return words[:at], words[from:end]
		}
	}
	return words, ""
}

// original is where a place in the normalised text lies in the text as it
// came. Places must not go backwards from one call to the next.
func (r *reader) original(at int) int {
	for r.textAt < at {
		c, size := utf8.DecodeRuneInString(r.raw[r.rawAt:])
		r.rawAt += size
		if c = folded(c); c >= 0 {
			r.textAt += utf8.RuneLen(c)
		}
	}
	return r.rawAt
}

// tidyName makes one line of plain characters out of words; those that only
// lead over to the next number are dropped.
func tidyName(words string, goesOn bool) string {
	words = strings.Map(func(c rune) rune {
		if c == '\t' || c == '\u3000' {
			return ' '
		}
		joiner := c == '\u200d' || c == '\ufe0f' // emoji are built with these
		if unicode.IsControl(c) || folded(c) < 0 && !joiner {
			return -1
		}
		return c
	}, words)
	fields := strings.Fields(words)
	if last := len(fields) - 1; goesOn && last >= 0 && leadsOver(Normalise(fields[last])) {
		fields = fields[:last]
	}
	if goesOn && len(fields) > 0 { // ①SF… 茶叶②YT…
		fields[len(fields)-1] = strings.TrimRight(fields[len(fields)-1], "①②③④⑤⑥⑦⑧⑨⑩")
	}
	name := uncalled(strings.Trim(strings.Join(fields, " "), marks))
	return strings.Trim(unbracketed(name), marks)
}

// marks may stand around a name but belong to none.
const marks = " ,;:.，；：。、|/-—"

// uncalled takes 备注: and the like off the front of a name.
func uncalled(name string) string {
	for _, called := range [...]string{"备注", "備註", "名称", "名稱", "品名", "物品"} {
		if rest, ok := strings.CutPrefix(name, called); ok && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")) {
			return strings.TrimLeft(rest, ":：")
		}
	}
	return name
}

// unbracketed takes off a closing bracket that was opened before the name:
// (1234) 茶叶, 「SF… 茶叶」.
func unbracketed(name string) string {
	for _, pair := range [...]string{"()", "（）", "[]", "【】", "「」", "『』", "《》", "“”"} {
		first, size := utf8.DecodeRuneInString(pair)
		opening, closing := string(first), pair[size:]
		name = strings.TrimPrefix(name, closing)
		if strings.HasSuffix(name, closing) && !strings.Contains(name, opening) {
			name = strings.TrimSuffix(name, closing)
		}
	}
	return name
}

// leadsOver: 单号:, 包裹2: and 第二个 belong to the number behind them.
func leadsOver(word string) bool {
	word = strings.TrimRight(word, "0123456789:=")
	said := chineseLabel(word)
	return said == saidWaybill || said == saidParcel || strings.HasPrefix(word, "第")
}

// isName: 1 to 20 characters with a word among them; neither a phone, an
// address, a question nor a mere "and".
func isName(name string) bool {
	if size := utf8.RuneCountInString(name); size == 0 || size > longestName {
		return false
	}
	said := Normalise(name)
	wordy := strings.ContainsFunc(said, func(c rune) bool { return unicode.IsLetter(c) || unicode.Is(unicode.So, c) })
	if !wordy || countDigits(said) > 6 || strings.Contains(said, "://") {
		return false
	}
	return !isQuestion(said) && !isFiller(said) && !isMeasure(said)
}

// isFiller: words that lead over, hurry, thank, or came along when the number was copied.
func isFiller(said string) bool {
	switch strings.TrimRight(said, "!。~") {
	case "和", "与", "與", "跟", "及", "还有", "還有", "以及", "AND", "复制", "複製", "COPY", "急", "急急", "急急急",
		"已发货", "已發貨", "已发出", "已寄出", "已签收", "已收到", "没收到", "未收到",
		"查", "查件", "查快递", "查物流", "看看", "看下", "物流", "物流信息", "快递", "到了", "订阅", "跟踪", "STATUS", "TRACK", "TRACKING", "OK", "PLEASE", "PLS", "PLZ", "THANKS", "THANK YOU", "THX", "尾号", "尾號":
		return true
	}
	return false
}

// isMeasure: 8.50元, 2.5KG, 3件, X2.
func isMeasure(said string) bool {
	unit := strings.TrimLeft(said, "0123456789.×X* ")
	return unit == "" || isUnit(unit)
}

func isUnit(said string) bool {
	switch said {
	case "元", "块", "块钱", "KG", "G", "公斤", "斤", "克", "ML", "CM", "件", "个", "箱":
		return true
	}
	return false
}

// isQuestion: whoever asks where it is gives it no name.
func isQuestion(said string) bool {
	if endsIn(said, "? 吗 嗎 呢") {
		return true
	}
	for _, w := range [...]string{"到哪", "在哪", "哪了", "哪里", "哪裡", "哪儿", "怎么", "怎麼", "怎样", "还没", "還沒", "没到", "沒到", "催一", "催下", "催件", "查一下", "查下", "查询", "帮我", "帮忙", "幫我", "什么时候", "啥时候", "为什么", "為什麼", "什么情况", "是什么", "到了没", "没动静", "WHERE IS", "WHERE'S", "多久", "谢谢", "谢了", "麻烦"} {
		if strings.Contains(said, w) {
			return true
		}
	}
	return false
}
