package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// maxBody is the largest body that is read, in bytes.
const maxBody = 1 << 20

// limited reads the body before h sees it, so that every door refuses a body
// that is too large in the same way, with or without a Content-Length.
func limited(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			http.Error(w, "body cut off", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.ServeHTTP(w, r)
	})
}
