package providertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"waybill/models"
	"waybill/tracking"
)

// vendor is a server that answers every call alike and counts them.
type vendor struct {
	*httptest.Server
	calls atomic.Int32
}

func serve(t *testing.T, answer http.HandlerFunc) *vendor {
	t.Helper()
	s := &vendor{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func say(r Reply) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range r.Header {
			w.Header().Set(name, value)
		}
		if r.Status != 0 {
			w.WriteHeader(r.Status)
		}
		_, _ = io.WriteString(w, r.Body) // a client that has left is no failure of the test
	}
}

// ask asks the question of the contract once.
func (v Vendor) ask(ctx context.Context, t *testing.T, url string) (models.Trace, error) {
	t.Helper()
	return v.New(t, url, &http.Client{Transport: &http.Transport{}}).Query(ctx, v.Waybill, v.Carrier, v.Tail)
}

// unusable wants err to say that there is no usable answer.
func (v Vendor) unusable(t *testing.T, err error) *tracking.Error {
	t.Helper()
	return v.refusal(t, err, tracking.ErrUnavailable)
}

// refusal wants err to be an *Error of this kind that keeps its secrets.
func (v Vendor) refusal(t *testing.T, err, kind error) *tracking.Error {
	t.Helper()
	var e *tracking.Error
	if !errors.As(err, &e) || !errors.Is(err, kind) {
		t.Fatalf("got %v, want an *Error: %v", err, kind)
	}
	if e.Provider != v.Name {
		t.Errorf("the error is %q's, want %q's", e.Provider, v.Name)
	}
	v.silent(t, err)
	return e
}

// silent wants an error, and whatever it wraps, to tell no secret.
func (v Vendor) silent(t *testing.T, err error) {
	t.Helper()
	told := strings.ToLower(fmt.Sprintf("%v %+v", err, chain(err)))
	for _, secret := range append([]string{v.Waybill, v.Tail}, v.Secrets...) {
		if secret != "" && strings.Contains(told, strings.ToLower(secret)) {
			t.Error("an error tells a key, a tail or a whole waybill")
		}
	}
}

// chain is every error under err, as text.
func chain(err error) []string {
	if err == nil {
		return nil
	}
	texts := []string{err.Error()}
	switch wraps := err.(type) { //nolint:errorlint // walks the tree itself
	case interface{ Unwrap() error }:
		texts = append(texts, chain(wraps.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, e := range wraps.Unwrap() {
			texts = append(texts, chain(e)...)
		}
	}
	return texts
}
