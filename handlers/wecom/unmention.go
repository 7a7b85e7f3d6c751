package wecom

import (
	"strings"
	"unicode"

	"waybill/handlers"
)

// unmention takes the bot's mention out of a text, and the mentions of others before
// and right behind it: "@张三 @运单 助手 停止 1". names is what is known of the bot's
// name. A mention ends where a command or a number begins, else at the name's end,
// and while the name is not known behind its first word. Other @ words stay: they
// may be part of a parcel's name.
func unmention(text string, names []string) string {
	text = strings.TrimSpace(normalised(text))
	at, name, ok := find(text, names)
	if !ok {
		return guess(text)
	}
	tail := text[at+1:]
	got := without(text, at, endOf(tail, name))
	if glued := len(tail) > len(name) && !unicode.IsSpace(rune(tail[len(name)])); glued && handlers.Opens(got) == handlers.OpensNothing {
		return guess(text) // the bot may have a new name that begins like the old one
	}
	return got
}

// find is where the bot is mentioned, by the longest of its names.
func find(text string, names []string) (at int, name string, ok bool) {
	for _, name := range names {
		for _, at := range mentionsIn(text) {
			if strings.HasPrefix(text[at+1:], name) {
				return at, name, true
			}
		}
	}
	return 0, "", false
}

// endOf is how much of a text that begins with a name is the mention. What is
// thought to be the name may hold the beginning of what all have written so far: a
// command, a number, or, when nothing follows that makes sense, a question.
func endOf(tail, name string) int {
	after := strings.TrimSpace(tail[len(name):])
	if end, ok := opening(tail, len(name), surely(after != "", false)); ok {
		return end
	}
	if after == "" || handlers.Opens(after) != handlers.OpensNothing {
		return len(name)
	}
	if end, ok := opening(tail, len(name), maybe); ok {
		return end
	}
	return len(name)
}

// mostWords is how many words a name may have.
const mostWords = 3

// opening is the first place before a limit of bytes at which a text begins.
func opening(tail string, limit int, begins func(text string, before, r rune) bool) (end int, ok bool) {
	before, words, runes := ' ', 0, 0
	for at, r := range tail {
		if before == ' ' && r != ' ' {
			words++
		}
		if at >= limit || r == '\n' || words > mostWords+1 || runes > longestName {
			return 0, false
		}
		if at > 0 && r != ' ' && begins(tail[at:], before, r) {
			return at, true
		}
		before = r
		runes++
	}
	return 0, false
}

// surely finds commands and numbers: behind a blank and, if glued, in the midst of a
// word, as names and commands are written together, at a Chinese character or behind
// one. track: the command to look a number up counts as well; within a name that is
// known it is rather a word of it, and the number does without.
func surely(glued, track bool) func(text string, before, r rune) bool {
	return func(text string, before, r rune) bool {
		opens := handlers.Opens(text)
		if before == ' ' {
			return opens == handlers.OpensCommand || opens == handlers.OpensNumber || track && opens == handlers.OpensTrack
		}
		return glued && (!isASCIIWord(before) || !isASCIIWord(r)) &&
			(opens == handlers.OpensCommand || opens == handlers.OpensNumber && isASCIIWord(r))
	}
}

// maybe finds answers and questions, too, but only behind a blank.
func maybe(text string, before, _ rune) bool {
	return before == ' ' && handlers.Opens(text) != handlers.OpensNothing
}

// without is a text without the mention that begins at a place and has so many bytes
// behind its @.
func without(text string, at, length int) string {
	before, after := text[:at], text[at+1+length:]
	if next := strings.TrimSpace(after); strings.HasPrefix(next, "@") {
		after = guess(next)
	}
	others := strings.TrimSpace(before)
	switch {
	case others == "":
		return strings.TrimSpace(after)
	case strings.HasPrefix(others, "@") && (handlers.Opens(after) != handlers.OpensNothing || !strings.Contains(others, " ")):
		return strings.TrimSpace(after) // names of others, which may have blanks in them
	}
	return closeGap(withoutWords(before) + " " + after)
}

// guess takes out mentions of somebody whose name is not known.
func guess(text string) string {
	all := mentionsIn(text)
	switch {
	case strings.HasPrefix(text, "@"):
		return guessFront(text)
	case len(all) == 0:
		return text
	}
	last := all[len(all)-1]
	ends := !strings.Contains(text[last:], "\n")
	if ends && !strings.Contains(text[last:], " ") {
		return strings.TrimSpace(text[:last])
	}
	for _, begins := range []func(string, rune, rune) bool{surely(true, true), maybe} {
		for _, at := range all {
			if end, ok := opening(text[at+1:], len(text), begins); ok {
				return closeGap(text[:at] + " " + text[at+1+end:])
			}
		}
	}
	if ends && handlers.Opens(text[:last]) != handlers.OpensNothing {
		return strings.TrimSpace(text[:last])
	}
	first := all[0]
	return closeGap(text[:first] + " " + text[first+1+wordEnd(text[first+1:]):])
}

// guessFront takes mentions from the front: up to the command or the number that
// begins within or behind them, else up to an answer, else word by word.
func guessFront(text string) string {
	for _, begins := range []func(string, rune, rune) bool{surely(true, true), maybe} {
		for _, at := range mentionsIn(text) {
			tail := text[at+1:]
			limit := len(tail)
			if next := mentionsIn(tail); len(next) > 0 {
				limit = next[0]
			}
			if end, ok := opening(tail, limit, begins); ok {
				return strings.TrimSpace(tail[end:])
			}
		}
	}
	return withoutWords(text)
}

// withoutWords takes the words that are mentions from the front.
func withoutWords(text string) string {
	for strings.HasPrefix(text, "@") {
		text = strings.TrimSpace(text[1+wordEnd(text[1:]):])
	}
	return text
}

// wordEnd is where the first word of a text ends.
func wordEnd(text string) int {
	if end := strings.IndexFunc(text, unicode.IsSpace); end >= 0 {
		return end
	}
	return len(text)
}

// closeGap closes the gap that a mention has left.
func closeGap(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.FieldsFunc(line, unicode.IsSpace), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
