package telegram

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	sdk "github.com/go-telegram/bot/models"

	"waybill/handlers"
	"waybill/models"
)

// Telegram's limits for one message.
const (
	maxText    = 4096     // UTF-16 code units, after markup is parsed
	maxCaption = 1024     // the same, under a file
	maxData    = 64       // bytes behind a button
	maxToast   = 200      // characters
	maxFile    = 50 << 20 // bytes that a bot may upload
)

// part is one message of a reply: text, a file, or a file with text under it.
type part struct {
	text string
	html bool // text is HTML; else it is taken as it stands
	file *handlers.File
	keys *sdk.InlineKeyboardMarkup // nil unless it is the last part
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
		parts[len(parts)-1].keys = keys
	} else if keys != nil {
		return nil, fmt.Errorf("%w: buttons under no text", models.ErrRefused)
	}
	return parts, nil
}

// keyboard makes the buttons; nil when there are none.
func keyboard(rows [][]handlers.Button) (*sdk.InlineKeyboardMarkup, error) {
	var out [][]sdk.InlineKeyboardButton
	for _, row := range rows {
		var line []sdk.InlineKeyboardButton
		for _, b := range row {
			if b.Data == "" || len(b.Data) > maxData || strings.TrimSpace(b.Text) == "" {
				return nil, fmt.Errorf("%w: a button with %d bytes of data and %d of text", models.ErrRefused, len(b.Data), len(b.Text))
			}
			line = append(line, sdk.InlineKeyboardButton{Text: valid(b.Text), CallbackData: b.Data})
		}
		if line != nil {
			out = append(out, line)
		}
	}
	if out == nil {
		return nil, nil
	}
	return &sdk.InlineKeyboardMarkup{InlineKeyboard: out}, nil
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
		case s.Style == handlers.Link && opensInTelegram(s.URL):
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

// opensInTelegram says whether Telegram makes a link of a URL.
func opensInTelegram(u string) bool {
	return strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "tg://")
}

// valid is the text in the encoding that Telegram insists on.
func valid(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }

// toast cuts the short note that answers a button.
func toast(text string) string {
	if runes := []rune(valid(text)); len(runes) > maxToast {
		return string(runes[:maxToast-1]) + "…"
	}
	return valid(text)
}
