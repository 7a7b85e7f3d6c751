package label

import (
	"errors"
	"image"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/tracking/recognise"
)

// hasNumber is what the bot uses.
func hasNumber(text string) bool { return len(recognise.Text(text).Numbers) > 0 }

// taken is a photo and the numbers on it.
type taken struct {
	picture []byte
	numbers []string
}

// condition takes photos of one kind.
type condition struct {
	name string
	take func(t testing.TB, random *rand.Rand) taken
}

// shot is what a photo of one label is made of.
type shot struct {
	kind                symbology
	width, height       int
	length              float64 // of the label, in pixels
	turned, perspective float64
	cover               func(*image.Gray, *rand.Rand)
	spoil               func(*photo, corners)
	quality             int
}

func usualShot(random *rand.Rand) shot {
	size := []int{1280, 1280, 1280, 1600, 2048, 2560}[random.IntN(6)]
	return shot{
		kind: []symbology{code128, code128, code128, code128, code39, qrCode}[random.IntN(6)], width: size, height: size * 3 / 4,
		length: float64(size) * (0.4 + random.Float64()*0.35), turned: (random.Float64() - 0.5) * 8, quality: 85,
	}
}

func (s shot) take(t testing.TB, random *rand.Rand) taken {
	t.Helper()
	n := number(random)
	text := n
	if s.kind == qrCode && random.IntN(2) == 0 {
		text = "https://ucmp.example.com/w?mailno=" + n
	}
	label := paintLabel(t, random, s.kind, text)
	if s.cover != nil {
		s.cover(label, random)
	}
	p := newPhoto(random, s.width, s.height)
	at := p.lying(float64(s.width)*(0.4+0.2*random.Float64()), float64(s.height)*(0.45+0.1*random.Float64()), s.length, s.turned, s.perspective)
	p.lay(label, at)
	if s.spoil != nil {
		s.spoil(p, at)
	}
	return taken{p.jpeg(t, s.quality), []string{n}}
}

func conditions() []condition {
	with := func(name string, change func(s *shot, random *rand.Rand)) condition {
		return condition{name, func(t testing.TB, random *rand.Rand) taken {
			s := usualShot(random)
			change(&s, random)
			return s.take(t, random)
		}}
	}
	return []condition{
		with("clean", func(*shot, *rand.Rand) {}),
		with("turned", func(s *shot, random *rand.Rand) { s.turned = random.Float64() * 360 }),
		with("perspective", func(s *shot, _ *rand.Rand) { s.perspective = 0.22 }),
		with("blurred", func(s *shot, random *rand.Rand) {
			sigma := s.length / labelHeight * 4 * (0.4 + random.Float64()*0.5) // modules
			s.spoil = func(p *photo, _ corners) { p.blur(sigma) }
		}),
		with("noisy", func(s *shot, random *rand.Rand) {
			sigma := 10 + random.Float64()*20
			s.spoil = func(p *photo, _ corners) { p.noise(sigma) }
		}),
		with("uneven light", func(s *shot, _ *rand.Rand) { s.spoil = func(p *photo, _ corners) { p.light() } }),
		with("JPEG 40-80", func(s *shot, random *rand.Rand) { s.quality = 40 + random.IntN(41) }),
		with("small", func(s *shot, random *rand.Rand) {
			s.width, s.height, s.length = 1280, 960, 330+random.Float64()*170
		}),
		with("glare", func(s *shot, random *rand.Rand) {
			u, radius := 0.2+random.Float64()*0.6, s.length*(0.05+random.Float64()*0.08)
			s.spoil = func(p *photo, at corners) { p.glare(at, u, 0.18, radius) }
		}),
		with("covered in part", func(s *shot, _ *rand.Rand) {
			s.cover = func(label *image.Gray, random *rand.Rand) {
				top := 0.12 + random.Float64()*0.08
				cover(label, 0, top, 1, top+0.05+random.Float64()*0.03)
				cover(label, 0.6, 0.8, 1, 1)
			}
		}),
		{"two labels", takeTwo},
	}
}

// takeTwo takes a photo of two labels side by side.
func takeTwo(t testing.TB, random *rand.Rand) taken {
	t.Helper()
	p := newPhoto(random, 1600, 1200)
	var numbers []string
	for _, x := range []float64{420, 1180} {
		n := number(random)
		label := paintLabel(t, random, code128, n)
		p.lay(label, p.lying(x, 600, 850+random.Float64()*200, (random.Float64()-0.5)*16, 0.02))
		numbers = append(numbers, n)
	}
	return taken{p.jpeg(t, 85), numbers}
}

// score counts the numbers that were read, and those that were read and are on no
// label.
func (p taken) score(codes []string) (right, wrong int) {
	for _, code := range codes {
		switch {
		case slices.ContainsFunc(p.numbers, func(n string) bool { return strings.HasSuffix(code, n) }):
			right++
		case hasNumber(code):
			wrong++
		}
	}
	return right, wrong
}

// TestLabelsAreReadInEveryCondition takes one photo of each kind; the table of
// docs/decisions/017-labels-are-read-in-go.md comes from BenchmarkConditions.
func TestLabelsAreReadInEveryCondition(t *testing.T) {
	for _, c := range conditions() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // each with a reader of its own, because one reads a picture at a time
			r := New(hasNumber)
			r.limit = time.Minute // a loaded machine is no reason to fail
			p := c.take(t, rand.New(rand.NewPCG(2, 7)))
			codes, err := r.Read(t.Context(), p.picture)
			if right, wrong := p.score(codes); right < len(p.numbers) || wrong > 0 {
				t.Errorf("read %q, %v; on the labels are %q", codes, err, p.numbers)
			}
		})
	}
}

// BenchmarkConditions reads photos of every kind and reports what share of the
// numbers was read ("%"), how many wrong ones ("wrong"), and the time for each:
//
//	go test ./handlers/label -run - -bench Conditions -benchtime 20x
func BenchmarkConditions(b *testing.B) {
	r := New(hasNumber)
	r.limit = time.Minute
	for _, c := range conditions() {
		b.Run(c.name, func(b *testing.B) {
			all, right, wrong, i := 0, 0, 0, uint64(0)
			for b.Loop() {
				b.StopTimer()
				p := c.take(b, rand.New(rand.NewPCG(i, 7)))
				b.StartTimer()
				codes, err := r.Read(b.Context(), p.picture)
				if err != nil && !errors.Is(err, handlers.ErrNoCode) {
					b.Fatal(err)
				}
				x, y := p.score(codes)
				all, right, wrong, i = all+len(p.numbers), right+x, wrong+y, i+1
			}
			b.ReportMetric(float64(right)/float64(all)*100, "%")
			b.ReportMetric(float64(wrong), "wrong")
		})
	}
}
