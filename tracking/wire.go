package tracking

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"waybill/models"
)

// MaxBody is the largest answer that is read from a provider, in bytes after
// decompression.
const MaxBody = 1 << 20

// Wire carries one provider's paid calls over HTTP. It follows no redirect,
// reads at most MaxBody, sends nothing twice, and names neither key, tail nor
// waybill in its errors.
type Wire struct {
	provider string
	client   *http.Client
	billed   func(status int) bool
}

// Reply is a provider's whole answer. Status is 0 when none came.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewWire makes a provider's wire over a client (which is copied; its time-out
// and transport hold). billed says whether an answer with this HTTP status is
// billed, by the vendor's rule.
func NewWire(provider string, client *http.Client, billed func(status int) bool) *Wire {
	if client == nil {
		client = http.DefaultClient
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Wire{provider: provider, client: &own, billed: billed}
}

// Send makes one call. A failure is an *Error of kind ErrUnavailable: Unsent
// while no byte of the request has left; else billed by the answer's status,
// and without an answer billed too, because nobody knows. hide is what the
// error must not tell.
func (w *Wire) Send(req *http.Request, hide ...string) (Reply, error) {
	var sent atomic.Bool
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		WroteHeaders: func() { sent.Store(true) },
	})
	resp, err := w.client.Do(once(req.WithContext(ctx)))
	if why := context.Cause(ctx); err != nil && errors.Is(why, errLate) {
		err = why
	}
	if err != nil {
		return Reply{}, w.failed(err, sent.Load(), sent.Load(), hide)
	}
	defer resp.Body.Close()
	reply := Reply{Status: resp.StatusCode, Header: resp.Header}
	reply.Body, err = readAll(resp.Body)
	if err != nil {
		return reply, w.failed(fmt.Errorf("read reply: %w", err), true, w.billed(reply.Status), hide)
	}
	return reply, nil
}

// Refuse makes the error for what an answer says: billed by its status, the
// vendor's text without what must be hidden.
func (w *Wire) Refuse(r Reply, kind error, code, text string, hide ...string) *Error {
	return &Error{
		Provider: w.provider, Kind: kind, Code: code, Text: Mask(text, hide...),
		Billed: w.billed(r.Status),
	}
}

// Unsent makes the error for a call that was not made.
func (w *Wire) Unsent(kind error, text string) *Error {
	return &Error{Provider: w.provider, Kind: kind, Text: text, Unsent: true}
}

func (w *Wire) failed(err error, sent, billed bool, hide []string) *Error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // its text holds the whole query
	}
	return &Error{
		Provider: w.provider, Kind: ErrUnavailable, Billed: billed, Unsent: !sent,
		Cause: &masked{text: Mask(err.Error(), hide...), cause: err},
	}
}

// once keeps net/http from sending a GET again over a fresh connection when a
// kept one dies under it: the vendor may have billed the first. A request
// whose body cannot be rewound is never sent twice.
func once(req *http.Request) *http.Request {
	if req.Body == nil || req.Body == http.NoBody {
		req.Body = io.NopCloser(bytes.NewReader(nil))
	}
	req.GetBody = nil
	return req
}

func readAll(body io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(body, MaxBody+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > MaxBody {
		return nil, errors.New("longer than 1 MiB")
	}
	return raw, nil
}

// masked is a cause that answers errors.Is but shows only its cleaned text.
type masked struct {
	text  string
	cause error
}

func (m *masked) Error() string { return m.text }

func (m *masked) Is(target error) bool { return errors.Is(m.cause, target) }

// maxText is how many characters of a vendor's words an error keeps.
const maxText = 200

// Mask makes a text of a vendor fit for errors and logs: what must be hidden is
// replaced whatever its case, and so is every run of six or more digits.
func Mask(text string, hide ...string) string {
	text = Clean(text, MaxScan)
	for _, secret := range hide {
		text = replaceFold(text, secret)
		text = replaceFold(text, url.QueryEscape(secret))
	}
	return Clean(maskDigits(text), maxText)
}

const hidden = "***"

func replaceFold(text, secret string) string {
	if secret == "" {
		return text
	}
	lower, find := asciiLower(text), asciiLower(secret)
	var b strings.Builder
	for {
		i := strings.Index(lower, find)
		if i < 0 {
			return b.String() + text
		}
		b.WriteString(text[:i] + hidden)
		text, lower = text[i+len(find):], lower[i+len(find):]
	}
}

// asciiLower lowers a to z only, so that every byte keeps its place.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func maskDigits(text string) string {
	var b strings.Builder
	for text != "" {
		n := 0
		for n < len(text) && '0' <= text[n] && text[n] <= '9' {
			n++
		}
		switch {
		case n >= 6:
			b.WriteString(hidden)
		case n == 0:
			n = 1
			b.WriteByte(text[0])
		default:
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	return b.String()
}

// RetryAfter reads an answer's Retry-After in seconds or as a date; zero when
// there is none.
func (r Reply) RetryAfter(now models.Moment) models.Moment { return retryAfter(r.Header, now) }

// Live says whether a context still allows a call; the error is the one to return.
func (w *Wire) Live(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &Error{Provider: w.provider, Kind: ErrUnavailable, Unsent: true, Cause: err}
	}
	return nil
}
