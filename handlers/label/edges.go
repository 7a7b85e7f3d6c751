package label

// A change of brightness smaller than this is noise, in levels of 255; larger
// ones are noise where they are a small share of the contrast just before.
const (
	leastChange = 10
	fade        = 0.997 // of that contrast, from one sample to the next
)

// A border between light and dark lies halfway between the lightest and the
// darkest of so many stretches to each side, but not nearer than so much to what
// the two stretches themselves reach: blur leaves narrow bars grey.
const (
	stretchesAround = 3
	nearestToTurn   = 0.15
)

// turn is a sample at which a scan line is lightest or darkest between two changes.
type turn struct {
	at    int
	level float32
}

// line turns samples into runs; its memory is used again for the next line.
type line struct {
	turns []turn
	runs  []float32
}

// read returns the widths of the light and dark stretches of a scan line by turns,
// in samples. The first one is light.
func (l *line) read(samples []float32, share float32) []float32 {
	l.findTurns(samples, share)
	l.runs = l.runs[:0]
	last := float32(0)
	for i := 1; i < len(l.turns); i++ {
		edge := crossing(samples, l.turns[i-1], l.turns[i], l.threshold(i))
		l.runs, last = append(l.runs, edge-last), edge
	}
	l.runs = append(l.runs, float32(len(samples))-last)
	return l.runs
}

// findTurns finds where the line is lightest and darkest by turns, beginning with
// a light one.
func (l *line) findTurns(samples []float32, share float32) {
	l.turns = l.turns[:0]
	current, dark, contrast := turn{0, samples[0]}, false, float32(0)
	for i, s := range samples {
		contrast *= fade
		change := current.level - s
		if dark {
			change = -change
		}
		if change <= 0 {
			current = turn{i, s}
			continue
		}
		if change < max(leastChange, contrast*share) {
			continue
		}
		contrast = max(contrast, change)
		l.turns = append(l.turns, current)
		current, dark = turn{i, s}, !dark
	}
	l.turns = append(l.turns, current)
}

// threshold is the brightness at which the stretch of turn i begins.
func (l *line) threshold(i int) float32 {
	a, b := l.turns[i-1].level, l.turns[i].level
	low, high := min(a, b), max(a, b)
	darkest, lightest := low, high
	for _, t := range l.turns[max(0, i-1-stretchesAround):min(len(l.turns), i+1+stretchesAround)] {
		darkest, lightest = min(darkest, t.level), max(lightest, t.level)
	}
	margin := (high - low) * nearestToTurn
	return min(max((darkest+lightest)/2, low+margin), high-margin)
}

// crossing is where the line first passes a brightness between two turns, between
// the samples.
func crossing(samples []float32, from, to turn, threshold float32) float32 {
	for i := from.at + 1; i <= to.at; i++ {
		a, b := samples[i-1], samples[i]
		if (a > threshold) != (b > threshold) {
			return float32(i-1) + (a-threshold)/(a-b) + 0.5
		}
	}
	return float32(to.at)
}
