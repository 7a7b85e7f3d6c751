package wecomtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// access is an access token.
type access struct {
	app   string
	until time.Time
	code  int64 // what it is refused with since it was revoked; 0: it is good
}

// read takes a request apart.
func read(w http.ResponseWriter, r *http.Request, path string) (*call, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20))
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	c := &call{path: path, query: query, body: body}
	if path == "media/upload" {
		c.query["content-type"] = r.Header["Content-Type"]
	}
	return c, err
}

func (c *call) param(name string) string { return url.Values(c.query).Get(name) }

// decode reads the body into a shape; fields that WeCom does not know are mistakes.
func (c *call) decode(into any) *no {
	d := json.NewDecoder(strings.NewReader(string(c.body)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return refuse(47001, "data format error: %v", err)
	}
	return nil
}

// getToken gives the app's token out: the same as long as it is good.
func (a *API) getToken(c *call) (any, *no) {
	if c.param("corpid") != CorpID {
		return nil, refuse(40013, "invalid corpid")
	}
	app, ok := a.secrets[c.param("corpsecret")]
	if !ok {
		return nil, refuse(40001, "invalid credential, more info at https://open.work.weixin.qq.com/devtool/query?e=40001")
	}
	now := a.Now()
	for value, t := range a.tokens {
		if t.app == app && t.code == 0 && now.Before(t.until) {
			return map[string]any{"access_token": value, "expires_in": int(t.until.Sub(now) / time.Second)}, nil
		}
	}
	value := a.id("access-token-of-" + app + "-")
	a.tokens[value] = &access{app: app, until: now.Add(a.TokenLives)}
	return map[string]any{"access_token": value, "expires_in": int(a.TokenLives / time.Second)}, nil
}

// authorise lets a call in whose token is good for it.
func (a *API) authorise(c *call) *no {
	value := c.param("access_token")
	if value == "" {
		return refuse(41001, "access_token missing")
	}
	t, ok := a.tokens[value]
	switch {
	case !ok:
		return refuse(40014, "invalid access_token")
	case t.code != 0:
		return refuse(t.code, "access_token is no more")
	case !a.Now().Before(t.until):
		return refuse(42001, "access_token expired")
	case strings.HasPrefix(c.path, "kf/") && t.app != KFAgent:
		return refuse(48002, "no privilege to access/modify contact/party/agent")
	}
	c.app = t.app
	return nil
}

// Revoke makes all tokens bad: they are refused with code (40014 or 42001), and
// gettoken gives out new ones.
func (a *API) Revoke(code int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.tokens {
		if t.code == 0 {
			t.code = code
		}
	}
}

// ChangeSecret gives an app another secret, as the admin console does.
func (a *API) ChangeSecret(app, secret string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for s, of := range a.secrets {
		if of == app {
			delete(a.secrets, s)
		}
	}
	a.secrets[secret] = app
}
