package handlers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/internal/spelling"
)

// unknownCommand says of a text that begins like a command that there is none such,
// and which it may have been; nothing when it does not begin like one. In a group it
// may be another bot's.
func (t *turn) unknownCommand(text string) []Reply {
	rest, slash := cutSlash(text)
	if !slash || t.overheard() || t.m.Edited {
		return nil
	}
	word, _ := cutBlank(strings.TrimSpace(fold(rest)))
	word, _, _ = strings.Cut(strings.ToLower(word), "@")
	if word == "" || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }) {
		return nil
	}
	if near, ok := nearest(word); ok {
		return t.render.reply("unknown_like", "Command", "/"+word, "Near", "/"+near)
	}
	return t.render.reply("unknown_command", "Command", "/"+word)
}

// nearest is the command of the menu that a word differs from in a letter or two.
func nearest(word string) (near string, ok bool) {
	best := min(2, utf8.RuneCountInString(word)/2)
	for _, v := range append(menuVerbs(), verbPush, verbSettings, verbPrivacy, verbCancel) {
		if d := spelling.Distance(word, string(v)); d <= best && (d < best || !ok) {
			near, best, ok = string(v), d, true
		}
	}
	return near, ok
}
