package label

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// A painted label is 76 by 130 millimetres with ten pixels each, the usual size in
// China; a module of its barcode is four pixels wide.
const (
	labelWidth, labelHeight = 760, 1300
	barcodeHeight           = 140
)

// symbology is what a label's number is printed as.
type symbology string

const (
	code128    symbology = "Code 128"
	code39     symbology = "Code 39"
	qrCode     symbology = "QR"
	dataMatrix symbology = "Data Matrix"
)

// photo is a painted photo of labels.
type photo struct {
	random        *rand.Rand
	canvas        *image.Gray
	width, height int
}

// corners are where a label's corners lie in a photo: top left, top right, bottom
// right, bottom left.
type corners [4][2]float64

// encode draws a code with gozxing's writers.
func encode(t testing.TB, kind symbology, text string, width, height int) image.Image {
	t.Helper()
	writer, format := oned.NewCode128Writer(), gozxing.BarcodeFormat_CODE_128
	switch kind {
	case code39:
		writer, format = oned.NewCode39Writer(), gozxing.BarcodeFormat_CODE_39
	case qrCode:
		writer, format = qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE
	case dataMatrix:
		writer, format = datamatrix.NewDataMatrixWriter(), gozxing.BarcodeFormat_DATA_MATRIX
	case code128:
	}
	m, err := writer.Encode(text, format, width, height, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// paintLabel draws a label: its code, once more smaller at the bottom where it is
// a barcode, and lines and words around them.
func paintLabel(t testing.TB, random *rand.Rand, kind symbology, text string) *image.Gray {
	t.Helper()
	label := image.NewGray(image.Rect(0, 0, labelWidth, labelHeight))
	draw.Draw(label, label.Bounds(), image.White, image.Point{}, draw.Src)
	box(label, image.Rect(8, 8, labelWidth-8, labelHeight-8))
	for _, y := range []int{130, 330, 640, 1010} {
		draw.Draw(label, image.Rect(8, y, labelWidth-8, y+3), image.Black, image.Point{}, draw.Src)
	}
	words(label, random, image.Rect(30, 30, 600, 110), 28)
	words(label, random, image.Rect(30, 360, 730, 620), 30)
	words(label, random, image.Rect(30, 670, 480, 990), 22)
	words(label, random, image.Rect(30, 1240, 500, 1280), 16)
	if kind == code128 || kind == code39 {
		place(label, encode(t, kind, text, 0, 1), image.Rect(40, 160, 720, 160+barcodeHeight), 4)
		place(label, encode(t, kind, text, 0, 1), image.Rect(120, 1040, 640, 1140), 3)
		return label
	}
	draw.Draw(label, image.Rect(200, 340, 600, 635), image.White, image.Point{}, draw.Src)
	code := encode(t, kind, text, 290, 290)
	draw.Draw(label, image.Rect(235, 342, 525, 632), code, image.Point{}, draw.Src)
	return label
}

// place draws a barcode of one row, each module so many pixels wide, in the middle
// of r; narrower where it would not fit.
func place(label *image.Gray, code image.Image, r image.Rectangle, module int) {
	wide := code.Bounds().Dx()
	for module > 1 && wide*module > labelWidth-40 {
		module--
	}
	left := (r.Min.X + r.Max.X - wide*module) / 2
	draw.Draw(label, image.Rect(12, r.Min.Y-10, labelWidth-12, r.Max.Y+10), image.White, image.Point{}, draw.Src)
	for x := range wide {
		if red, _, _, _ := code.At(x, 0).RGBA(); red < 0x8000 {
			bar := image.Rect(left+x*module, r.Min.Y, left+(x+1)*module, r.Max.Y)
			draw.Draw(label, bar, image.Black, image.Point{}, draw.Src)
		}
	}
}

func box(label *image.Gray, r image.Rectangle) {
	draw.Draw(label, r, image.Black, image.Point{}, draw.Src)
	draw.Draw(label, r.Inset(3), image.White, image.Point{}, draw.Src)
}

// words fills r with what looks like lines of print from afar.
func words(label *image.Gray, random *rand.Rand, r image.Rectangle, size int) {
	for y := r.Min.Y; y+size <= r.Max.Y; y += size * 3 / 2 {
		for x := r.Min.X; x+size <= r.Max.X; x += size + 4 {
			if random.IntN(6) == 0 {
				continue
			}
			for range 5 {
				across := random.IntN(2) == 0
				at := image.Pt(x+random.IntN(size), y+random.IntN(size))
				stroke := image.Rect(at.X, at.Y, at.X+2+size/12, y+size)
				if across {
					stroke = image.Rect(at.X, at.Y, x+size, at.Y+2+size/12)
				}
				draw.Draw(label, stroke, image.Black, image.Point{}, draw.Src)
			}
		}
	}
}

// newPhoto is a photo of a table without anything on it.
func newPhoto(random *rand.Rand, width, height int) *photo {
	p := &photo{random: random, canvas: image.NewGray(image.Rect(0, 0, width, height)), width: width, height: height}
	base, wave := 70+random.Float64()*90, 0.01+random.Float64()*0.05
	turn := random.Float64() * math.Pi
	for y := range height {
		for x := range width {
			grain := math.Sin((float64(x)*math.Cos(turn) + float64(y)*math.Sin(turn)) * wave)
			p.canvas.Pix[y*width+x] = clamp(base + 18*grain + random.Float64()*8)
		}
	}
	return p
}

func clamp(v float64) byte { return byte(min(max(v, 0), 255)) }

// lying is where the corners of a label come to lie whose middle is at x, y, of so
// many pixels' length, turned by an angle, each corner moved by a share of the
// length for the perspective.
func (p *photo) lying(x, y, length, degrees, perspective float64) corners {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w, h := length*labelWidth/labelHeight/2, length/2
	var c corners
	for i, at := range [][2]float64{{-w, -h}, {w, -h}, {w, h}, {-w, h}} {
		c[i] = [2]float64{
			x + at[0]*cos - at[1]*sin + (p.random.Float64()-0.5)*perspective*length,
			y + at[0]*sin + at[1]*cos + (p.random.Float64()-0.5)*perspective*length,
		}
	}
	return c
}

// lay draws a label into the photo.
func (p *photo) lay(label *image.Gray, at corners) {
	back := homography(at)
	minX, minY, maxX, maxY := at.bounds()
	length := math.Hypot(at[3][0]-at[0][0], at[3][1]-at[0][1])
	n := min(max(int(math.Ceil(labelHeight/length)), 2), 5) // samples of a pixel each way
	for y := max(0, int(minY)); y <= min(p.height-1, int(maxY)+1); y++ {
		for x := max(0, int(minX)); x <= min(p.width-1, int(maxX)+1); x++ {
			sum, hits := 0.0, 0
			for i := range n * n {
				u, v := back.apply(float64(x)+(float64(i%n)+0.5)/float64(n), float64(y)+(float64(i/n)+0.5)/float64(n))
				if u < 0 || v < 0 || u >= labelWidth || v >= labelHeight {
					continue
				}
				sum += 20 + float64(label.Pix[int(v)*labelWidth+int(u)])*0.85
				hits++
			}
			if hits > 0 {
				under := float64(p.canvas.Pix[y*p.width+x]) * float64(n*n-hits)
				p.canvas.Pix[y*p.width+x] = clamp((sum + under) / float64(n*n))
			}
		}
	}
}

func (c corners) bounds() (minX, minY, maxX, maxY float64) {
	minX, minY, maxX, maxY = c[0][0], c[0][1], c[0][0], c[0][1]
	for _, at := range c {
		minX, minY, maxX, maxY = min(minX, at[0]), min(minY, at[1]), max(maxX, at[0]), max(maxY, at[1])
	}
	return minX, minY, maxX, maxY
}

// projection takes a photo's points to a label's.
type projection [9]float64

func (m projection) apply(x, y float64) (u, v float64) {
	w := m[6]*x + m[7]*y + m[8]
	return (m[0]*x + m[1]*y + m[2]) / w, (m[3]*x + m[4]*y + m[5]) / w
}

// homography solves the eight equations of the projection that takes the corners
// to those of the label, by Gauss-Jordan elimination.
func homography(at corners) projection {
	to := corners{{0, 0}, {labelWidth, 0}, {labelWidth, labelHeight}, {0, labelHeight}}
	var a [8][9]float64
	for i := range 4 {
		x, y, u, v := at[i][0], at[i][1], to[i][0], to[i][1]
		a[2*i] = [9]float64{x, y, 1, 0, 0, 0, -u * x, -u * y, u}
		a[2*i+1] = [9]float64{0, 0, 0, x, y, 1, -v * x, -v * y, v}
	}
	for c := range 8 {
		best := c
		for r := c; r < 8; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[best][c]) {
				best = r
			}
		}
		a[c], a[best] = a[best], a[c]
		for r := range 8 {
			if r == c {
				continue
			}
			factor := a[r][c] / a[c][c]
			for k := c; k < 9; k++ {
				a[r][k] -= factor * a[c][k]
			}
		}
	}
	m := projection{8: 1}
	for i := range 8 {
		m[i] = a[i][8] / a[i][i]
	}
	return m
}

