package handlers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"waybill/models"
)

// shownEvents is how many events a reply about one parcel shows; the rest is counted.
const shownEvents = 5

// head is what a parcel is called: carrier, number, name.
func (v voice) head(p models.Parcel, name string) Line {
	var line Line
	if carrier := v.carrier(p.Carrier); carrier != "" {
		line = append(line, Span{Text: carrier + " "})
	}
	line = append(line, Span{Text: p.Number, Style: Code})
	if name != "" {
		line = append(line, Span{Text: " · "}, Span{Text: name, Style: Strong})
	}
	return line
}

// state is where a parcel stands, and since when we know it.
func (v voice) state(p models.Parcel) Line {
	line := Line{{Text: icon(p.Status) + " "}, {Text: v.status(p.Status), Style: Strong}}
	if p.HeardAt != 0 {
		line = append(line, Span{Text: " · " + v.Say("heard", "Age", v.age(p.HeardAt)), Style: Dim})
	}
	return line
}

// event is one scan: when and where, and the carrier's words.
func (v voice) event(e models.Event) Block {
	line := Line{{Text: v.clock(e.At) + " ", Style: Dim}, {Text: e.Text}}
	if e.Place != "" && !strings.Contains(e.Text, e.Place) {
		line = append(line, Span{Text: " (" + e.Place + ")", Style: Dim})
	}
	return Block{line}
}

// trace is a parcel's head, its state, and its newest scans; most 0 means all.
func (v voice) trace(p models.Parcel, name string, scans []models.Event, most int) []Block {
	blocks := []Block{{v.head(p, name), v.state(p)}}
	more := 0
	if most > 0 && len(scans) > most {
		more = len(scans) - most
		scans = scans[:most]
	}
	for _, e := range scans {
		blocks = append(blocks, v.event(e))
	}
	if more > 0 {
		blocks = append(blocks, v.sentence("more_events", "Count", more))
	}
	return blocks
}

// row is a parcel's line in a list.
func (v voice) row(at int, f models.Followed) Block {
	line := append(Line{{Text: strconv.Itoa(at) + ". "}}, v.head(f.Parcel, f.Follow.Name)...)
	if f.Follow.Muted {
		line = append(line, Span{Text: " 🔕"})
	}
	if f.Follow.PushTo != "" {
		line = append(line, Span{Text: " 📣 " + f.Follow.PushTo})
	}
	return Block{line, v.rowState(f)}
}

func (v voice) rowState(f models.Followed) Line {
	if !f.Follow.Opens(f.Parcel) {
		return Line{{Text: "   🔒 " + v.Say("list.locked")}}
	}
	if f.Parcel.EventAt == 0 && (f.Parcel.Status == "" || f.Parcel.Status == models.Unknown) {
		return Line{{Text: "   " + icon(models.Pending) + " " + v.Say("list.unheard")}}
	}
	line := Line{{Text: "   " + icon(f.Parcel.Status) + " " + v.status(f.Parcel.Status)}}
	if f.Parcel.EventAt != 0 {
		line = append(line, Span{Text: " · " + v.age(f.Parcel.EventAt), Style: Dim})
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
func (v voice) parcelButtons(p models.Parcel) [][]Button {
	id := strconv.FormatInt(p.ID, 10)
	details := Button{Text: v.Say("button.details"), Data: "d:" + id}
	name := Button{Text: v.Say("button.name"), Data: "n:" + id}
	stop := Button{Text: v.Say("button.stop"), Data: "s:" + id}
	if !p.Live() {
		return [][]Button{{details, stop}}
	}
	refresh := Button{Text: v.Say("button.refresh"), Data: "r:" + id}
	return [][]Button{{refresh, details}, {name, stop}}
}
