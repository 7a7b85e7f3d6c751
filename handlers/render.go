package handlers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill/locales"
	"waybill/models"
)

// renderer puts things into the words of one language, at one moment, in one time zone.
type renderer struct {
	words        *locales.Localizer
	zone         *time.Location
	now          models.Moment
	mentionsOnly bool // the bot hears nothing but what mentions it
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

// carrier is a carrier's name; its code when it has no words, "" when unknown.
func (r renderer) carrier(c models.Carrier) string {
	if c == "" {
		return ""
	}
	if key := "carrier." + string(c); r.words.Has(key) {
		return r.say(key)
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

// shownEvents is how many events a reply about one parcel shows; the rest is counted.
const shownEvents = 5

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

// state is where a parcel stands, and since when we know it.
func (r renderer) state(p models.Parcel) Line {
	line := Line{{Text: icon(p.Status) + " "}, {Text: r.status(p.Status), Style: Strong}}
	if p.HeardAt != 0 {
		line = append(line, Span{Text: " · " + r.say("heard", "Age", r.age(p.HeardAt)), Style: Dim})
	}
	return line
}

// event is one scan: when and where, and the carrier's words.
func (r renderer) event(e models.Event) Block {
	line := Line{{Text: r.clock(e.At) + " ", Style: Dim}, {Text: e.Text}}
	if e.Place != "" && !strings.Contains(e.Text, e.Place) {
		line = append(line, Span{Text: " (" + e.Place + ")", Style: Dim})
	}
	return Block{line}
}

// trace is a parcel's head, its state, and its newest scans; most 0 means all.
func (r renderer) trace(p models.Parcel, name string, scans []models.Event, most int) []Block {
	blocks := []Block{{r.head(p, name), r.state(p)}}
	more := 0
	if most > 0 && len(scans) > most {
		more = len(scans) - most
		scans = scans[:most]
	}
	for _, e := range scans {
		blocks = append(blocks, r.event(e))
	}
	if more > 0 {
		blocks = append(blocks, r.sentence("more_events", "Count", more))
	}
	return blocks
}

// row is a parcel's line in a list.
func (r renderer) row(at int, f models.Followed) Block {
	line := append(Line{{Text: strconv.Itoa(at) + ". "}}, r.head(f.Parcel, f.Follow.Name)...)
	if f.Follow.Mute == models.Muted {
		line = append(line, Span{Text: " 🔕"})
	}
	if f.Follow.PushTo != "" {
		line = append(line, Span{Text: " 📣 " + f.Follow.PushTo})
	}
	return Block{line, r.rowState(f)}
}

func (r renderer) rowState(f models.Followed) Line {
	if !f.Follow.Opens(f.Parcel) {
		return Line{{Text: "   🔒 " + r.say("list.locked")}}
	}
	if f.Parcel.EventAt == 0 && (f.Parcel.Status == "" || f.Parcel.Status == models.Unknown) {
		return Line{{Text: "   " + icon(models.Pending) + " " + r.say("list.unheard")}}
	}
	line := Line{{Text: "   " + icon(f.Parcel.Status) + " " + r.status(f.Parcel.Status)}}
	if f.Parcel.EventAt != 0 {
		line = append(line, Span{Text: " · " + r.age(f.Parcel.EventAt), Style: Dim})
	}
	return line
}

// scans keeps the carrier's lines of a history, newest first by its own clock.
func scans(history []models.Event) []models.Event {
	kept := slices.DeleteFunc(slices.Clone(history), func(e models.Event) bool { return e.Kind != models.Scan })
	slices.SortStableFunc(kept, func(a, b models.Event) int {
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.Seq, a.Seq))
	})
	return kept
}

// icon is a status at a glance.
func icon(s models.Status) string {
	switch s {
	case models.Pending:
		return "🕓"
	case models.Customs:
		return "🛃"
	case models.OutForDelivery:
		return "🛵"
	case models.ReadyForPickup:
		return "📮"
	case models.Delivered:
		return "✅"
	case models.FailedAttempt, models.Exception, models.Rejected:
		return "⚠️"
	case models.Returning, models.Returned:
		return "↩️"
	case models.Cancelled, models.Invalid, models.Expired:
		return "🚫"
	case models.Collected, models.InTransit:
		return "🚚"
	}
	return "📦"
}

// parcelButtons are what one can press under a reply about a parcel.
func (r renderer) parcelButtons(p models.Parcel) [][]Button {
	id := strconv.FormatInt(p.ID, 10)
	details := Button{Text: r.say("button.details"), Data: "d:" + id}
	name := Button{Text: r.say("button.name"), Data: "n:" + id}
	stop := Button{Text: r.say("button.stop"), Data: "s:" + id}
	if !p.Live() {
		return [][]Button{{details, stop}}
	}
	refresh := Button{Text: r.say("button.refresh"), Data: "r:" + id}
	return [][]Button{{refresh, details}, {name, stop}}
}
