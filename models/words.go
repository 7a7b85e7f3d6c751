package models

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words are the letters and digits of a text, by which one scan's words are told
// from another's: in half width and lower case, without markup, blanks, punctuation
// and what masks a part of a name or number.
func words(text string) string {
	return string(appendWords(nil, text))
}

func appendWords(b []byte, text string) []byte {
	if strings.ContainsAny(text, "<&") {
		text = Plain(text)
	}
	start := len(b)
	for _, r := range text {
		r = lower(halfWidth(r))
		switch {
		case r < 0x80:
			if isLatin(r) || '0' <= r && r <= '9' {
				b = append(b, byte(r))
			}
		case 0x4e00 <= r && r <= 0x9fff: // most of what is written, and quickly known
			b = utf8.AppendRune(b, r)
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
	}
	if len(b) == start { // nothing but punctuation: it is all there is
		return append(b, text...)
	}
	return b
}

func halfWidth(r rune) rune {
	if '\uff01' <= r && r <= '\uff5e' {
		return r - 0xfee0
	}
	return r
}

func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// hidden stands for a masked part in a pattern.
const hidden = '*'

// pattern is the words of a text with one hidden for each masked part: 138****8000,
// 1380013XXXX, 张**, 李某.
func pattern(text string) []rune {
	text = strings.Map(func(r rune) rune { return lower(halfWidth(r)) }, Plain(text))
	runes := []rune(text)
	var p []rune
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		end := crosses(runes, i)
		switch {
		case end > i:
			r, i = hidden, end-1
		case strings.ContainsRune("*•●○■□█#×某_", r):
			r = hidden
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
			continue
		}
		if r != hidden || len(p) == 0 || p[len(p)-1] != hidden {
			p = append(p, r)
		}
	}
	return p
}

// crosses is the end of a run of two and more x that begins at i and belongs to no
// word; i when there is none.
func crosses(runes []rune, i int) int {
	if i > 0 && isLatin(runes[i-1]) {
		return i
	}
	end := i
	for end < len(runes) && runes[end] == 'x' {
		end++
	}
	if end-i < 2 || end < len(runes) && isLatin(runes[end]) {
		return i
	}
	return end
}

func isLatin(r rune) bool { return 'a' <= r && r <= 'z' }

const (
	longestHidden  = 16 // characters that one masked part may stand for
	fewestsVisible = 3  // characters that both must show
)

// masksOf says that two texts are the same words, of which one hides a part that
// the other shows, or hides another part.
func masksOf(a, b string) bool {
	m := matcher{a: pattern(a), b: pattern(b)}
	return m.visible() && m.match(0, 0)
}

// matcher compares two patterns; failed are the places from which it went wrong.
type matcher struct {
	a, b   []rune
	failed map[[2]int]bool
}

// visible says that one hides something at least, and that both show enough.
func (m *matcher) visible() bool {
	masks := 0
	for _, p := range [][]rune{m.a, m.b} {
		n := 0
		for _, r := range p {
			if r == hidden {
				n++
			}
		}
		if masks += n; len(p)-n < fewestsVisible {
			return false
		}
	}
	m.failed = map[[2]int]bool{}
	return masks > 0
}

func (m *matcher) match(i, j int) bool {
	at := [2]int{i, j}
	if m.failed[at] {
		return false
	}
	ok := m.step(i, j)
	m.failed[at] = !ok
	return ok
}

func (m *matcher) step(i, j int) bool {
	switch {
	case i < len(m.a) && m.a[i] == hidden:
		return m.skip(func(n int) bool { return j+n <= len(m.b) && m.match(i+1, j+n) })
	case j < len(m.b) && m.b[j] == hidden:
		return m.skip(func(n int) bool { return i+n <= len(m.a) && m.match(i+n, j+1) })
	case i == len(m.a) || j == len(m.b):
		return i == len(m.a) && j == len(m.b)
	}
	return m.a[i] == m.b[j] && m.match(i+1, j+1)
}

func (m *matcher) skip(match func(n int) bool) bool {
	for n := range longestHidden + 1 {
		if match(n) {
			return true
		}
	}
	return false
}
