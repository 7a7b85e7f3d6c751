// Package httpbody reads bodies from outside up to a limit.
package httpbody

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Limit is the largest body that any HTTP door takes, and the largest answer
// that is read from anybody, in bytes after decompression: 1 MiB.
const Limit = 1 << 20

// Read reads a request's body. Over Limit it answers 413, cut off 400; then ok
// is false and the request is done with.
func Read(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, Limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
		return nil, false
	case err != nil:
		http.Error(w, "body cut off", http.StatusBadRequest)
		return nil, false
	}
	return body, true
}

// ErrTooLong says that a body has more bytes than are read.
var ErrTooLong = errors.New("the body is too long")

// ReadAll reads an answer's body; longer than limit bytes is ErrTooLong.
func ReadAll(body io.Reader, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLong, limit)
	}
	return raw, nil
}
