package handlers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/models"
)

// grouped is from how many rows on a list has headings.
const grouped = 8

// rowWidth is how wide a scan's words in a row may be; a Chinese character is two wide.
const rowWidth = 40

// group is what a list puts under one heading, and the order of the headings.
type group int

const (
	needsYou  group = iota // something went wrong, or it has to be fetched or opened
	today                  // out for delivery
	onTheWay               // it moves
	notMoving              // nothing is known of it, or not yet
	over                   // it has arrived, or is no longer followed up
)

func (g group) key() string {
	return [...]string{"group.needs_you", "group.today", "group.on_the_way", "group.not_moving", "group.over"}[g]
}

func groupOf(f models.Followed) group {
	p := f.Parcel
	if !p.Live() || p.Status.Done() {
		return over
	}
	if !f.Follow.Opens(p) || p.Noticed&models.NoticedStuck != 0 {
		return needsYou
	}
	switch p.Status {
	case models.ReadyForPickup, models.FailedAttempt, models.Exception, models.Rejected, models.Returning, models.Invalid:
		return needsYou
	case models.OutForDelivery:
		return today
	case models.Collected, models.InTransit, models.Customs:
		return onTheWay
	}
	return notMoving
}

// inShownOrder puts rows into the order of a list: the newest scan first, by the
// carrier's clock, whose age is what a row shows; from eight rows on by what needs
// attention before that.
func inShownOrder(rows []models.Followed) []models.Followed {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b models.Followed) int {
		newest := cmp.Or(cmp.Compare(b.Parcel.EventAt, a.Parcel.EventAt), cmp.Compare(b.Follow.CreatedAt, a.Follow.CreatedAt))
		if len(rows) < grouped {
			return newest
		}
		return cmp.Or(cmp.Compare(groupOf(a), groupOf(b)), newest)
	})
	return rows
}

// row is a parcel in a list: what it is called, where it stands, and its newest scan,
// a line each. e is when it is expected, where that is asked; newest is zero when there is
// none.
func (r renderer) row(at int, f models.Followed, e models.Expected, chat models.News, newest models.Event) Block {
	line := append(Line{{Text: strconv.Itoa(at) + ". "}}, r.head(f.Parcel, f.Follow.Name)...)
	if mark := muteMark(f.Follow.Mute, chat); mark != "" {
		line = append(line, Span{Text: " " + mark})
	}
	if f.Follow.PushTo != "" {
		line = append(line, Span{Text: " 📣 " + f.Follow.PushTo})
	}
	block := Block{line, r.rowState(f, e)}
	if newest.At == 0 || !f.Follow.Opens(f.Parcel) {
		return block
	}
	return append(block, append(Line{{Text: "   " + r.clock(newest.At) + " ", Style: Dim}}, r.brief(newest)...))
}

// muteMark is shown where a parcel is not heard of as its chat is in general.
func muteMark(m models.Mute, chat models.News) string {
	switch {
	case m == models.Muted && chat.Everything():
		return "🔇"
	case m == models.Unmuted && !chat.Everything():
		return "🔔"
	}
	return ""
}

func (r renderer) rowState(f models.Followed, e models.Expected) Line {
	if !f.Follow.Opens(f.Parcel) {
		return Line{{Text: "   🔒 " + r.say("list.locked")}}
	}
	if f.Parcel.EventAt == 0 && (f.Parcel.Status == "" || f.Parcel.Status == models.Unknown) {
		return Line{{Text: "   " + icon(models.Pending) + " " + r.say("list.unheard")}}
	}
	line := Line{{Text: "   " + icon(f.Parcel.Status) + " " + r.standing(f.Parcel)}}
	if f.Parcel.EventAt != 0 {
		line = append(line, Span{Text: " · " + r.age(f.Parcel.EventAt), Style: Dim})
	}
	if expected := r.expected(e); expected != "" {
		line = append(line, Span{Text: " · " + r.say("estimate", "Estimate", expected)})
	}
	return line
}

// brief is a scan cut to one line, with its place in front where its words do not
// name it. A code for the pickup that would be cut off goes first.
func (r renderer) brief(e models.Event) Line {
	text := strings.Join(strings.Fields(e.Text), " ")
	if e.Place != "" && !strings.Contains(text, e.Place) {
		text = e.Place + " " + text
	}
	text = r.words.Written(text)
	short := cut(text, rowWidth)
	if from, to := pickupCode(text); to > 0 && !strings.Contains(short, text[from:to]) {
		return Line{{Text: text[from:to], Style: Strong}, {Text: " " + short}}
	}
	return strongCode(short)
}

// cut shortens a text to a width, in which a Chinese character is two wide. It does
// not cut a number or a word in two unless that is most of the text.
func cut(text string, width int) string {
	wide, fits := 0, 0 // fits: the bytes that leave room for the ellipsis
	for at, c := range text {
		if wide < width {
			fits = at
		}
		wide += runeWidth(c)
		if wide > width {
			kept := text[:fits]
			word := strings.TrimRightFunc(kept, isWord)
			next, _ := utf8.DecodeRuneInString(text[fits:])
			if isWord(next) && len(word) > len(kept)/2 {
				kept = word
			}
			return strings.TrimRight(kept, " ，,、（(【") + "…"
		}
	}
	return text
}

func isWord(c rune) bool {
	return c < utf8.RuneSelf && (unicode.IsLetter(c) || unicode.IsDigit(c) || c == '-' || c == '*')
}

func runeWidth(c rune) int {
	if c >= 0x1100 {
		return 2
	}
	return 1
}
