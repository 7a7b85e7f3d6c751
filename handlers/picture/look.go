package picture

import (
	"image/color"
	"sync"

	"waybill/models"
)

// ink is a colour by its purpose.
type ink uint8

const (
	background ink = iota // of the whole picture
	panel                 // of what is set apart on it
	text
	muted
	line
	tone // of the status
	soft // the background of what is in the tone
	onTone
	inks
)

// tones are the colours that a status may have.
type toneName uint8

const (
	calm toneName = iota // nothing moves, or nothing is known
	accent
	good
	warn
	bad
	tones
)

// toneOf is the colour of a status, the same as on the pages.
func toneOf(s models.Status) toneName {
	switch s {
	case models.Collected, models.InTransit, models.Customs, models.OutForDelivery, models.ReadyForPickup:
		return accent
	case models.Delivered:
		return good
	case models.Returning, models.Returned:
		return warn
	case models.FailedAttempt, models.Exception, models.Rejected:
		return bad
	}
	return calm
}

type rgb = [3]uint8

// shades are a theme's colours: those of handlers/web/static/style.css.
type shades struct {
	background, panel, text, muted, line, onTone rgb
	tones                                        [tones][2]rgb // the tone and its background
}

func light() shades {
	return shades{
		background: rgb{0xff, 0xff, 0xff}, panel: rgb{0xf6, 0xf7, 0xf9}, text: rgb{0x14, 0x17, 0x1a},
		muted: rgb{0x57, 0x61, 0x6b}, line: rgb{0xcf, 0xd5, 0xdc}, onTone: rgb{0xff, 0xff, 0xff},
		tones: [tones][2]rgb{
			calm: {{0x57, 0x61, 0x6b}, {0xf1, 0xf3, 0xf5}}, accent: {{0x0b, 0x63, 0xc0}, {0xe7, 0xf0, 0xfb}},
			good: {{0x0f, 0x73, 0x53}, {0xe3, 0xf4, 0xed}}, warn: {{0x95, 0x50, 0x00}, {0xfd, 0xf0, 0xdc}}, bad: {{0xb9, 0x28, 0x28}, {0xfb, 0xe9, 0xe9}},
		},
	}
}

func dark() shades {
	return shades{
		background: rgb{0x18, 0x1d, 0x23}, panel: rgb{0x10, 0x14, 0x18}, text: rgb{0xe8, 0xec, 0xf0},
		muted: rgb{0x9a, 0xa5, 0xb1}, line: rgb{0x3d, 0x46, 0x50}, onTone: rgb{0x0b, 0x12, 0x18},
		tones: [tones][2]rgb{
			calm: {{0x9a, 0xa5, 0xb1}, {0x22, 0x29, 0x31}}, accent: {{0x6c, 0xb0, 0xf7}, {0x16, 0x28, 0x3c}},
			good: {{0x58, 0xc9, 0x9f}, {0x13, 0x2c, 0x24}}, warn: {{0xe9, 0xa9, 0x4f}, {0x33, 0x26, 0x0f}}, bad: {{0xf0, 0x8a, 0x8a}, {0x38, 0x1c, 0x1c}},
		},
	}
}

// levels is how many steps there are from a background to an ink at an ink's edge.
const levels = 8

// look is a palette of at most 256 colours: the inks, and the mixtures of those that
// meet in a picture. A pixel is one byte, so there is little to draw on and to compress.
type look struct {
	palette color.Palette
	// mixed is the colour of a pixel on which an ink is put: by the ink, by how much of
	// the pixel it covers in levels, and by the colour that was there.
	mixed [inks][levels + 1][256]uint8
}

// looks makes every look once, when it is needed first.
type looks [2][tones]func() *look

func newLooks() *looks {
	var all looks
	for i, theme := range []shades{light(), dark()} {
		for t := range tones {
			all[i][t] = sync.OnceValue(func() *look { return newLook(theme, t) })
		}
	}
	return &all
}

func (l *looks) of(t toneName, dark bool) *look {
	if dark {
		return l[1][t]()
	}
	return l[0][t]()
}

func newLook(s shades, t toneName) *look {
	solid := [inks]rgb{
		background: s.background, panel: s.panel, text: s.text, muted: s.muted, line: s.line,
		tone: s.tones[t][0], soft: s.tones[t][1], onTone: s.onTone,
	}
	colors := append([]rgb{}, solid[:]...)
	for _, meet := range [][2]ink{
		{background, text},
		{background, muted},
		{background, tone},
		{background, soft},
		{background, panel},
		{background, line},
		{soft, text},
		{soft, muted},
		{soft, tone},
		{soft, line},
		{panel, text},
		{panel, muted},
		{panel, tone},
		{panel, line},
		{panel, soft},
		{tone, onTone},
		{tone, line},
	} {
		for level := 1; level < levels; level++ {
			colors = append(colors, mix(solid[meet[0]], solid[meet[1]], level))
		}
	}
	l := &look{}
	for _, c := range colors {
		l.palette = append(l.palette, color.RGBA{c[0], c[1], c[2], 0xff})
	}
	for i := range inks {
		for level := range levels + 1 {
			for was, c := range colors {
				l.mixed[i][level][was] = nearest(colors, mix(c, solid[i], level))
			}
		}
	}
	return l
}

func mix(a, b rgb, level int) rgb {
	var c rgb
	for i := range c {
		c[i] = uint8((int(a[i])*(levels-level) + int(b[i])*level + levels/2) / levels)
	}
	return c
}

func nearest(colors []rgb, c rgb) uint8 {
	best, least := 0, 1<<30
	for i, other := range colors {
		far := 0
		for j := range c {
			d := int(c[j]) - int(other[j])
			far += d * d
		}
		if far < least {
			best, least = i, far
		}
		if far == 0 {
			break
		}
	}
	return uint8(best)
}
