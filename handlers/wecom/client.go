package wecom

import (
	"context"
	"encoding/json"
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

// caller makes calls of the API in the name of one app.
type caller struct {
	*API
	tokens *tokens
}

func (a *API) caller(agent, secret string) *caller {
	return &caller{API: a, tokens: newTokens(a, agent, secret)}
}

// ask is one HTTP exchange with an address that holds a token.
type ask func(ctx context.Context, uri string) ([]byte, error)

// post sends in as JSON to a path below /cgi-bin/ and reads the answer into
// out, which may be nil.
func (c *caller) post(ctx context.Context, path string, in, out any) error {
	return c.call(ctx, path, nil, func(ctx context.Context, uri string) ([]byte, error) {
		return util.PostJSONContext(ctx, uri, in)
	}, out)
}

// get reads the answer of a path with a query into out.
func (c *caller) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.call(ctx, path, query, util.HTTPGetContext, out)
}

// call makes one call. A token that is refused is replaced once, and the call
// repeated.
func (c *caller) call(ctx context.Context, path string, query url.Values, a ask, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*calling)
	defer cancel()
	token, err := c.tokens.get(ctx, "")
	if err != nil {
		return err
	}
	err = exchange(ctx, path, address(path, query, "access_token", token), a, out)
	if stale(err) {
		if token, err = c.tokens.get(ctx, token); err != nil {
			return err
		}
		if err = exchange(ctx, path, address(path, query, "access_token", token), a, out); err == nil {
			c.tokens.rest.after(nil) // the token is good, even if it is the one that was refused
		}
	}
	c.heed(ctx, err)
	return redact(err, c.tokens.secret, token)
}

// heed does what a "no" asks for whatever the call was about.
func (c *caller) heed(ctx context.Context, err error) {
	switch {
	case wrongSecret(err):
		c.tokens.shut(ctx, err)
	case needsOperator(err):
		c.settings.Alerts.Alert(ctx, AlertAccess, "Agent", c.tokens.agent, "Code", codeOf(err))
	}
}

// outcome is the verdict on a message that was sent; the operators are told of
// what only they can mend.
func (c *caller) outcome(ctx context.Context, err error) error {
	if unreachable(err) {
		c.settings.Alerts.Alert(ctx, AlertReach, "Agent", c.tokens.agent, "Code", codeOf(err))
	}
	return verdict(err)
}

// address is where a path is, for the SDK, which knows one host only.
func address(path string, query url.Values, name, secret string) string {
	all := url.Values{name: {secret}}
	for k, v := range query {
		all[k] = v
	}
	return defaultAPIURL + "/cgi-bin/" + path + "?" + all.Encode()
}

// exchange asks once and reads the answer; a "no" is a *fault. The SDK's own
// methods lose the code, or say nil.
func exchange(ctx context.Context, path, uri string, a ask, out any) error {
	body, err := a(ctx, uri)
	if err != nil {
		return fmt.Errorf("call wecom %s: %w: %w", path, unheard(path), withoutURL(err))
	}
	var no util.CommonError
	if json.Unmarshal(body, &no) != nil {
		return fmt.Errorf("%w: wecom answers %s with something that is not its JSON", unheard(path), path)
	}
	if no.ErrCode != 0 {
		return &fault{path: path, code: no.ErrCode, words: tidy(no.ErrMsg)}
	}
	if out == nil {
		return nil
	}
	if json.Unmarshal(body, out) != nil { // the decoder's words may quote a message
		return errors.New("wecom answers " + path + " with another shape than it documents")
	}
	return nil
}

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
