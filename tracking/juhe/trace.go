package juhe

import (
	"errors"
	"strings"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// ahead is how far a scan's time may lie before our clock and be believed.
const ahead = 24 * time.Hour

// maxName is how many characters of a carrier's name or a state are kept.
const maxName = 60

// trace judges a successful answer: scans, or a state without any.
func (c *Client) trace(r tracking.Reply, a answer, q question) (models.Trace, error) {
	var res result
	if a.Result != nil {
		res = *a.Result
	}
	if !tracking.SameNumber(string(res.No), q.number) {
		return models.Trace{}, c.unusable(r, "answer about another number", q.hide)
	}
	events, err := c.events(a.rows())
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q.hide)
	}
	t := models.Trace{
		Provider: name, Carrier: c.carrier(string(res.Com), string(res.Company), q), Named: short(res.Company),
		Detail: short(res.Detail), Events: events, Final: res.Status == "1", Billed: true,
	}
	t.Status = status(t)
	if len(events) > 0 {
		return t, nil
	}
	switch t.Status {
	case models.Pending:
		return models.Trace{}, c.wire.Refuse(r, tracking.ErrNoRecord, succeeded, "", q.hide...)
	case models.Unknown:
		return models.Trace{}, c.unusable(r, "neither scans nor a state", q.hide)
	}
	return t, nil
}

// events reads the scans, which come oldest first. Rows of which none has a
// readable time are nonsense, not "no record".
func (c *Client) events(rows []row) ([]models.Event, error) {
	raw := make([]models.Event, 0, len(rows))
	spoke := false
	for _, r := range rows {
		at, _ := tracking.ParseTime(string(r.Datetime))
		raw = append(raw, models.Event{At: at, Text: string(r.Remark), Place: string(r.Zone)})
		spoke = spoke || strings.TrimSpace(string(r.Remark)) != ""
	}
	newestFirst := len(raw) > 1 && raw[0].At > raw[len(raw)-1].At
	events := tracking.Tidy(raw, newestFirst, c.now().Add(ahead))
	if spoke && len(events) == 0 {
		return nil, errors.New("no scan with a readable time")
	}
	return events, nil
}

// status is the vendor's table of DESIGN 6. Where his state is missing, or says
// that nothing is known while there are scans, the newest scan's words tell.
func status(t models.Trace) models.Status {
	said := stated(t.Detail)
	if len(t.Events) > 0 && (said == "" || said == models.Pending) {
		coarse := said
		if coarse == "" {
			coarse = models.Unknown
		}
		said = tracking.RefineStatus(coarse, t.Events[0].Text)
	}
	switch {
	case said == "":
		return models.Pending
	case said == models.Returning && t.Final:
		return models.Returned
	}
	return said
}

// stated is what a status_detail says, "" when there is none.
func stated(detail string) models.Status {
	switch strings.ToUpper(detail) {
	case "", "NULL":
		return ""
	case "PENDING", "NO_RECORD":
		return models.Pending
	case "TAKING":
		return models.Collected
	case "IN_TRANSIT":
		return models.InTransit
	case "DELIVERING":
		return models.OutForDelivery
	case "SIGNED":
		return models.Delivered
	case "FAILED":
		return models.FailedAttempt
	case "PROBLEM":
		return models.Exception
	case "REJECTED":
		return models.Rejected
	case "SEND_BACK":
		return models.Returning
	case "INVALID":
		return models.Invalid
	case "TIMEOUT":
		return models.Expired
	}
	return models.Unknown // ERROR, and what the document does not have
}

func short(l tracking.Loose) string { return tracking.Clean(string(l), maxName) }
