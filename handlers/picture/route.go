package picture

import (
	"slices"

	"waybill/models"
)

// mostNamed is how many cities of a route have their names on it, mostStops how many
// are dots on it at all.
const (
	mostNamed = 6
	mostStops = 24
)

// stop is a city as the route draws it.
type stop struct {
	models.Stop
	named   bool
	present bool // where the parcel is now
}

// routeStops are the stops to draw: of a long way the first, the one where the parcel is
// and the last have names, and of those between them as many as there is place for; most are drawn at all.
func routeStops(way []models.Stop, most int) []stop {
	present := len(way) - 1
	for present > 0 && way[present].Ahead {
		present--
	}
	kept := map[int]bool{0: true, present: true, len(way) - 1: true}
	between := spread(len(way), kept, mostNamed)
	dots := spread(len(way), between, most)
	var stops []stop
	for i, w := range way {
		if dots[i] {
			stops = append(stops, stop{Stop: w, named: between[i], present: i == present && !w.Ahead})
		}
	}
	return stops
}

// spread adds places to those that are kept until there are so many of them, each in
// the middle of the widest gap.
func spread(all int, kept map[int]bool, most int) map[int]bool {
	places := make([]int, 0, most)
	for i := range all {
		if kept[i] {
			places = append(places, i)
		}
	}
	for len(places) < min(most, all) {
		widest := 0
		for i := 1; i+1 < len(places); i++ {
			if places[i+1]-places[i] > places[widest+1]-places[widest] {
				widest = i
			}
		}
		places = slices.Insert(places, widest+1, (places[widest]+places[widest+1])/2)
	}
	out := make(map[int]bool, len(places))
	for _, i := range places {
		out[i] = true
	}
	return out
}

// route is the way from city to city: on a map where it is known where they lie, else on
// a straight line.
func (s *sheet) route() section {
	heading := s.heading("picture.route")
	stops := s.readable(s.journey.Stops)
	drawing, mapped := s.routeMap(stops)
	if !mapped {
		drawing = s.routeLine(routeStops(stops, mostStops))
	}
	const after = 54
	return section{heading.height + drawing.height + after, func(top float32) {
		heading.draw(top)
		if words := s.fromTo(stops); words != "" {
			st := style{base, false, muted}
			words = s.elided(words, st, inner*0.7)
			s.set(column{[]string{words}, st, large * 1.4}, margin+inner-s.wide(words, st), top)
		}
		top += heading.height
		s.path.roundRect(margin, top, margin+inner, top+drawing.height, radius)
		s.fill(panel)
		drawing.draw(top)
	}}
}

// readable writes the cities as their readers do, and short enough.
func (s *sheet) readable(way []models.Stop) []models.Stop {
	way = slices.Clone(way)
	for i := range way {
		way[i].City = s.face.clean(&s.buffer, s.words.Written(way[i].City))
	}
	return way
}

// fromTo is the first and the last city of a way, "" where there is only one.
func (s *sheet) fromTo(way []models.Stop) string {
	first, last := way[0].City, way[len(way)-1].City
	if first == last {
		return ""
	}
	return first + " → " + last
}

// routeLine is a route of which it is not known where its cities lie. Names that would
// touch one another stand over and under the line in turn.
func (s *sheet) routeLine(stops []stop) section {
	const pad = 66
	at := s.lineAt(len(stops))
	labels := s.lineLabels(stops, at)
	above, below := float32(pad), float32(pad)
	for _, l := range labels {
		if l.box.y0 < 0 {
			above = 100
		} else {
			below = 100
		}
	}
	return section{above + below, func(top float32) {
		y := top + above
		places := make([]point, len(stops))
		for i := range stops {
			places[i] = at(i).add(point{0, y})
		}
		for i := 1; i < len(stops); i++ {
			s.leg([]point{places[i-1], places[i]}, stops[i].Ahead)
		}
		for i, st := range stops {
			s.stopDot(places[i], st)
		}
		for _, l := range labels {
			s.write(l.text, l.style, l.box.x0, y+l.box.y1-labelOffset)
		}
	}}
}

