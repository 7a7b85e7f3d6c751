package kuaidi100

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// order is what a subscription asks for.
type order struct {
	Company    string  `json:"company"`
	Number     string  `json:"number"`
	From       string  `json:"from"`
	To         string  `json:"to"`
	Key        string  `json:"key"`
	Parameters options `json:"parameters"`
}

type options struct {
	CallbackURL string `json:"callbackurl"`
	Salt        string `json:"salt"`
	Phone       string `json:"phone"`
	ResultV2    string `json:"resultv2"`
	AutoCom     string `json:"autoCom,omitempty"`
}

// Subscribes is true of the carriers that Serves is true of, and of "": the
// vendor then finds the carrier itself.
func (c *client) Subscribes(carrier models.Carrier) bool {
	return carrier == "" || c.Serves(carrier)
}

// Subscribe orders pushes for one waybill. The vendor takes one waybill four
// times a month at most, and again only 30 minutes after an abort or shutdown;
// one that it watches already is Known. Errors are *tracking.Error.
func (c *client) Subscribe(ctx context.Context, waybills []tracking.Subscription) (tracking.Subscribed, error) {
	if len(waybills) != 1 {
		return tracking.Subscribed{}, c.wire.Unsent(tracking.ErrUnavailable, "one waybill a call")
	}
	sub := waybills[0]
	switch {
	case !c.Subscribes(sub.Carrier):
		return tracking.Subscribed{}, c.wire.Unsent(tracking.ErrCarrier, "no code for this carrier")
	case !tracking.Sendable(sub.Number, minNumber, maxNumber):
		return tracking.Subscribed{}, c.wire.Unsent(tracking.ErrNumber, "6 to 32 letters and digits")
	}
	hide := c.hide(sub.Number, sub.Tail, sub.Token, c.salt(sub.Token))
	raw, err := json.Marshal(c.order(sub))
	if err != nil {
		return tracking.Subscribed{}, c.wire.Unsent(tracking.ErrUnavailable, "order cannot be written")
	}
	reply, err := c.wire.PostForm(ctx, c.subscribe, url.Values{"schema": {"json"}, "param": {string(raw)}}, hide...)
	if err != nil {
		return tracking.Subscribed{}, err
	}
	return c.ordered(reply, hide)
}

func (c *client) order(sub tracking.Subscription) order {
	o := order{
		Number: sub.Number, Key: c.key,
		Parameters: options{
			CallbackURL: c.callback + url.PathEscape(sub.Token), Salt: c.salt(sub.Token),
			Phone: sub.Tail, ResultV2: advanced,
		},
	}
	if sub.Carrier == "" {
		o.Parameters.AutoCom = "1"
		return o
	}
	o.Company, _ = c.carriers.Code(name, sub.Carrier)
	return o
}

// salt is what the vendor signs this subscription's pushes with, so that one
// who learns it can forge no others.
func (c *client) salt(token string) string {
	mac := hmac.New(sha256.New, []byte(c.secret))
	mac.Write([]byte("kuaidi100 push\x00" + token))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// ordered reads the answer to a subscription.
func (c *client) ordered(r tracking.Reply, hide []string) (tracking.Subscribed, error) {
	a, err := decode(r.Body)
	if err != nil {
		return tracking.Subscribed{}, c.wire.Refuse(r, tracking.ErrUnavailable, "", err.Error(), hide...)
	}
	switch a.code() {
	case "200":
		return tracking.Subscribed{Billed: true}, nil
	case "501":
		return tracking.Subscribed{Known: true}, nil
	}
	documented, kind := unordered(a)
	e := c.wire.Refuse(r, kind, a.code(), string(a.Message), hide...)
	e.Billed = !documented
	return tracking.Subscribed{}, e
}

// unordered reads the codes of a subscription; false for one that is in no
// document.
func unordered(a answer) (documented bool, kind error) {
	switch a.code() {
	case "500":
		return true, tracking.ErrUnavailable
	case "600":
		return true, tracking.ErrAuth
	case "601":
		return true, tracking.ErrQuota
	case "700":
		return true, badOrder(string(a.Message))
	case "701", "702":
		return true, tracking.ErrCarrier
	}
	return false, tracking.ErrUnavailable
}

// badOrder tells what of the order the vendor finds bad. INFERENCE: its text
// is the only hint; what it does not name is the waybill.
func badOrder(said string) error {
	switch {
	case scan.ContainsAny(said, "回调", "地址", "callback", "url", "URL"):
		return tracking.ErrAuth // the callback's address: the operator must mend it
	case scan.ContainsAny(said, "公司"):
		return tracking.ErrCarrier
	}
	return tracking.ErrNumber
}
