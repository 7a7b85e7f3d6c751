package picture

import "strings"

// What must not begin a line, and what must not end one (kinsoku, as in GB/T 15834 and
// JIS X 4051).
const (
	notFirst = "，。、；：？！）】》〉」』〕〗”’…—～·％%℃°,.;:?!)]}>/々〻ー"
	notLast  = "（【《〈「『〔〖“‘([{<￥$¥£€№#"
	// hanging may stand with half of its width behind the end of a line: its other
	// half is empty.
	hanging = "，。、；）】》〉」』〕〗"
	closing = "，。、；）】》〉」』〕〗"
	opening = "（【《〈「『〔〖"

	notBeforeEllipsis = " ，,、。；：（【《(“"
)

// lines breaks a text to a width, in at most that many lines; what has no place
// ends in an ellipsis. Chinese breaks between any two characters that kinsoku does not
// keep together, other words at blanks.
func (c *canvas) lines(text string, s style, width float32, most int) []string {
	runes := []rune(c.face.clean(&c.buffer, text))
	var lines []string
	var last []rune // from the beginning of the last line
	for len(runes) > 0 && len(lines) < most {
		last = runes
		end := noOrphan(runes, c.lineEnd(runes, s, width))
		lines = append(lines, strings.TrimRight(string(runes[:end]), " "))
		runes = runes[end:]
		for len(runes) > 0 && runes[0] == ' ' {
			runes = runes[1:]
		}
	}
	if len(runes) > 0 {
		end := len(last) - len(runes)
		text := string(last[:min(end+4, len(last))])
		if end+4 < len(last) { // before a long word these may have place
			text = strings.TrimRight(text, notBeforeEllipsis) + "…"
		}
		lines[most-1] = c.elided(text, s, width)
	}
	return lines
}

// lineEnd is how many of the characters the first line holds: at least one.
func (c *canvas) lineEnd(runes []rune, s style, width float32) int {
	used, last := float32(0), 0 // last: the last place where it may end
	before := lineStart
	for i, r := range runes {
		if i > 0 && breaks(runes[i-1], r) {
			last = i
		}
		wide := c.step(before, r, s)
		need := wide
		if strings.ContainsRune(hanging, r) {
			need -= s.size / 2
		}
		if used+need > width && r != ' ' {
			if last > 0 {
				return last
			}
			return max(i, 1)
		}
		used += wide
		before = r
	}
	return len(runes)
}

// noOrphan ends a line a little earlier where else a single character would be left for
// the last one.
func noOrphan(runes []rune, end int) int {
	left := len(runes) - end
	if left < 1 || left > orphan || end < 8 {
		return end
	}
	for earlier := end - 1; earlier >= end-3; earlier-- {
		if breaks(runes[earlier-1], runes[earlier]) {
			return earlier
		}
	}
	return end
}

// orphan is how many characters are too few for a line of their own.
const orphan = 2

// lineStart stands for the beginning of a line.
const lineStart rune = '\n'

// squeezed is what is taken off between two characters, in ems: full-width marks are half
// empty, and two empty halves are too much.
func squeezed(before, r rune) float32 {
	opens := strings.ContainsRune(opening, r)
	switch {
	case opens && (before == lineStart || strings.ContainsRune(hanging, before) || strings.ContainsRune(opening, before)),
		strings.ContainsRune(closing, r) && strings.ContainsRune(hanging, before):
		return 0.36
	}
	return 0
}

// breaks says that a line may end between two characters.
func breaks(before, after rune) bool {
	if strings.ContainsRune(notFirst, after) || strings.ContainsRune(notLast, before) {
		return false
	}
	return before == ' ' || isWide(before) || isWide(after)
}

// isWide says that a character is as wide as high: Han, kana, full-width punctuation.
func isWide(r rune) bool {
	return r >= 0x2e80 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0xff01 && r <= 0xff60 || r == missingSymbol
}

// elided is as much of a text as fits before an ellipsis; a text that fits stays.
func (c *canvas) elided(text string, s style, width float32) string {
	if c.wide(text, s) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && c.wide(string(runes)+"…", s) > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), notBeforeEllipsis) + "…"
}
