package doortest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"waybill/handlers/doortest"
)

func TestFaultsHitInTheirOrderAndAsOftenAsTheyShould(t *testing.T) {
	type fault struct{ call, name string }
	var faults doortest.Faults[fault]
	faults.Inject(fault{"send", "late"}, 1, 0)
	faults.Inject(fault{"send", "twice"}, 0, 2)
	faults.Inject(fault{"edit", "always"}, 0, -1)
	took := func(call string) string {
		f := faults.Take(func(f fault) bool { return f.call == call })
		if f == nil {
			return "none"
		}
		return f.name
	}
	for i, c := range []struct{ call, want string }{
		{"get", "none"}, {"send", "twice"}, {"send", "late"}, {"edit", "always"}, {"send", "twice"}, {"send", "none"}, {"edit", "always"},
	} {
		if got := took(c.call); got != c.want {
			t.Errorf("call %d, %s: %s, want %s", i, c.call, got, c.want)
		}
	}
	faults.Heal()
	if got := took("edit"); got != "none" {
		t.Errorf("healed: %s", got)
	}
}

func TestWhoeverWaitsIsWokenWhenItHasHappened(t *testing.T) {
	var (
		mu      doortest.Mutex
		records []int
	)
	go func() {
		for n := range 5 {
			mu.Lock()
			records = append(records, n)
			mu.Happened()
			mu.Unlock()
		}
	}()
	got, err := doortest.First(t.Context(), &mu, func() []int { return records }, func(n int) bool { return n > 2 })
	if got != 3 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := new(doortest.Mutex).Wait(ctx, func() bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// double is served and closed.
type double struct{ doortest.Port }

func TestADoubleIsServedForOneTest(t *testing.T) {
	var address string
	t.Run("while the test runs", func(t *testing.T) {
		doortest.Serve(t, func() (d *double, err error) {
			d = &double{}
			address, err = d.Open(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
			return d, err
		})
		resp, err := get(t, address)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if said, err := io.ReadAll(resp.Body); string(said) != "hello" || err != nil {
			t.Errorf("it says %q, %v", said, err)
		}
	})
	if resp, err := get(t, address); err == nil {
		_ = resp.Body.Close()
		t.Error("it answers after the test")
	}
	new(doortest.Port).Close() // one that was never opened
}

func get(t *testing.T, address string) (*http.Response, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return http.DefaultClient.Do(r)
}

func TestAProxysPageTellsTheAddress(t *testing.T) {
	w := httptest.NewRecorder()
	doortest.ProxyPage(w, http.StatusBadGateway, "/secret")
	if w.Code != http.StatusBadGateway || w.Header().Get("Content-Type") != "text/html" || !strings.Contains(w.Body.String(), "/secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
