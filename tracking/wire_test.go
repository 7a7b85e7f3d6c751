package tracking

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waybill/models"
)

func always(int) bool { return true }

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// A server that takes the second request of a kept connection and hangs up:
// net/http would quietly send a GET again, and the vendor bill it twice.
func TestWireSendsNothingTwice(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var got atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go hangUpAfterOne(conn, &got)
		}
	}()
	w := NewWire("test", Parts{Client: &http.Client{Transport: &http.Transport{}}}, always)
	url := "http://" + listener.Addr().String()
	if _, err := w.Send(request(t, url)); err != nil {
		t.Fatal(err)
	}
	_, err = w.Send(request(t, url))
	var e *Error
	if !errors.As(err, &e) || !e.Billed || e.Unsent {
		t.Errorf("got %v, want a failure that counts as billed", err)
	}
	if got.Load() != 2 {
		t.Errorf("the server saw %d requests, want 2", got.Load())
	}
}

func hangUpAfterOne(conn net.Conn, got *atomic.Int32) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for n := 1; ; n++ {
		if _, err := http.ReadRequest(r); err != nil {
			return
		}
		got.Add(1)
		if n == 2 {
			return
		}
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	}
}

func TestWireSaysNothingOfTheQuery(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	w := NewWire("test", Parts{}, always)
	_, err := w.Send(request(t, server.URL+"/?kddh=SF1000000000015&tel=4321"))
	var e *Error
	if !errors.As(err, &e) || !e.Unsent || e.Billed || !errors.Is(err, ErrUnavailable) {
		t.Fatalf("got %v, want an unsent failure", err)
	}
	if strings.Contains(err.Error(), "SF1000000000015") || strings.Contains(err.Error(), "4321") {
		t.Errorf("the error tells the query: %v", err)
	}
}

func TestWireKnowsACancelledCall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	_, err := NewWire("test", Parts{}, always).Send(request(t, server.URL).WithContext(ctx))
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, context.Canceled) || !e.Billed || e.Unsent {
		t.Errorf("got %v, want a cancelled call that counts as billed", err)
	}
}

func TestMaskHidesSecretsAndLongDigits(t *testing.T) {
	for text, want := range map[string]string{
		"单号 sf1000000000015 无记录": "单号 *** 无记录",
		"尾号4321错误":               "尾号***错误",
		"code=a%2Fbcd":           "code=***",
		"电话13900000000，2024年":    "电话***，2024年",
		"two\nlines\x00":         "two lines",
		strings.Repeat("字", 300): strings.Repeat("字", 200),
	} {
		if got := Mask(text, "SF1000000000015", "4321", "a/bcd", ""); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestRetryAfterReadsSecondsAndDates(t *testing.T) {
	now := models.At(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	for said, want := range map[string]models.Moment{
		"":                              0,
		"soon":                          0,
		"-5":                            0,
		"30":                            now.Add(30 * time.Second),
		"99999999":                      now.Add(24 * time.Hour),
		"Fri, 02 Jan 2026 03:05:05 GMT": now.Add(time.Minute),
		"Fri, 02 Jan 2026 03:00:00 GMT": 0,
	} {
		r := Reply{Header: http.Header{"Retry-After": {said}}}
		if got := r.RetryAfter(now); got != want {
			t.Errorf("%q: got %d, want %d", said, got, want)
		}
	}
}
