package kuaidi100

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"waybill/internal/httpbody"
	"waybill/tracking"
)

// notice is a push.
type notice struct {
	Status     tracking.Scalar `json:"status"`
	Message    tracking.Scalar `json:"message"`
	AutoCheck  tracking.Scalar `json:"autoCheck"`
	ComOld     tracking.Scalar `json:"comOld"`
	ComNew     tracking.Scalar `json:"comNew"`
	LastResult json.RawMessage `json:"lastResult"`
}

// ReadPush reads a push: a form with param and, because every subscription has
// a salt, sign. Whether the token is known is the caller's to say. A result
// about another waybill than the subscription's is no trace.
func (c *client) ReadPush(of tracking.Subscription, body []byte) (tracking.Push, error) {
	if len(body) > httpbody.Limit {
		return tracking.Push{}, tracking.ErrPushBody
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return tracking.Push{}, tracking.ErrPushBody
	}
	param := form.Get("param")
	if !c.signedBy(of.Token, param, form.Get("sign")) {
		return tracking.Push{}, tracking.ErrPushSign
	}
	return c.notice(param, of)
}

// signedBy compares in constant time; the vendor's demonstrations write the
// sign in upper case, its document says nothing of it.
func (c *client) signedBy(token, param, given string) bool {
	want := sign(param + c.salt(token))
	return hmac.Equal([]byte(want), []byte(strings.ToUpper(strings.TrimSpace(given))))
}

func (c *client) notice(param string, of tracking.Subscription) (tracking.Push, error) {
	var n notice
	if json.Unmarshal([]byte(param), &n) != nil {
		return tracking.Push{}, tracking.ErrPushBody
	}
	push := tracking.Push{
		Provider: name, Stage: stage(n.Status),
		AutoCheck: n.AutoCheck == "1" || n.AutoCheck == "true",
		ComOld:    n.ComOld.Short(), ComNew: n.ComNew.Short(),
	}
	push.Corrected, _ = c.carriers.ByCode(name, push.ComNew)
	var last answer
	readable := json.Unmarshal(n.LastResult, &last) == nil
	hide := c.hide(string(last.Nu), of.Number, of.Tail, of.Token, c.salt(of.Token))
	push.Message = tracking.Mask(string(n.Message), hide...)
	if readable {
		c.last(&push, last, c.asked(of, last, hide))
	} else {
		push.Err = unread("", "no readable lastResult", tracking.ErrUnavailable)
	}
	return push, nil
}

// last reads the whole trace that a push brings, or why it brings none.
func (c *client) last(push *tracking.Push, a answer, q tracking.Question) {
	if a.Nu != "" {
		push.Numbers = []string{strings.ToUpper(string(a.Nu))}
	}
	if kind := ofPush(a, q.Tail); kind != nil {
		push.Err = unread(a.code(), string(a.Message), kind, q.Hide...)
		return
	}
	trace, err := c.trace(a, q)
	switch {
	case err != nil:
		push.Err = unread(a.code(), err.Error(), tracking.ErrUnavailable, q.Hide...)
	case len(trace.Events) == 0 && trace.Estimate == "":
		push.Err = unread(a.code(), "", tracking.ErrNoRecord, q.Hide...)
	default:
		trace.Final = push.Stage == tracking.StageShutdown
		push.Trace = trace
	}
}

// asked is the question that a push answers.
func (c *client) asked(of tracking.Subscription, a answer, hide []string) tracking.Question {
	q := tracking.Question{Number: of.Number, Carrier: of.Carrier, Tail: of.Tail, Hide: hide}
	q.Code, _ = c.carriers.Code(name, of.Carrier)
	if q.Number == "" {
		q.Number = string(a.Nu)
	}
	return q
}

// unread is why a push brings no trace. Pushes cost nothing by themselves.
func unread(code, text string, kind error, hide ...string) error {
	return &tracking.Error{Provider: name, Kind: kind, Code: code, Text: tracking.Mask(text, hide...)}
}

// ofPush is the meaning that a query's codes have in a push. One without a code
// is a success when it has scans.
func ofPush(a answer, tail string) error {
	if a.code() == "" {
		return nil
	}
	kind := meaning(a, tail)
	if errors.Is(kind, errStrange) {
		return tracking.ErrUnavailable
	}
	return kind
}

// stage reads the subscription's state. One that is in no document ends
// nothing: it is a hint that something happened.
func stage(status tracking.Scalar) tracking.Stage {
	switch s := tracking.Stage(strings.ToLower(string(status))); s {
	case tracking.StagePolling, tracking.StageShutdown, tracking.StageAbort, tracking.StageUpdateAll:
		return s
	}
	return tracking.StageHint
}
