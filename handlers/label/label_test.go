package label

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"

	"waybill/handlers"
)

func newReader() *Reader {
	r := New(hasNumber)
	r.limit = time.Minute // a loaded machine is no reason to fail
	return r
}

// labelled is a picture of one label without anything around it.
func labelled(t testing.TB, kind symbology, text string) *image.Gray {
	t.Helper()
	return paintLabel(t, rand.New(rand.NewPCG(1, 2)), kind, text)
}

func TestEveryKindOfCodeIsRead(t *testing.T) {
	for kind, text := range map[symbology]string{
		code128: "SF1000000000015",
		code39:  "EA000000005CN",
		qrCode:  `{"mailNo":"YT1000000000017","to":"上海"}`,
	} {
		codes, err := newReader().Read(t.Context(), asPNG(t, labelled(t, kind, text)))
		if err != nil || !slices.Equal(codes, []string{text}) {
			t.Errorf("%s: read %q, %v", kind, codes, err)
		}
	}
}

// TestADataMatrixIsReadInTheMiddle: gozxing looks for it nowhere else.
func TestADataMatrixIsReadInTheMiddle(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 600, 400))
	draw.Draw(picture, picture.Bounds(), image.White, image.Point{}, draw.Src)
	code := encode(t, dataMatrix, "JT0000000000017", 160, 160)
	draw.Draw(picture, image.Rect(220, 120, 380, 280), code, image.Point{}, draw.Src)
	if codes, err := newReader().Read(t.Context(), asPNG(t, picture)); err != nil || !slices.Equal(codes, []string{"JT0000000000017"}) {
		t.Errorf("read %q, %v", codes, err)
	}
}

func TestWebPIsRead(t *testing.T) {
	for file, number := range map[string]string{"lossy.webp": "JDVA02511029168", "lossless.webp": "JT5186303811622", "alpha.webp": "JT5186303811622"} {
		picture, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		if codes, err := newReader().Read(t.Context(), picture); err != nil || !slices.Equal(codes, []string{number}) {
			t.Errorf("%s: read %q, %v", file, codes, err)
		}
	}
}

func TestAPictureMayLieOnItsSideOrUpsideDown(t *testing.T) {
	label := labelled(t, code128, "SF1000000000015")
	turned := image.NewGray(image.Rect(0, 0, labelHeight, labelWidth))
	flipped := image.NewGray(label.Bounds())
	for y := range labelHeight {
		for x := range labelWidth {
			turned.SetGray(labelHeight-1-y, x, label.GrayAt(x, y))
			flipped.SetGray(labelWidth-1-x, labelHeight-1-y, label.GrayAt(x, y))
		}
	}
	for name, img := range map[string]image.Image{"on its side": turned, "upside down": flipped} {
		if codes, err := newReader().Read(t.Context(), asPNG(t, img)); err != nil || !slices.Equal(codes, []string{"SF1000000000015"}) {
			t.Errorf("%s: read %q, %v", name, codes, err)
		}
	}
}

func TestKindsOfPixels(t *testing.T) {
	label := labelled(t, code128, "SF1000000000015")
	b := label.Bounds()
	bare := image.NewNRGBA(b)   // ink on nothing
	deep := image.NewNRGBA64(b) // 16 bits
	drawn := image.NewPaletted(b, color.Palette{color.White, color.Black})
	ink := image.NewRGBA(b)
	for y := range labelHeight {
		for x := range labelWidth {
			dark := label.GrayAt(x, y).Y < 128
			deep.Set(x, y, label.GrayAt(x, y))
			ink.Set(x, y, label.GrayAt(x, y))
			if dark {
				bare.Set(x, y, color.Black)
				drawn.SetColorIndex(x, y, 1)
			}
		}
	}
	for name, img := range map[string]image.Image{"transparent": bare, "16 bits": deep, "palette": drawn, "RGBA": ink, "grey": label} {
		if codes, err := newReader().Read(t.Context(), asPNG(t, img)); err != nil || len(codes) != 1 {
			t.Errorf("%s: read %q, %v", name, codes, err)
		}
	}
}

