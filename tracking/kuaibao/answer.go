package kuaibao

import (
	"bytes"
	"encoding/json"
	"errors"

	"waybill/tracking"
)

// succeeded is the code of a success.
const succeeded = "0"

// envelope is every method's answer.
type envelope struct {
	Code tracking.Loose  `json:"code"`
	Msg  tracking.Loose  `json:"msg"`
	Data json.RawMessage `json:"data"`
}

// item is what express.info.get tells of one waybill.
type item struct {
	No          tracking.Loose  `json:"no"`
	WaybillCode tracking.Loose  `json:"waybill_code"`
	Brand       tracking.Loose  `json:"brand"`
	CpCode      tracking.Loose  `json:"cp_code"`
	Status      tracking.Loose  `json:"status"`
	Order       tracking.Loose  `json:"order"`
	Data        json.RawMessage `json:"data"`
}

// row is one scan.
type row struct {
	Time    tracking.Loose `json:"time"`
	Context tracking.Loose `json:"context"`
	Status  tracking.Loose `json:"status"`
}

func (i item) number() string { return string(either(i.WaybillCode, i.No)) }

func (i item) code() string { return string(either(i.CpCode, i.Brand)) }

func either(a, b tracking.Loose) tracking.Loose {
	if a != "" {
		return a
	}
	return b
}

// decode reads an answer's envelope.
func decode(body []byte) (envelope, error) {
	var e envelope
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &e) != nil {
		return envelope{}, errors.New("not the JSON of Kuaibao")
	}
	if e.Code == "" {
		return envelope{}, errors.New("no code of Kuaibao in it")
	}
	return e, nil
}

// list reads what should be a list, and may be one thing alone, nothing in one
// of the ways in which PHP writes that, or any of it as JSON text.
func list[T item | row](raw json.RawMessage) ([]T, error) {
	raw = untexted(raw)
	switch string(raw) {
	case "", "null", "{}", "[]", "false":
		return nil, nil
	}
	var many []T
	if json.Unmarshal(raw, &many) == nil {
		return many, nil
	}
	var one T
	if json.Unmarshal(raw, &one) != nil {
		return nil, errors.New("data is not the list it should be")
	}
	return []T{one}, nil
}

// untexted takes JSON out of the text that the document says it comes in.
func untexted(raw json.RawMessage) json.RawMessage {
	var text string
	for bytes.HasPrefix(raw, []byte(`"`)) && json.Unmarshal(raw, &text) == nil {
		raw = bytes.TrimSpace([]byte(text))
	}
	return raw
}
