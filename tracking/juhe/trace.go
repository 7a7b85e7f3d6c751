package juhe

import (
	"errors"
	"strings"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// trace judges a successful answer: scans, or a state without any.
func (c *client) trace(r tracking.Reply, a answer, q tracking.Question) (models.Trace, error) {
	var res result
	if a.Result != nil {
		res = *a.Result
	}
	if !tracking.SameNumber(string(res.No), q.Number) {
		return models.Trace{}, c.unusable(r, "answer about another number", q.Hide)
	}
	journey, err := c.journey(a.rows())
	if err != nil {
		return models.Trace{}, c.unusable(r, err.Error(), q.Hide)
	}
	t := models.Trace{
		Provider: name, Carrier: c.carrier(string(res.Com), string(res.Company), q), Named: res.Company.Short(),
		Detail: res.Detail.Short(), Events: journey.Events, Estimate: journey.Estimate, Final: res.Status == "1", Billed: true,
	}
	t.Status, t.ByWords = status(t)
	t.Origin, t.Destination = scan.Route(t.Events, t.Status)
	if len(journey.Events) > 0 {
		return t, nil
	}
	switch t.Status {
	case models.Pending:
		return models.Trace{}, c.wire.Refuse(r, tracking.ErrNoRecord, succeeded, "", q.Hide...)
	case models.Unknown:
		return models.Trace{}, c.unusable(r, "neither scans nor a state", q.Hide)
	}
	return t, nil
}

// journey reads the scans, which come oldest first.
func (c *client) journey(list []row) (scan.Journey, error) {
	rows := make([]scan.Row, 0, len(list))
	for _, r := range list {
		rows = append(rows, scan.Row{Time: string(r.Datetime), Event: models.Event{Text: string(r.Remark), Place: string(r.Zone)}})
	}
	return scan.Tidy(rows, false, c.wire.Now())
}

// status is the vendor's table of DESIGN 6. Where its state is missing, or says
// that nothing is known while there are scans, the newest scan's words tell,
// which byWords says.
func status(t models.Trace) (state models.Status, byWords bool) {
	state = stated(t.Detail)
	if len(t.Events) > 0 && (state == "" || state == models.Pending) {
		own := state
		if own == "" {
			own = models.Unknown
		}
		state = scan.RefineStatus(own, t.Events[0].Text)
		byWords = state != own
	}
	switch {
	case state == "":
		return models.Pending, false
	case state == models.Returning && t.Final:
		return models.Returned, byWords
	}
	return state, byWords
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

// refuse makes the error of an answer with an error_code.
func (c *client) refuse(r tracking.Reply, a answer, q tracking.Question) error {
	costs, kind := meaning(a.code(), q.Tail)
	e := c.wire.Refuse(r, kind, a.code(), string(a.Reason), q.Hide...)
	e.Billed = costs
	if errors.Is(kind, tracking.ErrRate) {
		e.Until = r.RetryAfter(c.wire.Now())
	}
	return e
}

// meaning reads the vendor's tables of error codes: what it is, and whether it
// is billed. Of the service errors it says the latter itself. INFERENCE:
// system errors, which refuse the call as such, are free; a code that is in no
// table counts as billed, because nobody knows.
func meaning(code, tail string) (costs bool, kind error) {
	switch code {
	case "204301":
		return false, tracking.ErrCarrier
	case "204302":
		return false, tracking.ErrNumber
	case "204303":
		return false, tracking.ErrUnavailable
	case "204304":
		return true, tracking.ErrNoRecord
	case "204305":
		return false, tracking.TailRefused(tail)
	case "10001", "10002", "10003", "10004", "10005", "10007", "10008", "10009", "10021":
		return false, tracking.ErrAuth // key, permission, application, source, IP; 10021: the interface is switched off
	case "10011", "10023":
		return false, tracking.ErrRate // from this IP; 10023 OBSERVED: too often
	case "10012", "10013":
		return false, tracking.ErrQuota
	case "10014", "10020":
		return false, tracking.ErrUnavailable
	}
	return true, tracking.ErrUnavailable
}
