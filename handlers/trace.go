package handlers

import (
	"cmp"
	"slices"
	"strings"

	"waybill/models"
)

// shownEvents is how many events a reply about one parcel shows; the rest is counted.
const shownEvents = 5

// standing is where a parcel stands. What only a scan's words say is not said for
// certain: the parcel is still asked about.
func (r renderer) standing(p models.Parcel) string {
	if unconfirmed(p) {
		return r.say("unconfirmed." + string(p.Status))
	}
	return r.status(p.Status)
}

// unconfirmed says that a journey is over by a scan's words alone.
func unconfirmed(p models.Parcel) bool { return p.Status.Done() && p.Live() }

// state is where a parcel stands, and since when we know it.
func (r renderer) state(p models.Parcel) Line {
	line := Line{{Text: icon(p.Status) + " "}, {Text: r.standing(p), Style: Strong}}
	if p.HeardAt != 0 {
		line = append(line, Span{Text: " · " + r.say("heard", "Age", r.age(p.HeardAt)), Style: Dim})
	}
	return line
}

// journey is what is known of the whole way, in at most two lines: from where to
// where and for how long, and when it is expected.
func (r renderer) journey(p models.Parcel, e models.Expected) Block {
	var block Block
	if route := r.route(p); route != "" {
		block = append(block, Line{{Text: route}})
	}
	if estimate := r.estimate(e); estimate != "" {
		block = append(block, Line{{Text: estimate}})
	}
	return block
}

// estimate says when a parcel is expected; "" where nothing is.
func (r renderer) estimate(e models.Expected) string {
	expected := r.expected(e)
	if expected == "" {
		return ""
	}
	return r.say("estimate", "Estimate", expected)
}

// expected is when a parcel is expected, in words.
func (r renderer) expected(e models.Expected) string { return SayExpected(r.words, e, r.now, r.zone) }

// route is 西安 → 长沙 · 已走 1 天 3 小时. Where the places are not known, only what
// has arrived says how long it took: on its way the scans' own times say enough.
func (r renderer) route(p models.Parcel) string {
	took := r.took(p)
	if p.Origin == "" || p.Destination == "" {
		if hasArrived(p) {
			return took
		}
		return ""
	}
	way := r.words.Written(p.Origin)
	if p.Destination != p.Origin {
		way += " → " + r.words.Written(p.Destination)
	}
	if took == "" {
		return way
	}
	return way + " · " + took
}

// event is one scan: when and where, the carrier's words, and how often they came.
func (r renderer) event(e models.Folded) Block {
	line := append(Line{{Text: r.clock(e.At) + " ", Style: Dim}}, quoted(r.scanned(e.Text))...)
	if e.Place != "" && !strings.Contains(e.Text, e.Place) {
		line = append(line, Span{Text: " (" + r.words.Written(e.Place) + ")", Style: Dim})
	}
	if e.Times > 1 {
		line = append(line, Span{Text: " " + r.say("times", "Times", e.Times), Style: Dim})
	}
	return Block{line}
}

// scanned is a scan's words, with the code for its pickup to be seen at once.
func (r renderer) scanned(text string) Line { return strongCode(r.words.Written(text)) }

// quoted says of words that they are somebody else's.
func quoted(line Line) Line {
	for i := range line {
		if line[i].Style == Plain {
			line[i].Style = Quote
		}
	}
	return line
}

// trace is a parcel's head, its state and journey, and its newest scans; most 0 means all.
func (r renderer) trace(p models.Parcel, e models.Expected, name string, found []models.Event, most int) []Block {
	blocks := []Block{append(Block{r.head(p, name), r.state(p)}, r.journey(p, e)...)}
	folded, more := models.Fold(found), 0
	if most > 0 && len(folded) > most {
		for _, e := range folded[most:] {
			more += e.Times
		}
		folded = folded[:most]
	}
	for _, e := range folded {
		blocks = append(blocks, r.event(e))
	}
	if more > 0 {
		blocks = append(blocks, r.sentence("more_events", "Count", more))
	}
	return blocks
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
