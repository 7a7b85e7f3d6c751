package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"waybill/internal/httpbody"
	"waybill/internal/redact"
)

// maxReply is how long a reply may be, in bytes; 100 updates stay far below it.
const maxReply = 32 << 20

// client is the HTTP client given to the library. It sees every call and every
// reply first, so the library never meets a reply it would misread: refusals
// become an *apiError, anything that is not the Bot API's JSON becomes an error
// that quotes none of it, and results are cut down to what is used, so that a
// new kind of content cannot make a sent message look like a failed one.
type client struct {
	http   *http.Client
	secret string // the part of the token behind the colon
	health *health
}

func newClient(s Settings, h *health) *client {
	secret := s.Token
	if _, after, ok := strings.Cut(s.Token, ":"); ok && after != "" {
		secret = after
	}
	return &client{
		secret: secret,
		health: h,
		http: &http.Client{
			Transport: s.Client.Transport,
			// Calls have deadlines of their own; this one must outlast a held poll.
			Timeout: s.PollTimeout + 25*time.Second,
			// The token is in the path: it follows no redirect.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// redact hides the token's secret part in an error's text, wherever it stands.
func (c *client) redact(err error) error { return redact.Error(err, c.secret) }

// Do makes one call of the Bot API. It returns a response only for calls that
// succeeded.
func (c *client) Do(req *http.Request) (*http.Response, error) {
	method := path.Base(req.URL.Path)
	resp, result, err := c.call(req, method)
	c.health.called(err)
	if err != nil {
		return nil, c.redact(err)
	}
	if result, err = cutDown(method, result); err != nil {
		return nil, err
	}
	return withResult(resp, result), nil
}

// call sends the request and returns the result out of the reply.
func (c *client) call(req *http.Request, method string) (*http.Response, json.RawMessage, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("call telegram %s: %w", method, redact.Error(err))
	}
	body, err := httpbody.ReadAll(resp.Body, maxReply)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, nil, fmt.Errorf("read reply of telegram %s: %w", method, redact.Error(err))
	}
	result, err := unwrap(method, resp.StatusCode, body)
	return resp, result, err
}

// envelope is what every reply of the Bot API is wrapped in.
type envelope struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int64 `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// unwrap takes the result out of its envelope; a refusal is an *apiError.
func unwrap(method string, status int, body []byte) (json.RawMessage, error) {
	var e envelope
	err := json.Unmarshal(body, &e)
	switch {
	case err != nil && status == http.StatusOK:
		return nil, fmt.Errorf("call telegram %s: %w", method, errUnreadable)
	case err != nil:
		return nil, fmt.Errorf("telegram answers %s with status %d and something that is not JSON", method, status)
	}
	if e.OK {
		return e.Result, nil
	}
	if e.Code == 0 {
		e.Code = status
	}
	no := &apiError{method: method, code: e.Code, description: redact.Quotes(e.Description)}
	no.retryAfter = time.Duration(max(e.Parameters.RetryAfter, 1)) * time.Second
	if e.Parameters.MigrateTo != 0 {
		no.movedTo = strconv.FormatInt(e.Parameters.MigrateTo, 10)
	}
	return nil, no
}

// errUnreadable is an answer of a Telegram that works, and of which nothing is understood.
var errUnreadable = errors.New("telegram's answer cannot be read")

// cutDown leaves of a result what is used: of a sent message only its id, of a
// member of a group only what they are.
func cutDown(method string, result json.RawMessage) (json.RawMessage, error) {
	switch {
	case method == "getChatMember":
		return status(result)
	case method == "sendChatAction", !strings.HasPrefix(method, "send") && !strings.HasPrefix(method, "editMessage"):
		return result, nil
	}
	var m struct {
		ID int64 `json:"message_id"`
	}
	// An edited inline message answers true; nobody needs the id then.
	_ = json.Unmarshal(result, &m)
	return json.RawMessage(`{"message_id":` + strconv.FormatInt(m.ID, 10) + `}`), nil
}

// status leaves of a member one of the statuses that the library knows.
func status(result json.RawMessage) (json.RawMessage, error) {
	var m struct {
		Status string `json:"status"`
	}
	if err := json.Unmarshal(result, &m); err != nil {
		return nil, fmt.Errorf("read a member: %w", errUnreadable) // the decoder's words may quote it
	}
	switch m.Status {
	case "creator", "administrator", "member", "restricted", "left", "kicked":
		return json.RawMessage(`{"status":"` + m.Status + `"}`), nil
	}
	return nil, fmt.Errorf("read a member: %w", errUnreadable)
}

// withResult is a response whose body holds the result and nothing else.
func withResult(resp *http.Response, result json.RawMessage) *http.Response {
	if len(result) == 0 {
		result = json.RawMessage("null")
	}
	body := append(append([]byte(`{"ok":true,"result":`), result...), '}')
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	return resp
}
