package recognise

import (
	"strings"
	"unicode/utf8"
)

// Normalise makes text comparable: full-width characters become half-width,
// every kind of dash a "-" and every kind of blank a space, zero-width
// characters vanish, ASCII letters become upper case. Bytes that are no UTF-8
// become U+FFFD. Normalising twice is normalising once.
func Normalise(text string) string {
	at := 0
	for at < len(text) {
		if stays(text[at]) {
			at++
			continue
		}
		if !isIdeograph(text, at) {
			break
		}
		at += 3
	}
	if at == len(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 2)
	from := 0 // what is its own normal form is copied in one piece
	for at < len(text) {
		if stays(text[at]) {
			at++
			continue
		}
		if isIdeograph(text, at) {
			at += 3
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		normal := folded(r)
		if normal == r && (r != utf8.RuneError || size > 1) {
			at += size
			continue
		}
		b.WriteString(text[from:at])
		if normal >= 0 {
			b.WriteRune(normal)
		}
		at += size
		from = at
	}
	b.WriteString(text[from:])
	return b.String()
}

// stays says that an ASCII byte is its own normal form.
func stays(c byte) bool { return c < utf8.RuneSelf && (c < 'a' || c > 'z') }

// isIdeograph says that a Chinese character of three bytes begins at a place: from
// U+5000 to U+9FFF, which are nearly all, and their own normal form.
func isIdeograph(s string, at int) bool {
	return s[at] >= 0xE5 && s[at] <= 0xE9 && at+2 < len(s) && s[at+1]&0xC0 == 0x80 && s[at+2]&0xC0 == 0x80
}

// folded is the normal form of one character; -1 when it vanishes.
func folded(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r < 0xA0:
		return r
	case r >= 0x4E00 && r < 0xA000: // by far the most frequent
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return folded(r - 0xFF01 + '!')
	}
	return foldedRare(r)
}

func foldedRare(r rune) rune {
	switch {
	case r == 0xFEFF, r == 0xAD, r == 0x180E, r == 0x34F,
		r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E,
		r >= 0x2060 && r <= 0x206F, r >= 0xFE00 && r <= 0xFE0F:
		return -1 // zero-width, direction marks, variation selectors
	case r == 0x3000, r == 0xA0, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F:
		return ' '
	case r == 0x2028, r == 0x2029:
		return '\n'
	case r == 0xFFE5: // the full-width yuan
		return '¥'
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE58, r == 0xFE63:
		return '-'
	}
	return r
}
