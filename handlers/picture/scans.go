package picture

import (
	"strings"

	"waybill/models"
)

// shownScans is how many scans a picture shows at most, in how many lines the newest one and
// the others; indent is where their words begin.
const (
	shownScans  = 5
	newestLines = 4
	olderLines  = 2
	indent      = 51
)

// entry is a scan as it is set: when, where, and its words.
type entry struct {
	when  string
	words column
}

func (e entry) height() float32 { return small*1.4 + e.words.height() + 30 }

// scans is the newest scans, newest first and at most so many, and how many older ones there are.
func (s *sheet) scans(most int) section {
	heading := s.heading("picture.scans")
	folded := models.Fold(s.journey.Scans)
	if len(folded) == 0 {
		none := s.column(s.words.Say("picture.none"), style{base, false, muted}, inner, 3)
		return section{heading.height + none.height() + 30, func(top float32) {
			heading.draw(top)
			s.set(none, margin, top+heading.height)
		}}
	}
	more := 0
	var entries []entry
	height := heading.height
	for i, e := range folded {
		if i >= most {
			more += e.Times
			continue
		}
		ink, high := muted, olderLines
		if i == 0 {
			ink, high = text, newestLines
		}
		entries = append(entries, entry{s.when(e), s.column(s.said(e.Event), style{base, false, ink}, inner-indent, high)})
		height += entries[i].height()
	}
	older := column{}
	if more > 0 {
		older = s.column(s.words.Say("more_events", "Count", more), style{small, false, muted}, inner-indent, 1)
	}
	return section{height + older.height(), func(top float32) {
		heading.draw(top)
		top += heading.height
		s.timeline(entries, top)
		for _, e := range entries {
			y := s.set(column{[]string{e.when}, style{small, false, muted}, small * 1.4}, margin+indent, top)
			s.set(e.words, margin+indent, y)
			top += e.height()
		}
		s.set(older, margin+indent, top)
	}}
}

// timeline is the line that ties scans together, with a dot at each.
func (s *sheet) timeline(entries []entry, top float32) {
	const x = margin + 14
	y := top + small*0.7
	var dots []point
	for _, e := range entries {
		dots = append(dots, point{x, y})
		y += e.height()
	}
	s.path.stroke(4, dots[0], dots[len(dots)-1])
	s.fill(line)
	for _, d := range dots[1:] {
		s.path.circle(d, 17)
		s.fill(background)
		s.path.circle(d, 9)
		s.fill(line)
	}
	s.path.circle(dots[0], 24)
	s.fill(background)
	s.path.circle(dots[0], 14)
	s.fill(tone)
}

// when is a scan's time, its place where its words do not name it, and how often it came.
func (s *sheet) when(e models.Folded) string {
	when := e.At.Clock(s.journey.Now, s.journey.Zone)
	if e.Place != "" && !strings.Contains(e.Text, e.Place) {
		when += " · " + s.words.Written(models.MaskPhones(e.Place))
	}
	if e.Times > 1 {
		when += " " + s.words.Say("times", "Times", e.Times)
	}
	return s.elided(s.face.clean(&s.buffer, when), style{small, false, muted}, inner-indent)
}

// said is a scan's words as its readers write them, without phones.
func (s *sheet) said(e models.Event) string {
	return s.words.Written(models.MaskPhones(e.Text))
}

// heading is the name of a section.
func (s *sheet) heading(key string) section {
	const height = large*1.4 + 15
	return section{height, func(top float32) {
		s.set(column{[]string{s.words.Say(key)}, style{large, true, text}, large * 1.4}, margin, top)
	}}
}

// foot says how old the picture is.
func (s *sheet) foot() section {
	at := s.journey.Parcel.HeardAt
	if at == 0 {
		at = s.journey.Now
	}
	words := s.column(s.words.Say("picture.updated", "Time", at.Clock(s.journey.Now, s.journey.Zone)), style{small, false, muted}, inner, 1)
	return section{24 + words.height() + margin*0.75, func(top float32) { s.set(words, margin, top+24) }}
}
