// Package muzhi asks the tracking API of Muzhi 拇指云, sold on Aliyun's market:
// 接口一 (the trace), and where the buyer knows their paths 接口二 (which
// carrier a number belongs to) and 接口三 (the list of carriers).
//
// The vendor bills by HTTP status: 200 to 300 is billed, 666 and everything
// else is not. His rows "查询成功,暂无记录" and four more failures come with ok 1,
// so with 200, and are billed.
package muzhi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// Table knows the canonical carriers and Muzhi's codes (simName) for them.
type Table interface {
	Code(provider string, c models.Carrier) (string, bool)
	ByCode(provider, code string) (models.Carrier, bool)
	ByName(name string) (models.Carrier, bool)
}

// Settings are what a buyer of the API knows. Paths are appended to URL after
// its trailing slashes are cut, or are absolute URLs themselves.
type Settings struct {
	Appcode    string
	URL        string
	QueryPath  string       // 接口一
	DetectPath string       // 接口二; "" means off, the vendor shows it only to buyers
	ListPath   string       // 接口三; "" means off
	Client     *http.Client // its time-out and transport hold; redirects are not followed
	Carriers   Table
	Now        func() time.Time
}

// Limits of the vendor's fields, in characters.
const (
	maxNumber = 20
	maxCode   = 20
	maxTail   = 14
)

const name = "muzhi"

// Client asks for traces. It is safe for concurrent use.
type Client struct {
	wire     *tracking.Wire
	carriers Table
	appcode  string
	url      string
	now      func() time.Time
}

// New makes the provider. It is a tracking.Detector only when DetectPath is
// set, and a tracking.Lister only when ListPath is. Nothing is asked yet.
func New(s Settings) (tracking.Provider, error) {
	if !printable(s.Appcode) {
		return nil, errors.New("make muzhi: the appcode is empty or holds characters that no header may hold")
	}
	query, qerr := endpoint(s.URL, s.QueryPath)
	detect, derr := endpoint(s.URL, s.DetectPath)
	list, lerr := endpoint(s.URL, s.ListPath)
	if err := errors.Join(qerr, derr, lerr); err != nil {
		return nil, fmt.Errorf("make muzhi: %w", err)
	}
	c := &Client{
		wire:     tracking.NewWire(name, s.Client, billed),
		carriers: s.Carriers, appcode: s.Appcode, url: query, now: s.Now,
	}
	return c.with(detect, list, s), nil
}

// with adds what else is configured.
func (c *Client) with(detect, list string, s Settings) tracking.Provider {
	switch {
	case s.DetectPath != "" && s.ListPath != "":
		return struct {
			*Client
			detector
			lister
		}{c, detector{c, detect}, lister{c, list}}
	case s.DetectPath != "":
		return struct {
			*Client
			detector
		}{c, detector{c, detect}}
	case s.ListPath != "":
		return struct {
			*Client
			lister
		}{c, lister{c, list}}
	}
	return c
}

func endpoint(base, path string) (string, error) {
	whole := path
	if !strings.Contains(path, "://") {
		whole = strings.TrimRight(base, "/") + "/" + strings.TrimLeft(path, "/")
	}
	u, err := url.Parse(whole)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("url and path make no absolute http(s) address")
	}
	u.Fragment = ""
	return u.String(), nil
}

func printable(s string) bool {
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return s != ""
}

// billed is the vendor's rule.
func billed(status int) bool { return status >= 200 && status <= 300 }

// Name is "muzhi".
func (c *Client) Name() string { return name }

// Serves is always true: Muzhi finds the carrier by itself.
func (c *Client) Serves(models.Carrier) bool { return true }

// Query asks 接口一 about one waybill. The carrier is told when the table knows
// Muzhi's code for it; tail is "" or four digits. Errors are *tracking.Error:
// what the vendor would refuse for its form is refused before it is sent.
func (c *Client) Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	code, _ := c.carriers.Code(name, carrier)
	switch {
	case !sendable(waybill):
		return models.Trace{}, c.wire.Unsent(tracking.ErrNumber, "1 to 20 letters and digits")
	case len(code) > maxCode:
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "code of more than 20 characters")
	case len(tail) > maxTail:
		return models.Trace{}, c.wire.Unsent(tracking.ErrTailWrong, "more than 14 characters")
	}
	q := question{number: waybill, tail: tail, hide: []string{waybill, tail, c.appcode}}
	reply, err := c.get(ctx, withQuery(c.url, "kddh", waybill, "code", code, "tel", tail), q.hide)
	if err != nil {
		return models.Trace{}, err
	}
	return c.read(reply, q)
}

// question is what was asked, for judging the answer.
type question struct {
	number string
	tail   string
	hide   []string
}

// get makes one call and takes the gateway's refusals out of its answers.
func (c *Client) get(ctx context.Context, address string, hide []string) (tracking.Reply, error) {
	if err := c.wire.Live(ctx); err != nil {
		return tracking.Reply{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return tracking.Reply{}, c.wire.Unsent(tracking.ErrUnavailable, "address cannot be asked")
	}
	req.Header.Set("Authorization", "APPCODE "+c.appcode)
	req.Header.Set("Accept", "application/json")
	reply, err := c.wire.Send(req, hide...)
	if err != nil {
		return reply, err
	}
	return reply, c.gateway(reply, hide)
}

// withQuery appends the parameters that are not empty: the vendor takes an
// empty one for a wrong one.
func withQuery(base string, pairs ...string) string {
	sep := "?"
	if strings.Contains(base, "?") {
		sep = "&"
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			base += sep + pairs[i] + "=" + url.QueryEscape(pairs[i+1])
			sep = "&"
		}
	}
	return base
}

// sendable says whether a number fits the field kddh. A * would make the
// vendor take the call for a test.
func sendable(number string) bool {
	strange := strings.IndexFunc(number, func(r rune) bool {
		letter := 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
		return !letter && (r < '0' || '9' < r) && r != '-'
	})
	return strange < 0 && number != "" && len(number) <= maxNumber
}
