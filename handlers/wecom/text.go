package wecom

import (
	"strings"
	"unicode/utf8"

	"waybill/handlers"
)

// plain writes a block as text; a link's address stands behind its words.
func plain(b handlers.Block) string {
	var out strings.Builder
	for i, line := range b {
		if i > 0 {
			out.WriteByte('\n')
		}
		for _, s := range line {
			out.WriteString(s.Text)
			if s.Style == handlers.Link && s.URL != "" && s.URL != s.Text {
				out.WriteString(" " + s.URL)
			}
		}
	}
	return valid(out.String())
}

// markdown writes a block as WeCom's markdown. It knows no way to escape: what
// would be read as markup becomes its full-width likeness.
func markdown(b handlers.Block) string {
	var out strings.Builder
	for i, line := range b {
		if i > 0 {
			out.WriteByte('\n')
		}
		var text strings.Builder
		for _, s := range line {
			text.WriteString(styled(s))
		}
		if len(line) > 0 && line[0].Style == handlers.Quote {
			out.WriteString("> ")
		}
		out.WriteString(notHeading(text.String()))
	}
	return valid(out.String())
}

func styled(s handlers.Span) string {
	text := escaped(s.Text)
	if strings.TrimSpace(text) == "" {
		return text
	}
	switch s.Style {
	case handlers.Strong:
		return "**" + text + "**"
	case handlers.Code:
		return "`" + text + "`"
	case handlers.Dim:
		return `<font color="comment">` + text + "</font>"
	case handlers.Link:
		if strings.HasPrefix(s.URL, "https://") || strings.HasPrefix(s.URL, "http://") {
			return "[" + text + "](" + strings.NewReplacer("(", "%28", ")", "%29", " ", "%20").Replace(s.URL) + ")"
		}
	}
	return text
}

// escaped is text without the characters that open markup.
func escaped(text string) string {
	return strings.NewReplacer("*", "＊", "`", "＇", "<", "＜", ">", "＞", "[", "［", "]", "］").Replace(text)
}

// notHeading is a line that does not begin like a heading.
func notHeading(line string) string {
	if rest, ok := strings.CutPrefix(line, "#"); ok {
		return "＃" + rest
	}
	return line
}

// texts writes blocks with write; none is empty.
func texts(blocks []handlers.Block, write func(handlers.Block) string) []string {
	out := make([]string, len(blocks))
	for i, b := range blocks {
		out[i] = write(b)
	}
	return out
}

// pages spreads blocks over as few messages as hold them, of at most limit
// bytes each. A block is split only when it is longer than a whole message;
// then "…" shows where. What opens a paragraph, as a parcel's head does, stays
// with what follows it where one message holds both. No message begins or ends
// with an empty line, and one that would be nothing else is left out.
func pages(blocks []string, limit int) []string { return spread(together(blocks, limit), limit) }

// spread is pages of blocks that stand alone.
func spread(blocks []string, limit int) []string {
	var out []string
	page, begun := "", false
	for _, block := range blocks {
		for _, piece := range split(block, limit) {
			if begun && len(page)+1+len(piece) > limit {
				out, page, begun = append(out, page), "", false
			}
			if begun {
				page += "\n"
			}
			page, begun = page+piece, true
		}
	}
	var full []string
	for _, p := range append(out, page) {
		if p = trimBlank(p); p != "" {
			full = append(full, p)
		}
	}
	return full
}

// together are the blocks, those that open a paragraph with the next one, if
// limit bytes hold both. A paragraph opens at the beginning and at an empty line.
func together(blocks []string, limit int) []string {
	var out []string
	opens := true
	for _, block := range blocks {
		follows := opens && len(out) > 0 && !blank(block) && !strings.HasPrefix(block, "\n")
		if last := len(out) - 1; follows && !blank(out[last]) && len(out[last])+1+len(block) <= limit {
			out[last] += "\n" + block
			opens = false
			continue
		}
		opens = blank(block) || len(out) == 0 || blank(out[len(out)-1]) || strings.HasPrefix(block, "\n")
		out = append(out, block)
	}
	return out
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// trimBlank is a message without the empty lines that it begins or ends with.
func trimBlank(page string) string {
	lines := strings.Split(page, "\n")
	for len(lines) > 0 && blank(lines[0]) {
		lines = lines[1:]
	}
	for len(lines) > 0 && blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

// ellipsis shows where a block was split.
const ellipsis = "…"

// split cuts a text that is longer than limit bytes into pieces that are not,
// between characters.
func split(text string, limit int) []string {
	if len(text) <= limit {
		return []string{text}
	}
	var pieces []string
	mark := ""
	for len(mark)+len(text) > limit {
		head := prefix(text, limit-len(mark)-len(ellipsis))
		pieces = append(pieces, mark+head+ellipsis)
		text, mark = text[len(head):], ellipsis
	}
	return append(pieces, mark+text)
}

// prefix is the longest beginning of text of at most limit bytes that ends
// with a whole character.
func prefix(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// shorten cuts a text to limit bytes, with "…" at its end when something is lost.
func shorten(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return prefix(text, limit-len(ellipsis)) + ellipsis
}

// valid is the text in UTF-8, the only encoding that WeCom takes.
func valid(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }
