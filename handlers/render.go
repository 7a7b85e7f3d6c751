package handlers

import (
	"strings"
	"time"

	"waybill/locales"
	"waybill/models"
	"waybill/tracking/recognise"
)

// renderer puts things into the words of one language, at one moment, in one time zone.
type renderer struct {
	words        *locales.Localizer
	zone         *time.Location
	now          models.Moment
	mentionsOnly bool // the bot hears nothing but what mentions it
	contact      func(models.Carrier) recognise.Contact
	links        func(models.Followed) string // of a follow's page; nil: there are no pages
}

// page links to a follow's page; nil where there is none, or nothing may be shown on it.
func (r renderer) page(f models.Followed) Block {
	if r.links == nil || !f.Follow.Opens(f.Parcel) {
		return nil
	}
	at := r.links(f)
	if at == "" {
		return nil
	}
	return Block{Line{{Text: r.say("page_link"), Style: Link, URL: at}}}
}

func (r renderer) tag() string { return r.words.Tag() }

// scanLanguage is the language in which this chat reads scans best (models.Parcel Lang).
func (r renderer) scanLanguage() string {
	if r.tag() == models.English {
		return models.English
	}
	return ""
}

func (r renderer) say(key string, args ...any) string { return r.words.Say(key, args...) }

// carrier is a carrier's name, also of a foreign one that has no code (amazon,
// post.GB); its key when it has no words, "" when unknown.
func (r renderer) carrier(c models.Carrier) string {
	if c == "" {
		return ""
	}
	if key := "carrier." + string(c); r.words.Has(key) {
		return r.say(key)
	}
	if country, isPost := strings.CutPrefix(string(c), "post."); isPost {
		return r.say("post_of", "Country", r.words.Region(country))
	}
	return strings.ToUpper(string(c))
}

func (r renderer) status(s models.Status) string {
	if s == "" {
		s = models.Unknown
	}
	return r.say("status." + string(s))
}

// age is how long ago something was: 3 分钟前.
func (r renderer) age(m models.Moment) string {
	switch d := r.now.Sub(m); {
	case d < time.Minute:
		return r.say("age.now")
	case d < time.Hour:
		return r.say("age.minutes", "Count", int(d/time.Minute))
	case d < 24*time.Hour:
		return r.say("age.hours", "Count", int(d/time.Hour))
	default:
		return r.say("age.days", "Count", int(d/(24*time.Hour)))
	}
}

// duration is how long something takes, in two units at most: 1 天 3 小时.
func (r renderer) duration(d time.Duration) string {
	hours := int(d/time.Hour) % 24
	if d < 24*time.Hour || hours == 0 {
		return r.roughly(d)
	}
	return r.roughly(d) + " " + r.say("duration.hours", "Count", hours)
}

// roughly is how long something takes, in its greatest unit: 3 天.
func (r renderer) roughly(d time.Duration) string {
	switch {
	case d < time.Hour:
		return r.say("duration.minutes", "Count", max(1, int(d/time.Minute)))
	case d < 24*time.Hour:
		return r.say("duration.hours", "Count", int(d/time.Hour))
	}
	return r.say("duration.days", "Count", int(d/(24*time.Hour)))
}

// clock is when something was, as short as it is clear: 05-12 14:30, and the
// year when it is another one.
func (r renderer) clock(m models.Moment) string {
	at := m.Time().In(r.zone)
	if at.Year() != r.now.Time().In(r.zone).Year() {
		return at.Format("2006-01-02 15:04")
	}
	return at.Format("01-02 15:04")
}

// mention ends what wants an answer with how to be heard here.
func (r renderer) mention(blocks []Block) []Block {
	if !r.mentionsOnly {
		return blocks
	}
	return append(blocks, r.sentence("mention"))
}

// reply is one reply of one sentence.
func (r renderer) reply(key string, args ...any) []Reply {
	return []Reply{{Blocks: []Block{r.sentence(key, args...)}}}
}

// sentence is a block of a key's lines. What stands for {{.Number}} can be
// copied with one tap.
func (r renderer) sentence(key string, args ...any) Block {
	number := ""
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "Number" {
			number, _ = args[i+1].(string)
		}
	}
	var block Block
	for text := range strings.SplitSeq(r.say(key, args...), "\n") {
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

// head is what a parcel is called: carrier, number, name.
func (r renderer) head(p models.Parcel, name string) Line {
	var line Line
	if carrier := r.carrier(p.Carrier); carrier != "" {
		line = append(line, Span{Text: carrier + " "})
	}
	line = append(line, Span{Text: p.Number, Style: Code})
	if name != "" {
		line = append(line, Span{Text: " · "}, Span{Text: name, Style: Strong})
	}
	return line
}
