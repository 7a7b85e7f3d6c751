package picture

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/font/sfnt"
	"pgregory.net/rapid"

	"waybill/models"
)

// mostBytes is how large a picture may be.
const mostBytes = 100_000

func TestPicturesLookAsTheyDid(t *testing.T) {
	p := painter(t)
	for _, c := range pictures() {
		t.Run(c.name, func(t *testing.T) {
			body, err := p.Journey(c.make(t))
			if err != nil {
				t.Fatal(err)
			}
			if len(body) > mostBytes {
				t.Errorf("%d bytes", len(body))
			}
			golden := filepath.Join("testdata", c.name+".png")
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, body, 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, decode(t, body), decode(t, want))
		})
	}
}

// compare lets a few pixels differ: processors do not round floats alike.
func compare(t *testing.T, got, want *image.Paletted) {
	t.Helper()
	if got.Rect != want.Rect {
		t.Fatalf("%v, want %v", got.Rect, want.Rect)
	}
	off := 0
	for i := range got.Pix {
		g, w := got.Palette[got.Pix[i]], want.Palette[want.Pix[i]]
		if g != w && far(g, w) {
			off++
		}
	}
	if most := len(got.Pix) / 2000; off > most {
		t.Errorf("%d pixels differ, of which %d may; look at it and set UPDATE_GOLDEN=1", off, most)
	}
}

func far(a, b interface{ RGBA() (r, g, b, a uint32) }) bool {
	const most = 0x2000
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	for _, d := range [...]int{int(ar) - int(br), int(ag) - int(bg), int(ab) - int(bb)} {
		if d > most || d < -most {
			return true
		}
	}
	return false
}

func decode(t *testing.T, body []byte) *image.Paletted {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	paletted, ok := img.(*image.Paletted)
	if !ok {
		t.Fatalf("%T", img)
	}
	return paletted
}

func painter(t testing.TB) *Painter {
	t.Helper()
	p, err := New(bundle(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func BenchmarkJourney(b *testing.B) {
	p := painter(b)
	for _, c := range pictures() {
		b.Run(c.name, func(b *testing.B) {
			j := c.make(b)
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				body, err := p.Journey(j)
				if err != nil {
					b.Fatal(err)
				}
				size = len(body)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/picture")
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}

// Whatever a picture may say has its glyphs: a sign in place of one is an empty box to
// its reader.
func TestTheFontHasEveryWordOfTheBot(t *testing.T) {
	p := painter(t)
	var b sfnt.Buffer
	for _, lang := range bundle(t).Languages() {
		words := bundle(t).For(lang)
		for _, family := range []string{"picture.", "status.", "unconfirmed.", "carrier.", "duration.", "route.", "estimate", "times", "more_events"} {
			for _, key := range words.Keys(family) {
				if said := words.Say(key, "Count", 2); p.face.clean(&b, said) != strings.Join(strings.Fields(said), " ") {
					t.Errorf("%s: %s is shown as %q", key, said, p.face.clean(&b, said))
				}
			}
		}
	}
}

func TestWhatTheFontLacksIsShownByASign(t *testing.T) {
	p := painter(t)
	var b sfnt.Buffer
	for text, want := range map[string]string{
		"普通的名字 Plain 123":         "普通的名字 Plain 123",
		"👨‍👩‍👧家":                  "◇家",
		"👍🏽好":                     "◇好",
		"🇨🇳🇭🇰":                    "◇◇",
		"1️⃣号":                    "1号",
		"𠮷野家":                     "〓野家",
		"택배":                      "〓〓",
		"e\u0301t\u00e9":          "été",
		"两\n行\u3000和\u200b\u202e": "两 行 和",
	} {
		if got := p.face.clean(&b, text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func TestEveryCharacterThatIsShownHasAGlyph(t *testing.T) {
	p := painter(t)
	rapid.Check(t, func(t *rapid.T) {
		var b sfnt.Buffer
		for _, r := range p.face.clean(&b, rapid.String().Draw(t, "text")) {
			if !p.face.has(&b, r) {
				t.Fatalf("%U has none", r)
			}
		}
	})
}

func TestPhonesAreNotDrawn(t *testing.T) {
	s := &sheet{words: bundle(t).For("zh-CN")}
	if got := s.said(models.Event{Text: "电话13812345678，0571-87654321"}); got != "电话138****5678，0571-8*****21" {
		t.Errorf("got %s", got)
	}
}

func TestASmallPictureOfMuchText(t *testing.T) {
	j := plain(bundle(t).For("zh-CN"))
	dense := strings.Repeat("鑫龘麤灪爨籲鬱麟鸞驫", 40)
	j.Name, j.Carrier, j.Estimate, j.Took = dense, dense, dense, dense
	for i := range j.Scans {
		j.Scans[i].Text = dense[i*3:]
		j.Scans[i].Place = dense
	}
	j.Stops = named(dense, dense[3:], dense[6:], dense[9:], dense[12:], dense[15:])
	body, err := painter(t).Journey(j)
	if err != nil || len(body) > 2*mostBytes {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

func TestPicturesAreDrawnAtTheSameTime(t *testing.T) {
	p := painter(t)
	cases := pictures()
	want := make([][]byte, len(cases))
	for i, c := range cases {
		body, err := p.Journey(c.make(t))
		if err != nil {
			t.Fatal(err)
		}
		want[i] = body
	}
	var group sync.WaitGroup
	for range 2 {
		for i, c := range cases {
			j := c.make(t)
			group.Go(func() {
				if body, err := p.Journey(j); err != nil || !bytes.Equal(body, want[i]) {
					t.Errorf("%s: another picture, %v", c.name, err)
				}
			})
		}
	}
	group.Wait()
}
