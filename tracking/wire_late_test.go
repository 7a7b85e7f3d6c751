package tracking

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A request that leaves long after its start would be too near to the next one
// for the vendor, who counts from when it came.
func TestWireDropsARequestThatFindsNoConnectionInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := make(chan struct{})
		defer close(over)
		hanging := func(context.Context, string, string) (net.Conn, error) {
			<-over // a dial goes on when its request has given up
			return nil, net.ErrClosed
		}
		w := NewWire("test", &http.Client{Transport: &http.Transport{DialContext: hanging}}, always)
		start := time.Now()
		_, err := w.Send(request(t, "http://192.0.2.1/"))
		var e *Error
		if !errors.As(err, &e) || !e.Unsent || e.Billed || !harmful(err) {
			t.Fatalf("got %v, want an unsent failure of the provider's", err)
		}
		if took := time.Since(start); took != begun {
			t.Fatalf("dropped after %s, want %s", took, begun)
		}
	})
}
