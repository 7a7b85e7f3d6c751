package recognise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// address notes where a web address that begins with this run ends, and steps
// over the rest of a percent escape inside of one.
func (r *reader) address(start, end int) int {
	switch {
	case start < r.urlEnd && r.byteAt(start-1) == '%' && end-start >= 2:
		return start + 2
	case start >= r.urlEnd && (r.text[start:end] == "HTTP" || r.text[start:end] == "HTTPS") && strings.HasPrefix(r.text[end:], "://"),
		start >= r.urlEnd && r.text[start:end] == "WWW" && r.byteAt(end) == '.':
		r.urlStart, r.urlEnd = start, addressEnd(r.text, end)
	}
	return start
}

func addressEnd(s string, at int) int {
	for at < len(s) && s[at] > ' ' && s[at] < utf8.RuneSelf && strings.IndexByte("\"'<>()[]{}|;,", s[at]) < 0 {
		at++
	}
	return at
}

// isPiece says that the run is part of something longer: other scripts'
// letters and digits go on beside it, stars mask the rest, or it is a mail address.
func (r *reader) isPiece(start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(r.text[:start])
	after, _ := utf8.DecodeRuneInString(r.text[end:])
	return start > 0 && isScript(before) || end < len(r.text) && isScript(after) ||
		before == '*' && isAlnum(r.beyondStars(start-1, -1)) || after == '*' && isAlnum(r.beyondStars(end, 1)) ||
		after == '@' && isAlnum(r.byteAt(end+1))
}

// isScript: letters that are written in words with ours, and every script's digits.
func isScript(c rune) bool {
	return c >= utf8.RuneSelf && (c < 0x0530 && unicode.IsLetter(c) || unicode.IsDigit(c))
}

// beyondStars is the byte behind a row of at most eight stars.
func (r *reader) beyondStars(at, step int) byte {
	for range 8 {
		if r.byteAt(at) != '*' {
			break
		}
		at += step
	}
	return r.byteAt(at)
}

// isAmount says that digits alone are money, a part of a decimal or of a
// dashed group, an international phone, or an item of a shop's address.
func (r *reader) isAmount(start, end int) bool {
	switch before := r.byteAt(start - 1); before {
	case '$':
		return true
	case '+': // a country's code, unless something is added to something
		return start < 2 || strings.IndexByte(" \t\n:(,;/", r.text[start-2]) >= 0
	case '-', '_', '.':
		from := r.runStart(start - 1)
		enumerates := start-from <= 3 && r.opensLine(from)
		if word := r.text[from : start-1]; countDigits(word) > 0 && !enumerates && !r.alone(word) {
			return true
		}
	case '/':
		if r.inSite(start) {
			return true
		}
	}
	if strings.HasPrefix(r.text[end:], "元") || strings.HasPrefix(r.text[end:], "块") {
		return true
	}
	next := r.text[end+min(1, len(r.text)-end) : runEnd(r.text, min(end+1, len(r.text)))]
	switch r.byteAt(end) {
	case '%':
		return true
	case '.':
		return next != "" && isDigit(next[0])
	case '-', '_':
		return len(next) > 3 && !r.alone(next)
	}
	return false
}

// isPinduoduo: the fifteen digits of 261122-123456789012345.
func (r *reader) isPinduoduo(start int) bool {
	if r.byteAt(start-1) != '-' || start-r.runStart(start-1) != 7 {
		return false
	}
	day := r.text[start-7 : start-1]
	return isDigits(day) && isMonthDay(day[2:])
}

// runStart is where the run that ends before at begins, or what can be seen of it.
func (r *reader) runStart(at int) int {
	start := at
	for start > 0 && at-start < 40 && isAlnum(r.text[start-1]) {
		start--
	}
	return start
}

// inSite says that what stands before in the same word is an address without http.
func (r *reader) inSite(start int) bool {
	from := start
	for from > 0 && start-from < 80 && r.text[from-1] > ' ' && r.text[from-1] < utf8.RuneSelf {
		from--
	}
	word := r.text[from:start]
	return strings.Contains(word, ".COM/") || strings.Contains(word, ".CN/") || strings.Contains(word, ".NET/")
}

// opensLine says that nothing but a label or a list's mark stands before it in its line.
func (r *reader) opensLine(start int) bool {
	from := max(0, start-64)
	line := r.plain[from:start]
	cut := strings.LastIndexByte(line, '\n')
	if cut < 0 && from > 0 {
		return false
	}
	line = strings.TrimLeftFunc(line[cut+1:], isBullet)
	line = strings.TrimLeft(cutMark(line), " \t")
	at, _ := skipGlue(line, len(line))
	if line[:at] == "" {
		return true
	}
	colon := strings.HasSuffix(strings.TrimRight(line, " \t"), ":")
	return utf8.RuneCountInString(line[:at]) <= 8 && (colon || chineseLabel(line[:at]) == saidWaybill)
}

// isBullet: what opens a line of a list, a pictogram too.
func isBullet(c rune) bool {
	return strings.ContainsRune(" \t-*•·●", c) || unicode.Is(unicode.So, c) && (c < '①' || c > '⑳')
}

// cutMark takes "1.", "2、", "(3)", "④", "五、" off the front of a line.
func cutMark(line string) string {
	if rest := strings.TrimLeft(line, "一二三四五六七八九十"); len(rest) < len(line) && strings.HasPrefix(rest, "、") {
		return rest[len("、"):]
	}
	if c, size := utf8.DecodeRuneInString(line); c >= '①' && c <= '⑳' {
		return line[size:]
	}
	rest := strings.TrimLeft(strings.TrimPrefix(line, "("), "0123456789")
	if digits := len(line) - len(rest); digits == 0 || digits > 4 {
		return line
	}
	c, size := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune(".、):", c) || size == 0 {
		return line
	}
	return rest[size:]
}

// standsAlone says that a line holds a run, at most its label before it and its tail after it, and nothing else.
func (r *reader) standsAlone(start, end int) bool {
	_, next := r.tail(end)
	line, _, _ := strings.Cut(r.text[next:min(len(r.text), next+64)], "\n")
	return strings.Trim(line, " \t\r,;.。") == "" && r.opensLine(start)
}

// isForeign: one to four letters, at least nine digits, at most two letters:
// what numbers of unknown carriers look like. Not a known carrier's number
// with something too much or too little, nor a word glued to a number, a
// phone or a date.
func isForeign(s string) bool {
	front := len(s) - len(strings.TrimLeft(s, capitals))
	back := len(s) - len(strings.TrimRight(s, capitals))
	if len(s) > 24 || front < 1 || front > 4 || back > 2 || len(s)-front-back < 9 {
		return false
	}
	letters, digits := s[:front], s[front:len(s)-back]
	if !isDigits(digits) || isPhone(digits) || isDate(digits) {
		return false
	}
	if found, ok := ruleFor(digits); ok && found.weight == bare {
		return false
	}
	return !begins(letters, prefixes) && !endsIn(letters, prefixes) && !endsIn(letters, "QQ VX WX TEL ID UID SN NO ISBN IMEI RMB CNY USD")
}

const (
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	prefixes = "SF YT JT JD DPK TT YD ZJS SUR STO" // of the carriers whose numbers' length is known
)
