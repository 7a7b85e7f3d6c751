package wecom

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

const (
	maxCallback = 1 << 20         // bytes
	storing     = 3 * time.Second // WeCom waits five, and comes again
)

// errNonsense is a genuine callback that says nothing one could read.
var errNonsense = errors.New("a callback without a meaning")

// callback takes in what WeCom delivers to one URL: the check of the URL, and
// messages, which take stores before they are acknowledged.
type callback struct {
	envelope *Envelope
	take     func(ctx context.Context, message []byte) error
	log      *slog.Logger
	door     string
}

// ServeHTTP answers 401 to whoever does not know the token, before anything is
// decrypted; 200 once the message is stored; 500 when it could not be: WeCom
// brings it again.
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		c.verify(w, r.URL.Query())
	case http.MethodPost:
		w.WriteHeader(c.receive(w, r))
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// verify answers the check of the URL with what it has encrypted.
func (c *callback) verify(w http.ResponseWriter, q url.Values) {
	echo := q.Get("echostr")
	if !c.genuine(q, echo) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	plain, err := c.envelope.Open(echo)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(plain)
}

func (c *callback) genuine(q url.Values, encrypted string) bool {
	return c.envelope.Genuine(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), encrypted)
}

// receive stores the message in a request and returns the status to answer with.
func (c *callback) receive(w http.ResponseWriter, r *http.Request) int {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCallback))
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return http.StatusRequestEntityTooLarge
	}
	if err != nil {
		return http.StatusBadRequest
	}
	q := r.URL.Query()
	if q.Get("msg_signature") == "" {
		return http.StatusUnauthorized
	}
	var outer struct {
		Encrypt string `xml:"Encrypt"`
	}
	if xml.Unmarshal(body, &outer) != nil || outer.Encrypt == "" {
		return http.StatusBadRequest
	}
	if !c.genuine(q, outer.Encrypt) {
		return http.StatusUnauthorized
	}
	return c.accept(r.Context(), outer.Encrypt)
}

// accept decrypts and stores a genuine message. Storing is not cut short when
// the caller goes away.
func (c *callback) accept(ctx context.Context, encrypted string) int {
	message, err := c.envelope.Open(encrypted)
	if err != nil {
		c.log.Warn("wecom callback is not for us", slog.String("door", c.door), slog.Any("err", err))
		return http.StatusBadRequest
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storing)
	defer cancel()
	err = c.take(ctx, message)
	switch {
	case errors.Is(err, errNonsense):
		return http.StatusBadRequest
	case err != nil:
		c.log.Error("wecom callback is not stored; it will come again", slog.String("door", c.door), slog.Any("err", err))
		return http.StatusInternalServerError
	}
	return http.StatusOK
}
