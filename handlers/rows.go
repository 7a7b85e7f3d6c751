package handlers

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRow is the highest row number that a range may reach, so that 1-99999999
// costs nothing.
const maxRow = 999

// rowsIn reads row numbers: 2, "1 3", 1,3, 1-3, 第2个. False when anything
// else is among them.
func rowsIn(text string) ([]int, bool) {
	var rows []int
	for _, word := range rowWords(text) {
		some, ok := rowRange(word)
		if !ok {
			return nil, false
		}
		rows = append(rows, some...)
	}
	return rows, len(rows) > 0
}

func rowWords(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",、;和跟&+。.!", r)
	})
}

func rowRange(word string) ([]int, bool) {
	word = strings.NewReplacer("~", "-", "到", "-", "至", "-", "–", "-", "—", "-").Replace(strings.TrimPrefix(word, "#"))
	low, high, ranged := strings.Cut(word, "-")
	from, ok := row(low)
	if !ok || !ranged {
		return []int{from}, ok
	}
	to, ok := row(high)
	if !ok || to < from {
		return nil, false
	}
	var rows []int
	for n := from; n <= to; n++ {
		rows = append(rows, n)
	}
	return rows, true
}

func row(word string) (int, bool) {
	word, ordinal := strings.CutPrefix(word, "第")
	for _, counter := range []string{"号", "號", "行", "个", "個", "条", "條", "单", "單", "件"} {
		word = strings.TrimSuffix(word, counter)
	}
	if ordinal {
		if n, ok := numeral(word); ok {
			return n, true
		}
	}
	n, err := strconv.Atoi(word)
	return n, err == nil && n > 0 && n <= maxRow
}

// numeral reads 一 to 九十九.
func numeral(word string) (int, bool) {
	tens, ones, ten := strings.Cut(word, "十")
	if !ten {
		n := figure(word)
		return n, n > 0
	}
	high, low := 1, figure(ones)
	if tens != "" {
		high = figure(tens)
	}
	return high*10 + low, high > 0 && (low > 0 || ones == "")
}

// figure reads 一 to 九; 0 is anything else.
func figure(word string) int {
	r, size := utf8.DecodeRuneInString(word)
	if size != len(word) {
		return 0
	}
	return slices.Index([]rune("一二三四五六七八九"), r) + 1
}
