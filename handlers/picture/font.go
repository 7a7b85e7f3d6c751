package picture

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// microhei is a subset of WenQuanYi Micro Hei; font/LICENSE.txt says under which terms.
//
//go:embed font/microhei.ttf
var microhei []byte

// typeface is the one font of all pictures. It is safe for concurrent use, each user
// with a buffer of its own.
type typeface struct {
	font  *sfnt.Font
	units float32 // to an em
}

func openTypeface() (*typeface, error) {
	f, err := sfnt.Parse(microhei)
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	return &typeface{font: f, units: float32(f.UnitsPerEm())}, nil
}

// Signs for what the font has no glyph of: the printers' mark for a missing letter, and
// one that stands for a picture in a text.
const (
	missingLetter = '〓'
	missingSymbol = '◇'
)

// clean is a text of which every character has a glyph, in one line. An emoji is one
// sign, whatever it is put together from; what only controls its neighbours is left out.
func (t *typeface) clean(b *sfnt.Buffer, text string) string {
	var kept strings.Builder
	joined, flag := false, false // the last one was a joiner, the first half of a flag
	for _, r := range norm.NFC.String(text) {
		half := r >= 0x1f1e6 && r <= 0x1f1ff
		switch {
		case r == zeroWidthJoiner:
			joined = true
			continue
		case unicode.IsSpace(r):
			kept.WriteByte(' ')
		case unicode.In(r, unicode.C, unicode.M), r >= 0x1f3fb && r <= 0x1f3ff: // skin
			continue
		case t.has(b, r):
			kept.WriteRune(r)
		case joined, half && flag:
		case unicode.IsLetter(r), unicode.IsNumber(r):
			kept.WriteRune(missingLetter)
		default:
			kept.WriteRune(missingSymbol)
		}
		joined, flag = false, half && !flag
	}
	return strings.Join(strings.Fields(kept.String()), " ")
}

const zeroWidthJoiner = '\u200d'

func (t *typeface) has(b *sfnt.Buffer, r rune) bool {
	glyph, err := t.font.GlyphIndex(b, r)
	return err == nil && glyph != 0
}

// advance is how wide a character is, in ems.
func (t *typeface) advance(b *sfnt.Buffer, r rune) float32 {
	if r >= 0x4e00 && r <= 0x9fff {
		return 1
	}
	glyph, err := t.font.GlyphIndex(b, r)
	if err != nil {
		return 1
	}
	wide, err := t.font.GlyphAdvance(b, glyph, fixed.I(int(t.units)), font.HintingNone)
	if err != nil {
		return 1
	}
	return float32(wide) / 64 / t.units
}

// outline adds a character to a path, its origin at (x, y), in pixels to an em.
func (t *typeface) outline(b *sfnt.Buffer, p *path, r rune, size, x, y float32) error {
	glyph, err := t.font.GlyphIndex(b, r)
	if err != nil {
		return fmt.Errorf("find glyph of %U: %w", r, err)
	}
	segments, err := t.font.LoadGlyph(b, glyph, fixed.Int26_6(size*64), nil)
	if err != nil {
		return fmt.Errorf("load glyph of %U: %w", r, err)
	}
	at := func(q fixed.Point26_6) point { return point{x + float32(q.X)/64, y + float32(q.Y)/64} }
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			p.moveTo(at(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			p.lineTo(at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			p.quadTo(at(s.Args[0]), at(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			p.cubeTo(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
		}
	}
	p.close()
	return nil
}
