package providertest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// Emulator is the emulated vendors (sandbox.Sandbox).
type Emulator interface {
	http.Handler
	// Asked is how many calls of a kind were made about a number, and how many billed.
	Asked(provider, kind, number string) (asked, billed int)
	// Pump sends the pushes that are due.
	Pump(ctx context.Context)
}

// World is the emulated vendors on a real port, with a clock that moves when
// it is told to, from Clock on.
type World struct {
	Emulator
	URL string

	mu  sync.Mutex
	now time.Time
}

// Emulate serves the vendors that open makes over the world's clock.
func Emulate(t *testing.T, open func(now func() time.Time) Emulator) *World {
	t.Helper()
	w := &World{now: Clock()}
	w.Emulator = open(w.Now)
	s := httptest.NewServer(w.Emulator)
	t.Cleanup(s.Close)
	w.URL = s.URL
	return w
}

// Now is the world's time.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Hours lets time pass; the vendors push after each hour.
func (w *World) Hours(t *testing.T, n int) {
	t.Helper()
	for range n {
		w.mu.Lock()
		w.now = w.now.Add(time.Hour)
		w.mu.Unlock()
		w.Pump(t.Context())
	}
}

// Door is the address of the bot's door for a provider's pushes. Take gets each
// one's token and body, and says what it is answered with.
func Door(t *testing.T, provider string, take func(token string, body []byte) string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, take(strings.TrimPrefix(r.URL.Path, "/push/"+provider+"/"), raw))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// Expected is what a provider must say of one of the emulated numbers.
type Expected struct {
	Carrier models.Carrier // asked with
	Tail    string
	After   int // hours, after which it is asked again; 0: once is enough

	Kind   error // nil with a trace
	Status models.Status
	Names  models.Carrier
	Final  bool
}

// ReadsScenarios checks what a provider reads out of the emulated vendor's answers,
// and that it knows which of them were billed. Title names a number in words:
// no name of a test holds a waybill.
func ReadsScenarios(t *testing.T, expected map[string]Expected, title func(number string) string, open func(*testing.T) (*World, tracking.Provider)) {
	for number, c := range expected {
		t.Run(title(number), func(t *testing.T) {
			w, p := open(t)
			trace, err := p.Query(t.Context(), number, c.Carrier, c.Tail)
			if c.After > 0 {
				w.Hours(t, c.After)
				trace, err = p.Query(t.Context(), number, c.Carrier, c.Tail)
			}
			if got := (Expected{c.Carrier, c.Tail, c.After, c.Kind, trace.Status, trace.Carrier, trace.Final}); !errors.Is(err, c.Kind) || got != c {
				t.Errorf("got %q of %q, final %v, %v; want %q of %q, final %v, %v", trace.Status, trace.Carrier, trace.Final, err, c.Status, c.Names, c.Final, c.Kind)
			}
			var e *tracking.Error
			told := trace.Billed || errors.As(err, &e) && e.Billed
			if _, billed := w.Asked(p.Name, "query", number); (billed > 0) != told {
				t.Errorf("the vendor bills %d calls, the client says %v", billed, told)
			}
		})
	}
}

// Journey is one emulated number that a vendor words in an odd way.
type Journey struct {
	Number  string
	Carrier models.Carrier
	Scans   int // lines that are told by its end
}

// TellsOnce asks about journeys until they end, and wants each scan told once, in
// readable words, and what is only expected told as the estimate.
func TellsOnce(t *testing.T, journeys []Journey, title func(number string) string, open func(*testing.T) (*World, tracking.Provider)) {
	for _, j := range journeys {
		t.Run(title(j.Number), func(t *testing.T) {
			w, p := open(t)
			parcel, told, estimates := models.Parcel{ID: 1, Number: j.Number, Carrier: j.Carrier}, []models.Event(nil), map[string]bool{}
			for range 30 {
				trace, err := p.Query(t.Context(), j.Number, j.Carrier, "")
				if err != nil {
					t.Fatal(err)
				}
				c := models.Decide(parcel, told, trace, models.At(w.Now()))
				parcel, told = c.Parcel, append(told, c.Events...)
				estimates[trace.Estimate] = true
				w.Hours(t, 3)
			}
			for _, e := range told {
				if strings.ContainsAny(e.Text, "<>&") || strings.Contains(e.Text, "预计") {
					t.Errorf("told %q", e.Text)
				}
			}
			if len(told) != j.Scans || parcel.Status != models.Delivered || parcel.Origin == "" || parcel.Destination == "" || parcel.Estimate != "" {
				t.Errorf("told %d scans, want %d; %s from %q to %q, expects %q", len(told), j.Scans, parcel.Status, parcel.Origin, parcel.Destination, parcel.Estimate)
			}
			if floats := strings.Contains(title(j.Number), "expected"); floats != (len(estimates) > 2) {
				t.Errorf("estimates are %d", len(estimates))
			}
		})
	}
}

// OddlyWorded are the emulated numbers whose scans a vendor words in an odd way.
func OddlyWorded() []Journey {
	return []Journey{
		{"YT1000000000112", "yto", 9}, {"YT1000000000120", "yto", 9}, {"YT1000000000138", "yto", 9}, {"YT1000000000146", "yto", 9}, {"YT1000000000153", "yto", 15},
	}
}
