package kuaibao

import (
	"context"
	"errors"

	"waybill/models"
	"waybill/tracking"
)

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

// question is what was asked, for judging the answer.
type question struct {
	number  string
	carrier models.Carrier
	code    string // the carrier's, as it was sent
	hide    []string
}

// Query asks for the trace of one waybill. Carrier is "" or one that Serves
// says yes to, tail is "" or four digits. Errors are *tracking.Error.
func (c *Client) Query(ctx context.Context, waybill string, carrier models.Carrier, tail string) (models.Trace, error) {
	code, _ := c.carriers.Code(name, carrier)
	switch {
	case !c.Serves(carrier):
		return models.Trace{}, c.wire.Unsent(tracking.ErrCarrier, "no code for this carrier")
	case !tracking.Sendable(waybill, 1, maxNumber):
		return models.Trace{}, c.wire.Unsent(tracking.ErrNumber, "1 to 40 letters and digits")
	}
	q := question{number: waybill, carrier: carrier, code: code, hide: c.hide(waybill, tail)}
	wish := lookup{WaybillCodes: waybill, CpCode: code, ResultSort: "0", Phone: tail}
	reply, data, err := c.call(ctx, "express.info.get", wish, tail, q.hide)
	if err != nil {
		return models.Trace{}, err
	}
	trace, err := c.trace(data, q)
	switch {
	case errors.Is(err, tracking.ErrNoRecord):
		return models.Trace{}, c.wire.Refuse(reply, tracking.ErrNoRecord, succeeded, "", q.hide...)
	case err != nil:
		return models.Trace{}, c.unusable(reply, err.Error(), q.hide)
	}
	return trace, nil
}
