package kuaibao

import (
	"errors"
	"strings"

	"waybill/tracking"
	"waybill/tracking/scan"
)

// refuse makes the error of an answer whose code is no success.
func (c *client) refuse(r tracking.Reply, e envelope, tail string, hide []string) error {
	costs, kind := meaning(string(e.Code), strings.ToLower(string(e.Msg)), tail)
	refusal := c.wire.Refuse(r, kind, string(e.Code), string(e.Msg), hide...)
	refusal.Billed = costs
	if errors.Is(kind, tracking.ErrRate) {
		refusal.Until = r.RetryAfter(c.wire.Now())
	}
	return refusal
}

// meaning reads the vendor's codes: what it is, and whether it is billed.
// INFERENCE: "no record" may be billed, as elsewhere; what refuses the call
// itself is not; a code that is in no table is.
func meaning(code, said, tail string) (costs bool, kind error) {
	switch code {
	case "201101":
		return true, tracking.ErrNoRecord
	case "201102", "1009":
		return false, badQuestion(said, tail)
	case "201103", "90003":
		return false, tracking.ErrCarrier
	case "1002", "1003", "1004", "1005", "1006", "1007", "1012":
		return false, tracking.ErrAuth // request, method, credentials, clock, permission, service
	case "1008":
		if strings.Contains(said, "余额") {
			return false, tracking.ErrQuota
		}
		return false, tracking.ErrRate
	case "1000", "1001", "1010", "1011":
		return false, tracking.ErrUnavailable
	}
	return true, tracking.ErrUnavailable
}

// badQuestion tells which part of the question is meant. INFERENCE: the
// vendor's text is the only hint; what it does not name is the waybill.
func badQuestion(said, tail string) error {
	switch {
	case scan.ContainsAny(said, "手机", "电话", "尾号", "phone"):
		return tracking.TailRefused(tail)
	case scan.ContainsAny(said, "品牌", "快递公司", "cp_code"):
		return tracking.ErrCarrier
	}
	return tracking.ErrNumber
}
