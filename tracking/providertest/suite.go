package providertest

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"waybill/models"
	"waybill/tracking"
)

func traces(t *testing.T, v Vendor) {
	t.Run("holds the vendor's scans in our form", func(t *testing.T) {
		s := serve(t, say(v.Good))
		trace, err := v.ask(t.Context(), t, s.URL)
		v.whole(t, trace, err)
		if s.calls.Load() != 1 {
			t.Errorf("%d calls, want 1", s.calls.Load())
		}
	})
	t.Run("may be compressed", func(t *testing.T) {
		trace, err := v.ask(t.Context(), t, serve(t, compressed(v.Good.Status, v.Good.Body)).URL)
		v.whole(t, trace, err)
	})
	t.Run("may be asked for by many at once", func(t *testing.T) {
		p := v.New(t, serve(t, say(v.Good)).URL, nil)
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				if _, err := p.Query(t.Context(), v.Waybill, v.Carrier, v.Tail); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}

// whole wants the trace that Good is.
func (v Vendor) whole(t *testing.T, trace models.Trace, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if trace.Provider != v.Name || trace.Status != v.Status || trace.Carrier != v.Names || trace.Billed != v.Billed(status(v.Good)) {
		t.Errorf("got provider %q, status %q, carrier %q, billed %v", trace.Provider, trace.Status, trace.Carrier, trace.Billed)
	}
	if len(trace.Events) != len(v.Scans) {
		t.Fatalf("got %d scans, want %d", len(trace.Events), len(v.Scans))
	}
	for i, e := range trace.Events {
		signed := e
		signed.Sign()
		if e.Kind != models.Scan || e.Identity == "" || e.Identity != signed.Identity {
			t.Errorf("scan %d is of kind %q and signed %q", i, e.Kind, e.Identity)
		}
		if e.At != models.At(v.Scans[i].At) || e.Text != v.Scans[i].Text {
			t.Errorf("scan %d is %q at %s, want %q at %s", i, e.Text, e.At.Time(), v.Scans[i].Text, v.Scans[i].At.UTC())
		}
	}
	if !slices.IsSortedFunc(trace.Events, func(a, b models.Event) int { return int(b.At - a.At) }) {
		t.Error("scans are not newest first")
	}
}

func refusals(t *testing.T, v Vendor) {
	for _, r := range v.Refusals {
		t.Run(r.Name, func(t *testing.T) {
			asked := v
			if r.NoTail {
				asked.Tail = ""
			}
			s := serve(t, say(r.Reply))
			_, err := asked.ask(t.Context(), t, s.URL)
			e := asked.refusal(t, err, r.Kind)
			if e.Billed != r.Billed || e.Unsent || (e.Until != 0) != r.Until {
				t.Errorf("billed %v, unsent %v, until %d; want billed %v, until %v", e.Billed, e.Unsent, e.Until, r.Billed, r.Until)
			}
			if s.calls.Load() != 1 {
				t.Errorf("%d calls, want 1", s.calls.Load())
			}
		})
	}
	t.Run("a number that fits no field is not sent", func(t *testing.T) {
		s := serve(t, say(v.Good))
		long := v
		long.Waybill = v.TooLong
		_, err := long.ask(t.Context(), t, s.URL)
		if e := long.refusal(t, err, tracking.ErrNumber); !e.Unsent || e.Billed || s.calls.Load() != 0 {
			t.Errorf("unsent %v, billed %v, %d calls", e.Unsent, e.Billed, s.calls.Load())
		}
	})
}

func status(r Reply) int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}

func nonsense(t *testing.T, v Vendor) {
	for name, answer := range map[string]http.HandlerFunc{
		"a web page":                   say(Reply{Body: "<html><body>502 Bad Gateway</body></html>"}),
		"nothing":                      say(Reply{}),
		"half of it":                   say(Reply{Body: v.Good.Body[:len(v.Good.Body)/2]}),
		"a list":                       say(Reply{Body: "[1,2,3]"}),
		"null":                         say(Reply{Body: "null"}),
		"an empty object":              say(Reply{Body: "{}"}),
		"a connection that breaks off": breaksOff(v.Good.Body),
		"fifty megabytes":              endless(v.Good.Body),
		"fifty megabytes compressed":   compressed(http.StatusOK, v.Good.Body+strings.Repeat(" ", 50<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := v.ask(t.Context(), t, serve(t, answer).URL)
			if e := v.unusable(t, err); e.Billed != v.Billed(http.StatusOK) || e.Unsent {
				t.Errorf("billed %v, unsent %v", e.Billed, e.Unsent)
			}
		})
	}
	t.Run("a redirect is not followed", func(t *testing.T) {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) })
		_, err := v.ask(t.Context(), t, s.URL)
		if e := v.unusable(t, err); e.Unsent || s.calls.Load() != 1 {
			t.Errorf("unsent %v, %d calls, want 1", e.Unsent, s.calls.Load())
		}
	})
}