// TestBarcodesOfGoodsAreNoNumbers: an article's number has the shape of some
// carriers' numbers.
func TestBarcodesOfGoodsAreNoNumbers(t *testing.T) {
	label := image.NewGray(image.Rect(0, 0, labelWidth, 400))
	for i := range label.Pix {
		label.Pix[i] = 255
	}
	code, err := oned.NewEAN13Writer().Encode("6901234567892", gozxing.BarcodeFormat_EAN_13, 0, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	place(label, code, image.Rect(40, 100, 720, 240), 4)
	if codes, err := newReader().Read(t.Context(), asPNG(t, label)); !errors.Is(err, handlers.ErrNoCode) {
		t.Errorf("read %q, %v", codes, err)
	}
}

func TestShortCode39IsNotBelieved(t *testing.T) {
	for text, want := range map[string]error{"A12": handlers.ErrNoCode, "A12345678": nil} {
		if codes, err := newReader().Read(t.Context(), asPNG(t, labelled(t, code39, text))); !errors.Is(err, want) {
			t.Errorf("%s: read %q, %v", text, codes, err)
		}
	}
}

// TestTheHarderOfTwoLabelsIsReadToo: a number of one label is no reason to overlook the
// other one, of which compression has spoilt a bar.
func TestTheHarderOfTwoLabelsIsReadToo(t *testing.T) {
	picture, err := os.ReadFile(filepath.Join("testdata", "two-labels.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	codes, err := newReader().Read(t.Context(), picture)
	slices.Sort(codes)
	if err != nil || !slices.Equal(codes, []string{"SF1000000000015", "YT1000000000014"}) {
		t.Errorf("read %q, %v", codes, err)
	}
}

func TestWhatLooksLikeANumberComesFirst(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	p := newPhoto(random, 1280, 960)
	p.lay(labelled(t, code128, "BOX-17-OF-20"), p.lying(340, 480, 880, 0, 0))
	p.lay(labelled(t, code128, "YT1000000000017"), p.lying(930, 480, 600, 0, 0))
	codes, err := newReader().Read(t.Context(), p.jpeg(t, 85))
	if err != nil || !slices.Equal(codes, []string{"YT1000000000017", "BOX-17-OF-20"}) {
		t.Errorf("read %q, %v", codes, err)
	}
}

// TestOtherFormatsAreNamed: whoever sends one must learn which formats work.
func TestOtherFormatsAreNamed(t *testing.T) {
	var moving bytes.Buffer
	if err := gif.Encode(&moving, labelled(t, code128, "SF1000000000015"), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		picture []byte
		want    error
	}{
		"GIF":      {moving.Bytes(), handlers.ErrPictureFormat},
		"BMP":      {[]byte("BM\x00\x00\x00\x00"), handlers.ErrPictureFormat},
		"TIFF":     {[]byte("II*\x00"), handlers.ErrPictureFormat},
		"HEIC":     {[]byte("\x00\x00\x00\x18ftypheic"), handlers.ErrPictureFormat},
		"nothing":  {nil, handlers.ErrNotAPicture},
		"text":     {[]byte("SF1000000000015"), handlers.ErrNotAPicture},
		"PDF":      {[]byte("%PDF-1.7"), handlers.ErrNotAPicture},
		"half PNG": {asPNG(t, labelled(t, code128, "SF1000000000015"))[:2000], handlers.ErrNotAPicture},
		"head":     {[]byte("\x89PNG\r\n\x1a\n"), handlers.ErrNotAPicture},
		"blank":    {asPNG(t, image.NewGray(image.Rect(0, 0, 300, 300))), handlers.ErrNoCode},
		"a point":  {asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1))), handlers.ErrNoCode},
		"a line":   {asPNG(t, image.NewGray(image.Rect(0, 0, 9000, 1))), handlers.ErrNoCode},
		"bytes":    {make([]byte, maxBytes+1), handlers.ErrPictureTooLarge},
	} {
		if codes, err := newReader().Read(t.Context(), c.picture); !errors.Is(err, c.want) || len(codes) > 0 {
			t.Errorf("%s: read %q, %v", name, codes, err)
		}
	}
}

// TestTooManyPixelsAreRefusedBeforeTheyAreDecoded: the files hold a header alone.
func TestTooManyPixelsAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	for name, c := range map[string]struct {
		picture []byte
		want    error
	}{
		"PNG of 26 megapixels":                  {pngHeader(6500, 4000, 8, 0), handlers.ErrPictureTooLarge},
		"PNG of 16 bits and 24 megapixels":      {pngHeader(6000, 4000, 16, 6), handlers.ErrPictureTooLarge},
		"PNG of 2^31 by 2^31":                   {pngHeader(1<<31-1, 1<<31-1, 8, 0), handlers.ErrNotAPicture},
		"JPEG of 24 megapixels":                 {jpegHeader(0xc0, 6000, 4000, 0x11), handlers.ErrNotAPicture}, // fits, and ends
		"JPEG of 26 megapixels":                 {jpegHeader(0xc0, 6500, 4000, 0x11), handlers.ErrPictureTooLarge},
		"progressive JPEG of 24 megapixels":     {jpegHeader(0xc2, 6000, 4000, 0x11), handlers.ErrPictureTooLarge},
		"progressive, subsampled, 20 megapixel": {jpegHeader(0xc2, 5000, 4000, 0x22), handlers.ErrNotAPicture},
	} {
		if _, err := newReader().Read(t.Context(), c.picture); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// pngHeader is a PNG that ends behind its header.
func pngHeader(width, height uint32, depth, kind byte) []byte {
	header := append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), width), height), depth, kind, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(header))
}

