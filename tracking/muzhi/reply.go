package muzhi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"waybill/tracking"
)

// envelope is an answer of any of the three interfaces.
type envelope struct {
	OK     tracking.Loose  `json:"ok"`
	Msg    tracking.Loose  `json:"msg"`
	Status tracking.Loose  `json:"status"`
	Kdmc   tracking.Loose  `json:"kdmc"`
	Kddh   tracking.Loose  `json:"kddh"`
	Data   json.RawMessage `json:"data"`
}

// scan is one row of 接口一's data.
type scan struct {
	Time    tracking.Loose `json:"time"`
	Content tracking.Loose `json:"content"`
}

// company is one row of 接口二's and 接口三's data.
type company struct {
	Name    tracking.Loose `json:"Name"`
	SimName tracking.Loose `json:"simName"`
}

// yes is ok's 1, "1" or true.
func yes(ok tracking.Loose) bool {
	n, err := strconv.ParseFloat(string(ok), 64)
	return ok == "true" || err == nil && n == 1
}

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
