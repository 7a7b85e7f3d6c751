package kuaidi100

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// ahead is how far a scan's time may lie before our clock and be believed.
const ahead = 24 * time.Hour

// maxWord is how many characters are kept of what is a code or a place's name.
const maxWord = 60

// trace makes a trace of a successful answer; it has no events when the answer
// has none.
func (c *Client) trace(a answer, q question) (models.Trace, error) {
	if !tracking.SameNumber(string(a.Nu), q.number) {
		return models.Trace{}, errors.New("answer about another number")
	}
	events, err := c.events(a)
	if err != nil {
		return models.Trace{}, err
	}
	t := models.Trace{
		Provider: name, Carrier: c.carrier(string(a.Com), q), Events: events, Extra: journey(a.RouteInfo),
	}
	state, newest := word(a.State), ""
	if len(events) > 0 {
		newest = events[0].Code
	}
	t.Detail = refined(state, newest)
	t.Status = status(t.Detail)
	if t.Detail == "" && len(events) > 0 {
		t.Status = tracking.RefineStatus(models.Unknown, events[0].Text)
	}
	return t, nil
}

// carrier is the one that the answer names. Several carriers share a code, so
// the code that was sent means the carrier that was asked about.
func (c *Client) carrier(com string, q question) models.Carrier {
	if q.code != "" && strings.EqualFold(com, q.code) {
		return q.carrier
	}
	carrier, _ := c.carriers.ByCode(name, com)
	return carrier
}

// events reads the scans. Rows of which none has a readable time are nonsense,
// not "no record".
//
// An event's Place stays empty: the vendor guesses the area out of the words,
// and a better guess tomorrow would make another event of the same scan.
func (c *Client) events(a answer) ([]models.Event, error) {
	rows, err := a.rows()
	if err != nil {
		return nil, err
	}
	raw := make([]models.Event, 0, len(rows))
	spoke := false
	for _, r := range rows {
		code := word(r.StatusCode)
		raw = append(raw, models.Event{
			At: r.at(), Text: string(r.Context), Code: code, Status: scanStatus(code), Extra: r.extra(),
		})
		spoke = spoke || r.Context != ""
	}
	events := tracking.Tidy(raw, true, c.now().Add(ahead))
	if spoke && len(events) == 0 {
		return nil, errors.New("no scan with a readable time")
	}
	return events, nil
}

func (r row) at() models.Moment {
	if at, ok := tracking.ParseTime(string(r.FTime)); ok {
		return at
	}
	at, _ := tracking.ParseTime(string(r.Time))
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

func word(l tracking.Loose) string { return tracking.Clean(string(l), maxWord) }

func cut(l tracking.Loose) tracking.Loose { return tracking.Loose(word(l)) }
