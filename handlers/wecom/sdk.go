package wecom

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

const (
	calling    = 10 * time.Second // one call, its answer included
	connecting = 5 * time.Second
	maxReply   = 16 << 20 // a page of a thousand messages stays far below it
)

// fence sets the SDK's two globals: where WeCom is, and the client that calls
// it. Left alone, that is http.DefaultClient, which waits for ever and follows
// redirects with the secret in the address. The result lets go of connections.
func fence(s Settings) (letGo func()) {
	util.SetURIModifier(func(uri string) string {
		if path, ours := strings.CutPrefix(uri, defaultAPIURL); ours {
			return s.APIURL + path
		}
		return uri
	})
	client := &http.Client{
		Transport:     strict{s.transport()},
		Timeout:       calling,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	util.DefaultHTTPClient = client
	return client.CloseIdleConnections
}

func (s Settings) transport() http.RoundTripper {
	if s.Transport != nil {
		return s.Transport
	}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connecting}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   connecting,
		ResponseHeaderTimeout: calling,
	}
}

// status is an answer that is not the API's: a proxy's, or of a server that is down.
type status int

// Error names the status alone: the SDK's own words would hold the whole address.
func (s status) Error() string { return fmt.Sprintf("wecom answers with status %d", int(s)) }

// strict is a transport that lets no answer through but the API's. What the
// SDK would put the address of the call into never reaches it.
type strict struct{ next http.RoundTripper }

// RoundTrip makes one call; an answer other than 200 is an error.
func (s strict) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err != nil {
		return nil, withoutURL(err)
	}
	if resp.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // the connection is worth keeping
		_ = resp.Body.Close()
		return nil, status(resp.StatusCode)
	}
	resp.Body = limited{io.LimitReader(resp.Body, maxReply), resp.Body}
	return resp, nil
}

// CloseIdleConnections is found by the client's method of that name.
func (s strict) CloseIdleConnections() {
	if c, ok := s.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// limited is a body that ends after so many bytes.
type limited struct {
	io.Reader
	io.Closer
}

// withoutURL drops the address from an error of net/http: it holds the secret,
// the token or the robot's key.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// redacted is an error whose text holds no secret. It unwraps to the original
// for errors.Is and errors.As only; nobody prints that one.
type redacted struct {
	text  string
	cause error
}

// Error is the text without secrets.
func (r *redacted) Error() string { return r.text }

// Unwrap gives the error as it was.
func (r *redacted) Unwrap() error { return r.cause }

// redact hides secrets in an error's text, as they are and as addresses write them.
func redact(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	clean := text
	for _, s := range secrets {
		if s == "" {
			continue
		}
		clean = strings.ReplaceAll(strings.ReplaceAll(clean, s, "***"), url.QueryEscape(s), "***")
	}
	if clean == text {
		return err
	}
	return &redacted{text: clean, cause: err}
}
