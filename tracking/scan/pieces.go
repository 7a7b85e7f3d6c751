package scan

import (
	"strings"
	"unicode/utf8"
)

// units are what pieces are counted in, digits how a Chinese count is written,
// remainders what stands before a count of those that are not meant: 尚有1箱.
const (
	units      = "件箱票袋包批个"
	remainders = "余剩差缺另有"
	digits     = "零一二三四五六七八九十"
)

// countsDiffer says that a folded text counts pieces twice and not alike: 共5件
// 已签收3件, 1 of 2 pieces. It compares what is counted in
// the same unit. With remain, a count of those that remain is enough.
func countsDiffer(text string, remain bool) bool {
	var counted [len(units)]int
	for i := 0; i < len(text); {
		count, size := number(text[i:])
		more := remain && count != 0 && endsIn(text[:i], remainders)
		if count == 0 {
			i += size
			continue
		}
		i += size
		behind := strings.TrimLeft(text[i:], " ")
		if of, found := strings.CutPrefix(behind, "of "); found {
			if total, _ := number(of); total != 0 && total != count {
				return true
			}
		}
		unit, _ := utf8.DecodeRuneInString(behind)
		u := strings.IndexRune(units, unit)
		if u < 0 || unit == '个' && spansTime(behind) {
			continue
		}
		if more || counted[u] != 0 && counted[u] != count {
			return true
		}
		counted[u] = count
	}
	return false
}

// spansTime says that a text begins with a unit of time: 个小时, 个工作日.
func spansTime(text string) bool {
	for _, span := range [...]string{"个小", "个工", "个月", "个星", "个自", "个字", "个钟", "个半"} {
		if strings.HasPrefix(text, span) {
			return true
		}
	}
	return false
}

// endsIn says that a text ends in one of the characters.
func endsIn(text, characters string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return r != utf8.RuneError && strings.ContainsRune(characters, r)
}

// number is the number that a text begins with, 0 where there is none or where
// it is an ordinal (第3件), and how many bytes to go on by.
func number(text string) (n, size int) {
	for size < len(text) && isDigit(text[size]) && size < 6 {
		n, size = n*10+int(text[size]-'0'), size+1
	}
	if size > 0 {
		return n, size
	}
	r, size := utf8.DecodeRuneInString(text)
	switch r {
	case '第':
		_, ordinal := number(text[size:])
		return 0, size + ordinal
	case '两':
		return 2, size
	}
	return strings.IndexRune(digits, r) / len("零"), size
}
