package httpbody_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"waybill/internal/httpbody"
)

func TestABodyIsReadUpToTheLimit(t *testing.T) {
	cases := []struct {
		name   string
		body   io.Reader
		ok     bool
		status int
	}{
		{"the largest body is read", strings.NewReader(strings.Repeat("a", httpbody.Limit)), true, http.StatusOK},
		{"one byte more is too large", strings.NewReader(strings.Repeat("a", httpbody.Limit+1)), false, http.StatusRequestEntityTooLarge},
		{"a body that breaks off is refused", iotest.ErrReader(io.ErrUnexpectedEOF), false, http.StatusBadRequest},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			_, ok := httpbody.Read(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", c.body))
			if ok != c.ok || w.Code != c.status {
				t.Errorf("ok %v, status %d", ok, w.Code)
			}
		})
	}
}

func TestALongAnswerIsAnError(t *testing.T) {
	if _, err := httpbody.ReadAll(strings.NewReader("12345"), 4); err == nil {
		t.Error("read beyond the limit")
	}
	if got, err := httpbody.ReadAll(strings.NewReader("1234"), 4); err != nil || string(got) != "1234" {
		t.Errorf("%q, %v", got, err)
	}
}
