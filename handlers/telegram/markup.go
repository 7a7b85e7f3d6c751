package telegram

import (
	"html"
	"slices"
	"strings"
	"unicode"

	"waybill/handlers"
)

const (
	// maxEntities is how many formatted runs a message has at most; Telegram
	// leaves those beyond as they are, the last ones first of all.
	maxEntities = 100
	// longQuote is from how many lines on a quotation is folded, below its first
	// openQuote lines.
	longQuote = 9
	openQuote = 5
)

// render writes pieces as Telegram's HTML; text without any style stays as it
// is, so that a reply stripped of styles really goes out plain. When there is more
// to format than Telegram would, what matters least stays plain.
func render(page []piece) (text string, isHTML bool) {
	page = quoteBetween(page)
	for _, plain := range [][]handlers.Style{{}, {handlers.Dim}, {handlers.Dim, handlers.Strong}} {
		w := markup{plain: plain}
		for i := 0; i < len(page); {
			n := sameQuote(page[i:])
			if page[i].quoted {
				w.quote(page[i : i+n])
			} else {
				w.pieces(page[i : i+n])
			}
			i += n
		}
		if w.entities == 0 {
			return textOf(page), false
		}
		if text = w.text.String(); w.entities <= maxEntities {
			break
		}
	}
	return text, true
}

// quoteBetween has the line breaks within a quotation belong to it.
func quoteBetween(page []piece) []piece {
	page = slices.Clone(page)
	for i := 1; i+1 < len(page); i++ {
		if page[i].Text == newline && page[i-1].quoted && page[i+1].quoted {
			page[i].quoted = true
		}
	}
	return page
}

// sameQuote is how many pieces from the first on are quoted, or not quoted, as it is.
func sameQuote(page []piece) int {
	n := slices.IndexFunc(page, func(s piece) bool { return s.quoted != page[0].quoted })
	if n < 0 {
		return len(page)
	}
	return n
}

func textOf(page []piece) string {
	var b strings.Builder
	for _, s := range page {
		b.WriteString(s.Text)
	}
	return b.String()
}

// markup is HTML that is being written.
type markup struct {
	text     strings.Builder
	plain    []handlers.Style // what is not formatted
	entities int
}

// quote writes a quotation. Of a long one the first lines are seen at once, and the
// others when they are asked for.
func (w *markup) quote(lines []piece) {
	var breaks []int
	for i, s := range lines {
		if s.Text == newline {
			breaks = append(breaks, i)
		}
	}
	if len(breaks)+1 < longQuote {
		w.quoted("<blockquote>", lines)
		return
	}
	at := breaks[openQuote-1]
	w.quoted("<blockquote>", lines[:at])
	w.text.WriteString(newline)
	w.quoted("<blockquote expandable>", lines[at+1:])
}

func (w *markup) quoted(opens string, lines []piece) {
	w.text.WriteString(opens)
	w.pieces(lines)
	w.text.WriteString("</blockquote>")
	w.entities++
}

func (w *markup) pieces(all []piece) {
	for _, s := range all {
		opens, closes := tags(s)
		inner := strings.TrimSpace(s.Text)
		if opens == "" || inner == "" || slices.Contains(w.plain, s.Style) {
			w.text.WriteString(html.EscapeString(s.Text))
			continue
		}
		before, after, _ := strings.Cut(s.Text, inner)
		w.text.WriteString(before + opens + html.EscapeString(inner) + closes + after)
		w.entities++
	}
}

// tags are the tags around a piece, none for a plain one. A quotation cannot hold
// code or links (core.telegram.org/bots/api#formatting-options). Telegram has nothing
// dim; italics set times apart, but Chinese has none: it would only stand askew.
func tags(s piece) (opens, closes string) {
	switch {
	case s.Style == handlers.Strong:
		return "<b>", "</b>"
	case s.Style == handlers.Dim && !strings.ContainsFunc(s.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		return "<i>", "</i>"
	case s.quoted:
		return "", ""
	case s.Style == handlers.Code:
		return "<code>", "</code>"
	case s.Style == handlers.Link && isLink(s.URL):
		return `<a href="` + html.EscapeString(valid(s.URL)) + `">`, "</a>"
	}
	return "", ""
}

// isLink says whether Telegram makes a link of a URL.
func isLink(u string) bool {
	return strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "tg://")
}
