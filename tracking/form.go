package tracking

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"waybill/models"
)

// Endpoint is the address of a vendor's path under a configured base, whose
// trailing slashes are cut. An error when that is no absolute http(s) address.
func Endpoint(base, path string) (string, error) {
	u, err := url.Parse(strings.TrimRight(base, "/") + path)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("not an absolute http(s) address: base with " + path)
	}
	return u.String(), nil
}

// PostForm makes one call with a form as its body, as Send does. Hide is what
// no error must tell.
func (w *Wire) PostForm(ctx context.Context, address string, form url.Values, hide ...string) (Reply, error) {
	if err := w.Live(ctx); err != nil {
		return Reply{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return Reply{}, w.Unsent(ErrUnavailable, "address cannot be asked")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return w.Send(req, hide...)
}

// Answered is nil for an answer with status 200, and otherwise the refusal for
// it: of a vendor that tells everything in the body of a 200, any other status
// comes from something that stands in between.
func (w *Wire) Answered(r Reply, now models.Moment, hide ...string) error {
	if r.Status == http.StatusOK {
		return nil
	}
	kind := ErrUnavailable
	if r.Status == http.StatusTooManyRequests {
		kind = ErrRate
	}
	e := w.Refuse(r, kind, "http "+strconv.Itoa(r.Status), "", hide...)
	e.Until = r.RetryAfter(now)
	return e
}

// Sendable says whether a number has the length that a vendor takes, in
// characters, and nothing but letters, digits and dashes.
func Sendable(number string, shortest, longest int) bool {
	odd := strings.ContainsFunc(number, func(r rune) bool { return r != '-' && !letterOrDigit(r) })
	return !odd && len(number) >= shortest && len(number) <= longest
}

func letterOrDigit(r rune) bool {
	return '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}