func compressed(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		if status != 0 {
			w.WriteHeader(status)
		}
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, body) // the client may leave early
		_ = z.Close()
	}
}

// endless is a good answer with fifty megabytes of blanks behind it.
func endless(good string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, good)
		blanks := strings.Repeat(" ", 1<<16)
		for range 50 << 20 / len(blanks) {
			if _, err := io.WriteString(w, blanks); err != nil {
				return
			}
		}
	}
}

// breaksOff promises a whole body and sends half.
func breaksOff(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = io.WriteString(w, body) // the rest is never written
	}
}

func early(t *testing.T, v Vendor) {
	t.Run("cancelled before it leaves", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := serve(t, say(v.Good))
		_, err := v.ask(ctx, t, s.URL)
		e := v.unusable(t, err)
		if !e.Unsent || e.Billed || s.calls.Load() != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("unsent %v, billed %v, %d calls: %v", e.Unsent, e.Billed, s.calls.Load(), err)
		}
	})
	t.Run("cancelled while the vendor thinks counts as billed", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // so that the server notices who leaves
			cancel()
			<-r.Context().Done()
		})
		_, err := v.ask(ctx, t, s.URL)
		e := v.unusable(t, err)
		if e.Unsent || !e.Billed || !errors.Is(err, context.Canceled) {
			t.Errorf("unsent %v, billed %v: %v", e.Unsent, e.Billed, err)
		}
	})
	t.Run("a time-out counts as billed", func(t *testing.T) {
		ctx := deadline{t.Context(), make(chan struct{})}
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			close(ctx.passed)
			<-r.Context().Done()
		})
		_, err := v.ask(ctx, t, s.URL)
		e := v.unusable(t, err)
		if e.Unsent || !e.Billed || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("unsent %v, billed %v: %v", e.Unsent, e.Billed, err)
		}
	})
	t.Run("nobody there is not billed", func(t *testing.T) {
		s := serve(t, say(v.Good))
		s.Close()
		_, err := v.ask(t.Context(), t, s.URL)
		if e := v.unusable(t, err); !e.Unsent || e.Billed {
			t.Errorf("unsent %v, billed %v", e.Unsent, e.Billed)
		}
	})
}

// deadline is a context whose time-out passes when the test says so, not when
// a busy machine gets round to it.
type deadline struct {
	context.Context
	passed chan struct{}
}

func (d deadline) Done() <-chan struct{} { return d.passed }

func (d deadline) Err() error {
	select {
	case <-d.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// secrets has the vendor repeat everything that it was told.
func secrets(t *testing.T, v Vendor) {
	told := strings.Join(append([]string{"单号", strings.ToLower(v.Waybill), "尾号", v.Tail, "key"}, v.Secrets...), " ")
	for name, answer := range map[string]http.HandlerFunc{
		"in its own refusal": say(v.Echo(told)),
		"in a server error":  say(Reply{Status: http.StatusInternalServerError, Body: told}),
		"as a broken status": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "HTTP/1.1 "+told+"\r\n\r\n")
		},
		"as the place to go": say(Reply{Status: http.StatusFound, Header: map[string]string{"Location": "http://%zz/" + v.Waybill}}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := v.ask(t.Context(), t, serve(t, answer).URL)
			var e *tracking.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			v.silent(t, err)
		})
	}
}
