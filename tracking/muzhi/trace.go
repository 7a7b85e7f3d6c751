package muzhi

import (
	"strconv"
	"strings"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// ahead is how far a scan's time may lie before our clock and be believed.
const ahead = 24 * time.Hour

// maxName is how many characters of a carrier's name are kept.
const maxName = 60

// read judges an answer of 接口一 as a whole. The vendor contradicts himself, so
// neither ok nor msg nor status is believed alone: scans are an answer unless
// the call was refused by name, and without scans the msg says what it was.
func (c *Client) read(r tracking.Reply, q question) (models.Trace, error) {
	e, err := decode(r.Body)
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q.hide)
	}
	if !tracking.SameNumber(string(e.Kddh), q.number) {
		return models.Trace{}, c.unusable(r, "answer about another number", q.hide)
	}
	events, err := c.events(e)
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q.hide)
	}
	said := meaning(string(e.Msg), q.tail)
	if said.kind != nil && (len(events) == 0 || !yes(e.OK)) {
		return models.Trace{}, c.wire.Refuse(r, said.kind, strconv.Itoa(r.Status), string(e.Msg), q.hide...)
	}
	return c.trace(r, e, events, said, q)
}

// trace makes what is left: scans, or a status without any.
func (c *Client) trace(r tracking.Reply, e envelope, events []models.Event, said refusal, q question) (models.Trace, error) {
	t := models.Trace{
		Provider: name, Named: tracking.Clean(string(e.Kdmc), maxName),
		Detail: tracking.Clean(string(e.Status), maxName), Status: status(e.Status), Events: events, Billed: billed(r.Status),
	}
	if t.Named != "" {
		t.Carrier, _ = c.carriers.ByName(t.Named)
	}
	switch {
	case len(events) > 0:
		t.Status = tracking.RefineStatus(t.Status, events[0].Text)
	case said.status != "":
		t.Status = said.status
	case t.Status == models.Pending:
		return models.Trace{}, c.wire.Refuse(r, tracking.ErrNoRecord, strconv.Itoa(r.Status), string(e.Msg), q.hide...)
	case !yes(e.OK), t.Status == models.Unknown:
		return models.Trace{}, c.unusable(r, string(e.Msg), q.hide)
	}
	return t, nil
}

func (c *Client) unusable(r tracking.Reply, why string, hide []string) error {
	return c.wire.Refuse(r, tracking.ErrUnavailable, strconv.Itoa(r.Status), why, hide...)
}

// events reads the scans. Rows of which none has a readable time are nonsense,
// not "no record".
func (c *Client) events(e envelope) ([]models.Event, error) {
	list, err := rows[scan](e.Data)
	if err != nil {
		return nil, err
	}
	raw := make([]models.Event, 0, len(list))
	spoke := false
	for _, row := range list {
		at, _ := tracking.ParseTime(string(row.Time))
		raw = append(raw, models.Event{At: at, Text: string(row.Content)})
		spoke = spoke || string(row.Content) != ""
	}
	events := tracking.Tidy(raw, true, models.At(c.now()).Add(ahead))
	if spoke && len(events) == 0 {
		return nil, errTimes
	}
	return events, nil
}

// status is the vendor's table of DESIGN 6; what is not in it is unknown.
func status(code tracking.Loose) models.Status {
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
