package label

import "math"

// perPixel is how many samples of a scan line lie within one pixel. The narrowest
// bars of a small label are hardly wider than that.
const perPixel = 3

// lineKind is how scan lines are drawn and read.
type lineKind struct {
	thick int     // pixels across it, of which each sample is the mean
	share float32 // of the contrast nearby that a change must have
}

// scanLines calls yield with the brightness along parallel lines at an angle (in
// degrees, 0 is from left to right), each the mean of so many pixels across, until it
// returns false. The samples are valid during the call.
func (g grey) scanLines(angle float64, thick int, yield func(samples []float32) bool) {
	if g.width < 2 || g.height < 2 {
		return
	}
	sin, cos := math.Sincos(angle * math.Pi / 180)
	// The picture's middle, and how far its corners lie from it along the lines
	// and across them.
	midX, midY := float64(g.width-1)/2, float64(g.height-1)/2
	along := math.Abs(cos)*midX + math.Abs(sin)*midY
	across := math.Abs(sin)*midX + math.Abs(cos)*midY
	samples := make([]float32, 0, int(2*along+2)*perPixel)
	lines := int(2*across) / linePitch
	for i := range lines + 1 {
		off := (float64(i) - float64(lines)/2) * linePitch
		startX, startY := midX-off*sin-along*cos, midY+off*cos-along*sin
		from, to := inside(startX, cos, float64(g.width-1), 0, 2*along)
		from, to = inside(startY, sin, float64(g.height-1), from, to)
		if to <= from {
			continue
		}
		samples = samples[:int((to-from)*perPixel)+1]
		clear(samples)
		for k := range thick {
			beside := float64(k) - float64(thick-1)/2
			g.sample(samples, startX+from*cos-beside*sin, startY+from*sin+beside*cos, cos/perPixel, sin/perPixel)
		}
		for k := range samples {
			samples[k] /= float32(thick)
		}
		if !yield(samples) {
			return
		}
	}
}

// inside narrows from and to, so that start+s*step lies within 0 and end for all s
// between them.
func inside(start, step, end, from, to float64) (first, last float64) {
	if math.Abs(step) < 1e-9 {
		if start < -1e-9 || start > end+1e-9 {
			return 0, -1
		}
		return from, to
	}
	a, b := -start/step, (end-start)/step
	return max(from, min(a, b)), min(to, max(a, b))
}

// sample adds to each sample the brightness at a point, the first at x and y, each
// further one a step on. Points between pixels are interpolated, points outside
// are those at the picture's edge. Points are reckoned in 65,536ths of a pixel.
func (g grey) sample(samples []float32, x, y, stepX, stepY float64) {
	const one, mask = 1 << 16, 1<<16 - 1
	atX, atY, addX, addY := int(x*one), int(y*one), int(stepX*one), int(stepY*one)
	endX, endY := (g.width-1)*one-1, (g.height-1)*one-1
	for i := range samples {
		px, py := min(max(atX, 0), endX), min(max(atY, 0), endY)
		square := g.pix[py>>16*g.width+px>>16:][:g.width+2]
		right, below := int32(px&mask)>>8, int32(py&mask)>>8
		upper := int32(square[0])<<8 + (int32(square[1])-int32(square[0]))*right
		lower := int32(square[g.width])<<8 + (int32(square[g.width+1])-int32(square[g.width]))*right
		samples[i] += float32(upper<<8+(lower-upper)*below) / one
		atX, atY = atX+addX, atY+addY
	}
}
