package picture

import (
	"math"

	"golang.org/x/image/vector"
)

// point is a place in a picture, in pixels from its upper left corner.
type point struct{ x, y float32 }

func (p point) add(q point) point             { return point{p.x + q.x, p.y + q.y} }
func (p point) sub(q point) point             { return point{p.x - q.x, p.y - q.y} }
func (p point) times(f float32) point         { return point{p.x * f, p.y * f} }
func (p point) length() float32               { return float32(math.Hypot(float64(p.x), float64(p.y))) }
func between(p, q point, f float32) point     { return p.add(q.sub(p).times(f)) }
func (p point) turned(sin, cos float32) point { return point{p.x*cos - p.y*sin, p.x*sin + p.y*cos} }

// path is outlines to be filled. Where several overlap their union is filled, as
// long as all of them turn the same way.
type path struct {
	steps    []step
	min, max point
}

type step struct {
	kind byte // m, l, q, c, z
	args [3]point
}

func (p *path) reset() { p.steps = p.steps[:0] }

func (p *path) moveTo(a point)       { p.step('m', a) }
func (p *path) lineTo(a point)       { p.step('l', a) }
func (p *path) quadTo(a, b point)    { p.step('q', a, b) }
func (p *path) cubeTo(a, b, c point) { p.step('c', a, b, c) }
func (p *path) close()               { p.steps = append(p.steps, step{kind: 'z'}) }

func (p *path) step(kind byte, args ...point) {
	if len(p.steps) == 0 {
		p.min, p.max = args[0], args[0]
	}
	s := step{kind: kind}
	copy(s.args[:], args)
	for _, a := range args {
		p.min = point{min(p.min.x, a.x), min(p.min.y, a.y)}
		p.max = point{max(p.max.x, a.x), max(p.max.y, a.y)}
	}
	p.steps = append(p.steps, s)
}

// trace gives the path to a rasterizer whose own corner is at origin.
func (p *path) trace(to *vector.Rasterizer, origin point) {
	for _, s := range p.steps {
		a, b, c := s.args[0].sub(origin), s.args[1].sub(origin), s.args[2].sub(origin)
		switch s.kind {
		case 'm':
			to.MoveTo(a.x, a.y)
		case 'l':
			to.LineTo(a.x, a.y)
		case 'q':
			to.QuadTo(a.x, a.y, b.x, b.y)
		case 'c':
			to.CubeTo(a.x, a.y, b.x, b.y, c.x, c.y)
		case 'z':
			to.ClosePath()
		}
	}
}

// arc is how far the handles of a quarter of a circle lie from its ends, in radii.
const arc = 0.5523

// circle adds a disc.
func (p *path) circle(c point, r float32) {
	p.roundRect(c.x-r, c.y-r, c.x+r, c.y+r, r)
}

// roundRect adds a rectangle with round corners.
func (p *path) roundRect(x0, y0, x1, y1, r float32) {
	k := r * (1 - arc)
	p.moveTo(point{x0 + r, y0})
	p.lineTo(point{x1 - r, y0})
	p.cubeTo(point{x1 - k, y0}, point{x1, y0 + k}, point{x1, y0 + r})
	p.lineTo(point{x1, y1 - r})
	p.cubeTo(point{x1, y1 - k}, point{x1 - k, y1}, point{x1 - r, y1})
	p.lineTo(point{x0 + r, y1})
	p.cubeTo(point{x0 + k, y1}, point{x0, y1 - k}, point{x0, y1 - r})
	p.lineTo(point{x0, y0 + r})
	p.cubeTo(point{x0, y0 + k}, point{x0 + k, y0}, point{x0 + r, y0})
	p.close()
}

// stroke adds a line through points, with round ends and corners.
func (p *path) stroke(width float32, points ...point) {
	half := width / 2
	for i, a := range points {
		p.circle(a, half)
		if i == 0 {
			continue
		}
		b := points[i-1]
		d := a.sub(b)
		length := d.length()
		if length == 0 {
			continue
		}
		normal := point{-d.y, d.x}.times(half / length)
		p.moveTo(b.sub(normal))
		p.lineTo(a.sub(normal))
		p.lineTo(a.add(normal))
		p.lineTo(b.add(normal))
		p.close()
	}
}

// dashes adds the dashes of a line through points.
func (p *path) dashes(width, dash, gap float32, points ...point) {
	at := float32(0) // how far along the present dash and gap
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := b.sub(a).length()
		for along := float32(0); along < length; {
			step := min(dash+gap-at, length-along)
			if at < dash {
				step = min(dash-at, length-along)
				p.stroke(width, between(a, b, along/length), between(a, b, (along+step)/length))
			}
			along += max(step, 0.01)
			if at += max(step, 0.01); at >= dash+gap {
				at = 0
			}
		}
	}
}

// curve is points along an arc from a to b that bulges by a part of their distance to
// the left of the way.
func curve(a, b point, bulge float32) []point {
	const pieces = 16
	d := b.sub(a)
	top := between(a, b, 0.5).add(point{d.y, -d.x}.times(2 * bulge))
	points := make([]point, pieces+1)
	for i := range points {
		f := float32(i) / pieces
		points[i] = between(between(a, top, f), between(top, b, f), f)
	}
	return points
}

// around is points on a circle between two angles, clockwise from the right, in degrees.
func around(c point, r float32, from, to float64) []point {
	const pieces = 16
	points := make([]point, pieces+1)
	for i := range points {
		sin, cos := math.Sincos((from + (to-from)*float64(i)/pieces) * math.Pi / 180)
		points[i] = c.add(point{float32(cos), float32(sin)}.times(r))
	}
	return points
}
