// Package kuaibao asks the open platform of Kuaibao 快宝: the trace of a waybill
// (express.info.get) and pushes about waybills of six brands
// (express.sub.msg), which it also takes.
//
// The vendor gives a number of free calls a day and bills the rest against a
// balance; how many, and which answers count, he does not publish. What is not
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
	"time"

	"waybill/models"
	"waybill/tracking"
)

// Table knows the canonical carriers and Kuaibao's codes for them, of which
// query and subscription have different ones.
type Table interface {
	Code(column string, c models.Carrier) (string, bool)
	ByCode(column, code string) (models.Carrier, bool)
}

// Settings are what a user of the platform knows.
type Settings struct {
	AppID     string
	APIKey    string
	URL       string
	PushToken string       // guards the address of the pushes, which bear no sign; "" means no subscriptions
	Client    *http.Client // its time-out and transport hold; redirects are not followed
	Carriers  Table
	Now       func() time.Time
}

const name = tracking.ColumnKuaibao

// Client asks for traces. It is safe for concurrent use.
type Client struct {
	wire     *tracking.Wire
	carriers Table
	appID    string
	key      string
	token    string // of the pushes' address
	url      string
	clock    func() time.Time
}

// New makes the provider, which with a PushToken is also a tracking.Subscriber
// and tracking.PushReader. Nothing is asked yet.
func New(s Settings) (tracking.Provider, error) {
	if s.AppID == "" || s.APIKey == "" {
		return nil, errors.New("make kuaibao: app id or api key is empty")
	}
	address, err := tracking.Endpoint(s.URL, "/api")
	if err != nil {
		return nil, fmt.Errorf("make kuaibao: %w", err)
	}
	c := &Client{
		wire: tracking.NewWire(name, s.Client, billed), carriers: s.Carriers,
		appID: s.AppID, key: s.APIKey, token: s.PushToken, url: address, clock: s.Now,
	}
	if s.PushToken == "" {
		return c, nil
	}
	return &Pusher{Client: c}, nil
}

// billed is what an answer's status tells when its body does not: a 200 may
// have been a billed success, everything else is none.
func billed(status int) bool { return status == http.StatusOK }

// Name is "kuaibao".
func (c *Client) Name() string { return name }

// Serves is true of carriers for which the table has Kuaibao's code, and of "":
// it finds the brand by itself.
func (c *Client) Serves(carrier models.Carrier) bool {
	_, ok := c.carriers.Code(name, carrier)
	return ok || carrier == ""
}

func (c *Client) now() models.Moment { return models.At(c.clock()) }

// call makes one call of a method and hands over a successful answer's data.
func (c *Client) call(ctx context.Context, method string, data any, tail string, hide []string) (tracking.Reply, json.RawMessage, error) {
	form, err := c.signed(method, data)
	if err != nil {
		return tracking.Reply{}, nil, c.wire.Unsent(tracking.ErrUnavailable, "question cannot be written")
	}
	reply, err := c.wire.PostForm(ctx, c.url, form, hide...)
	if err != nil {
		return reply, nil, err
	}
	if err := c.wire.Answered(reply, c.now(), hide...); err != nil {
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
func (c *Client) signed(method string, data any) (url.Values, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	ts := strconv.FormatInt(c.clock().Unix(), 10)
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
func (c *Client) hide(more ...string) []string { return append(more, c.key, c.appID, c.token) }

// unusable is an answer in which nothing can be read. It may have been a
// success, so it counts as billed.
func (c *Client) unusable(r tracking.Reply, why string, hide []string) error {
	return c.wire.Refuse(r, tracking.ErrUnavailable, "", why, hide...)
}
