package kuaidi100

import (
	"context"
	"errors"
	"strings"
	"time"

	"waybill/tracking"
)

// lockedFor is how long the vendor locks a waybill that was asked about too often.
const lockedFor = 24 * time.Hour

var errStrange = errors.New("a code that the vendor does not document")

// meaning reads the vendor's codes; nil means that the answer is a success.
//
// INFERENCE: a lock has no code of its own in any document, so the word for it
// decides, under whatever code it comes. 201 is what he says, instead of 500,
// of a number that is unknown or too old (OBSERVED in pushes).
func meaning(a answer, tail string) error {
	said := string(a.Message)
	switch {
	case hasAny(said, "锁单", "锁定", "被锁", "已锁"):
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
func (c *Client) refuse(ctx context.Context, r tracking.Reply, a answer, kind error, q question) error {
	strange := errors.Is(kind, errStrange)
	if strange {
		kind = tracking.ErrUnavailable
	}
	e := c.wire.Refuse(r, kind, a.code(), string(a.Message), q.hide...)
	e.Billed = strange
	switch {
	case errors.Is(kind, tracking.ErrLocked):
		e.Until = c.now().Add(lockedFor)
	case a.code() == "500" || a.code() == "408":
		e.Billed = c.strike(ctx, q.number)
	}
	return e
}

func (c *Client) strike(ctx context.Context, waybill string) bool {
	if c.failureBilled == nil {
		return true
	}
	return c.failureBilled(context.WithoutCancel(ctx), name, waybill) // the call has been made, whoever waits for it
}

func hasAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
