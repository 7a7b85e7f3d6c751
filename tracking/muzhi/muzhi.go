// Package muzhi asks the tracking API of Muzhi 拇指云, sold on Aliyun's market:
// 接口一 (the trace), and where the buyer knows their paths 接口二 (which
// carrier a number belongs to) and 接口三 (the list of carriers).
//
// The vendor bills by HTTP status: 200 to 300 is billed, 666 and everything
// else is not. Its rows "查询成功,暂无记录" and four more failures come with ok 1,
// so with 200, and are billed.
package muzhi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

// Limits of the vendor's fields, in characters.
const (
	maxNumber = 20
	maxCode   = 20
	maxTail   = 14
)

// longestNumber is ours, in characters: what is longer is no number at all.
const longestNumber = 40

const name = "muzhi"

// client is safe for concurrent use.
type client struct {
	wire     *tracking.Wire
	carriers *recognise.Carriers
	appcode  string
	query    string // addresses
	detect   string
	list     string
}

// New makes the provider. It detects carriers only when DetectPath is set, and
// searches the vendor's list only when ListPath is. Nothing is asked yet.
func New(s Settings, p tracking.Parts) (tracking.Provider, error) {
	if !printable(string(s.AppCode)) {
		return tracking.Provider{}, errors.New("make muzhi: the appcode is empty or holds characters that no header may hold")
	}
	c := &client{wire: tracking.NewWire(name, p, billed), carriers: p.Carriers, appcode: string(s.AppCode)}
	var qerr, derr, lerr error
	c.query, qerr = tracking.Endpoint(s.URL, s.QueryPath)
	c.detect, derr = tracking.Endpoint(s.URL, s.DetectPath)
	c.list, lerr = tracking.Endpoint(s.URL, s.ListPath)
	if err := errors.Join(qerr, derr, lerr); err != nil {
		return tracking.Provider{}, fmt.Errorf("make muzhi: %w", err)
	}
	all := tracking.Provider{
		Name: name, Query: c.Query,
		Serves: func(models.Carrier) bool { return true }, // it finds the carrier by itself
	}
	if s.DetectPath != "" {
		all.Detect = c.Detect
	}
	if s.ListPath != "" {
		all.ListCarriers = c.ListCarriers
	}
	return all, nil
}

func printable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// billed is the vendor's rule.
func billed(status int) bool { return status >= 200 && status <= 300 }

// Query asks 接口一 about one waybill. The carrier is told when the table knows
// Muzhi's code for it; tail is "" or four digits. Errors are *tracking.Error:
// what the vendor would refuse for its form is refused before it is sent. (A *
// in a number would make the vendor take the call for a test.)
func (c *client) Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	code, _ := c.carriers.Code(name, carrier)
	switch {
	case !tracking.Sendable(waybill, 1, longestNumber):
		return models.Trace{}, c.wire.Unsent(tracking.ErrNumber, "1 to 40 letters and digits")
	case len(waybill) > maxNumber: // a number all the same: USPS has 22 digits and more
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "number of more than 20 characters")
	case len(code) > maxCode:
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "code of more than 20 characters")
	case len(tail) > maxTail:
		return models.Trace{}, c.wire.Unsent(tracking.ErrTailWrong, "more than 14 characters")
	}
	q := tracking.Question{Number: waybill, Tail: tail, Hide: []string{waybill, tail, c.appcode}}
	reply, err := c.get(ctx, withQuery(c.query, "kddh", waybill, "code", code, "tel", tail), q.Hide)
	if err != nil {
		return models.Trace{}, err
	}
	return c.read(reply, q)
}

// get makes one call and takes the gateway's refusals out of its answers.
func (c *client) get(ctx context.Context, address string, hide []string) (tracking.Reply, error) {
	header := http.Header{"Authorization": {"APPCODE " + c.appcode}, "Accept": {"application/json"}}
	reply, err := c.wire.Get(ctx, address, header, hide...)
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
