package telegram

import (
	"fmt"
	"slices"
	"strings"
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
	maxPhoto   = 10 << 20 // bytes of a picture that is shown in the chat
	maxRow     = 8        // buttons side by side
	maxButtons = 100      // buttons under one message
	maxLabel   = 64       // characters of a button; apps cut it much earlier
)

// part is one message of a reply: text, or a file or a picture with text under it.
type part struct {
	text    string
	html    bool // text is HTML; else it is taken as it stands
	caption bool // text is short enough to stand under a picture
	file    *handlers.File
	picture *handlers.File            // shown in the chat, while file is only offered there
	keys    *sdk.InlineKeyboardMarkup // nil unless it is the last part
	last    bool
}

// compose makes the messages of a reply; none when it only answers a button.
// What Telegram would never take is models.ErrRefused, but for a picture: a reply
// goes without it.
func compose(r handlers.Reply) ([]part, error) {
	keys, err := keyboard(r.Buttons)
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, page := range paginate(r.Blocks, maxText) {
		parts = append(parts, partOf(page))
	}
	parts = withPicture(parts, r)
	if parts, err = withFile(parts, r); err != nil {
		return nil, err
	}
	if len(parts) > 0 {
		parts[len(parts)-1].keys, parts[len(parts)-1].last = keys, true
	} else if keys != nil {
		return nil, fmt.Errorf("%w: buttons under no text", models.ErrRefused)
	}
	return parts, nil
}

func partOf(page []piece) part {
	text, isHTML := render(page)
	return part{text: text, html: isHTML, caption: units(page) <= maxCaption}
}

// withPicture puts a reply's picture above its text where that is short enough, else
// behind it, above the block that says what it is of.
func withPicture(parts []part, r handlers.Reply) []part {
	if r.Picture == nil || len(r.Picture.Body) == 0 || len(r.Picture.Body) > maxPhoto {
		return parts
	}
	if len(parts) != 1 || !parts[0].caption {
		parts = append(parts, opening(r.Blocks))
	}
	parts[len(parts)-1].picture = r.Picture
	return parts
}

// opening is the first block that says anything, as what stands under a picture.
func opening(blocks []handlers.Block) part {
	for _, b := range blocks {
		if pages := paginate([]handlers.Block{b}, maxCaption); len(pages) > 0 {
			return partOf(pages[0])
		}
	}
	return part{caption: true}
}

// withFile puts a reply's file above its text where that is short enough and does not
// replace another one, else behind it.
func withFile(parts []part, r handlers.Reply) ([]part, error) {
	if r.File == nil {
		return parts, nil
	}
	if len(r.File.Body) == 0 || len(r.File.Body) > maxFile {
		return nil, fmt.Errorf("%w: a file of %d bytes", models.ErrRefused, len(r.File.Body))
	}
	if len(parts) != 1 || r.Edit || !parts[0].caption || parts[0].picture != nil {
		parts = append(parts, part{})
	}
	parts[len(parts)-1].file = r.File
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

// valid is the text in UTF-8, the only encoding that Telegram takes.
func valid(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }

// shortened cuts a text to so many characters, with "…" where it was cut.
func shortened(text string, most int) string {
	if runes := []rune(valid(text)); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return valid(text)
}
