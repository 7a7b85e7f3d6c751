package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"waybill/models"
)

const (
	kindBotName  = "wecom_bot_name"
	nameKept     = 365 * 24 * time.Hour
	longestName  = 32 // characters of what stands behind an @
	mostNames    = 4
	namesCompare = 2 // from so many different messages on, what they have in common is the name, or begins with it
	nameSettled  = 5 // from so many on, a message without it says nothing about it
	nameMissed   = 3 // so many in a row without it: the bot has another name
)

// botName is what is known of a bot's name. WeCom does not tell it, and writes a
// mention as "@NAME" into the text, without saying where the name, which may have
// blanks in it, ends. But in groups it delivers what mentions the bot, and nothing
// else: the name is the beginning that what stands behind an @ has in common in all
// of a bot's messages.
type botName struct {
	Names  []string `json:"n,omitempty"` // the common beginnings, one of which begins with the name; more than one where others are always mentioned as well
	Seen   int      `json:"s,omitempty"` // how many messages differed in what followed
	Missed int      `json:"m,omitempty"` // messages in a row without any of Names
}

// record is what is known after one more message of a group.
func (b botName) record(text string) botName {
	tails := mentionTails(text)
	if len(tails) == 0 {
		return b
	}
	common := commonOf(b.Names, tails)
	if b.Seen >= nameSettled {
		common = slices.DeleteFunc(common, func(c string) bool { return !slices.ContainsFunc(b.Names, sameTrimmed(c)) })
	}
	switch {
	case len(b.Names) == 0, len(common) == 0 && b.Missed+1 >= nameMissed:
		return botName{Names: tails, Seen: 1}
	case len(common) == 0:
		b.Missed++
		return b
	}
	if b.Seen < nameSettled && !slices.ContainsFunc(tails, func(tail string) bool { return slices.Contains(b.Names, tail) }) {
		b.Seen++
	}
	return botName{Names: common, Seen: b.Seen}
}

func sameTrimmed(a string) func(string) bool {
	return func(b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }
}

// known are the names to look for, the longest first; none before messages can be
// compared.
func (b botName) known() []string {
	if b.Seen < namesCompare {
		return nil
	}
	var names []string
	for _, name := range b.Names {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(x, y string) int { return len(y) - len(x) })
	return names
}

// commonOf are the longest beginnings that an old and a new text have in common,
// without those that begin another one.
func commonOf(old, tails []string) []string {
	var all []string
	for _, a := range old {
		for _, b := range tails {
			if c := commonPrefix(a, b); strings.TrimSpace(c) != "" && !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	begins := func(c string) bool {
		return slices.ContainsFunc(all, func(other string) bool { return len(other) > len(c) && strings.HasPrefix(other, c) })
	}
	longest := slices.DeleteFunc(slices.Clone(all), begins)
	return longest[:min(len(longest), mostNames)]
}

func commonPrefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return prefix(a, n)
}

// mentionTails are the beginnings of what stands behind each @, up to where no name
// goes on: a line's end, another @, a long number. What somebody wrote besides is
// kept no longer than until the next message.
func mentionTails(text string) []string {
	text = normalised(text)
	var tails []string
	for _, at := range mentionsIn(text) {
		tail := text[at+1:]
		if end := strings.IndexAny(tail, "@\n"); end >= 0 {
			tail = tail[:end]
		}
		tail = withoutNumbers(firstRunes(tail, longestName))
		if strings.TrimSpace(tail) != "" && !strings.HasPrefix(tail, " ") && len(tails) < mostNames {
			tails = append(tails, tail)
		}
	}
	return tails
}

// mentionsIn is where mentions may begin: at each @ that is no part of an address.
func mentionsIn(text string) []int {
	var all []int
	before := rune(' ')
	for at, r := range text {
		if r == '@' && !isASCIIWord(before) {
			all = append(all, at)
		}
		before = r
	}
	return all
}

func isASCIIWord(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_')
}

// withoutNumbers ends a text before a number that may be somebody's: five digits
// or more, or three that stand alone.
func withoutNumbers(text string) string {
	run, begins := 0, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] >= '0' && text[i] <= '9' {
			if run == 0 {
				begins = i
			}
			run++
			continue
		}
		if run >= 5 || run >= 3 && (begins == 0 || text[begins-1] == ' ') {
			return text[:begins]
		}
		run = 0
	}
	return text
}

func firstRunes(text string, n int) string {
	for at := range text {
		if n == 0 {
			return text[:at]
		}
		n--
	}
	return text
}

// normalised is a text with one kind of @ and one kind of blank: the client puts
// U+2005 or another one behind a mention.
func normalised(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '＠':
			return '@'
		case r == '\n':
			return r
		case r == '\r', r == '\u200b', r == '\u200c', r == '\ufeff':
			return -1
		case unicode.IsSpace(r), r == '\u2005', r == '\u2006', r == '\u3164':
			return ' '
		}
		return r
	}, text)
}

// recallName reads what is known of the bot's name.
func (d *AIBot) recallName(ctx context.Context) (botName, error) {
	value, ok, err := d.settings.Memory.Recall(ctx, kindBotName, d.settings.ID, d.now())
	if err != nil || !ok {
		return botName{}, wrap("recall the bot's name", err)
	}
	var b botName
	_ = json.Unmarshal(value, &b) // what another version wrote is learned again
	return b, nil
}

// recordName records what mentions the bot in a message of a group, and says what is known now.
func (d *AIBot) recordName(ctx context.Context, text string) (botName, error) {
	before, err := d.recallName(ctx)
	if err != nil {
		return before, err
	}
	now := before.record(text)
	if now.Seen == before.Seen && now.Missed == before.Missed && slices.Equal(now.Names, before.Names) {
		return now, nil
	}
	value, err := json.Marshal(now)
	if err != nil {
		return now, fmt.Errorf("write the bot's name: %w", err)
	}
	until := models.At(d.settings.Now()).Add(nameKept)
	return now, wrap("keep the bot's name", d.settings.Memory.Remember(ctx, kindBotName, d.settings.ID, value, until))
}
