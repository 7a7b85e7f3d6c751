package handlers

import (
	"strings"
	"time"

	"waybill/locales"
	"waybill/models"
)

// voice puts things into one language, at one moment, in one time zone.
type voice struct {
	*locales.Speech
	zone *time.Location
	now  models.Moment
	deaf bool // to whatever does not mention the bot
}

// carrier is a carrier's name; its code when it has no words, "" when unknown.
func (v voice) carrier(c models.Carrier) string {
	if c == "" {
		return ""
	}
	if key := "carrier." + string(c); v.Has(key) {
		return v.Say(key)
	}
	return strings.ToUpper(string(c))
}

func (v voice) status(s models.Status) string {
	if s == "" {
		s = models.Unknown
	}
	return v.Say("status." + string(s))
}

// age is how long ago something was: 3 分钟前.
func (v voice) age(m models.Moment) string {
	switch d := v.now.Sub(m); {
	case d < time.Minute:
		return v.Say("age.now")
	case d < time.Hour:
		return v.Say("age.minutes", "Count", int(d/time.Minute))
	case d < 24*time.Hour:
		return v.Say("age.hours", "Count", int(d/time.Hour))
	default:
		return v.Say("age.days", "Count", int(d/(24*time.Hour)))
	}
}

// clock is when something was, as short as it is clear: 05-12 14:30, and the
// year when it is another one.
func (v voice) clock(m models.Moment) string {
	at := m.Time().In(v.zone)
	if at.Year() != v.now.Time().In(v.zone).Year() {
		return at.Format("2006-01-02 15:04")
	}
	return at.Format("01-02 15:04")
}

// mention ends what wants an answer with how to be heard here.
func (v voice) mention(blocks []Block) []Block {
	if !v.deaf {
		return blocks
	}
	return append(blocks, v.sentence("mention"))
}

// tell is one reply of one sentence.
func (v voice) tell(key string, args ...any) []Reply {
	return []Reply{{Blocks: []Block{v.sentence(key, args...)}}}
}

// sentence is a block of a key's lines. What stands for {{.Number}} can be
// copied with one tap.
func (v voice) sentence(key string, args ...any) Block {
	number := ""
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "Number" {
			number, _ = args[i+1].(string)
		}
	}
	var block Block
	for text := range strings.SplitSeq(v.Say(key, args...), "\n") {
		block = append(block, copyable(text, number))
	}
	return block
}

// copyable styles every occurrence of number in text as code.
func copyable(text, number string) Line {
	if number == "" || !strings.Contains(text, number) {
		return Line{{Text: text}}
	}
	var line Line
	for text != "" {
		before, after, found := strings.Cut(text, number)
		if before != "" {
			line = append(line, Span{Text: before})
		}
		if found {
			line = append(line, Span{Text: number, Style: Code})
		}
		text = after
	}
	return line
}
