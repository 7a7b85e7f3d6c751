package kuaidi100

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"

	"waybill/models"
	"waybill/tracking"
)

// param is what a query asks, in the order of the vendor's document.
type param struct {
	Com      string `json:"com"`
	Num      string `json:"num"`
	Phone    string `json:"phone"`
	ResultV2 string `json:"resultv2"`
	Show     string `json:"show"`
	Order    string `json:"order"`
	Lang     string `json:"lang"`
}

// Limits of the field num, in characters.
const (
	minNumber = 6
	maxNumber = 32
)

// advanced is the resultv2 with finer states, areas and route.
const advanced = "4"

// question is what was asked, for judging the answer.
type question struct {
	number  string
	carrier models.Carrier
	code    string // the carrier's, as it was sent
	tail    string
	hide    []string
}

// Query asks for the trace of one waybill; the carrier must be one that Serves
// says yes to, tail is "" or four digits. Errors are *tracking.Error: what the
// vendor would refuse for its form is refused before it is sent. One waybill
// must not be asked about within 30 minutes, nor 48 times in 24 hours, or he
// locks it for a day; that is the caller's to keep.
func (c *Client) Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	code, ok := c.carriers.Code(name, carrier)
	switch {
	case !ok:
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "no code for this carrier")
	case !tracking.Sendable(waybill, minNumber, maxNumber):
		return models.Trace{}, c.wire.Unsent(tracking.ErrNumber, "6 to 32 letters and digits")
	}
	q := question{number: waybill, carrier: carrier, code: code, tail: tail, hide: c.hide(waybill, tail)}
	form, err := c.signed(param{
		Com: code, Num: waybill, Phone: tail, ResultV2: advanced, Show: "0", Order: "desc", Lang: "zh",
	})
	if err != nil {
		return models.Trace{}, c.wire.Unsent(tracking.ErrUnavailable, "question cannot be written")
	}
	reply, err := c.wire.PostForm(ctx, c.query, form, q.hide...)
	if err != nil {
		return models.Trace{}, err
	}
	return c.read(ctx, reply, q)
}

// signed makes the form; the sign is over the very bytes that are sent as param.
func (c *Client) signed(p param) (url.Values, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return url.Values{
		"customer": {c.customer},
		"sign":     {sign(string(raw) + c.key + c.customer)},
		"param":    {string(raw)},
	}, nil
}

// sign is MD5 in upper case hexadecimal.
func sign(text string) string {
	sum := md5.Sum([]byte(text))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// hide is what no error may tell.
func (c *Client) hide(more ...string) []string {
	return append(more, c.key, c.customer, c.secret)
}

// read judges an answer.
func (c *Client) read(ctx context.Context, r tracking.Reply, q question) (models.Trace, error) {
	if err := c.wire.Answered(r, c.now(), q.hide...); err != nil {
		return models.Trace{}, err
	}
	a, err := decode(r.Body)
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q)
	}
	if kind := meaning(a, q.tail); kind != nil {
		return models.Trace{}, c.refuse(ctx, r, a, kind, q)
	}
	trace, err := c.trace(a, q)
	switch {
	case err != nil:
		return models.Trace{}, c.unusable(r, err.Error(), q)
	case len(trace.Events) == 0:
		return models.Trace{}, c.wire.Refuse(r, tracking.ErrNoRecord, a.code(), "", q.hide...)
	}
	trace.Billed = true
	return trace, nil
}

// unusable is an answer in which nothing can be read. It may have been a
// success, so it counts as billed.
func (c *Client) unusable(r tracking.Reply, why string, q question) error {
	return c.wire.Refuse(r, tracking.ErrUnavailable, "", why, q.hide...)
}
