package juhe

import (
	"context"
	"errors"
	"net/url"

	"waybill/models"
	"waybill/tracking"
)

// maxNumber is ours, in characters: the vendor names none.
const maxNumber = 40

// The fields for a phone's tail. One of them must fit; which, nobody tells.
const (
	receiver = "receiverPhone"
	sender   = "senderPhone"
)

// question is what was asked, for judging the answer.
type question struct {
	number  string
	carrier models.Carrier
	code    string // the carrier's, as it was sent
	tail    string
	hide    []string
}

// Query asks for the trace of one waybill; the carrier must be one that Serves
// says yes to, tail is "" or four digits, taken for the receiver's phone.
// Errors are *tracking.Error.
func (c *Client) Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	return c.ask(ctx, waybill, carrier, tail, receiver)
}

// Rephrase is Query with the tail taken for the sender's phone.
func (c *Client) Rephrase(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	return c.ask(ctx, waybill, carrier, tail, sender)
}

// Rephrasable is true of a tail that Juhe refused: it may be the other phone's.
func (c *Client) Rephrasable(err error) (models.Exempt, bool) {
	var e *tracking.Error
	if errors.As(err, &e) && e.Provider == name && errors.Is(e.Kind, tracking.ErrTailWrong) {
		return models.ExemptPhone, true
	}
	return "", false
}

func (c *Client) ask(ctx context.Context, waybill string, carrier models.Carrier, tail, field string) (models.Trace, error) {
	code, ok := c.code(carrier)
	switch {
	case !ok:
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "no code for this carrier")
	case !tracking.Sendable(waybill, 1, maxNumber):
		return models.Trace{}, c.wire.Unsent(tracking.ErrNumber, "1 to 40 letters and digits")
	}
	q := question{number: waybill, carrier: carrier, code: code, tail: tail, hide: []string{waybill, tail, c.key}}
	form := url.Values{"com": {code}, "no": {waybill}, "key": {c.key}, "dtype": {c.format}}
	if tail != "" {
		form.Set(field, tail)
	}
	reply, err := c.wire.PostForm(ctx, c.query, form, q.hide...)
	if err != nil {
		return models.Trace{}, err
	}
	return c.read(reply, q)
}

// read judges an answer.
func (c *Client) read(r tracking.Reply, q question) (models.Trace, error) {
	if err := c.wire.Answered(r, c.now(), q.hide...); err != nil {
		return models.Trace{}, err
	}
	a, err := decode(r.Body)
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q.hide)
	}
	if a.code() != succeeded {
		return models.Trace{}, c.refuse(r, a, q)
	}
	return c.trace(r, a, q)
}

// unusable is an answer in which nothing can be read. It may have been a
// success, so it counts as billed.
func (c *Client) unusable(r tracking.Reply, why string, hide []string) error {
	return c.wire.Refuse(r, tracking.ErrUnavailable, "", why, hide...)
}
