package kuaibao

import (
	"errors"
	"strings"

	"waybill/tracking"
)

// refuse makes the error of an answer whose code is no success.
func (c *Client) refuse(r tracking.Reply, e envelope, tail string, hide []string) error {
	kind, costs := meaning(string(e.Code), strings.ToLower(string(e.Msg)), tail)
	refusal := c.wire.Refuse(r, kind, string(e.Code), string(e.Msg), hide...)
	refusal.Billed = costs
	if errors.Is(kind, tracking.ErrRate) {
		refusal.Until = r.RetryAfter(c.now())
	}
	return refusal
}

// meaning reads the vendor's codes: what it is, and whether it is billed.
// INFERENCE: "no record" may be billed, as elsewhere; what refuses the call
// itself is not; a code that is in no table is.
func meaning(code, said, tail string) (kind error, costs bool) {
	switch code {
	case "201101":
		return tracking.ErrNoRecord, true
	case "201102", "1009":
		return badQuestion(said, tail), false
	case "201103", "90003":
		return tracking.ErrCarrier, false
	case "1002", "1003", "1004", "1005", "1006", "1007", "1012":
		return tracking.ErrAuth, false // request, method, credentials, clock, permission, service
	case "1008":
		if strings.Contains(said, "余额") {
			return tracking.ErrQuota, false
		}
		return tracking.ErrRate, false
	case "1000", "1001", "1010", "1011":
		return tracking.ErrUnavailable, false
	}
	return tracking.ErrUnavailable, true
}

// badQuestion tells which part of the question is meant. INFERENCE: the
// vendor's text is the only hint; what he does not name is the waybill.
func badQuestion(said, tail string) error {
	switch {
	case hasAny(said, "手机", "电话", "尾号", "phone"):
		return tracking.TailRefused(tail)
	case hasAny(said, "品牌", "快递公司", "cp_code"):
		return tracking.ErrCarrier
	}
	return tracking.ErrNumber
}

func hasAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
