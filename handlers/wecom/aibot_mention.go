package wecom

import (
	"strings"
	"unicode"
)

// unmention takes the bot's mention out of a text: "@Bot 列表". WeCom does not
// tell the bot its name, nor where the mention is, so without a title it is
// taken to reach up to white space: all mentions at the front, else those at
// the end, else the first one. Others stay, they may be part of a name.
func unmention(text, title string) string {
	if title != "" && strings.Contains(text, "@"+title) {
		return tidied(strings.ReplaceAll(text, "@"+title, " "))
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "@") {
		return withoutFront(text)
	}
	words := strings.FieldsFunc(text, unicode.IsSpace)
	if n := len(words); n > 0 && strings.HasPrefix(words[n-1], "@") {
		return strings.TrimSpace(strings.TrimSuffix(text, words[n-1]))
	}
	for _, w := range words {
		if len(w) > 1 && strings.HasPrefix(w, "@") {
			return tidied(strings.Replace(text, w, " ", 1))
		}
	}
	return text
}

func withoutFront(text string) string {
	for strings.HasPrefix(text, "@") {
		end := strings.IndexFunc(text, unicode.IsSpace)
		if end < 0 {
			return ""
		}
		text = strings.TrimSpace(text[end:])
	}
	return text
}

// tidied closes the gap that a mention has left.
func tidied(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.FieldsFunc(line, unicode.IsSpace), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
