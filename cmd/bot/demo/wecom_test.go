package demo

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"waybill/handlers/console"
	"waybill/handlers/wecom/wecomtest"
)

// companyOf is an emulated WeCom whose bot listens at addr, and what is shown.
func companyOf(t *testing.T, addr net.Addr, screen console.Screen) *company {
	t.Helper()
	c, err := startWeCom(t.Context(), &chat{screen: screen, note: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	c.callAt(addr)
	return c
}

func TestACallbackIsDeliveredThreeTimes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refused, delivered int
		fails              bool
	}{
		"taken at once":      {0, 1, false},
		"taken at last":      {2, 3, false},
		"not taken":          {9, 3, true},
		"not taken, but one": {1, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			delivered := 0
			bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if delivered++; delivered <= c.refused {
					w.WriteHeader(http.StatusInternalServerError)
				}
			}))
			defer bot.Close()
			emulated := companyOf(t, bot.Listener.Addr(), console.NewPlain(io.Discard))
			answering, err := emulated.client.Submit(t.Context(), "hello")
			if (err != nil) != c.fails || !answering || delivered != c.delivered {
				t.Errorf("answering %t, error %v, delivered %d times", answering, err, delivered)
			}
		})
	}
}

func TestWhereTheBotIsCalled(t *testing.T) {
	t.Parallel()
	for bound, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/wecom/kf",
		"0.0.0.0:8080":   "http://127.0.0.1:8080/wecom/kf",
		"[::]:8080":      "http://127.0.0.1:8080/wecom/kf",
		"192.0.2.7:80":   "http://192.0.2.7:80/wecom/kf",
	} {
		addr, err := net.ResolveTCPAddr("tcp", bound)
		if err != nil {
			t.Fatal(err)
		}
		if c := companyOf(t, addr, console.NewPlain(io.Discard)); c.api.KFCallback != want {
			t.Errorf("bound to %s it is called at %s, want %s", bound, c.api.KFCallback, want)
		}
	}
}

// closedScreen is a screen that is gone.
type closedScreen struct{}

// Show fails.
func (closedScreen) Show(string) error { return io.ErrClosedPipe }

func TestAMessageWithItsMenuAndWhatStandsUnderIt(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sent := wecomtest.Sent{To: customer, Text: "one\ntwo", Tail: "the end", Menu: []wecomtest.Item{{ID: "a", Text: "first"}, {ID: "b", Text: "second"}}}
	addr := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
	if err := companyOf(t, addr, console.NewPlain(&out)).client.show(sent, nil); err != nil {
		t.Fatal(err)
	}
	if want := "one\ntwo\n  [1] first\n  [2] second\nthe end\n\n"; out.String() != want {
		t.Errorf("it looks like\n%s", out.String())
	}
	if err := companyOf(t, addr, closedScreen{}).client.show(sent, nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a screen that is gone: %v", err)
	}
}
