// Package kuaibao asks the open platform of Kuaibao 快宝: the trace of a waybill
// (express.info.get) and pushes about waybills of six brands
// (express.sub.msg), which it also takes.
//
// The vendor gives a number of free calls a day and bills the rest against a
// balance; how many, and which answers count, it does not publish. What is not
// a refusal of the call as such therefore counts as billed.
package kuaibao

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

const (
	name      = "kuaibao"
	subscribe = "kuaibao.sub" // the column of the codes that subscriptions have
)

// client is safe for concurrent use.
type client struct {
	wire     *tracking.Wire
	carriers *recognise.Carriers
	appID    string
	key      string
	token    string // of the pushes' address
	url      string
}

// New makes the provider, which with a PushToken also offers pushes. Nothing is
// asked yet.
func New(s Settings, p tracking.Parts) (tracking.Provider, error) {
	c, err := newClient(s, p)
	if err != nil {
		return tracking.Provider{}, fmt.Errorf("make kuaibao: %w", err)
	}
	all := tracking.Provider{Name: name, Query: c.Query, Serves: c.Serves}
	if s.PushToken != "" {
		all.Pushes = &tracking.Pushes{
			Serves: c.Subscribes, Batch: maxBatch, Subscribe: c.Subscribe, Read: c.ReadPush,
			Reply: `{"code":0,"msg":"成功"}`, // in the words of the vendor's own. INFERENCE: it publishes none that it wants
		}
	}
	return all, nil
}

func newClient(s Settings, p tracking.Parts) (*client, error) {
	if s.AppID == "" || s.APIKey == "" {
		return nil, errors.New("app id or api key is empty")
	}
	address, err := tracking.Endpoint(s.URL, "/api")
	return &client{
		wire: tracking.NewWire(name, p, billed), carriers: p.Carriers,
		appID: s.AppID, key: string(s.APIKey), token: string(s.PushToken), url: address,
	}, err
}

// billed is what an answer's status tells when its body does not: a 200 may
// have been a billed success, everything else is none.
func billed(status int) bool { return status == http.StatusOK }

// Serves is true of carriers for which the table has Kuaibao's code, and of "":
// it finds the brand by itself.
func (c *client) Serves(carrier models.Carrier) bool {
	_, ok := c.carriers.Code(name, carrier)
	return ok || carrier == ""
}

// lookup is what express.info.get asks.
type lookup struct {
	WaybillCodes string `json:"waybill_codes"`
	CpCode       string `json:"cp_code,omitempty"` // without it the vendor finds the brand
	ResultSort   string `json:"result_sort"`       // 0: newest first
	Phone        string `json:"phone,omitempty"`
}

// maxNumber is ours, in characters: the vendor names none. (A comma would make
// two numbers of one.)
const maxNumber = 40

// Query asks for the trace of one waybill. Carrier is "" or one that Serves
// says yes to, tail is "" or four digits. Errors are *tracking.Error.
func (c *client) Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	code, _ := c.carriers.Code(name, carrier)
	switch {
	case !c.Serves(carrier):
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "no code for this carrier")
	case !tracking.Sendable(waybill, 1, maxNumber):
		return models.Trace{}, c.wire.Unsent(tracking.ErrNumber, "1 to 40 letters and digits")
	}
	q := tracking.Question{Number: waybill, Carrier: carrier, Code: code, Hide: c.hide(waybill, tail)}
	info := lookup{WaybillCodes: waybill, CpCode: code, ResultSort: "0", Phone: tail}
	reply, data, err := c.call(ctx, "express.info.get", info, tail, q.Hide)
	if err != nil {
		return models.Trace{}, err
	}
	trace, err := c.trace(data, q)
	switch {
	case errors.Is(err, tracking.ErrNoRecord):
		return models.Trace{}, c.wire.Refuse(reply, tracking.ErrNoRecord, succeeded, "", q.Hide...)
	case err != nil:
		return models.Trace{}, c.unusable(reply, err.Error(), q.Hide)
	}
	return trace, nil
}

// call makes one call of a method and hands over a successful answer's data.
func (c *client) call(ctx context.Context, method string, data any, tail string, hide []string) (tracking.Reply, json.RawMessage, error) {
	form, err := c.signed(method, data)
	if err != nil {
		return tracking.Reply{}, nil, c.wire.Unsent(tracking.ErrUnavailable, "question cannot be written")
	}
	reply, err := c.wire.PostForm(ctx, c.url, form, hide...)
	if err != nil {
		return reply, nil, err
	}
	e, err := decode(reply.Body)
	switch {
	case err != nil:
		return reply, nil, c.unusable(reply, err.Error(), hide)
	case e.Code != succeeded:
		return reply, nil, c.refuse(reply, e, tail, hide)
	}
	return reply, e.Data, nil
}

// signed makes the form of the common envelope.
func (c *client) signed(method string, data any) (url.Values, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	ts := strconv.FormatInt(c.wire.Now().Time().Unix(), 10)
	return url.Values{
		"app_id": {c.appID},
		"method": {method},
		"ts":     {ts},
		"sign":   {sign(c.appID + method + ts + c.key)},
		"data":   {string(raw)},
	}, nil
}

// sign is MD5 in lower case hexadecimal.
func sign(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// hide is what no error may tell.
func (c *client) hide(more ...string) []string { return append(more, c.key, c.appID, c.token) }

// unusable is an answer in which nothing can be read. It may have been a
// success, so it counts as billed.
func (c *client) unusable(r tracking.Reply, why string, hide []string) error {
	return c.wire.Refuse(r, tracking.ErrUnavailable, "", why, hide...)
}
