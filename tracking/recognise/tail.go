package recognise

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tail reads the four digits that follow a number alone: the next word, with
// or without 尾号 before it. It returns where they end; end itself without any.
func (r *reader) tail(end int) (digits string, next int) {
	if end < r.urlEnd {
		return "", end
	}
	at := end
	for at-end < 12 {
		c, size := utf8.DecodeRuneInString(r.text[at:])
		if size == 0 || !strings.ContainsRune(" \t\r\n,;、/|:([【", c) {
			break
		}
		at += size
	}
	gap := r.text[end:at]
	called := tailLabel(r.text[at:])
	at += called
	stop := runEnd(r.text, at)
	digits = r.text[at:stop]
	if len(digits) != 4 || !isDigits(digits) || strings.Count(gap, "\n") > 1 {
		return "", end
	}
	if called == 0 && (gap == "" || !r.endsAt(stop, strings.Contains(gap, "\n"))) {
		return "", end
	}
	return digits, stop
}

// tailLabel is how long the words are that announce a phone's tail, 0 when there are none.
func tailLabel(s string) int {
	at, announced := 0, false
	for {
		size, says := tailWord(s[at:])
		if size == 0 {
			break
		}
		at += size
		announced = announced || says
	}
	if !announced {
		return 0
	}
	return at
}

// tailWord is the length of one word of such a label, and whether it is the one that counts.
func tailWord(s string) (size int, says bool) {
	for _, w := range [...]string{"尾号", "尾號", "尾数", "后四位", "後四位", "后4位", "後4位", "末四位", "末4位", "TAIL", "LAST FOUR DIGITS", "LAST 4 DIGITS", "LAST FOUR", "LAST 4", "ENDING IN", "ENDING", "PHONE"} {
		if strings.HasPrefix(s, w) {
			return len(w), true
		}
	}
	for _, w := range [...]string{"手机", "手機", "电话", "電話", "号码", "號碼", "号", "號", "收件人", "收货人", "寄件人", "的", "是", "为", "為", ":", " "} {
		if strings.HasPrefix(s, w) {
			return len(w), false
		}
	}
	return 0, false
}

// endsAt says that four digits stand alone: no unit, no other digits, no
// decimals follow. On a line of their own they stand alone there.
func (r *reader) endsAt(stop int, ownLine bool) bool {
	rest := r.text[stop:min(len(r.text), stop+64)]
	line, _, _ := strings.Cut(rest, "\n")
	after := strings.TrimLeft(line, " \t\r")
	if ownLine || after == "" {
		return after == ""
	}
	next := after[:runEnd(after, 0)]
	if len(after) < len(line) {
		unit, _, _ := strings.Cut(after, " ")
		wordy := len(next) < 3 && len(next) < len(after) && after[len(next)] >= utf8.RuneSelf // 2箱
		return !isUnit(strings.TrimRight(unit, ",.;。\r\t")) && (!isDigits(next) || next == "" || len(next) > 7 || wordy)
	}
	c, size := utf8.DecodeRuneInString(after)
	switch {
	case c >= utf8.RuneSelf:
		return unicode.IsPunct(c) || unicode.Is(unicode.So, c)
	case c == '.' || c == ':':
		return size == len(after) || !isAlnum(after[size])
	}
	return strings.ContainsRune(",;)]|!?/\"'", c)
}
