package kuaidi100

import (
	"encoding/json"
	"errors"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// answer is the answer to a query, and the lastResult of a push. A failure has
// a returnCode, or a status that is not 200.
type answer struct {
	ReturnCode tracking.Scalar `json:"returnCode"`
	Status     tracking.Scalar `json:"status"`
	Message    tracking.Scalar `json:"message"`
	State      tracking.Scalar `json:"state"`
	Com        tracking.Scalar `json:"com"`
	Nu         tracking.Scalar `json:"nu"`
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
	Time       tracking.Scalar `json:"time"`  // as the carrier wrote it
	FTime      tracking.Scalar `json:"ftime"` // the same, brought into form
	Context    tracking.Scalar `json:"context"`
	StatusCode tracking.Scalar `json:"statusCode"`
	area
}

// area is where a scan was, as the vendor reads it out of its words.
type area struct {
	Code     tracking.Scalar `json:"areaCode,omitempty"`
	Name     tracking.Scalar `json:"areaName,omitempty"`
	Center   tracking.Scalar `json:"areaCenter,omitempty"` // longitude,latitude
	PinYin   tracking.Scalar `json:"areaPinYin,omitempty"`
	Location tracking.Scalar `json:"location,omitempty"`
}

// route is where a parcel comes from, is, and goes to.
type route struct {
	From *place `json:"from,omitempty"`
	Cur  *place `json:"cur,omitempty"`
	To   *place `json:"to,omitempty"`
}

type place struct {
	Number tracking.Scalar `json:"number,omitempty"` // administrative area code
	Name   tracking.Scalar `json:"name,omitempty"`
}

// decode reads an answer.
func decode(body []byte) (answer, error) {
	var a answer
	if err := json.Unmarshal(tracking.TrimBOM(body), &a); err != nil {
		return answer{}, errors.New("not the JSON of Kuaidi100")
	}
	if a.code() == "" {
		return answer{}, errors.New("no code of Kuaidi100 in it")
	}
	return a, nil
}

// trace makes a trace of a successful answer; it has no events when the answer
// has none.
func (c *client) trace(a answer, q tracking.Question) (models.Trace, error) {
	if !tracking.SameNumber(string(a.Nu), q.Number) {
		return models.Trace{}, errors.New("answer about another number")
	}
	events, err := c.events(a)
	if err != nil {
		return models.Trace{}, err
	}
	t := models.Trace{
		Provider: name, Carrier: q.CarrierOf(string(a.Com), c.byCode), Events: events, Extra: journey(a.RouteInfo),
	}
	state, newest := a.State.Short(), ""
	if len(events) > 0 {
		newest = events[0].Code
	}
	t.Detail = refined(state, newest)
	t.Status = status(t.Detail)
	if t.Detail == "" && len(events) > 0 {
		t.Status = scan.RefineStatus(models.Unknown, events[0].Text)
		t.ByWords = t.Status != models.Unknown
	}
	return t, nil
}

func (c *client) byCode(code string) (models.Carrier, bool) { return c.carriers.ByCode(name, code) }

// events reads the scans.
//
// An event's Place stays empty: the vendor guesses the area out of the words,
// and a better guess tomorrow would make another event of the same scan.
func (c *client) events(a answer) ([]models.Event, error) {
	rows, err := tracking.Rows[row](a.Data)
	if err != nil {
		return nil, err
	}
	raw := make([]models.Event, 0, len(rows))
	for _, r := range rows {
		code := r.StatusCode.Short()
		raw = append(raw, models.Event{
			At: r.at(), Text: string(r.Context), Code: code, Status: scanStatus(code), Extra: r.extra(),
		})
	}
	return scan.Tidy(raw, true, c.wire.Now())
}

func (r row) at() models.Moment {
	if at, ok := scan.ParseTime(string(r.FTime)); ok {
		return at
	}
	at, _ := scan.ParseTime(string(r.Time))
	return at
}

// extra is the scan's area as JSON, for a map.
func (r row) extra() string {
	short := area{
		Code: cut(r.Code), Name: cut(r.Name), Center: cut(r.Center), PinYin: cut(r.PinYin), Location: cut(r.Location),
	}
	if short == (area{}) {
		return ""
	}
	return compact(short)
}

// journey is the route as JSON, "" when the answer has none.
func journey(raw json.RawMessage) string {
	var r route
	if json.Unmarshal(raw, &r) != nil {
		return "" // an odd route spoils no trace
	}
	for _, p := range []**place{&r.From, &r.Cur, &r.To} {
		if *p == nil {
			continue
		}
		(*p).Number, (*p).Name = cut((*p).Number), cut((*p).Name)
		if **p == (place{}) {
			*p = nil
		}
	}
	if r == (route{}) {
		return ""
	}
	return compact(r)
}

func compact(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}

func cut(s tracking.Scalar) tracking.Scalar { return tracking.Scalar(s.Short()) }
