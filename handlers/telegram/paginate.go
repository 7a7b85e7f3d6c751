package telegram

import (
	"strings"
	"unicode/utf16"

	"waybill/handlers"
)

// paginate spreads blocks over as few messages as hold them, of at most limit
// UTF-16 code units each, markup not counted. A block is torn only when it is
// longer than a whole message; then "…" shows where. Messages of nothing but
// white space are left out.
func paginate(blocks []handlers.Block, limit int) [][]handlers.Span {
	var pages [][]handlers.Span
	var page []handlers.Span
	size := 0
	for _, block := range blocks {
		for _, chunk := range tear(flatten(block), limit) {
			n := units(chunk)
			if page != nil && size+1+n > limit {
				pages, page, size = append(pages, page), nil, 0
			}
			if page != nil {
				page, size = append(page, handlers.Span{Text: "\n"}), size+1
			}
			page, size = append(page, chunk...), size+n
		}
	}
	return withText(append(pages, page))
}

// flatten makes one run of spans of a block, its lines apart.
func flatten(b handlers.Block) []handlers.Span {
	run := []handlers.Span{}
	for i, line := range b {
		if i > 0 {
			run = append(run, handlers.Span{Text: "\n"})
		}
		for _, s := range line {
			if s.Text = valid(s.Text); s.Text != "" {
				run = append(run, s)
			}
		}
	}
	return run
}

// tear cuts a run that is longer than limit into pieces that are not, between
// runes: a surrogate pair stays together, and markup is made of spans later.
func tear(run []handlers.Span, limit int) [][]handlers.Span {
	if units(run) <= limit {
		return [][]handlers.Span{run}
	}
	var pieces [][]handlers.Span
	var piece []handlers.Span
	room := limit - 1 // for the "…" at the end
	for _, s := range run {
		for s.Text != "" {
			head, n := prefix(s.Text, room)
			if head != "" {
				piece = append(piece, handlers.Span{Text: head, Style: s.Style, URL: s.URL})
			}
			s.Text, room = s.Text[len(head):], room-n
			if s.Text == "" {
				break
			}
			pieces = append(pieces, append(piece, handlers.Span{Text: "…"}))
			piece, room = []handlers.Span{{Text: "…"}}, limit-2
		}
	}
	return append(pieces, piece)
}

// prefix is the longest beginning of text that has at most room code units,
// and how many it has.
func prefix(text string, room int) (head string, size int) {
	n := 0
	for i, r := range text {
		width := utf16.RuneLen(r)
		if n+width > room {
			return text[:i], n
		}
		n += width
	}
	return text, n
}

// units is the length of spans in UTF-16 code units.
func units(spans []handlers.Span) int {
	n := 0
	for _, s := range spans {
		for _, r := range s.Text {
			n += utf16.RuneLen(r)
		}
	}
	return n
}

// withText drops pages that Telegram would call empty.
func withText(pages [][]handlers.Span) [][]handlers.Span {
	var out [][]handlers.Span
	for _, page := range pages {
		for _, s := range page {
			if strings.TrimSpace(s.Text) != "" {
				out = append(out, page)
				break
			}
		}
	}
	return out
}