// blur is a Gaussian one.
func (p *photo) blur(sigma float64) {
	radius := int(math.Ceil(3 * sigma))
	kernel, sum := make([]float64, 2*radius+1), 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-float64((i-radius)*(i-radius)) / (2 * sigma * sigma))
		sum += kernel[i]
	}
	once := make([]float64, len(p.canvas.Pix))
	for y := range p.height {
		for x := range p.width {
			v := 0.0
			for i, k := range kernel {
				v += k * float64(p.canvas.Pix[y*p.width+min(max(x+i-radius, 0), p.width-1)])
			}
			once[y*p.width+x] = v / sum
		}
	}
	for y := range p.height {
		for x := range p.width {
			v := 0.0
			for i, k := range kernel {
				v += k * once[min(max(y+i-radius, 0), p.height-1)*p.width+x]
			}
			p.canvas.Pix[y*p.width+x] = clamp(v / sum)
		}
	}
}

func (p *photo) noise(sigma float64) {
	for i, v := range p.canvas.Pix {
		p.canvas.Pix[i] = clamp(float64(v) + p.random.NormFloat64()*sigma)
	}
}

// light is uneven: it fades from one side to the other, and a shadow falls across.
func (p *photo) light() {
	turn, far := p.random.Float64()*2*math.Pi, 0.25+p.random.Float64()*0.3
	shadow, deep := (p.random.Float64()-0.5)*0.6, 0.35+p.random.Float64()*0.3
	sin, cos := math.Sincos(turn)
	size := float64(max(p.width, p.height))
	for y := range p.height {
		for x := range p.width {
			across := ((float64(x)-float64(p.width)/2)*cos + (float64(y)-float64(p.height)/2)*sin) / size
			f := far + (1-far)*(across+0.7)/1.4
			if edge := (across - shadow) * size / 40; edge < 1 {
				f *= 1 - deep*(1-max(edge, 0))
			}
			p.canvas.Pix[y*p.width+x] = clamp(float64(p.canvas.Pix[y*p.width+x]) * f)
		}
	}
}

