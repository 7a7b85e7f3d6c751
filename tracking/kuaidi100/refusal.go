package kuaidi100

import (
	"context"
	"errors"
	"strings"
	"time"

	"waybill/tracking"
	"waybill/tracking/scan"
)

// lockedFor is how long the vendor locks a waybill that was asked about too often.
const lockedFor = 24 * time.Hour

var errStrange = errors.New("a code that the vendor does not document")

// meaning reads the vendor's codes; nil means that the answer is a success.
//
// INFERENCE: a lock has no code of its own in any document, so the word for it
// decides, under whatever code it comes. 201 is what the vendor says, instead of 500,
// of a number that is unknown or too old (OBSERVED in pushes).
func meaning(a answer, tail string) error {
	said := string(a.Message)
	switch {
	case scan.ContainsAny(said, "锁单", "锁定", "被锁", "已锁"):
		return tracking.ErrLocked
	case strings.Contains(said, "验证码错误") && a.code() != "200":
		return tracking.TailRefused(tail)
	}
	switch a.code() {
	case "200":
		return nil
	case "201", "500":
		return tracking.ErrNoRecord
	case "400":
		if strings.Contains(said, "公司") {
			return tracking.ErrCarrier
		}
		return tracking.ErrAuth // incomplete data, or an account without money
	case "408":
		return tracking.TailRefused(tail)
	case "501", "502":
		return tracking.ErrUnavailable
	case "503":
		return tracking.ErrAuth
	case "601":
		return tracking.ErrQuota
	}
	return errStrange
}

// refuse makes the error of a refused query. Of 500 and 408 every fifth is
// billed; the other codes of the document are no success and are not; what a
// code means that nobody knows, nobody knows to be free.
func (c *client) refuse(ctx context.Context, r tracking.Reply, a answer, kind error, q tracking.Question) error {
	strange := errors.Is(kind, errStrange)
	if strange {
		kind = tracking.ErrUnavailable
	}
	e := c.wire.Refuse(r, kind, a.code(), string(a.Message), q.Hide...)
	e.Billed = strange
	switch {
	case errors.Is(kind, tracking.ErrLocked):
		e.Until = c.wire.Now().Add(lockedFor)
	case a.code() == "500" || a.code() == "408":
		e.Billed = c.countFailure(ctx, q.Number)
	}
	return e
}

func (c *client) countFailure(ctx context.Context, waybill string) bool {
	if c.failureBilled == nil {
		return true
	}
	return c.failureBilled(context.WithoutCancel(ctx), name, waybill) // the call has been made, whoever waits for it
}
