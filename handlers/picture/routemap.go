package picture

import (
	"math"

	"waybill/models"
)

// box is a rectangle, in pixels.
type box struct{ x0, y0, x1, y1 float32 }

func (b box) overlaps(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

func (b box) grown(by float32) box { return box{b.x0 - by, b.y0 - by, b.x1 + by, b.y1 + by} }

func (b box) within(o box) bool { return b.x0 >= o.x0 && b.x1 <= o.x1 && b.y0 >= o.y0 && b.y1 <= o.y1 }

func (b box) holds(p point) bool { return p.x > b.x0 && p.x < b.x1 && p.y > b.y0 && p.y < b.y1 }

// The least and greatest height of a map and how much higher each stop lets it be, the place that it keeps free for names around
// its stops, and how far stops keep apart, in pixels.
const (
	lowestMap  = 270
	highestMap = 450
	mapGrows   = 60
	mapBorder  = 75
	mapMargin  = 140
	stopsApart = 76
	// leastSpan is the way under which a map says nothing, in degrees.
	leastSpan = 0.2
)

// mapped is a route on a map: where its cities lie, in pixels from the map's upper left
// corner, and the order in which the parcel goes through them.
type mapped struct {
	stops  []stop
	places []point
	way    []int
	ahead  []bool // by leg: not gone yet
	labels []label
	height float32
}

// routeMap draws the cities as they lie to one another, north above. False: that is not
// known of enough of them, or there would be names one over the other.
func (s *sheet) routeMap(way []models.Stop) (section, bool) {
	m, ok := s.layMap(way, mostStops)
	if !ok {
		m, ok = s.layMap(way, mostNamed)
	}
	if !ok {
		return section{}, false
	}
	return section{m.height, func(top float32) {
		corner := point{margin, top}
		for i, points := range m.legs() {
			for k := range points {
				points[k] = points[k].add(corner)
			}
			s.leg(points, m.ahead[i])
			s.chevron(points, m.ahead[i])
		}
		for i, st := range m.stops {
			s.stopDot(m.places[i].add(corner), st)
		}
		for _, l := range m.labels {
			s.write(l.text, l.style, margin+l.box.x0, top+l.box.y1-labelOffset)
		}
	}}, true
}

// layMap puts stops and names on a map. A city through which the parcel goes twice is
// there once; a stop of which it is not known where it lies is left out, but not the
// one where the parcel is. Between those with a name there are dots, most stops in all.
func (s *sheet) layMap(way []models.Stop, most int) (*mapped, bool) {
	m := &mapped{}
	var placed []models.Stop
	for i, w := range way {
		switch {
		case w.Placed():
			placed = append(placed, w)
		case !w.Ahead && (i+1 == len(way) || way[i+1].Ahead):
			return nil, false
		}
	}
	if len(placed) < 2 || span(placed) < leastSpan {
		return nil, false
	}
	at := map[string]int{}
	for _, st := range routeStops(placed, most) {
		i, known := at[st.City]
		if !known {
			i = len(m.stops)
			at[st.City] = i
			m.stops = append(m.stops, st)
		} else {
			m.stops[i].present = m.stops[i].present || st.present
			m.stops[i].named = m.stops[i].named || st.named
		}
		if n := len(m.way); n > 0 && m.way[n-1] != i {
			m.ahead = append(m.ahead, st.Ahead)
		} else if n > 0 {
			continue
		}
		m.way = append(m.way, i)
	}
	m.project()
	return m, m.spreadOut() && s.putLabels(m)
}

// span is how far stops lie apart, in degrees, in the wider of both directions.
func span(stops []models.Stop) float64 {
	west, east, south, north := bounds(stops)
	return max(east-west, north-south)
}

func bounds(stops []models.Stop) (west, east, south, north float64) {
	west, east, south, north = 180, -180, 90, -90
	for _, st := range stops {
		west, east = min(west, st.Lon), max(east, st.Lon)
		south, north = min(south, st.Lat), max(north, st.Lat)
	}
	return west, east, south, north
}

// project puts the stops where they lie: a degree of longitude is as much shorter than
// one of latitude as it is in the middle of the way.
func (m *mapped) project() {
	plain := make([]models.Stop, len(m.stops))
	for i, st := range m.stops {
		plain[i] = st.Stop
	}
	west, east, south, north := bounds(plain)
	shrink := math.Cos((south + north) / 2 * math.Pi / 180)
	wide, high := (east-west)*shrink, north-south
	highest := min(lowestMap+float64(len(plain)-2)*mapGrows, highestMap)
	scale := min((inner-2*mapMargin)/max(wide, 1e-9), (highest-2*mapBorder)/max(high, 1e-9))
	m.height = float32(min(max(high*scale+2*mapBorder, lowestMap), highest))
	for _, st := range plain {
		m.places = append(m.places, point{
			x: inner/2 + float32((st.Lon-(west+east)/2)*shrink*scale),
			y: m.height/2 - float32((st.Lat-(south+north)/2)*scale),
		})
	}
}

// spreadOut moves stops apart that lie too near to one another, as little as is
// needed. False: there is no place for that.
func (m *mapped) spreadOut() bool {
	field := box{mapMargin / 2, mapBorder / 1.5, inner - mapMargin/2, m.height - mapBorder/1.5}
	for range 60 {
		moved := false
		for i := range m.places {
			for k := range i {
				moved = m.moveApart(i, k, field) || moved
			}
		}
		if !moved {
			return true
		}
	}
	return false
}

func (m *mapped) moveApart(i, k int, field box) bool {
	need := float32(stopsApart)
	if !m.stops[i].named || !m.stops[k].named {
		need = stopsApart / 2
	}
	d := m.places[i].sub(m.places[k])
	far := d.length()
	if far >= need-1 {
		return false
	}
	if far < 1 {
		d, far = point{1, 0.4}, 1
	}
	push := d.times((need - far) / far / 2)
	m.places[i] = field.nearest(m.places[i].add(push))
	m.places[k] = field.nearest(m.places[k].sub(push))
	return true
}

func (b box) nearest(p point) point {
	return point{min(max(p.x, b.x0), b.x1), min(max(p.y, b.y0), b.y1)}
}

// legs are the ways between the stops, a little bent, so that one there and back is two.
func (m *mapped) legs() [][]point {
	var legs [][]point
	for i := 1; i < len(m.way); i++ {
		legs = append(legs, curve(m.places[m.way[i-1]], m.places[m.way[i]], 0.1))
	}
	return legs
}

// chevron is a small mark in the middle of a leg that says which way it is gone.
func (s *sheet) chevron(points []point, ahead bool) {
	if ahead || points[0].sub(points[len(points)-1]).length() < 150 {
		return
	}
	middle := points[len(points)/2]
	d := points[len(points)/2+1].sub(points[len(points)/2-1])
	d = d.times(1 / d.length())
	tip := middle.add(d.times(12))
	for _, sin := range []float32{0.6, -0.6} {
		s.path.stroke(7, tip, tip.sub(d.turned(sin, 0.8).times(24)))
	}
	s.fill(tone)
}

// putLabels finds a place for every name: beside, above or below its stop, where it
// covers no other name and no stop, and as little of the way as can be. False: one
// has none.
func (s *sheet) putLabels(m *mapped) bool {
	field := box{labelGap, labelGap, inner - labelGap, m.height - labelGap}
	legs := m.legs()
	for i, st := range m.stops {
		if !st.named {
			continue
		}
		stl := labelStyle(st)
		words := s.elided(st.City, stl, inner*0.32)
		wide := s.wide(words, stl)
		best, least := box{}, float32(math.MaxFloat32)
		for rank, b := range labelPlaces(m.places[i], wide) {
			if !b.within(field) || m.covers(b, i) {
				continue
			}
			if cost := float32(rank)*0.4 + crossed(b, legs); cost < least {
				best, least = b, cost
			}
		}
		if least == math.MaxFloat32 {
			return false
		}
		m.labels = append(m.labels, label{words, stl, best})
	}
	return true
}

// labelPlaces are the places of a name around a stop, the best ones first.
func labelPlaces(at point, wide float32) []box {
	const away, high = labelAway, labelHigh
	shifted := func(dx, dy float32) box {
		x, y := at.x+dx, at.y+dy
		return box{x, y, x + wide, y + high}
	}
	return []box{
		shifted(away, -high/2), shifted(-away-wide, -high/2), shifted(-wide/2, away-6), shifted(-wide/2, -away-high),
		shifted(away*0.7, away*0.4), shifted(away*0.7, -away*0.4-high), shifted(-away*0.7-wide, away*0.4), shifted(-away*0.7-wide, -away*0.4-high),
		shifted(-wide*0.2, away), shifted(-wide*0.8, away), shifted(-wide*0.2, -away-high), shifted(-wide*0.8, -away-high),
	}
}

// covers says that a name would stand over another one, or over another stop.
func (m *mapped) covers(b box, own int) bool {
	for _, l := range m.labels {
		if b.grown(labelGap / 2).overlaps(l.box) {
			return true
		}
	}
	for i, p := range m.places {
		if i != own && b.overlaps(box{p.x, p.y, p.x, p.y}.grown(36)) {
			return true
		}
	}
	return false
}

// crossed is how much of the way a name would cover.
func crossed(b box, legs [][]point) float32 {
	count := float32(0)
	for _, leg := range legs {
		for i := 1; i < len(leg); i++ {
			for f := range 4 {
				if b.grown(4).holds(between(leg[i-1], leg[i], float32(f)/4)) {
					count++
				}
			}
		}
	}
	return count
}
