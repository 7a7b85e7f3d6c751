package kuaidi100

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"waybill/tracking"
)

// company is one row of the recognition's answer.
type company struct {
	ComCode tracking.Scalar `json:"comCode"`
	Name    tracking.Scalar `json:"name"`
}

// Detect names the carriers that a number may belong to, most likely first,
// those that the table does not know left out. It is free of charge. The key
// stands in the address, which therefore no error tells.
func (c *client) Detect(ctx context.Context, waybill string) (tracking.Detected, error) {
	if !tracking.Sendable(waybill, minNumber, maxNumber) {
		return tracking.Detected{}, c.wire.Unsent(tracking.ErrNumber, "6 to 32 letters and digits")
	}
	hide := c.hide(waybill)
	reply, err := c.ask(ctx, waybill, hide)
	if err != nil {
		return tracking.Detected{}, free(err)
	}
	list, refusal, err := companies(reply.Body)
	switch {
	case err != nil:
		return tracking.Detected{}, free(c.wire.Refuse(reply, tracking.ErrUnavailable, "", err.Error(), hide...))
	case refusal.code() != "":
		return tracking.Detected{}, free(c.wire.Refuse(reply, unrecognised(refusal.code()), refusal.code(), string(refusal.Message), hide...))
	}
	return c.found(list), nil
}

func (c *client) ask(ctx context.Context, waybill string, hide []string) (tracking.Reply, error) {
	address := c.recognise + "?" + url.Values{"num": {waybill}, "key": {c.key}}.Encode()
	reply, err := c.wire.Get(ctx, address, nil, hide...)
	if err != nil {
		return reply, err
	}
	return reply, c.wire.Answered(reply, hide...)
}

func (c *client) found(list []company) tracking.Detected {
	var found tracking.Detected
	for _, row := range list {
		carrier, ok := c.carriers.ByCode(name, string(row.ComCode))
		if !ok {
			carrier, ok = c.carriers.ByName(string(row.Name))
		}
		if ok && !slices.Contains(found.Carriers, carrier) {
			found.Carriers = append(found.Carriers, carrier)
		}
	}
	return found
}

// companies reads the answer: a list, one row alone, or a refusal.
func companies(body []byte) ([]company, answer, error) {
	body = bytes.TrimSpace(tracking.TrimBOM(body))
	var list []company
	if json.Unmarshal(body, &list) == nil {
		return list, answer{}, nil
	}
	var either struct {
		answer
		company
	}
	if json.Unmarshal(body, &either) != nil {
		return nil, answer{}, errors.New("not the JSON of Kuaidi100")
	}
	switch {
	case either.ComCode != "":
		return []company{either.company}, answer{}, nil
	case either.code() != "":
		return nil, either.answer, nil
	}
	return nil, answer{}, errors.New("nothing of Kuaidi100 in it")
}

// unrecognised reads the codes of the recognition.
func unrecognised(code string) error {
	switch code {
	case "201":
		return tracking.ErrNumber
	case "601":
		return tracking.ErrQuota // the key is not opened for it, or has expired
	case "701":
		return tracking.ErrAuth
	}
	return tracking.ErrUnavailable
}

// free marks a failure as not billed, whatever became of the call.
func free(err error) error {
	var e *tracking.Error
	if errors.As(err, &e) {
		e.Billed = false
	}
	return err
}