// jpegHeader is a JPEG of three components that ends behind its first scan's header.
func jpegHeader(marker byte, width, height uint16, luma byte) []byte {
	b := []byte{0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, marker, 0, 17, 8}
	b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, height), width)
	return append(b, 3, 1, luma, 0, 2, 0x11, 0, 3, 0x11, 0, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0xff, 0xd9)
}

func TestAPictureWaitsForTheOneBeforeIt(t *testing.T) {
	r := newReader()
	r.slot <- struct{}{} // another one is being read
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	picture := asPNG(t, labelled(t, code128, "SF1000000000015"))
	if _, err := r.Read(ctx, picture); !errors.Is(err, handlers.ErrLabelReaderIsBusy) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-r.slot
	if _, err := r.Read(t.Context(), picture); err != nil {
		t.Errorf("got %v", err)
	}
	if len(r.slot) != 0 {
		t.Error("the slot is not free again")
	}
}

func TestReadingEndsWithItsTime(t *testing.T) {
	r := New(hasNumber)
	r.limit = 0
	if _, err := r.Read(t.Context(), asPNG(t, labelled(t, code128, "SF1000000000015"))); !errors.Is(err, handlers.ErrPictureTooLong) {
		t.Errorf("got %v", err)
	}
}

func TestADecodersPanicIsAnError(t *testing.T) {
	r := New(func(string) bool { panic("as gozxing may") })
	r.limit = time.Minute
	_, err := r.Read(t.Context(), asPNG(t, labelled(t, code128, "SF1000000000015")))
	if !errors.Is(err, handlers.ErrNoCode) || !strings.Contains(err.Error(), "as gozxing may") {
		t.Errorf("got %v", err)
	}
}

// TestManyCornersAreNotCompared: what looks like a wall of QR codes is not compared
// corner by corner.
func TestManyCornersAreNotCompared(t *testing.T) {
	wall := image.NewGray(image.Rect(0, 0, 1200, 1200))
	for i := range wall.Pix {
		x, y := i%1200%60/6, i/1200%60/6
		ring := max(abs(x-4), abs(y-4))
		wall.Pix[i] = 255
		if ring == 3 || ring <= 1 {
			wall.Pix[i] = 0
		}
	}
	bitmap, err := (grey{wall.Pix, 1200, 1200}).bitmap(gozxing.NewHybridBinarizer)
	if err != nil {
		t.Fatal(err)
	}
	matrix, err := bitmap.GetBlackMatrix()
	if err != nil {
		t.Fatal(err)
	}
	if n := countCorners(matrix); n <= mostCorners {
		t.Errorf("%d corners are seen", n)
	}
	if texts := readQR(grey{wall.Pix, 1200, 1200}, gozxing.NewHybridBinarizer); texts != nil {
		t.Errorf("read %q", texts)
	}
}

func abs(n int) int { return max(n, -n) }

func FuzzRead(f *testing.F) {
	small := labelled(f, code128, "SF1000000000015")
	f.Add(asPNG(f, small))
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(jpegHeader(0xc2, 8, 8, 0x11))
	f.Add(pngHeader(8, 8, 8, 0))
	f.Add([]byte("GIF89a"))
	for _, file := range []string{"lossy.webp", "lossless.webp", "alpha.webp"} {
		picture, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(picture)
	}
	r := New(hasNumber)
	f.Fuzz(func(t *testing.T, picture []byte) {
		codes, err := r.Read(t.Context(), picture)
		if (len(codes) > 0) == (err != nil) {
			t.Errorf("read %q, %v", codes, err)
		}
		for _, code := range codes {
			if code == "" || len(code) > maxText {
				t.Errorf("read %q", code)
			}
		}
		if len(r.slot) != 0 {
			t.Error("the slot is not free again")
		}
	})
}
