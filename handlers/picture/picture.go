// Package picture draws the journey of a parcel: a PNG to look at on a phone.
package picture

import (
	"fmt"
	"image/png"
	"sync"

	"waybill/locales"
	"waybill/models"
)

// All sizes are in pixels. A picture is as wide as 400 points of a phone at 2.7 pixels
// each; the type scale is that of the pages (13, 15, 17, 22, 30 points).
const (
	width  = 1080
	margin = 60
	inner  = width - 2*margin
	small  = 35
	base   = 41
	large  = 46
	title  = 60
	huge   = 81
	radius = 32
)

// Painter draws pictures. It is safe for concurrent use.
type Painter struct {
	words    *locales.Bundle
	face     *typeface
	looks    *looks
	fast     png.Encoder // for nearly all pictures
	small    png.Encoder // for those that are too large then
	canvases sync.Pool
}

// New makes a Painter that adds its labels in the languages of the bundle.
func New(words *locales.Bundle) (*Painter, error) {
	face, err := openTypeface()
	if err != nil {
		return nil, err
	}
	p := &Painter{
		words: words, face: face, looks: newLooks(),
		fast:  png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffers{}},
		small: png.Encoder{CompressionLevel: png.DefaultCompression, BufferPool: &buffers{}},
	}
	p.canvases.New = func() any { return &canvas{face: face} }
	return p, nil
}

// fastBytes is from how many bytes on a picture is compressed again with more care, which
// takes three times as long and saves a sixth.
const fastBytes = 95_000

// section is a part of a picture: how high it is, and how it is drawn below a line.
type section struct {
	height float32
	draw   func(top float32)
}

// Journey draws a journey as PNG, about 1080 by 1200 to 2400 pixels and less than 100
// KB. Phones in scans are masked: a picture is passed on.
func (p *Painter) Journey(j models.JourneyPicture) ([]byte, error) {
	c, _ := p.canvases.Get().(*canvas)
	defer p.canvases.Put(c)
	c.err = nil
	page := sheet{canvas: c, journey: j, words: p.words.For(j.Lang)}
	sections := []section{page.head(), page.status()}
	if len(j.Stops) > 0 {
		sections = append(sections, page.route())
	}
	sections = append(sections, page.scans(), page.foot())
	height := float32(margin)
	for _, s := range sections {
		height += s.height
	}
	c.size(width, int(height), p.looks.of(toneOf(j.Parcel.Status), j.Dark))
	top := float32(margin)
	for _, s := range sections {
		s.draw(top)
		top += s.height
	}
	body, err := c.encoded(&p.fast)
	if err == nil && len(body) > fastBytes {
		body, err = c.encoded(&p.small)
	}
	if err != nil {
		return nil, fmt.Errorf("draw journey: %w", err)
	}
	return body, nil
}

// sheet is one picture under way.
type sheet struct {
	*canvas
	journey models.JourneyPicture
	words   *locales.Localizer
}

// column is lines of text under one another, with their height.
type column struct {
	lines   []string
	style   style
	leading float32
}

func (s *sheet) column(content string, st style, wide float32, most int) column {
	return column{lines: s.lines(content, st, wide, most), style: st, leading: st.size * 1.45}
}

func (c column) height() float32 { return float32(len(c.lines)) * c.leading }

// set writes a column and returns where it ends.
func (s *sheet) set(c column, x, top float32) float32 {
	for _, l := range c.lines {
		s.write(l, c.style, x, top+c.leading/2+c.style.size*capHeight/2)
		top += c.leading
	}
	return top
}

// capHeight is how high a Chinese character stands over the baseline once it is centred
// on its line, in ems.
const capHeight = 0.74
