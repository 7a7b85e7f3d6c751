package handlers

import (
	"strings"
	"unicode"
)

// fold makes full-width letters, digits and signs half-width.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000', r == '\u00a0':
			return ' '
		}
		return r
	}, s)
}

// tidy drops what cannot be seen and the spaces around a text. The joiner stays
// of which emoji are built; bytes that are no UTF-8 become U+FFFD.
func tidy(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\u200d':
			return r
		case r >= '\u200b' && r <= '\u200f', r == '\u2060', r == '\ufeff', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		case unicode.IsControl(r):
			return -1
		case r == '\u3000', r == '\u00a0':
			return ' '
		}
		return r
	}, s))
}

// plainWord is a short text as it is compared: folded, lower case, without the
// punctuation around it.
func plainWord(s string) string {
	return strings.ToLower(strings.Trim(fold(s), " \t\n.,!?~;:。，、！？～；：…“”\"'()（）"))
}

// isTail says that s is as many digits as a phone's tail has, and nothing else.
func isTail(s string) bool {
	return len(s) == tailLength && strings.Trim(s, "0123456789") == ""
}
