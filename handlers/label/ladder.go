package label

import (
	"cmp"
	"context"
	"image"
	"slices"

	"github.com/makiuchi-d/gozxing"
)

// Sizes, in pixels of the longer side.
const (
	usualSize   = 2000 // of a picture that is looked at as it is
	mostTwice   = 1300 // of one that is looked at twice as large
	reducedSize = 1600 // of a larger one, sharpened
)

const (
	linePitch = 8 // pixels between scan lines
	twoLines  = 2 // must agree: one line alone reads wrong numbers at times
)

// alwaysTaken is how many steps are taken whatever they find: of two labels in a picture
// one often is a little harder to read.
const alwaysTaken = 2

// search is what has been found in one picture so far.
type search struct {
	looksLike func(string) bool
	rows      *rowReader
	found     []finding
}

// finding is a text and how many scan lines agreed on it; a QR code corrects its
// own mistakes and needs no second reading.
type finding struct {
	text  string
	lines int
	sure  bool
}

// climb tries ways to read a picture, cheap and likely ones first, until, after the
// first ones, one of them has found a text that looks like a tracking number or the time is over. What a
// step costs and brings is in docs/decisions/017-labels-are-read-in-go.md.
func (r *Reader) climb(ctx context.Context, img image.Image) []string {
	s := &search{looksLike: r.looksLike, rows: newRowReader()}
	usual := greyOf(img, usualSize)
	fine, usualLine, thick := lineKind{1, 0.25}, lineKind{3, 0.25}, lineKind{5, 0.3}
	steps := []func(){
		func() {
			s.add(readQR(usual, gozxing.NewHybridBinarizer))
			s.lines(ctx, usual, usualLine, 0, 90)
		},
		func() { s.lines(ctx, usual, thick, 0, 90) }, // against noise
		func() {
			sharp := sharpened(usual)
			s.add(readQR(sharp, gozxing.NewHybridBinarizer))
			s.lines(ctx, sharp, fine, 0, 90)
		},
		func() { s.lines(ctx, usual, fine, 15, -15, 75, -75) },
		func() {
			s.add(readDataMatrix(usual, gozxing.NewHybridBinarizer))
			s.add(readQR(usual, gozxing.NewGlobalHistgramBinarizer))
		},
		func() { s.lines(ctx, usual, fine, 30, -30, 45, -45, 60, -60) },
	}
	for i, step := range steps {
		if ctx.Err() != nil || i >= alwaysTaken && s.done() {
			break
		}
		step()
	}
	return s.texts()
}

// sharpened is a picture made clearer: a small one twice as large, so that bars of
// little more than a pixel come apart.
func sharpened(g grey) grey {
	if g.longest() <= mostTwice {
		return g.twice().sharpen(3, 1.5)
	}
	return g.fit(reducedSize).sharpen(2, 1.5)
}

// add notes texts that need no second reading.
func (s *search) add(texts []string) {
	for _, text := range texts {
		if text, ok := plausible(text); ok {
			s.note(text).sure = true
		}
	}
}

// lines reads the barcodes along scan lines at these angles.
func (s *search) lines(ctx context.Context, g grey, k lineKind, angles ...float64) {
	seen := map[string]int{}
	for _, angle := range angles {
		g.scanLines(angle, k.thick, func(samples []float32) bool {
			s.rows.read(samples, k.share, func(text string) { seen[text]++ })
			return ctx.Err() == nil
		})
	}
	for text, lines := range seen {
		f := s.note(text)
		f.lines = max(f.lines, lines) // those of another step may be the same ones
	}
}

func (s *search) note(text string) *finding {
	for i := range s.found {
		if s.found[i].text == text {
			return &s.found[i]
		}
	}
	s.found = append(s.found, finding{text: text})
	return &s.found[len(s.found)-1]
}

func (f finding) counts() bool { return f.sure || f.lines >= twoLines }

// done says that a number has been found.
func (s *search) done() bool {
	return slices.ContainsFunc(s.found, func(f finding) bool { return f.counts() && s.looksLike(f.text) })
}

// texts are those that count, most likely first.
func (s *search) texts() []string {
	found := slices.DeleteFunc(s.found, func(f finding) bool { return !f.counts() })
	slices.SortFunc(found, func(a, b finding) int {
		if x, y := s.looksLike(a.text), s.looksLike(b.text); x != y {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.lines, a.lines), cmp.Compare(a.text, b.text))
	})
	var texts []string
	for _, f := range found {
		texts = append(texts, f.text)
	}
	return texts
}
