// Package kuaidi100 asks the API of Kuaidi100 快递100: the trace of a waybill
// (poll/query.do), which carrier a number belongs to (autonumber/auto), and
// pushes about a waybill (poll), which it also reads.
//
// The vendor bills queries that succeed, and of the ones that fail with 500 or
// 408 every fifth of a waybill, one in 40 days at most. Subscriptions are
// billed per waybill, once a month; recognising numbers is free.
package kuaidi100

import (
	"cmp"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

const name = "kuaidi100"

// client is safe for concurrent use.
type client struct {
	wire          *tracking.Wire
	carriers      *recognise.Carriers
	failureBilled func(ctx context.Context, provider, waybill string) bool // may be nil
	customer      string
	key           string
	secret        string // of which every subscription's salt is derived
	query         string // addresses
	subscribe     string
	recognise     string
	callback      string // without the token
}

// New makes the provider, which with a Salt also offers pushes. Nothing is asked
// yet.
func New(s Settings, p tracking.Parts) (tracking.Provider, error) {
	c, err := newClient(s, p)
	if err != nil {
		return tracking.Provider{}, fmt.Errorf("make kuaidi100: %w", err)
	}
	all := tracking.Provider{
		Name: name, Query: c.Query, QueryEnglish: c.QueryEnglish, Serves: c.Serves, Detect: c.Detect,
		// A day for a waybill that is asked about twice in 30 minutes, or more than
		// 48 times in 24 hours. Source: api.kuaidi100.com/document/suodanhouguo.
		Locks: true,
	}
	if s.Salt != "" {
		all.Pushes = &tracking.Pushes{
			Serves: c.Subscribes, Batch: 1, Subscribe: c.Subscribe, Read: c.ReadPush,
			// Unless the vendor reads this it sends the push three times more, 35 minutes apart.
			Reply: `{"result":true,"returnCode":"200","message":"成功"}`,
		}
	}
	return all, nil
}

func newClient(s Settings, p tracking.Parts) (*client, error) {
	if s.Customer == "" || s.Key == "" {
		return nil, errors.New("customer or key is empty")
	}
	c := &client{
		wire: tracking.NewWire(name, p, billed), carriers: p.Carriers, failureBilled: p.FailureBilled,
		customer: string(s.Customer), key: string(s.Key), secret: string(s.Salt),
	}
	var qerr, serr, rerr, cerr error
	c.query, qerr = tracking.Endpoint(s.URL, "/poll/query.do")
	c.subscribe, serr = tracking.Endpoint(s.URL, "/poll")
	c.recognise, rerr = tracking.Endpoint(s.AutonumberURL, "/autonumber/auto")
	if s.Salt != "" {
		c.callback, cerr = tracking.Endpoint(cmp.Or(s.CallbackURL, p.PublicURL), "/push/kuaidi100/")
	}
	return c, errors.Join(qerr, serr, rerr, cerr)
}

// billed is what an answer's status tells when its body does not: a 200 may
// have been a billed success, everything else is none.
func billed(status int) bool { return status == http.StatusOK }

// Serves says whether the table has Kuaidi100's code for the carrier; a query
// needs one.
func (c *client) Serves(carrier models.Carrier) bool {
	_, ok := c.carriers.Code(name, carrier)
	return ok
}

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

// Query asks for the trace of one waybill; the carrier must be one that Serves
// says yes to, tail is "" or four digits. Errors are *tracking.Error: what the
// vendor would refuse for its form is refused before it is sent. One waybill
// must not be asked about within 30 minutes, nor 48 times in 24 hours, or it
// is locked for a day; that is the caller's to keep.
func (c *client) Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	return c.queryIn(ctx, waybill, carrier, tail, "zh")
}

// QueryEnglish is Query with the scans in English.
func (c *client) QueryEnglish(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	trace, err := c.queryIn(ctx, waybill, carrier, tail, "en")
	if err == nil {
		trace.Lang = models.English
	}
	return trace, err
}

func (c *client) queryIn(ctx context.Context, waybill string, carrier models.Carrier, tail, lang string) (models.Trace, error) {
	code, ok := c.carriers.Code(name, carrier)
	switch {
	case !ok:
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "no code for this carrier")
	case !tracking.Sendable(waybill, minNumber, maxNumber):
		return models.Trace{}, c.wire.Unsent(tracking.ErrNumber, "6 to 32 letters and digits")
	}
	q := tracking.Question{Number: waybill, Carrier: carrier, Code: code, Tail: tail, Hide: c.hide(waybill, tail)}
	form, err := c.signed(param{
		Com: code, Num: waybill, Phone: tail, ResultV2: advanced, Show: "0", Order: "desc", Lang: lang,
	})
	if err != nil {
		return models.Trace{}, c.wire.Unsent(tracking.ErrUnavailable, "question cannot be written")
	}
	reply, err := c.wire.PostForm(ctx, c.query, form, q.Hide...)
	if err != nil {
		return models.Trace{}, err
	}
	return c.read(ctx, reply, q)
}

// signed makes the form; the sign is over the very bytes that are sent as param.
func (c *client) signed(p param) (url.Values, error) {
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
func (c *client) hide(more ...string) []string {
	return append(more, c.key, c.customer, c.secret)
}

// read judges an answer.
func (c *client) read(ctx context.Context, r tracking.Reply, q tracking.Question) (models.Trace, error) {
	a, err := decode(r.Body)
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q)
	}
	if kind := meaning(a, q.Tail); kind != nil {
		return models.Trace{}, c.refuse(ctx, r, a, kind, q)
	}
	trace, err := c.trace(a, q)
	switch {
	case err != nil:
		return models.Trace{}, c.unusable(r, err.Error(), q)
	case len(trace.Events) == 0 && trace.Estimate == "":
		return models.Trace{}, c.wire.Refuse(r, tracking.ErrNoRecord, a.code(), "", q.Hide...)
	}
	trace.Billed = true
	return trace, nil
}

// unusable is an answer in which nothing can be read. It may have been a
// success, so it counts as billed.
func (c *client) unusable(r tracking.Reply, why string, q tracking.Question) error {
	return c.wire.Refuse(r, tracking.ErrUnavailable, "", why, q.Hide...)
}
