package recognise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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
	if last := len(fields) - 1; goesOn && last >= 0 && leadsOver(simplify(Normalise(fields[last]))) {
		fields = fields[:last]
	}
	if goesOn && len(fields) > 0 { // ①SF… 茶叶②YT…
		fields[len(fields)-1] = strings.TrimRight(fields[len(fields)-1], "①②③④⑤⑥⑦⑧⑨⑩")
	}
	fields = withoutMeasures(fields)
	name := strings.Trim(strings.Join(fields, " "), marks)
	return strings.Trim(unbracketed(name), marks)
}

// withoutMeasures drops prices and quantities from the end of a name: 茶叶 ¥129.00 x2.
func withoutMeasures(fields []string) []string {
	for len(fields) > 1 {
		last := strings.Trim(Normalise(fields[len(fields)-1]), marks)
		if !strings.HasPrefix(last, "¥") && (last == "" || countDigits(last) == 0 || !isMeasure(last)) || isDigits(last) {
			break
		}
		fields = fields[:len(fields)-1]
	}
	return fields
}

// marks may stand around a name but belong to none.
const marks = " \t\r,;:.，；：。、|/-—"

// unbracketed takes off a closing bracket that was opened before the name:
// (1234) 茶叶, 「SF… 茶叶」.
func unbracketed(name string) string {
	for _, pair := range [...]string{"()", "（）", "[]", "【】", "「」", "『』", "《》", "“”", "\"\""} {
		first, size := utf8.DecodeRuneInString(pair)
		opening, closing := string(first), pair[size:]
		name = strings.TrimPrefix(name, closing)
		if inside, ok := strings.CutPrefix(name, opening); ok && strings.Index(inside, closing) == len(inside)-len(closing) {
			name = strings.TrimSuffix(inside, closing)
		}
		if strings.HasSuffix(name, closing) && (!strings.Contains(name, opening) || opening == closing) {
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
