package wecom

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"waybill/handlers"
	"waybill/models"
)

// fileMessages is how many messages a file becomes at most that WeCom does not
// take: customers get five in all.
const fileMessages = 3

// each sends the parts of a reply in turn, in messages of room bytes. A file
// that WeCom does not take is told in words.
func (c *caller) each(
	ctx context.Context, to models.Address, r handlers.Reply, parts []part, room int, send func(p part, i int) error,
) error {
	inTurn := func(parts []part) error {
		return c.inTurn(ctx, to, r, textsOf(parts), func(i int) error { return send(parts[i], i) })
	}
	last := parts[len(parts)-1]
	if last.file == nil {
		return inTurn(parts)
	}
	id, known, err := c.uploaded(ctx, last.file)
	if err != nil {
		return err
	}
	told := slices.Concat(parts[:len(parts)-1], fileWords(last.file, r.Lang, room))
	if known && id == "" {
		return inTurn(told)
	}
	if err := inTurn(parts); !errors.Is(err, errFile) {
		return err
	}
	return inTurn(told)
}

// fileWords are the messages that stand for a file: its text, as far as it fits.
func fileWords(f *handlers.File, lang string, room int) []part {
	rest := "…\n" + fileCut(lang)
	if !utf8.Valid(f.Body) {
		return []part{{text: rest}}
	}
	said := pages(strings.Split(strings.TrimRight(string(f.Body), "\n"), "\n"), room)
	if len(said) > fileMessages {
		said = said[:fileMessages]
		end := &said[fileMessages-1]
		*end = strings.TrimSuffix(prefix(*end, room-len(rest)), ellipsis) + rest
	}
	parts := make([]part, len(said))
	for i, text := range said {
		parts[i].text = text
	}
	return parts
}

// fileCut says that there is more in a file than is told.
func fileCut(lang string) string {
	switch lang {
	case "zh-CN":
		return "（这里发不了文件，后面的看不到了。）"
	case "zh-TW":
		return "（這裡傳不了檔案，後面的看不到了。）"
	}
	return "(Files cannot be sent here, so the rest is missing.)"
}