// glare is a lamp's reflection at a point of a label.
func (p *photo) glare(at corners, u, v, radius float64) {
	x := at[0][0] + (at[1][0]-at[0][0])*u + (at[3][0]-at[0][0])*v
	y := at[0][1] + (at[1][1]-at[0][1])*u + (at[3][1]-at[0][1])*v
	for py := range p.height {
		for px := range p.width {
			d := math.Hypot(float64(px)-x, float64(py)-y) / radius
			p.canvas.Pix[py*p.width+px] = clamp(float64(p.canvas.Pix[py*p.width+px]) + 260*math.Exp(-d*d*d))
		}
	}
}

func (p *photo) jpeg(t testing.TB, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p.canvas, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// cover hides a part of a label, in shares of its width and height.
func cover(label *image.Gray, left, top, right, bottom float64) {
	r := image.Rect(int(left*labelWidth), int(top*labelHeight), int(right*labelWidth), int(bottom*labelHeight))
	draw.Draw(label, r, image.NewUniform(color.Gray{Y: 140}), image.Point{}, draw.Src)
}

// number is a made-up waybill number of a usual shape.
func number(random *rand.Rand) string {
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('0' + random.IntN(10))
		}
		return string(b)
	}
	switch random.IntN(6) {
	case 0:
		return "SF1" + digits(12)
	case 1:
		return "YT" + fmt.Sprint(1+random.IntN(9)) + digits(12)
	case 2:
		return "JT5" + digits(12)
	case 3:
		return "JDVA0" + digits(10)
	case 4:
		return "7" + fmt.Sprint(3+random.IntN(4)) + digits(12)
	}
	return "43" + digits(13)
}
