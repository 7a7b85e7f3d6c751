package handlers

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/tracking/recognise"
)

// Opening is what a text begins with, as far as that can be told from the text alone.
type Opening int

// What a text can begin with, the surest last.
const (
	OpensNothing Opening = iota
	OpensAnswer          // a question about parcels, an answer (yes, no, a row, a tail), or words before a number
	OpensNumber          // a tracking number
	OpensTrack           // the command to look one up, which without its word does the same
	OpensCommand         // another command, with an argument that it takes
)

// Opens says what a text begins with. Doors that do not know where a mention of the
// bot ends try where a text would begin.
func Opens(text string) Opening {
	text = tidy(text)
	_, rows := rowsIn(text)
	c, command := opensCommand(text)
	switch {
	case command && c.verb == verbTrack && !strings.HasPrefix(fold(text), "/"):
		return OpensTrack
	case command:
		return OpensCommand
	case opensNumber(text):
		return OpensNumber
	case rows, isTail(plainWord(text)), saidYes(text), saidNo(text), asksWhere(text), len(recognise.Text(text).Numbers) > 0:
		return OpensAnswer
	}
	return OpensNothing
}

// opensNumber says that a text begins with a number, or with a word that says
// something about it: a carrier's name, a label.
func opensNumber(text string) bool {
	all := recognise.Text(text).Numbers
	if len(all) == 0 {
		return false
	}
	first, rest := cutBlank(text)
	return len(recognise.Text(first).Numbers) > 0 || len(recognise.Text(rest).Numbers) < len(all) || speaksOfNumber(first)
}

// speaksOfNumber says that a word says something about the number behind it: whose
// a number is that several carriers might have, or that something is one at all.
func speaksOfNumber(word string) bool {
	for _, doubtful := range []string{"431000000001", "Q7654321"} {
		alone, with := recognise.Text(doubtful).Numbers, recognise.Text(word+" "+doubtful).Numbers
		if len(alone) != len(with) || len(with) > 0 && (alone[0].Sure != with[0].Sure || !slices.Equal(alone[0].Carriers, with[0].Carriers)) {
			return true
		}
	}
	return false
}

// cutBlank parts the first word from the rest.
func cutBlank(text string) (first, rest string) {
	if at := strings.IndexFunc(text, unicode.IsSpace); at >= 0 {
		return text[:at], strings.TrimSpace(text[at:])
	}
	return text, ""
}

// opensCommand reads a command with an argument that it takes. What stands behind a
// slash is one in any case, and so is a whole text that says a command in its own
// words: its argument (english: en, 每天 8 点: itself) is no part of the text that
// could open with another one.
func opensCommand(text string) (command, bool) {
	c, ok := parse(text)
	if !ok {
		if c, ok = phrase(text); ok {
			return c, true
		}
		c, ok = unslashed(text)
	}
	if rest, slash := strings.CutPrefix(fold(text), "/"); slash {
		first, _ := utf8.DecodeRuneInString(rest)
		return c, unicode.IsLetter(first)
	}
	return c, ok && c.fits()
}

// fits says that an argument is one that the command takes. Another command is
// none: it rather is what the text begins with.
func (c command) fits() bool {
	number := len(recognise.Text(c.args).Numbers) > 0
	next, another := opensCommand(c.args)
	another = another && c.args != "" && next.verb != c.verb // 提醒 每天 8 点: said in words what it takes
	switch c.verb {
	case verbTrack:
		return number && !another && !strings.HasPrefix(c.args, "@")
	case verbList:
		return c.args == "" || wantsAll(c.args)
	case verbHelp, verbExport, verbForget, verbUsage:
		return c.args == ""
	case verbStop, verbDetail, verbName, verbMute, verbUnmute, verbPush, verbUnpush:
		return !another
	}
	return !number && !another
}
