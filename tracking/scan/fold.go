package scan

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

// traditional holds pairs of a Traditional character and its Simplified form,
// after OpenCC's STCharacters, TWVariants and HKVariants: those whose Simplified
// form occurs in the lexicon. Who adds a word adds its characters here.
//
//go:embed traditional.txt
var traditional string

// simplified turns the Traditional characters of the lexicon into Simplified ones.
var simplified = pairs(traditional)

func pairs(text string) map[rune]rune {
	table := make(map[rune]rune, len(text)/6)
	for _, pair := range strings.Fields(text) {
		from, n := utf8.DecodeRuneInString(pair)
		to, _ := utf8.DecodeRuneInString(pair[n:])
		table[from] = to
	}
	return table
}

// fold brings a text into the form of the lexicon: Simplified characters, lower
// case, half width, one kind of bracket and of quotation mark. It says whether
// the text was Traditional.
func fold(text string) (folded string, wasTraditional bool) {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		s := foldRune(r)
		wasTraditional = wasTraditional || s != r && r >= 0x4E00 && r <= 0x9FFF
		b.WriteRune(s)
	}
	return b.String(), wasTraditional
}

func foldRune(r rune) rune {
	switch {
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < 0x80:
		return r
	case r == '，':
		return ','
	case r == '’' || r == '‘':
		return '\''
	case 0xFF01 <= r && r <= 0xFF5E: // full width ASCII
		return foldRune(r - 0xFEE0)
	case r == '「' || r == '『' || r == '〔' || r == '〖' || r == '《' || r == '“':
		return '【'
	case r == '」' || r == '』' || r == '〕' || r == '〗' || r == '》' || r == '”':
		return '】'
	}
	if s, ok := simplified[r]; ok {
		return s
	}
	return r
}
