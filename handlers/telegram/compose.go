package telegram

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	sdk "github.com/go-telegram/bot/models"

	"waybill/handlers"
	"waybill/models"
)

// Telegram's limits for one message (core.telegram.org/bots/api).
const (
	maxText    = 4096     // UTF-16 code units, after markup is parsed
	maxCaption = 1024     // the same, under a file
	maxData    = 64       // bytes behind a button
	maxToast   = 200      // characters
	maxFile    = 50 << 20 // bytes that a bot may upload
	maxRow     = 8        // buttons side by side
	maxButtons = 100      // buttons under one message
	maxLabel   = 64       // characters of a button; apps cut it much earlier
)

// part is one message of a reply: text, a file, or a file with text under it.
type part struct {
	text string
	html bool // text is HTML; else it is taken as it stands
	file *handlers.File
	keys *sdk.InlineKeyboardMarkup // nil unless it is the last part
	last bool
}

// compose makes the messages of a reply; none when it only answers a button.
// What Telegram would never take is models.ErrRefused.
func compose(r handlers.Reply) ([]part, error) {
	keys, err := keyboard(r.Buttons)
	if err != nil {
		return nil, err
	}
	var parts []part
	pages := paginate(r.Blocks, maxText)
	for _, page := range pages {
		text, isHTML := render(page)
		parts = append(parts, part{text: text, html: isHTML})
	}
	if r.File != nil {
		if len(r.File.Body) == 0 || len(r.File.Body) > maxFile {
			return nil, fmt.Errorf("%w: a file of %d bytes", models.ErrRefused, len(r.File.Body))
		}
		// A short text goes under the file, unless it is to replace another one.
		if len(pages) != 1 || r.Edit || units(pages[0]) > maxCaption {
			parts = append(parts, part{})
		}
		parts[len(parts)-1].file = r.File
	}
	if len(parts) > 0 {
		parts[len(parts)-1].keys, parts[len(parts)-1].last = keys, true
	} else if keys != nil {
		return nil, fmt.Errorf("%w: buttons under no text", models.ErrRefused)
	}
	return parts, nil
}

// keyboard makes the buttons; nil when there are none. Rows that are too long
// are broken, labels cut, and buttons beyond what Telegram takes left out.
func keyboard(rows [][]handlers.Button) (*sdk.InlineKeyboardMarkup, error) {
	var out [][]sdk.InlineKeyboardButton
	left := maxButtons
	for _, row := range rows {
		row = row[:min(len(row), left)]
		left -= len(row)
		for chunk := range slices.Chunk(row, maxRow) {
			line, err := buttons(chunk)
			if err != nil {
				return nil, err
			}
			out = append(out, line)
		}
	}
	if out == nil {
		return nil, nil
	}
	return &sdk.InlineKeyboardMarkup{InlineKeyboard: out}, nil
}

func buttons(row []handlers.Button) ([]sdk.InlineKeyboardButton, error) {
	var line []sdk.InlineKeyboardButton
	for _, b := range row {
		if b.Data == "" || len(b.Data) > maxData || strings.TrimSpace(b.Text) == "" {
			return nil, fmt.Errorf("%w: a button with %d bytes of data and %d of text", models.ErrRefused, len(b.Data), len(b.Text))
		}
		line = append(line, sdk.InlineKeyboardButton{Text: shortened(b.Text, maxLabel), CallbackData: b.Data})
	}
	return line, nil
}

// render writes spans as Telegram's HTML; text without any style stays as it
// is, so that a reply stripped of styles really goes out plain.
func render(page []handlers.Span) (text string, isHTML bool) {
	var marked, plain strings.Builder
	for _, s := range page {
		plain.WriteString(s.Text)
		escaped := html.EscapeString(s.Text)
		switch {
		case s.Style == handlers.Strong:
			fmt.Fprintf(&marked, "<b>%s</b>", escaped)
		case s.Style == handlers.Code:
			fmt.Fprintf(&marked, "<code>%s</code>", escaped)
		case s.Style == handlers.Link && isLink(s.URL):
			fmt.Fprintf(&marked, `<a href="%s">%s</a>`, html.EscapeString(valid(s.URL)), escaped)
		default: // Telegram has nothing dim
			marked.WriteString(escaped)
			continue
		}
		isHTML = true
	}
	if !isHTML {
		return plain.String(), false
	}
	return marked.String(), true
}

// isLink says whether Telegram makes a link of a URL.
func isLink(u string) bool {
	return strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "tg://")
}

// valid is the text in UTF-8, the only encoding that Telegram takes.
func valid(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }

// shortened cuts a text to so many characters, with "…" where it was cut.
func shortened(text string, most int) string {
	if runes := []rune(valid(text)); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return valid(text)
}

// paginate spreads blocks over as few messages as hold them, of at most limit
// UTF-16 code units each, markup not counted. A block is split only when it is
// longer than a whole message; then "…" shows where. Messages of nothing but
// white space are left out.
func paginate(blocks []handlers.Block, limit int) [][]handlers.Span {
	var pages [][]handlers.Span
	var page []handlers.Span
	size := 0
	for _, block := range blocks {
		for _, chunk := range split(flatten(block), limit) {
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

// split cuts a run that is longer than limit into pieces that are not, between
// runes: a surrogate pair stays together, and markup is made of spans later.
func split(run []handlers.Span, limit int) [][]handlers.Span {
	if units(run) <= limit {
		return [][]handlers.Span{run}
	}
	var pieces [][]handlers.Span
	var piece []handlers.Span
	left := limit - 1 // for the "…" at the end
	for _, s := range run {
		for s.Text != "" {
			head, n := prefix(s.Text, left)
			if head != "" {
				piece = append(piece, handlers.Span{Text: head, Style: s.Style, URL: s.URL})
			}
			s.Text, left = s.Text[len(head):], left-n
			if s.Text == "" {
				break
			}
			pieces = append(pieces, append(piece, handlers.Span{Text: "…"}))
			piece, left = []handlers.Span{{Text: "…"}}, limit-2
		}
	}
	return append(pieces, piece)
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
