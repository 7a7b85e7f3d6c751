package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"
)

// canvas is what one picture is drawn on, and what drawing needs; it is used again for
// the next one.
type canvas struct {
	face   *typeface
	buffer sfnt.Buffer
	look   *look
	image  image.Paletted
	raster vector.Rasterizer
	mask   image.Alpha
	path   path
	err    error // the first error of a glyph
}

// size makes the canvas empty and as large as that, in pixels.
func (c *canvas) size(width, height int, l *look) {
	c.look = l
	if need := width * height; cap(c.image.Pix) < need {
		c.image.Pix = make([]uint8, need)
	}
	c.image.Pix = c.image.Pix[:width*height]
	clear(c.image.Pix) // background is the first colour
	c.image.Stride, c.image.Rect, c.image.Palette = width, image.Rect(0, 0, width, height), l.palette
}

// fill fills what was added to the path, and empties it.
func (c *canvas) fill(with ink) {
	defer c.path.reset()
	if len(c.path.steps) == 0 {
		return
	}
	box := image.Rect(
		int(math.Floor(float64(c.path.min.x))), int(math.Floor(float64(c.path.min.y))),
		int(math.Ceil(float64(c.path.max.x))), int(math.Ceil(float64(c.path.max.y))),
	)
	if box.Empty() || !box.Overlaps(c.image.Rect) {
		return
	}
	width, height := box.Dx(), box.Dy()
	c.raster.Reset(width, height)
	c.raster.DrawOp = draw.Src
	c.path.trace(&c.raster, point{float32(box.Min.X), float32(box.Min.Y)})
	if need := width * height; cap(c.mask.Pix) < need {
		c.mask.Pix = make([]uint8, need)
	}
	c.mask.Pix = c.mask.Pix[:width*height]
	c.mask.Stride, c.mask.Rect = width, image.Rect(0, 0, width, height)
	c.raster.Draw(&c.mask, c.mask.Rect, image.Opaque, image.Point{})
	c.put(box, with)
}

// put puts an ink on the pixels that the mask covers, which lies in the box.
func (c *canvas) put(box image.Rectangle, with ink) {
	mixed := &c.look.mixed[with]
	inside := box.Intersect(c.image.Rect)
	for y := inside.Min.Y; y < inside.Max.Y; y++ {
		covered := c.mask.Pix[(y-box.Min.Y)*c.mask.Stride+inside.Min.X-box.Min.X:][:inside.Dx()]
		pixels := c.image.Pix[y*c.image.Stride+inside.Min.X:][:inside.Dx()]
		for x, alpha := range covered {
			if alpha != 0 {
				pixels[x] = mixed[(int(alpha)*levels+127)/255][pixels[x]]
			}
		}
	}
}

// style is how a text is set: its size in pixels to an em, its weight and its colour.
type style struct {
	size float32
	bold bool
	ink  ink
}

// extraBold is how much wider a bold character's strokes are, in ems. The font has one
// weight: a bold one is put down several times, a little apart.
const extraBold = 0.026

// wide is how wide a text is, in pixels.
func (c *canvas) wide(text string, s style) float32 {
	var all float32
	var before rune
	for _, r := range text {
		all += c.step(before, r, s)
		before = r
	}
	return all
}

// step is how far a character goes on from where it begins. Where it stands behind an
// other punctuation mark, the empty half between them is taken off.
func (c *canvas) step(before, r rune, s style) float32 {
	ems := c.face.advance(&c.buffer, r)
	if s.bold {
		ems += extraBold
	}
	return (ems - squeezed(before, r)) * s.size
}

// write sets a text of one line, from x on, on a baseline. A bracket at its beginning
// stands with its empty half before x.
func (c *canvas) write(text string, s style, x, baseline float32) {
	before := lineStart
	for _, r := range text {
		x -= squeezed(before, r) * s.size
		c.letter(r, s, x, baseline)
		x += c.step(0, r, s)
		before = r
	}
	c.fill(s.ink)
}

func (c *canvas) letter(r rune, s style, x, y float32) {
	offsets := []point{{}}
	if s.bold {
		d := extraBold * s.size
		offsets = []point{{0, -d / 3}, {d, -d / 3}, {0, d / 3}, {d, d / 3}}
	}
	for _, o := range offsets {
		if err := c.face.outline(&c.buffer, &c.path, r, s.size, x+o.x, y+o.y); err != nil && c.err == nil {
			c.err = err
		}
	}
}

// encoded is the picture as PNG.
func (c *canvas) encoded(e *png.Encoder) ([]byte, error) {
	if c.err != nil {
		return nil, c.err
	}
	var out bytes.Buffer
	out.Grow(64 << 10)
	if err := e.Encode(&out, &c.image); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), nil
}

// buffers keeps what encoders use between pictures.
type buffers struct{ pool sync.Pool }

// Get is part of png.EncoderBufferPool.
func (b *buffers) Get() *png.EncoderBuffer {
	kept, _ := b.pool.Get().(*png.EncoderBuffer)
	return kept
}

// Put is part of png.EncoderBufferPool.
func (b *buffers) Put(e *png.EncoderBuffer) { b.pool.Put(e) }
