package console

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Columns is how many columns a terminal gives to a text at most.
func Columns(text string) int { return columnsOf([]rune(text)) }

// columnsOf is how many columns a terminal gives to runes at most: terminals
// differ about pictograms that are made of several.
func columnsOf(runes []rune) int {
	n, last := 0, 0
	for _, r := range runes {
		switch {
		case r == asPictogram && last == 1:
			n++
		case wide(r):
			n, last = n+2, 2
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf): // joins the one before
		default:
			n, last = n+1, 1
		}
	}
	return n
}

// asPictogram makes a pictogram of a sign (✖️), which then may take two columns.
const asPictogram = '\ufe0f'

func wide(r rune) bool {
	kind := width.LookupRune(r).Kind()
	return kind == width.EastAsianWide || kind == width.EastAsianFullwidth
}

// Wrap breaks the lines of a text that take more than columns: between words, and
// between Chinese characters, but before no mark that closes and behind none that
// opens. What goes on after a line that is indented is indented by two more. A
// word that is longer than a line stays whole.
func Wrap(text string, columns int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = wrapLine(line, columns)
	}
	return strings.Join(lines, "\n")
}

func wrapLine(line string, columns int) string {
	if columnsOf([]rune(line)) <= columns {
		return line
	}
	body := strings.TrimLeft(line, " ")
	indent := line[:len(line)-len(body)]
	var b strings.Builder
	b.WriteString(indent)
	if indent != "" {
		indent += "  "
	}
	used := b.Len()
	for _, piece := range pieces([]rune(body)) {
		bare := strings.TrimRight(piece, " ")
		if used+columnsOf([]rune(bare)) > columns && used > len(indent) {
			b.WriteString("\n" + indent)
			used = len(indent)
		}
		b.WriteString(piece)
		used += columnsOf([]rune(piece))
	}
	broken := strings.Split(b.String(), "\n")
	for i := range broken {
		broken[i] = strings.TrimRight(broken[i], " ")
	}
	return strings.Join(broken, "\n")
}

// pieces cuts a line wherever it may be broken. Blanks stay behind what they follow.
func pieces(line []rune) []string {
	var all []string
	from := 0
	for i := 1; i < len(line); i++ {
		if breakable(line[i-1], line[i]) {
			all = append(all, string(line[from:i]))
			from = i
		}
	}
	return append(all, string(line[from:]))
}

// breakable says whether a line may be broken between two runes.
func breakable(before, after rune) bool {
	const closing, opening = "，。、；：？！）」』》】”’…·,.;:?!)]%", "（「『《【“‘(["
	switch {
	case after == ' ', strings.ContainsRune(closing, after), strings.ContainsRune(opening, before):
		return false
	case before == ' ':
		return true
	}
	return wide(before) || wide(after)
}
