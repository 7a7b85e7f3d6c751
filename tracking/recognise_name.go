package tracking

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
	from, to := r.original(r.nameAt), r.original(r.nameAt+len(words))
	name := tidyName(r.raw[from:to], line < 0 && limit < len(r.text))
	if isName(name) {
		n.Name = name
	}
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
	if last := len(fields) - 1; goesOn && last >= 0 && chineseLabel(strings.TrimRight(Normalise(fields[last]), ":=")) == saidWaybill {
		fields = fields[:last]
	}
	return strings.Trim(strings.Join(fields, " "), " ,;:.，；：。、|/-—")
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
	return !isQuestion(said) && !isAnd(said)
}

func isAnd(said string) bool {
	switch said {
	case "和", "与", "與", "跟", "及", "还有", "還有", "以及", "AND":
		return true
	}
	return false
}

// isQuestion: whoever asks where it is gives it no name.
func isQuestion(said string) bool {
	if endsIn(said, "? 吗 嗎 呢") {
		return true
	}
	for _, w := range [...]string{"到哪", "哪了", "哪里", "哪裡", "哪儿", "查一下", "查下", "查询", "帮我", "帮忙", "幫我", "什么时候", "啥时候", "多久", "谢谢", "谢了", "麻烦"} {
		if strings.Contains(said, w) {
			return true
		}
	}
	return false
}
