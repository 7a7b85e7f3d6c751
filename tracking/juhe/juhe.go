// Package juhe asks the API of Juhe 聚合: the trace of a waybill (exp/index, as
// JSON or as XML) and the list of the carriers that it serves (exp/com).
//
// The vendor bills answers, and 204304 "no trace found" too; its document says
// of the other service errors that they are free, and nothing of system errors.
package juhe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

const name = "juhe"

// client is safe for concurrent use.
type client struct {
	wire     *tracking.Wire
	carriers *recognise.Carriers
	key      string
	format   string
	query    string // addresses
	list     string
	more     atomic.Pointer[more]
}

// New makes the provider. Nothing is asked yet.
func New(s Settings, p tracking.Parts) (tracking.Provider, error) {
	c, err := newClient(s, p)
	if err != nil {
		return tracking.Provider{}, fmt.Errorf("make juhe: %w", err)
	}
	return tracking.Provider{
		Name: name, Serves: c.Serves, Query: c.Query, QueryOtherPhone: c.QueryOtherPhone,
		ListCarriers: c.ListCarriers, UseList: c.UseList,
	}, nil
}

func newClient(s Settings, p tracking.Parts) (*client, error) {
	if s.Key == "" {
		return nil, errors.New("the key is empty")
	}
	format, ferr := readFormat(s.Format)
	query, qerr := tracking.Endpoint(s.URL, "/exp/index")
	list, lerr := tracking.Endpoint(s.URL, "/exp/com")
	return &client{
		wire: tracking.NewWire(name, p, billed), carriers: p.Carriers, key: string(s.Key), format: format, query: query, list: list,
	}, errors.Join(ferr, qerr, lerr)
}

// billed is what an answer's status tells when its body does not: a 200 may
// have been a billed success, everything else is none.
func billed(status int) bool { return status == http.StatusOK }

// Serves says whether Juhe's code for the carrier is known; a query needs one.
func (c *client) Serves(carrier models.Carrier) bool {
	_, ok := c.code(carrier)
	return ok
}

// maxNumber is ours, in characters: the vendor names none.
const maxNumber = 40

// The fields for a phone's tail. One of them must fit; which, nobody tells.
const (
	receiver = "receiverPhone"
	sender   = "senderPhone"
)

// Query asks for the trace of one waybill; the carrier must be one that Serves
// says yes to, tail is "" or four digits, taken for the receiver's phone.
// Errors are *tracking.Error.
func (c *client) Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	return c.ask(ctx, waybill, carrier, tail, receiver)
}

// QueryOtherPhone is Query with the tail taken for the sender's phone.
func (c *client) QueryOtherPhone(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	return c.ask(ctx, waybill, carrier, tail, sender)
}

func (c *client) ask(ctx context.Context, waybill string, carrier models.Carrier, tail, field string) (models.Trace, error) {
	code, ok := c.code(carrier)
	switch {
	case !ok:
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "no code for this carrier")
	case !tracking.Sendable(waybill, 1, maxNumber):
		return models.Trace{}, c.wire.Unsent(tracking.ErrNumber, "1 to 40 letters and digits")
	}
	q := tracking.Question{Number: waybill, Carrier: carrier, Code: code, Tail: tail, Hide: []string{waybill, tail, c.key}}
	form := url.Values{"com": {code}, "no": {waybill}, "key": {c.key}, "dtype": {c.format}}
	if tail != "" {
		form.Set(field, tail)
	}
	reply, err := c.wire.PostForm(ctx, c.query, form, q.Hide...)
	if err != nil {
		return models.Trace{}, err
	}
	return c.read(reply, q)
}

// read judges an answer.
func (c *client) read(r tracking.Reply, q tracking.Question) (models.Trace, error) {
	a, err := decode(r.Body)
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q.Hide)
	}
	if a.code() != succeeded {
		return models.Trace{}, c.refuse(r, a, q)
	}
	return c.trace(r, a, q)
}

// unusable is an answer in which nothing can be read. It may have been a
// success, so it counts as billed.
func (c *client) unusable(r tracking.Reply, why string, hide []string) error {
	return c.wire.Refuse(r, tracking.ErrUnavailable, "", why, hide...)
}
