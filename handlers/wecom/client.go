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

	"waybill/internal/redact"
)

const (
	calling    = 10 * time.Second // one call, its answer included
	connecting = 5 * time.Second
	maxReply   = 16 << 20 // bytes; a page of a thousand messages stays far below it
)

// setUpSDK sets the SDK's two globals: where WeCom is, and the client that calls
// it. Left alone, that is http.DefaultClient, which waits for ever and follows
// redirects with the secret in the address. The result closes idle connections.
func setUpSDK(s Settings) (closeIdle func()) {
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

// statusError is an answer that is not the API's: a proxy's, or of a server that is down.
type statusError int

// Error names the status alone: the SDK's own words would hold the whole address.
func (s statusError) Error() string { return fmt.Sprintf("wecom answers with status %d", int(s)) }

// strict is a transport that lets no answer through but the API's. What the
// SDK would put the address of the call into never reaches it.
type strict struct{ next http.RoundTripper }

// RoundTrip makes one call; an answer other than 200 is an error.
func (s strict) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err != nil {
		return nil, redact.Error(err)
	}
	if resp.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
		_ = resp.Body.Close()
		return nil, statusError(resp.StatusCode)
	}
	resp.Body = limitedBody{io.LimitReader(resp.Body, maxReply), resp.Body}
	return resp, nil
}

// CloseIdleConnections is found by the client's method of that name.
func (s strict) CloseIdleConnections() {
	if c, ok := s.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// limitedBody is a body that ends after so many bytes.
type limitedBody struct {
	io.Reader
	io.Closer
}

// client makes calls of the API in the name of one app.
type client struct {
	*API
	tokens *tokens
}

func (a *API) client(agent, secret string) *client {
	return &client{API: a, tokens: newTokens(a, agent, secret)}
}

// request is one HTTP exchange with an address that holds a token.
type request func(ctx context.Context, uri string) ([]byte, error)

// post sends in as JSON to a path below /cgi-bin/ and reads the answer into
// out, which may be nil.
func (c *client) post(ctx context.Context, path string, in, out any) error {
	return c.call(ctx, path, nil, func(ctx context.Context, uri string) ([]byte, error) {
		return util.PostJSONContext(ctx, uri, in)
	}, out)
}

// get reads the answer of a path with a query into out.
func (c *client) get(ctx context.Context, path string, query url.Values, out any) error {
	return c.call(ctx, path, query, util.HTTPGetContext, out)
}

// call makes one call. A token that is refused is replaced once, and the call
// repeated. A refusal that says something about the app, whatever the call was
// about, is applied to the app.
func (c *client) call(ctx context.Context, path string, query url.Values, r request, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*calling)
	defer cancel()
	token, err := c.tokens.get(ctx, "")
	if err != nil {
		return err
	}
	err = exchange(ctx, path, address(path, query, "access_token", token), r, out)
	if tokenRefused(err) {
		if token, err = c.tokens.get(ctx, token); err != nil {
			return err
		}
		if err = exchange(ctx, path, address(path, query, "access_token", token), r, out); err == nil {
			c.tokens.cooldown.record(nil) // the token is good, even if it is the one that was refused
		}
	}
	switch {
	case wrongSecret(err):
		c.tokens.block(ctx, err)
	case needsOperator(err):
		c.settings.Alerts.AlertDaily(ctx, c.tokens.agent, AlertAccess, "Agent", c.tokens.agent, "Code", codeOf(err))
	}
	return redact.Error(err, c.tokens.secret, token)
}

// sendError is what became of a message, as handlers.Door promises it; the
// operators are told of what only they can mend.
func (c *client) sendError(ctx context.Context, err error) error {
	if unreachable(err) {
		c.settings.Alerts.AlertDaily(ctx, c.tokens.agent, AlertReach, "Agent", c.tokens.agent, "Code", codeOf(err))
	}
	return doorError(err)
}

// address is where a path is, for the SDK, which knows one host only.
func address(path string, query url.Values, name, secret string) string {
	all := url.Values{name: {secret}}
	for k, v := range query {
		all[k] = v
	}
	return defaultAPIURL + "/cgi-bin/" + path + "?" + all.Encode()
}

// exchange makes a request and reads the answer; a refusal is an *apiError, no
// answer is an unanswered. The SDK's own methods lose the code, or say nil.
func exchange(ctx context.Context, path, uri string, r request, out any) error {
	body, err := r(ctx, uri)
	if err != nil {
		return fmt.Errorf("call wecom %s: %w: %w", path, unanswered(path), redact.Error(err))
	}
	var no util.CommonError
	if json.Unmarshal(body, &no) != nil {
		return fmt.Errorf("%w: wecom answers %s with something that is not its JSON", unanswered(path), path)
	}
	if no.ErrCode != 0 {
		return &apiError{path: path, code: no.ErrCode, words: redact.Quotes(no.ErrMsg)}
	}
	if out == nil {
		return nil
	}
	if json.Unmarshal(body, out) != nil { // the decoder's words may quote a message
		return errors.New("wecom answers " + path + " with another shape than it documents")
	}
	return nil
}
