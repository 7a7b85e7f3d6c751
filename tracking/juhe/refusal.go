package juhe

import (
	"errors"

	"waybill/tracking"
)

// refuse makes the error of an answer with an error_code.
func (c *Client) refuse(r tracking.Reply, a answer, q question) error {
	costs, kind := meaning(a.code(), q.tail)
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
