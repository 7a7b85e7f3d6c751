// Package kuaidi100 asks the API of Kuaidi100 快递100: the trace of a waybill
// (poll/query.do), which carrier a number belongs to (autonumber/auto), and
// pushes about a waybill (poll), which it also reads.
//
// The vendor bills queries that succeed, and of the ones that fail with 500 or
// 408 every fifth of a waybill, one in 40 days at most. Subscriptions are
// billed per waybill, once a month; recognising numbers is free.
package kuaidi100

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// Table knows the canonical carriers and Kuaidi100's codes for them.
type Table interface {
	Code(column string, c models.Carrier) (string, bool)
	ByCode(column, code string) (models.Carrier, bool)
	ByName(name string) (models.Carrier, bool)
}

// Settings are what a customer of the API knows.
type Settings struct {
	Customer      string
	Key           string
	URL           string       // of query and subscription
	AutonumberURL string       // of recognition, which is on another host
	Salt          string       // pushes are signed with what is derived from it; "" means no subscriptions
	CallbackURL   string       // where the vendor reaches us; needed with Salt. Plain http, unless he was asked for more
	Client        *http.Client // its time-out and transport hold; redirects are not followed
	Carriers      Table
	Now           func() time.Time
	// FailureBilled is tracking.Parts': it counts a waybill's failed queries.
	FailureBilled func(ctx context.Context, provider, waybill string) bool
}

const name = tracking.ColumnKuaidi100

// Client asks for traces and recognises numbers. It is safe for concurrent use.
type Client struct {
	wire          *tracking.Wire
	carriers      Table
	failureBilled func(ctx context.Context, provider, waybill string) bool // may be nil
	customer      string
	key           string
	secret        string // of which every subscription's salt is derived
	query         string // addresses
	recognise     string
	clock         func() time.Time
}

// New makes the provider, which is a tracking.Detector, and with a Salt also a
// tracking.Subscriber and tracking.PushReader. Nothing is asked yet.
func New(s Settings) (tracking.Provider, error) {
	if s.Customer == "" || s.Key == "" {
		return nil, errors.New("make kuaidi100: customer or key is empty")
	}
	query, qerr := tracking.Endpoint(s.URL, "/poll/query.do")
	subscribe, serr := tracking.Endpoint(s.URL, "/poll")
	recognise, rerr := tracking.Endpoint(s.AutonumberURL, "/autonumber/auto")
	if err := errors.Join(qerr, serr, rerr); err != nil {
		return nil, fmt.Errorf("make kuaidi100: %w", err)
	}
	c := &Client{
		wire: tracking.NewWire(name, s.Client, billed), carriers: s.Carriers, failureBilled: s.FailureBilled,
		customer: s.Customer, key: s.Key, secret: s.Salt, query: query, recognise: recognise, clock: s.Now,
	}
	if s.Salt == "" {
		return c, nil
	}
	callback, err := tracking.Endpoint(s.CallbackURL, "/push/kuaidi100/")
	if err != nil {
		return nil, fmt.Errorf("make kuaidi100: callback: %w", err)
	}
	return &Pusher{Client: c, subscribe: subscribe, callback: callback}, nil
}

// billed is what an answer's status tells when its body does not: a 200 may
// have been a billed success, everything else is none.
func billed(status int) bool { return status == http.StatusOK }

// Name is "kuaidi100".
func (c *Client) Name() string { return name }

// Serves says whether the table has Kuaidi100's code for the carrier; a query
// needs one.
func (c *Client) Serves(carrier models.Carrier) bool {
	_, ok := c.carriers.Code(name, carrier)
	return ok
}

// Locks says that Kuaidi100 locks a waybill for a day about which he is asked
// twice in 30 minutes, or more than 48 times in 24 hours.
// Source: api.kuaidi100.com/document/suodanhouguo.
func (c *Client) Locks() bool { return true }

func (c *Client) now() models.Moment { return models.At(c.clock()) }
