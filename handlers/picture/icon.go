package picture

import "waybill/models"

// icon draws a status's sign in the middle of its disc, as large as size. Signs are lines
// on a grid of 24 by 24.
func (s *sheet) icon(status models.Status, center point, size float32) {
	unit := size / 24
	g := grid{&s.path, center, unit}
	switch status {
	case models.InTransit:
		s.truck(g)
	case models.OutForDelivery: // to a door
		g.line(2.2, 2, 12, 12, 3, 22, 12)
		g.line(2.2, 5, 10, 5, 21, 19, 21, 19, 10)
		g.line(2.2, 10, 21, 10, 14, 14, 14, 14, 21)
	case models.ReadyForPickup: // a place to go to
		s.path.stroke(2.2*unit, append(append([]point{g.at(12, 23)}, around(g.at(12, 9.5), 8*unit, 155, 385)...), g.at(12, 23))...)
		s.path.stroke(2.2*unit, around(g.at(12, 9.5), 2.6*unit, 0, 360)...)
	case models.Delivered:
		g.line(3, 3.5, 12.5, 9.5, 18.5, 20.5, 6.5)
	case models.FailedAttempt, models.Exception, models.Rejected:
		g.line(3, 12, 3.5, 12, 14)
		s.path.circle(g.at(12, 20), 1.9*unit)
	case models.Returning, models.Returned:
		s.path.stroke(2.2*unit, append(append([]point{g.at(3, 9)}, around(g.at(15, 14.5), 5.5*unit, -90, 90)...), g.at(8, 20))...)
		g.line(2.2, 8.5, 3.5, 3, 9, 8.5, 14.5)
	case models.Cancelled, models.Invalid, models.Expired:
		g.line(2.8, 5, 5, 19, 19)
		g.line(2.8, 19, 5, 5, 19)
	case models.Customs: // a form with its stamp
		g.line(2.2, 13, 22, 4, 22, 4, 2, 19, 2, 19, 11)
		g.line(2.2, 8, 7, 15, 7)
		g.line(2.2, 8, 12, 12, 12)
		s.path.stroke(2.2*unit, around(g.at(18, 18), 4*unit, 0, 360)...)
	case models.Pending:
		s.path.stroke(2.2*unit, around(center, 10*unit, 0, 360)...)
		g.line(2.2, 12, 6, 12, 12.5, 16.5, 15)
	default: // a parcel
		g.line(2.2, 12, 2, 21, 6.5, 21, 17.5, 12, 22, 3, 17.5, 3, 6.5, 12, 2)
		g.line(2.2, 3, 6.5, 12, 11, 21, 6.5)
		g.line(2.2, 12, 11, 12, 22)
	}
	s.fill(onTone)
}

// grid is what a sign is drawn on: 24 units by 24 around a center.
type grid struct {
	path   *path
	center point
	unit   float32
}

func (g grid) at(x, y float32) point { return g.center.add(point{x - 12, y - 12}.times(g.unit)) }

// line adds a line through places, given as x and y in turn.
func (g grid) line(thick float32, places ...float32) {
	points := make([]point, len(places)/2)
	for i := range points {
		points[i] = g.at(places[2*i], places[2*i+1])
	}
	g.path.stroke(thick*g.unit, points...)
}

func (s *sheet) truck(g grid) {
	g.line(2.2, 1, 5, 14, 5, 14, 17, 1, 17, 1, 5)
	g.line(2.2, 14, 9, 19, 9, 23, 13, 23, 17, 14, 17)
	s.wheel(g.at(6.5, 18.5), g.unit)
	s.wheel(g.at(18, 18.5), g.unit)
}

// wheel stands out of what is drawn before it.
func (s *sheet) wheel(c point, unit float32) {
	s.fill(onTone)
	s.path.circle(c, 4.2*unit)
	s.fill(tone)
	s.path.stroke(2.2*unit, around(c, 2.2*unit, 0, 360)...)
	s.fill(onTone)
}
