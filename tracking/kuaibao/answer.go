package kuaibao

import (
	"encoding/json"
	"errors"

	"waybill/tracking"
)

// succeeded is the code of a success.
const succeeded = "0"

// envelope is every method's answer.
type envelope struct {
	Code tracking.Scalar `json:"code"`
	Msg  tracking.Scalar `json:"msg"`
	Data json.RawMessage `json:"data"`
}

// item is what express.info.get tells of one waybill.
type item struct {
	No          tracking.Scalar `json:"no"`
	WaybillCode tracking.Scalar `json:"waybill_code"`
	Brand       tracking.Scalar `json:"brand"`
	CpCode      tracking.Scalar `json:"cp_code"`
	Status      tracking.Scalar `json:"status"`
	Order       tracking.Scalar `json:"order"`
	Data        json.RawMessage `json:"data"`
}

// row is one scan.
type row struct {
	Time    tracking.Scalar `json:"time"`
	Context tracking.Scalar `json:"context"`
	Status  tracking.Scalar `json:"status"`
}

func (i item) number() string { return string(either(i.WaybillCode, i.No)) }

func (i item) code() string { return string(either(i.CpCode, i.Brand)) }

func either(a, b tracking.Scalar) tracking.Scalar {
	if a != "" {
		return a
	}
	return b
}

// decode reads an answer's envelope.
func decode(body []byte) (envelope, error) {
	var e envelope
	if json.Unmarshal(tracking.TrimBOM(body), &e) != nil {
		return envelope{}, errors.New("not the JSON of Kuaibao")
	}
	if e.Code == "" {
		return envelope{}, errors.New("no code of Kuaibao in it")
	}
	return e, nil
}

// list reads what should be a list, and may be one thing alone, also as JSON text.
func list[T item | row](raw json.RawMessage) ([]T, error) {
	many, err := tracking.Rows[T](raw)
	if err == nil {
		return many, nil
	}
	var text string
	for json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	var one T
	if json.Unmarshal(raw, &one) != nil {
		return nil, err
	}
	return []T{one}, nil
}
