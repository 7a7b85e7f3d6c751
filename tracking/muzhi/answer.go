package muzhi

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// envelope is an answer of any of the three interfaces.
type envelope struct {
	OK     tracking.Scalar `json:"ok"`
	Msg    tracking.Scalar `json:"msg"`
	Status tracking.Scalar `json:"status"`
	Kdmc   tracking.Scalar `json:"kdmc"`
	Kddh   tracking.Scalar `json:"kddh"`
	Data   json.RawMessage `json:"data"`
}

// row is one scan of 接口一's data.
type row struct {
	Time    tracking.Scalar `json:"time"`
	Content tracking.Scalar `json:"content"`
}

// company is one row of 接口二's and 接口三's data.
type company struct {
	Name    tracking.Scalar `json:"Name"`
	SimName tracking.Scalar `json:"simName"`
}

// yes is ok's 1, "1" or true.
func yes(ok tracking.Scalar) bool {
	n, err := strconv.ParseFloat(string(ok), 64)
	return ok == "true" || err == nil && n == 1
}

// decode reads an answer. What lacks all of ok, msg and data is none of Muzhi's.
func decode(body []byte) (envelope, error) {
	var e envelope
	if err := json.Unmarshal(tracking.TrimBOM(body), &e); err != nil {
		return envelope{}, errors.New("not the JSON of Muzhi")
	}
	if e.OK == "" && e.Msg == "" && e.Data == nil {
		return envelope{}, errors.New("nothing of Muzhi in it")
	}
	return e, nil
}

// read judges an answer of 接口一 as a whole. The vendor contradicts itself, so
// neither ok nor msg nor status is believed alone: scans are an answer unless
// the call was refused by name, and without scans the msg says what it was.
func (c *client) read(r tracking.Reply, q tracking.Question) (models.Trace, error) {
	e, err := decode(r.Body)
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q.Hide)
	}
	if !tracking.SameNumber(string(e.Kddh), q.Number) {
		return models.Trace{}, c.unusable(r, "answer about another number", q.Hide)
	}
	journey, err := c.journey(e)
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q.Hide)
	}
	meant := meaning(string(e.Msg), q.Tail)
	if meant.kind != nil && (len(journey.Events) == 0 || !yes(e.OK)) {
		return models.Trace{}, c.wire.Refuse(r, meant.kind, strconv.Itoa(r.Status), string(e.Msg), q.Hide...)
	}
	return c.trace(r, e, journey, meant, q)
}

// trace makes what is left: scans, or a status without any.
func (c *client) trace(r tracking.Reply, e envelope, journey scan.Journey, meant refusal, q tracking.Question) (models.Trace, error) {
	t := models.Trace{
		Provider: name, Named: e.Kdmc.Short(),
		Detail: e.Status.Short(), Status: status(e.Status), Events: journey.Events, Estimate: journey.Estimate, Billed: billed(r.Status),
	}
	if t.Named != "" {
		t.Carrier, _ = c.carriers.ByName(t.Named)
	}
	switch {
	case len(journey.Events) > 0:
		own := t.Status
		t.Status = scan.RefineStatus(own, journey.Newest())
		t.ByWords = t.Status != own
	case meant.status != "":
		t.Status = meant.status
	case t.Status == models.Pending:
		return models.Trace{}, c.wire.Refuse(r, tracking.ErrNoRecord, strconv.Itoa(r.Status), string(e.Msg), q.Hide...)
	case !yes(e.OK), t.Status == models.Unknown:
		return models.Trace{}, c.unusable(r, string(e.Msg), q.Hide)
	}
	t.Origin, t.Destination = scan.Route(t.Events, t.Status)
	return t, nil
}

func (c *client) unusable(r tracking.Reply, why string, hide []string) error {
	return c.wire.Refuse(r, tracking.ErrUnavailable, strconv.Itoa(r.Status), why, hide...)
}

func (c *client) journey(e envelope) (scan.Journey, error) {
	list, err := tracking.Rows[row](e.Data)
	if err != nil {
		return scan.Journey{}, err
	}
	rows := make([]scan.Row, 0, len(list))
	for _, r := range list {
		rows = append(rows, scan.Row{Time: string(r.Time), Event: models.Event{Text: string(r.Content)}})
	}
	return scan.Tidy(rows, true, c.wire.Now())
}

// status is the vendor's table of DESIGN 6; what is not in it is unknown.
func status(code tracking.Scalar) models.Status {
	switch strings.TrimSuffix(string(code), ".0") {
	case "1":
		return models.Pending
	case "2":
		return models.InTransit
	case "3":
		return models.OutForDelivery
	case "4":
		return models.Delivered
	case "5":
		return models.Rejected
	case "6":
		return models.Exception
	case "7":
		return models.Invalid
	case "8":
		return models.Expired
	case "9":
		return models.FailedAttempt
	case "10":
		return models.Returned
	}
	return models.Unknown
}
