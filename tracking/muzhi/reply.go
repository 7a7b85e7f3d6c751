package muzhi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// envelope is an answer of any of the three interfaces.
type envelope struct {
	OK     loose           `json:"ok"`
	Msg    loose           `json:"msg"`
	Status loose           `json:"status"`
	Kdmc   loose           `json:"kdmc"`
	Kddh   loose           `json:"kddh"`
	Data   json.RawMessage `json:"data"`
}

// scan is one row of 接口一's data.
type scan struct {
	Time    loose `json:"time"`
	Content loose `json:"content"`
}

// company is one row of 接口二's and 接口三's data.
type company struct {
	Name    loose `json:"Name"`
	SimName loose `json:"simName"`
}

// loose is a value that some answers quote and others do not: text, a number,
// a boolean or null, kept as text.
type loose string

// UnmarshalJSON refuses objects and arrays.
func (l *loose) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '{', '[':
		return errors.New("want a plain value")
	case '"':
		return json.Unmarshal(raw, (*string)(l))
	case 'n':
		*l = ""
		return nil
	}
	*l = loose(raw)
	return nil
}

// yes is ok's 1, "1" or true.
func (l loose) yes() bool {
	n, err := strconv.ParseFloat(l.text(), 64)
	return l.text() == "true" || err == nil && n == 1
}

func (l loose) text() string { return strings.TrimSpace(string(l)) }

// decode reads an answer. What lacks all of ok, msg and data is none of Muzhi's.
func decode(body []byte) (envelope, error) {
	var e envelope
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(body, &e); err != nil {
		return envelope{}, errors.New("not the JSON of Muzhi")
	}
	if e.OK == "" && e.Msg == "" && e.Data == nil {
		return envelope{}, errors.New("nothing of Muzhi in it")
	}
	return e, nil
}

// rows reads data, which is a list, or empty in one of the ways in which PHP
// writes that.
func rows[T scan | company](data json.RawMessage) ([]T, error) {
	switch string(data) {
	case "", "null", `""`, "{}", "false":
		return nil, nil
	}
	var list []T
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, errors.New("data is not the list it should be")
	}
	return list, nil
}
