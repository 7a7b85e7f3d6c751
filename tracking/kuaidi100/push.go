package kuaidi100

import (
	"crypto/hmac"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"waybill/tracking"
)

// notice is a push.
type notice struct {
	Status     tracking.Loose  `json:"status"`
	Message    tracking.Loose  `json:"message"`
	AutoCheck  tracking.Loose  `json:"autoCheck"`
	ComOld     tracking.Loose  `json:"comOld"`
	ComNew     tracking.Loose  `json:"comNew"`
	LastResult json.RawMessage `json:"lastResult"`
}

// PushReply is what the vendor must read, or he sends the push three times
// more, 35 minutes apart.
func (*Pusher) PushReply() string {
	return `{"result":true,"returnCode":"200","message":"成功"}`
}

// ReadPush reads a push: a form with param and, because every subscription has
// a salt, sign. Whether the token is known is the caller's to say. A result
// about another waybill than the subscription's is no trace.
func (p *Pusher) ReadPush(of tracking.Subscription, body []byte) (tracking.Push, error) {
	if len(body) > tracking.MaxBody {
		return tracking.Push{}, tracking.ErrPushBody
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return tracking.Push{}, tracking.ErrPushBody
	}
	param := form.Get("param")
	if !p.signedBy(of.Token, param, form.Get("sign")) {
		return tracking.Push{}, tracking.ErrPushSign
	}
	return p.notice(param, of)
}

// signedBy compares in constant time; the vendor's demonstrations write the
// sign in upper case, his document says nothing of it.
func (p *Pusher) signedBy(token, param, given string) bool {
	want := sign(param + p.salt(token))
	return hmac.Equal([]byte(want), []byte(strings.ToUpper(strings.TrimSpace(given))))
}

func (p *Pusher) notice(param string, of tracking.Subscription) (tracking.Push, error) {
	var n notice
	if json.Unmarshal([]byte(param), &n) != nil {
		return tracking.Push{}, tracking.ErrPushBody
	}
	push := tracking.Push{
		Provider: name, Stage: stage(n.Status),
		AutoCheck: n.AutoCheck == "1" || n.AutoCheck == "true",
		ComOld:    word(n.ComOld), ComNew: word(n.ComNew),
	}
	push.Corrected, _ = p.carriers.ByCode(name, push.ComNew)
	var last answer
	readable := json.Unmarshal(n.LastResult, &last) == nil
	hide := p.hide(string(last.Nu), of.Number, of.Tail, of.Token, p.salt(of.Token))
	push.Message = tracking.Mask(string(n.Message), hide...)
	if readable {
		p.last(&push, last, p.asked(of, last, hide))
	} else {
		push.Err = unread("", "no readable lastResult", tracking.ErrUnavailable)
	}
	return push, nil
}

// last reads the whole trace that a push brings, or why it brings none.
func (p *Pusher) last(push *tracking.Push, a answer, q question) {
	if a.Nu != "" {
		push.Numbers = []string{strings.ToUpper(string(a.Nu))}
	}
	if kind := ofPush(a, q.tail); kind != nil {
		push.Err = unread(a.code(), string(a.Message), kind, q.hide...)
		return
	}
	trace, err := p.trace(a, q)
	switch {
	case err != nil:
		push.Err = unread(a.code(), err.Error(), tracking.ErrUnavailable, q.hide...)
	case len(trace.Events) == 0:
		push.Err = unread(a.code(), "", tracking.ErrNoRecord, q.hide...)
	default:
		trace.Final = push.Stage == tracking.StageShutdown
		push.Trace = trace
	}
}

// asked is the question that a push answers.
func (p *Pusher) asked(of tracking.Subscription, a answer, hide []string) question {
	q := question{number: of.Number, carrier: of.Carrier, tail: of.Tail, hide: hide}
	q.code, _ = p.carriers.Code(name, of.Carrier)
	if q.number == "" {
		q.number = string(a.Nu)
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
func stage(status tracking.Loose) tracking.Stage {
	switch s := tracking.Stage(strings.ToLower(string(status))); s {
	case tracking.StagePolling, tracking.StageShutdown, tracking.StageAbort, tracking.StageUpdateAll:
		return s
	}
	return tracking.StageHint
}
