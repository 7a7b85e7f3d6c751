package telegram

import (
	"slices"
	"strings"
	"unicode/utf16"

	"waybill/handlers"
)

// piece is a span on its way into a message.
type piece struct {
	handlers.Span
	quoted bool // it stands in a line of somebody else's words
}

// newline parts lines and blocks.
const newline = "\n"

// paginate spreads blocks over as few messages as hold them, of at most limit
// UTF-16 code units each, markup not counted. A block is split only when it is
// longer than a whole message; then "…" shows where. Messages of nothing but
// white space are left out.
func paginate(blocks []handlers.Block, limit int) [][]piece {
	var pages [][]piece
	var page []piece
	size := 0
	for _, block := range blocks {
		for _, chunk := range split(flatten(block), limit) {
			n := units(chunk)
			if page != nil && size+1+n > limit {
				pages, page, size = append(pages, page), nil, 0
			}
			if page != nil {
				page, size = append(page, piece{Span: handlers.Span{Text: newline}}), size+1
			}
			page, size = append(page, chunk...), size+n
		}
	}
	return withText(append(pages, page))
}

// flatten makes one run of pieces of a block, its lines apart. A line with a quoted
// span in it is quoted as a whole.
func flatten(b handlers.Block) []piece {
	run := []piece{}
	for i, line := range b {
		if i > 0 {
			run = append(run, piece{Span: handlers.Span{Text: newline}})
		}
		quoted := slices.ContainsFunc(line, func(s handlers.Span) bool { return s.Style == handlers.Quote })
		for _, s := range line {
			if s.Text = valid(s.Text); s.Text != "" {
				run = append(run, piece{s, quoted})
			}
		}
	}
	return run
}

// split cuts a run that is longer than limit into parts that are not, between
// runes: a surrogate pair stays together, and markup is made of pieces later.
func split(run []piece, limit int) [][]piece {
	if units(run) <= limit {
		return [][]piece{run}
	}
	torn := func(like piece) piece { return piece{Span: handlers.Span{Text: "…"}, quoted: like.quoted} }
	var parts [][]piece
	var part []piece
	left := limit - 1 // for the "…" at the end
	for _, s := range run {
		for s.Text != "" {
			head, n := prefix(s.Text, left)
			if head != "" {
				part = append(part, piece{handlers.Span{Text: head, Style: s.Style, URL: s.URL}, s.quoted})
			}
			s.Text, left = s.Text[len(head):], left-n
			if s.Text == "" {
				break
			}
			parts = append(parts, append(part, torn(s)))
			part, left = []piece{torn(s)}, limit-2
		}
	}
	return append(parts, part)
}

// prefix is the longest beginning of text that has at most limit code units,
// and how many it has.
func prefix(text string, limit int) (head string, size int) {
	n := 0
	for i, r := range text {
		width := utf16.RuneLen(r)
		if n+width > limit {
			return text[:i], n
		}
		n += width
	}
	return text, n
}

// units is the length of pieces in UTF-16 code units.
func units(pieces []piece) int {
	n := 0
	for _, s := range pieces {
		for _, r := range s.Text {
			n += utf16.RuneLen(r)
		}
	}
	return n
}

// withText drops pages that Telegram would call empty.
func withText(pages [][]piece) [][]piece {
	return slices.DeleteFunc(pages, func(page []piece) bool {
		return !slices.ContainsFunc(page, func(s piece) bool { return strings.TrimSpace(s.Text) != "" })
	})
}
