package kuaidi100

import (
	"bytes"
	"encoding/json"
	"errors"

	"waybill/tracking"
)

// answer is the answer to a query, and the lastResult of a push. A failure has
// a returnCode, or a status that is not 200.
type answer struct {
	ReturnCode tracking.Loose  `json:"returnCode"`
	Status     tracking.Loose  `json:"status"`
	Message    tracking.Loose  `json:"message"`
	State      tracking.Loose  `json:"state"`
	Com        tracking.Loose  `json:"com"`
	Nu         tracking.Loose  `json:"nu"`
	Data       json.RawMessage `json:"data"`
	RouteInfo  json.RawMessage `json:"routeInfo"`
}

// code is the outcome's code, wherever it stands.
func (a answer) code() string {
	if a.ReturnCode != "" {
		return string(a.ReturnCode)
	}
	return string(a.Status)
}

// row is one scan.
type row struct {
	Time       tracking.Loose `json:"time"`  // as the carrier wrote it
	FTime      tracking.Loose `json:"ftime"` // the same, brought into form
	Context    tracking.Loose `json:"context"`
	StatusCode tracking.Loose `json:"statusCode"`
	area
}

// area is where a scan was, as the vendor reads it out of its words.
type area struct {
	Code     tracking.Loose `json:"areaCode,omitempty"`
	Name     tracking.Loose `json:"areaName,omitempty"`
	Center   tracking.Loose `json:"areaCenter,omitempty"` // longitude,latitude
	PinYin   tracking.Loose `json:"areaPinYin,omitempty"`
	Location tracking.Loose `json:"location,omitempty"`
}

// route is where a parcel comes from, is, and goes to.
type route struct {
	From *place `json:"from,omitempty"`
	Cur  *place `json:"cur,omitempty"`
	To   *place `json:"to,omitempty"`
}

type place struct {
	Number tracking.Loose `json:"number,omitempty"` // administrative area code
	Name   tracking.Loose `json:"name,omitempty"`
}

// decode reads an answer.
func decode(body []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &a); err != nil {
		return answer{}, errors.New("not the JSON of Kuaidi100")
	}
	if a.code() == "" {
		return answer{}, errors.New("no code of Kuaidi100 in it")
	}
	return a, nil
}

// rows reads data, which is a list or, without scans, anything.
func (a answer) rows() ([]row, error) {
	switch string(a.Data) {
	case "", "null", `""`, "{}", "false":
		return nil, nil
	}
	var rows []row
	if err := json.Unmarshal(a.Data, &rows); err != nil {
		return nil, errors.New("data is not the list it should be")
	}
	return rows, nil
}
