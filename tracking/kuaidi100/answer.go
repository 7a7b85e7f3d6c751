package kuaidi100

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// answer is the answer to a query, and the lastResult of a push. A failure has
// a returnCode, or a status that is not 200.
type answer struct {
	ReturnCode  tracking.Scalar `json:"returnCode"`
	Status      tracking.Scalar `json:"status"`
	Message     tracking.Scalar `json:"message"`
	State       tracking.Scalar `json:"state"`
	Com         tracking.Scalar `json:"com"`
	Nu          tracking.Scalar `json:"nu"`
	Data        json.RawMessage `json:"data"`
	RouteInfo   json.RawMessage `json:"routeInfo"`
	ArrivalTime tracking.Scalar `json:"arrivalTime"`
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

const maxPlace = 32 // characters of a place's name

// area is where a scan was, as the vendor reads it out of its words.
type area struct {
	Code     tracking.Scalar `json:"areaCode,omitempty"`
	Name     tracking.Scalar `json:"areaName,omitempty"`
	Center   tracking.Scalar `json:"areaCenter,omitempty"` // longitude,latitude
	PinYin   tracking.Scalar `json:"areaPinYin,omitempty"`
	Location tracking.Scalar `json:"location,omitempty"`
}

// route is where a parcel comes from and goes to; either may be missing.
type route struct {
	From place `json:"from"`
	To   place `json:"to"`
}

type place struct {
	Name tracking.Scalar `json:"name"` // 浙江,杭州市,上城区
}

// city is the place as people call it: the second of province, city and district.
func (p place) city() string {
	parts := strings.Split(string(cut(p.Name)), ",")
	name := parts[min(1, len(parts)-1)]
	return scan.Clean(strings.TrimSuffix(name, "市"), maxPlace)
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
	journey, err := c.journey(a)
	if err != nil {
		return models.Trace{}, err
	}
	way := readRoute(a.RouteInfo)
	t := models.Trace{
		Provider: name, Carrier: q.CarrierOf(string(a.Com), c.byCode), Events: journey.Events,
		Estimate: cmp.Or(journey.Estimate, a.estimate()),
	}
	state, newest := a.State.Short(), ""
	if len(journey.Events) > 0 {
		newest = journey.Events[0].Code
	}
	t.Detail = refined(state, newest)
	t.Status = status(t.Detail)
	if t.Detail == "" && len(journey.Events) > 0 {
		t.Status = scan.RefineStatus(models.Unknown, journey.Newest())
		t.ByWords = t.Status != models.Unknown
	}
	from, to := scan.Route(t.Events, t.Status)
	t.Origin, t.Destination = cmp.Or(way.From.city(), from), cmp.Or(way.To.city(), to)
	return t, nil
}

func (c *client) byCode(code string) (models.Carrier, bool) { return c.carriers.ByCode(name, code) }

// journey reads the scans.
//
// An event's Place stays empty: the vendor guesses the area out of the words,
// and a better guess tomorrow would make another event of the same scan.
func (c *client) journey(a answer) (scan.Journey, error) {
	list, err := tracking.Rows[row](a.Data)
	if err != nil {
		return scan.Journey{}, err
	}
	rows := make([]scan.Row, 0, len(list))
	for _, r := range list {
		code := r.StatusCode.Short()
		e := models.Event{Text: string(r.Context), Code: code, Status: scanStatus(code), Extra: r.extra()}
		rows = append(rows, scan.Row{Time: r.time(), Event: e})
	}
	return scan.Tidy(rows, true, c.wire.Now())
}

// time is the one in form, where it is one.
func (r row) time() string {
	if _, ok := scan.ParseTime(string(r.FTime)); ok {
		return string(r.FTime)
	}
	return cmp.Or(string(r.Time), string(r.FTime))
}

// estimate is when the vendor expects the parcel, "" when it does not say. It
// says so with resultv2 8, which wants a destination that nobody here knows.
func (a answer) estimate() string {
	at, ok := scan.ParseTime(string(a.ArrivalTime))
	if !ok {
		return ""
	}
	return at.Time().In(models.Shanghai).Format("2006-01-02 15:04")
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

// readRoute reads the route; an odd one spoils no trace.
func readRoute(raw json.RawMessage) route {
	var r route
	if json.Unmarshal(raw, &r) != nil {
		return route{}
	}
	return r
}

func compact(value any) string {
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}

func cut(s tracking.Scalar) tracking.Scalar { return tracking.Scalar(s.Short()) }
