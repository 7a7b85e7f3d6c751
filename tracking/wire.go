package tracking

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"waybill/internal/httpbody"
	"waybill/models"
)

// Wire carries one provider's paid calls over HTTP. It follows no redirect,
// reads at most httpbody.Limit, sends nothing twice, and names neither key, tail
// nor waybill in its errors.
type Wire struct {
	provider string
	client   *http.Client
	billed   func(status int) bool
	now      func() time.Time
}

// Reply is a provider's whole answer. Status is 0 when none came.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewWire makes a provider's wire over p.Client (which is copied; its time-out
// and transport hold; nil is http.DefaultClient). billed says whether an answer
// with this HTTP status is billed, by the vendor's rule.
func NewWire(provider string, p Parts, billed func(status int) bool) *Wire {
	own := http.Client{}
	if p.Client != nil {
		own = *p.Client
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Wire{provider: provider, client: &own, billed: billed, now: p.Now}
}

// Now is the time by the provider's clock.
func (w *Wire) Now() models.Moment { return models.At(w.now()) }

// Get makes one call by GET, as Send does.
func (w *Wire) Get(ctx context.Context, address string, header http.Header, hide ...string) (Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return Reply{}, w.Unsent(ErrUnavailable, "address cannot be asked")
	}
	if header != nil {
		req.Header = header
	}
	return w.Send(req, hide...)
}

// PostForm makes one call with a form as its body, as Send does. Of a vendor
// that tells everything in the body of a 200, any other status comes from
// something that stands in between, and is an error too (Answered).
func (w *Wire) PostForm(ctx context.Context, address string, form url.Values, hide ...string) (Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return Reply{}, w.Unsent(ErrUnavailable, "address cannot be asked")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	reply, err := w.Send(req, hide...)
	if err != nil {
		return reply, err
	}
	return reply, w.Answered(reply, hide...)
}

// Answered is nil for an answer with status 200, else the refusal that it is.
func (w *Wire) Answered(r Reply, hide ...string) error {
	if r.Status == http.StatusOK {
		return nil
	}
	kind := ErrUnavailable
	if r.Status == http.StatusTooManyRequests {
		kind = ErrRate
	}
	e := w.Refuse(r, kind, "http "+strconv.Itoa(r.Status), "", hide...)
	e.Until = r.RetryAfter(w.Now())
	return e
}

// Send makes one call. A failure is an *Error of kind ErrUnavailable: Unsent
// while no byte of the request has left; else billed by the answer's status,
// and without an answer billed too, because nobody knows. hide is what the
// error must not tell.
func (w *Wire) Send(req *http.Request, hide ...string) (Reply, error) {
	if err := req.Context().Err(); err != nil {
		return Reply{}, &Error{Provider: w.provider, Kind: ErrUnavailable, Unsent: true, Cause: err}
	}
	var sent atomic.Bool
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		WroteHeaders: func() { sent.Store(true) },
	})
	resp, err := w.client.Do(unrepeatable(req.WithContext(ctx)))
	if why := context.Cause(ctx); err != nil && errors.Is(why, errLate) {
		err = why
	}
	if err != nil {
		return Reply{}, w.failed(err, sent.Load(), sent.Load(), hide)
	}
	defer resp.Body.Close()
	reply := Reply{Status: resp.StatusCode, Header: resp.Header}
	reply.Body, err = httpbody.ReadAll(resp.Body, httpbody.Limit)
	if err != nil {
		return reply, w.failed(fmt.Errorf("read reply: %w", err), true, w.billed(reply.Status), hide)
	}
	reply.Body = inUTF8(reply.Body, resp.Header.Get("Content-Type"))
	return reply, nil
}

// inUTF8 is a body that may be written in China's older encodings: one that is no
// UTF-8, and of which nobody says that it is, is read as GB 18030, which takes GBK and
// GB 2312 in.
func inUTF8(body []byte, contentType string) []byte {
	if utf8.Valid(body) {
		return body
	}
	_, params, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(strings.ToLower(params["charset"]), "utf") {
		return body
	}
	read, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body)
	if err != nil || bytes.ContainsRune(read, utf8.RuneError) {
		return body
	}
	return read
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

// unrepeatable keeps net/http from sending a GET again over a fresh connection when a
// kept one dies under it: the vendor may have billed the first. A request
// whose body cannot be rewound is never sent twice.
func unrepeatable(req *http.Request) *http.Request {
	if req.Body == nil || req.Body == http.NoBody {
		req.Body = io.NopCloser(bytes.NewReader(nil))
	}
	req.GetBody = nil
	return req
}

// masked is a cause that answers errors.Is but shows only its cleaned text.
type masked struct {
	text  string
	cause error
}

func (m *masked) Error() string { return m.text }

func (m *masked) Is(target error) bool { return errors.Is(m.cause, target) }

// RetryAfter reads an answer's Retry-After in seconds or as a date; zero when
// there is none.
func (r Reply) RetryAfter(now models.Moment) models.Moment {
	after := strings.TrimSpace(r.Header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(after); err == nil && seconds > 0 {
		return now.Add(time.Duration(min(seconds, 24*60*60)) * time.Second)
	}
	if at, err := http.ParseTime(after); err == nil && models.At(at) > now {
		return min(models.At(at), now.Add(24*time.Hour))
	}
	return 0
}

// Endpoint is the address of a vendor's path under a configured base, whose
// trailing slashes are cut; a path that is an absolute URL stands for itself.
// An error when that is no absolute http(s) address.
func Endpoint(base, path string) (string, error) {
	whole := path
	if !strings.Contains(path, "://") {
		whole = strings.TrimRight(base, "/") + path
	}
	u, err := url.Parse(whole)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("url and path make no absolute http(s) address")
	}
	u.Fragment = ""
	return u.String(), nil
}

// NewClient is the HTTP client that every provider gets: it follows no
// redirect (a redirected key would leak) and keeps enough connections open.
func NewClient(timeout time.Duration) *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second}
	transport.MaxIdleConnsPerHost = 256
	transport.MaxIdleConns = 1024
	transport.IdleConnTimeout = 30 * time.Second // fewer kept connections that the vendor has closed meanwhile
	return &http.Client{
		Timeout:       timeout,
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
