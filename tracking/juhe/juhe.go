// Package juhe asks the API of Juhe 聚合: the trace of a waybill (exp/index, as
// JSON or as XML) and the list of the carriers that it serves (exp/com).
//
// The vendor bills answers, and 204304 "no trace found" too; his document says
// of the other service errors that they are free, and nothing of system errors.
package juhe

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// Table knows the canonical carriers and Juhe's codes for them.
type Table interface {
	Code(column string, c models.Carrier) (string, bool)
	ByCode(column, code string) (models.Carrier, bool)
	ByName(name string) (models.Carrier, bool)
}

// Settings are what a buyer of the API knows.
type Settings struct {
	Key      string
	URL      string
	Format   string       // "json", "xml", or "", which is json
	Client   *http.Client // its time-out and transport hold; redirects are not followed
	Carriers Table
	Now      func() time.Time
}

const name = tracking.ColumnJuhe

// Client asks for traces and lists carriers. It is a tracking.Rephraser: a
// phone tail may be the receiver's or the sender's. It is safe for concurrent
// use.
type Client struct {
	wire     *tracking.Wire
	carriers Table
	key      string
	format   string
	query    string // addresses
	list     string
	clock    func() time.Time
	learned  atomic.Pointer[learned]
}

// New makes the provider. Nothing is asked yet.
func New(s Settings) (*Client, error) {
	if s.Key == "" {
		return nil, errors.New("make juhe: the key is empty")
	}
	if s.Format == "" {
		s.Format = "json"
	}
	if s.Format != "json" && s.Format != "xml" {
		return nil, errors.New("make juhe: the format is neither json nor xml")
	}
	query, qerr := tracking.Endpoint(s.URL, "/exp/index")
	list, lerr := tracking.Endpoint(s.URL, "/exp/com")
	if err := errors.Join(qerr, lerr); err != nil {
		return nil, fmt.Errorf("make juhe: %w", err)
	}
	return &Client{
		wire: tracking.NewWire(name, s.Client, billed), carriers: s.Carriers,
		key: s.Key, format: s.Format, query: query, list: list, clock: s.Now,
	}, nil
}

// billed is what an answer's status tells when its body does not: a 200 may
// have been a billed success, everything else is none.
func billed(status int) bool { return status == http.StatusOK }

// Name is "juhe".
func (c *Client) Name() string { return name }

// Serves says whether Juhe's code for the carrier is known; a query needs one.
func (c *Client) Serves(carrier models.Carrier) bool {
	_, ok := c.code(carrier)
	return ok
}

func (c *Client) now() models.Moment { return models.At(c.clock()) }

// learned are the codes that Juhe's own list adds to the table.
type learned struct {
	codes    map[models.Carrier]string
	carriers map[string]models.Carrier // by code in lower case
}

// Learn takes Juhe's own list: a carrier for which the table has no code is
// served from then on, when the list has one under a name that means it.
func (c *Client) Learn(rows []tracking.Named) {
	l := &learned{codes: map[models.Carrier]string{}, carriers: map[string]models.Carrier{}}
	for _, row := range rows {
		carrier, ok := c.carriers.ByName(row.Name)
		if _, had := c.carriers.Code(name, carrier); !ok || had || row.Code == "" {
			continue
		}
		if _, twice := l.codes[carrier]; !twice {
			l.codes[carrier] = row.Code
			l.carriers[strings.ToLower(row.Code)] = carrier
		}
	}
	c.learned.Store(l)
}

// code is what to send for a carrier.
func (c *Client) code(carrier models.Carrier) (string, bool) {
	if code, ok := c.carriers.Code(name, carrier); ok {
		return code, true
	}
	l := c.learned.Load()
	if l == nil {
		return "", false
	}
	code, ok := l.codes[carrier]
	return code, ok
}

// carrier is the one that an answer means by its code, else by its name.
// Several carriers share a code, so the code that was sent means the carrier
// that was asked about.
func (c *Client) carrier(code, called string, q question) models.Carrier {
	if strings.EqualFold(code, q.code) {
		return q.carrier
	}
	if carrier, ok := c.carriers.ByCode(name, code); ok {
		return carrier
	}
	if l := c.learned.Load(); l != nil {
		if carrier, ok := l.carriers[strings.ToLower(code)]; ok {
			return carrier
		}
	}
	carrier, _ := c.carriers.ByName(called)
	return carrier
}
