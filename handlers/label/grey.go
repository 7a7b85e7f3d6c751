package label

import (
	"image"
	"image/color"
)

// grey is a picture's brightness, 0 to 255, row by row.
type grey struct {
	pix           []byte
	width, height int
}

func newGrey(width, height int) grey {
	return grey{pix: make([]byte, width*height), width: width, height: height}
}

func (g grey) row(y int) []byte { return g.pix[y*g.width : (y+1)*g.width] }

func (g grey) longest() int { return max(g.width, g.height) }

// greyOf takes a picture's brightness, made smaller where its longer side has
// more than most pixels; each new pixel is the mean of those that it covers.
func greyOf(img image.Image, most int) grey {
	b := img.Bounds()
	read := rowsOf(img)
	if max(b.Dx(), b.Dy()) <= most {
		g := newGrey(b.Dx(), b.Dy())
		for y := range g.height {
			read(y, g.row(y))
		}
		return g
	}
	return shrink(b.Dx(), b.Dy(), most, read)
}

// fit is g with its longer side of most pixels, if it has more.
func (g grey) fit(most int) grey {
	if g.longest() <= most {
		return g
	}
	return shrink(g.width, g.height, most, func(y int, row []byte) { copy(row, g.row(y)) })
}

// shrink makes rows smaller, so that the longer side has most pixels.
func shrink(width, height, most int, read func(y int, row []byte)) grey {
	scale := float64(most) / float64(max(width, height))
	g := newGrey(max(1, int(float64(width)*scale+0.5)), max(1, int(float64(height)*scale+0.5)))
	across, down := shares(width, g.width), shares(height, g.height)
	row, sums := make([]byte, width), make([]float32, g.width)
	total := make([]float32, 2*g.width) // of the row being made, and of the one behind it
	for y := range height {
		read(y, row)
		clear(sums)
		for x, p := range row {
			s := across[x]
			sums[s.to] += s.own * float32(p)
			if s.next > 0 {
				sums[s.to+1] += s.next * float32(p)
			}
		}
		s := down[y]
		for x, sum := range sums {
			total[x] += s.own * sum
			total[g.width+x] += s.next * sum
		}
		if y+1 < height && down[y+1].to == s.to {
			continue
		}
		out := g.row(s.to)
		for x := range out {
			out[x] = byte(min(total[x]+0.5, 255))
		}
		copy(total, total[g.width:])
		clear(total[g.width:])
	}
	return g
}

// share is how much of a pixel goes into one of the smaller picture, and into
// the one behind that.
type share struct {
	to        int
	own, next float32
}

func shares(from, to int) []share {
	all := make([]share, from)
	scale := float64(to) / float64(from)
	for i := range all {
		start, end := float64(i)*scale, float64(i+1)*scale
		at := min(int(start), to-1)
		s := share{to: at, own: float32(end - start)}
		if border := float64(at + 1); end > border && at+1 < to {
			s.own, s.next = float32(border-start), float32(end-border)
		}
		all[i] = s
	}
	return all
}

// twice is g at double size, the new pixels between their neighbours.
func (g grey) twice() grey {
	big := newGrey(2*g.width, 2*g.height)
	for y := range big.height {
		// A new pixel's middle lies a quarter of an old one beside an old middle.
		near := g.row(y / 2)
		far := g.row(min(max(y/2+2*(y%2)-1, 0), g.height-1))
		out := big.row(y)
		for x := range g.width {
			left, right := max(x-1, 0), min(x+1, g.width-1)
			mid := 3*int(near[x]) + int(far[x])
			out[2*x] = byte((3*mid + 3*int(near[left]) + int(far[left]) + 8) / 16)
			out[2*x+1] = byte((3*mid + 3*int(near[right]) + int(far[right]) + 8) / 16)
		}
	}
	return big
}

// sharpen raises what differs from the mean of the square around it (an unsharp
// mask), whose side is twice the radius and one.
func (g grey) sharpen(radius int, amount float32) grey {
	out := newGrey(g.width, g.height)
	columns := make([]int32, g.width) // sums of the rows around
	add := func(y int, sign int32) {
		for x, p := range g.row(min(max(y, 0), g.height-1)) {
			columns[x] += sign * int32(p)
		}
	}
	for y := -radius; y < radius; y++ {
		add(y, 1)
	}
	area := float32((2*radius + 1) * (2*radius + 1))
	column := func(x int) int32 { return columns[min(max(x, 0), g.width-1)] }
	for y := range g.height {
		add(y+radius, 1)
		sum := int32(0)
		for x := -radius; x < radius; x++ {
			sum += column(x)
		}
		in, row := g.row(y), out.row(y)
		for x, p := range in {
			sum += column(x + radius)
			v := float32(p) + amount*(float32(p)-float32(sum)/area)
			row[x] = byte(min(max(v, 0), 255))
			sum -= column(x - radius)
		}
		add(y-radius, -1)
	}
	return out
}

// rowsOf returns what reads one row of a picture's brightness; for the usual
// kinds without a call for every pixel. Transparent is white.
func rowsOf(img image.Image) func(y int, row []byte) {
	b := img.Bounds()
	switch img := img.(type) {
	case *image.YCbCr:
		return func(y int, row []byte) { copy(row, img.Y[img.YOffset(b.Min.X, b.Min.Y+y):]) }
	case *image.Gray:
		return func(y int, row []byte) { copy(row, img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):]) }
	case *image.NRGBA:
		return func(y int, row []byte) {
			pix := img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range row {
				p := pix[4*x : 4*x+4]
				row[x] = onWhite(brightness(uint32(p[0]), uint32(p[1]), uint32(p[2]))*uint32(p[3])/255, uint32(p[3]))
			}
		}
	case *image.RGBA:
		return func(y int, row []byte) {
			pix := img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range row {
				p := pix[4*x : 4*x+4]
				row[x] = onWhite(brightness(uint32(p[0]), uint32(p[1]), uint32(p[2])), uint32(p[3]))
			}
		}
	case *image.Paletted:
		levels := make([]byte, 256)
		for i, c := range img.Palette {
			levels[i] = level(c)
		}
		return func(y int, row []byte) {
			for x, p := range img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):][:len(row)] {
				row[x] = levels[p]
			}
		}
	}
	return func(y int, row []byte) {
		for x := range row {
			row[x] = level(img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
}

// brightness of red, green and blue, weighed as in JPEG (ITU-R BT.601).
func brightness(r, g, b uint32) uint32 { return (299*r + 587*g + 114*b + 500) / 1000 }

// onWhite lays a brightness, multiplied by its opacity already, on white.
func onWhite(level, opacity uint32) byte { return byte(min(level+255-opacity, 255)) }

func level(c color.Color) byte {
	r, g, b, a := c.RGBA()
	return onWhite(brightness(r>>8, g>>8, b>>8), a>>8)
}
