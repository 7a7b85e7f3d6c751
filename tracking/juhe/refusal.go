package juhe

import (
	"errors"

	"waybill/tracking"
)

// refuse makes the error of an answer with an error_code.
func (c *Client) refuse(r tracking.Reply, a answer, q question) error {
	kind, costs := meaning(a.code(), q.tail)
	e := c.wire.Refuse(r, kind, a.code(), string(a.Reason), q.hide...)
	e.Billed = costs
	if errors.Is(kind, tracking.ErrRate) {
		e.Until = r.RetryAfter(c.now())
	}
	return e
}

// meaning reads the vendor's tables of error codes: what it is, and whether it
// is billed. Of the service errors he says the latter himself. INFERENCE:
// system errors, which refuse the call as such, are free; a code that is in no
// table counts as billed, because nobody knows.
func meaning(code, tail string) (kind error, costs bool) {
	switch code {
	case "204301":
		return tracking.ErrCarrier, false
	case "204302":
		return tracking.ErrNumber, false
	case "204303":
		return tracking.ErrUnavailable, false
	case "204304":
		return tracking.ErrNoRecord, true
	case "204305":
		return tracking.TailRefused(tail), false
	case "10001", "10002", "10003", "10004", "10005", "10007", "10008", "10009", "10021":
		return tracking.ErrAuth, false // key, permission, application, source, IP; 10021: the interface is switched off
	case "10011", "10023":
		return tracking.ErrRate, false // from this IP; 10023 OBSERVED: too often
	case "10012", "10013":
		return tracking.ErrQuota, false
	case "10014", "10020":
		return tracking.ErrUnavailable, false
	}
	return tracking.ErrUnavailable, true
}