// lineReach is how far the ends of a straight line stand from the border.
const lineReach = 100

// lineAt is where each of so many stops stands on a straight line at the height 0.
func (s *sheet) lineAt(stops int) func(int) point {
	return func(i int) point {
		if stops == 1 {
			return point{margin + inner/2, 0}
		}
		return point{margin + lineReach + (inner-2*lineReach)*float32(i)/float32(stops-1), 0}
	}
}

// label is a stop's name with the place that it takes.
type label struct {
	text  string
	style style
	box   box
}

// labelHigh is how high a label is, labelOffset how far its baseline stands over its
// lower edge, labelGap how far labels keep apart.
const (
	labelHigh   = small * 1.25
	labelOffset = small * 0.3
	labelGap    = 18
	labelAway   = 39 // from the middle of a stop's dot
)

// lineLabels are the names along a straight line: all below it, or in turn above and
// below, each cut to its place.
func (s *sheet) lineLabels(stops []stop, at func(int) point) []label {
	var named []int
	for i, st := range stops {
		if st.named {
			named = append(named, i)
		}
	}
	for _, rows := range []int{1, 2} {
		labels := make([]label, 0, len(named))
		fits := true
		for n, i := range named {
			place := float32(inner)
			if len(named) > 1 {
				place = widestName(float32(rows) * s.pitch(named, at))
			}
			st := labelStyle(stops[i])
			words := stops[i].City
			if wide := s.wide(words, st); wide > place {
				fits = false
				words = s.elided(words, st, place)
			}
			below := rows == 1 || n%2 == 0
			labels = append(labels, s.lineLabel(words, st, at(i).x, below))
		}
		if fits || rows == 2 {
			return labels
		}
	}
	return nil
}

// widestName is how wide names in a row may be whose stops stand at a distance: those at
// the ends may be moved in, towards their neighbour and towards one another.
func widestName(distance float32) float32 {
	return min(distance-labelGap, (distance+lineReach-2*labelGap)/1.5, (inner-3*labelGap)/2)
}

// pitch is the least distance between two named stops on a line.
func (s *sheet) pitch(named []int, at func(int) point) float32 {
	least := float32(inner)
	for n := 1; n < len(named); n++ {
		least = min(least, at(named[n]).x-at(named[n-1]).x)
	}
	return least
}

func (s *sheet) lineLabel(words string, st style, x float32, below bool) label {
	wide := s.wide(words, st)
	left := min(max(x-wide/2, margin+labelGap), margin+inner-labelGap-wide)
	top := float32(labelAway - 6)
	if !below {
		top = -labelAway - labelHigh
	}
	return label{words, st, box{left, top, left + wide, top + labelHigh}}
}

func labelStyle(st stop) style {
	switch {
	case st.present:
		return style{small, true, tone}
	case st.Ahead:
		return style{small, false, muted}
	}
	return style{small, false, text}
}

// leg is the way between two stops.
func (s *sheet) leg(points []point, ahead bool) {
	if ahead {
		s.path.dashes(6, 12, 18, points...)
		s.fill(muted)
		return
	}
	s.path.stroke(7, points...)
	s.fill(tone)
}

// stopDot is a ring where the parcel has been, full where it is, empty where it goes.
func (s *sheet) stopDot(c point, st stop) {
	switch {
	case st.present:
		s.path.circle(c, 33)
		s.fill(soft)
		s.path.circle(c, 19)
		s.fill(tone)
	case st.Ahead:
		s.path.circle(c, 17)
		s.fill(muted)
		s.path.circle(c, 11)
		s.fill(panel)
	case !st.named:
		s.path.circle(c, 10)
		s.fill(tone)
	default:
		s.path.circle(c, 17)
		s.fill(tone)
		s.path.circle(c, 10)
		s.fill(panel)
	}
}
