package juhe

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"waybill/models"
	"waybill/tracking"
)

// ListCarriers is Juhe's whole list, whatever the key: exp/com has no search. The
// document does not say whether it is billed, so it counts as billed.
func (c *client) ListCarriers(ctx context.Context, _ string) (tracking.Listed, error) {
	hide := []string{c.key}
	reply, err := c.wire.PostForm(ctx, c.list, url.Values{"key": {c.key}}, hide...)
	if err != nil {
		return tracking.Listed{}, err
	}
	a, rows, err := companies(reply.Body)
	if err != nil {
		return tracking.Listed{}, c.unusable(reply, err.Error(), hide)
	}
	if a.code() != succeeded {
		return tracking.Listed{}, c.refuse(reply, a, tracking.Question{Hide: hide})
	}
	return tracking.Listed{Carriers: rows, Billed: true}, nil
}

// companies reads the list. There com is the carrier's name and no its code,
// while in a trace com is the code.
func companies(body []byte) (answer, []tracking.Named, error) {
	var list struct {
		ErrorCode tracking.Scalar `json:"error_code"`
		Reason    tracking.Scalar `json:"reason"`
		Result    json.RawMessage `json:"result"`
	}
	if json.Unmarshal(tracking.TrimBOM(body), &list) != nil || list.ErrorCode == "" {
		return answer{}, nil, errors.New("not the JSON of Juhe")
	}
	a := answer{ErrorCode: list.ErrorCode, Reason: list.Reason}
	if a.code() != succeeded {
		return a, nil, nil
	}
	var pairs []struct {
		Com tracking.Scalar `json:"com"`
		No  tracking.Scalar `json:"no"`
	}
	if json.Unmarshal(list.Result, &pairs) != nil || len(pairs) == 0 {
		return a, nil, errors.New("no list of carriers in it")
	}
	rows := make([]tracking.Named, 0, len(pairs))
	for _, p := range pairs {
		if p.No != "" && p.Com != "" {
			rows = append(rows, tracking.Named{Code: p.No.Short(), Name: p.Com.Short()})
		}
	}
	return a, rows, nil
}

// more are the codes that Juhe's own list adds to the table.
type more struct {
	codes    map[models.Carrier]string
	carriers map[string]models.Carrier // by code in lower case
}

// UseList takes Juhe's own list: a carrier for which the table has no code is
// served from then on, when the list has one under a name that means it.
func (c *client) UseList(rows []tracking.Named) {
	l := &more{codes: map[models.Carrier]string{}, carriers: map[string]models.Carrier{}}
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
	c.more.Store(l)
}

// code is what to send for a carrier.
func (c *client) code(carrier models.Carrier) (string, bool) {
	if code, ok := c.carriers.Code(name, carrier); ok {
		return code, true
	}
	l := c.more.Load()
	if l == nil {
		return "", false
	}
	code, ok := l.codes[carrier]
	return code, ok
}

// carrier is the one that an answer means by its code, else by its name.
func (c *client) carrier(code, called string, q tracking.Question) models.Carrier {
	return q.CarrierOf(code,
		func(code string) (models.Carrier, bool) { return c.carriers.ByCode(name, code) },
		func(code string) (models.Carrier, bool) {
			l := c.more.Load()
			if l == nil {
				return "", false
			}
			carrier, ok := l.carriers[strings.ToLower(code)]
			return carrier, ok
		},
		func(string) (models.Carrier, bool) { return c.carriers.ByName(called) },
	)
}
