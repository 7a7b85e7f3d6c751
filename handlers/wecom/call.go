package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

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
