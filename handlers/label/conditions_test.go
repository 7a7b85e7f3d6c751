package label

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
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

// condition takes photos of one difficulty.
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
		with("covered in part", func(s *shot, random *rand.Rand) {
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

func TestMost(t *testing.T) {
	r := New(hasNumber)
	r.limit = time.Minute
	only := os.Getenv("COND")
	n := 20
	fmt.Sscan(os.Getenv("N"), &n)
	total, totalRight := 0, 0
	for _, c := range conditions() {
		if only != "" && !strings.Contains(c.name, only) {
			continue
		}
		all, right, wrong, spent := 0, 0, 0, time.Duration(0)
		for i := range n {
			var p taken
			random := rand.New(rand.NewPCG(uint64(i), 7))
			file := filepath.Join(os.TempDir(), "labelcache", fmt.Sprint(c.name, i))
			if b, err := os.ReadFile(file); err == nil {
				p.picture = b
				nn, _ := os.ReadFile(file + ".txt")
				p.numbers = strings.Fields(string(nn))
			} else {
				p = c.take(t, random)
				os.MkdirAll(filepath.Dir(file), 0o755)
				os.WriteFile(file, p.picture, 0o644)
				os.WriteFile(file+".txt", []byte(strings.Join(p.numbers, " ")), 0o644)
			}
			began := cpu()
			codes, err := r.Read(t.Context(), p.picture)
			spent += cpu() - began
			if err != nil && !errors.Is(err, handlers.ErrNoCode) {
				t.Error(err)
			}
			a, b := p.score(codes)
			if a < len(p.numbers) {
				t.Log("missed", c.name, i, codes, p.numbers)
			}
			all, right, wrong = all+len(p.numbers), right+a, wrong+b
		}
		total += all
		totalRight += right
		t.Logf("%-16s %d of %d, %d wrong, %d ms", c.name, right, all, wrong, spent.Milliseconds()/int64(n))
	}
	t.Log(totalRight, total)
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
