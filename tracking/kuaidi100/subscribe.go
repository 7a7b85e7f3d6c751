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
)

// Pusher is the client of a customer who has a Salt: it subscribes to waybills
// and reads the pushes, too.
type Pusher struct {
	*Client
	subscribe string // address
	callback  string // address without its token
}

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

// Batch is 1.
func (*Pusher) Batch() int { return 1 }

// Subscribes is true of the carriers that Serves is true of, and of "": the
// vendor then finds the carrier himself.
func (p *Pusher) Subscribes(carrier models.Carrier) bool {
	return carrier == "" || p.Serves(carrier)
}

// Subscribe orders pushes for one waybill. The vendor takes one waybill four
// times a month at most, and again only 30 minutes after an abort or shutdown;
// one that he watches already is Known. Errors are *tracking.Error.
func (p *Pusher) Subscribe(ctx context.Context, wishes []tracking.Subscription) (tracking.Subscribed, error) {
	if len(wishes) != 1 {
		return tracking.Subscribed{}, p.wire.Unsent(tracking.ErrUnavailable, "one waybill a call")
	}
	wish := wishes[0]
	switch {
	case !p.Subscribes(wish.Carrier):
		return tracking.Subscribed{}, p.wire.Unsent(tracking.ErrCarrier, "no code for this carrier")
	case !tracking.Sendable(wish.Number, minNumber, maxNumber):
		return tracking.Subscribed{}, p.wire.Unsent(tracking.ErrNumber, "6 to 32 letters and digits")
	}
	hide := p.hide(wish.Number, wish.Tail, wish.Token, p.salt(wish.Token))
	raw, err := json.Marshal(p.order(wish))
	if err != nil {
		return tracking.Subscribed{}, p.wire.Unsent(tracking.ErrUnavailable, "order cannot be written")
	}
	reply, err := p.wire.PostForm(ctx, p.subscribe, url.Values{"schema": {"json"}, "param": {string(raw)}}, hide...)
	if err != nil {
		return tracking.Subscribed{}, err
	}
	return p.ordered(reply, hide)
}

func (p *Pusher) order(wish tracking.Subscription) order {
	o := order{
		Number: wish.Number, Key: p.key,
		Parameters: options{
			CallbackURL: p.callback + url.PathEscape(wish.Token), Salt: p.salt(wish.Token),
			Phone: wish.Tail, ResultV2: advanced,
		},
	}
	if wish.Carrier == "" {
		o.Parameters.AutoCom = "1"
		return o
	}
	o.Company, _ = p.carriers.Code(name, wish.Carrier)
	return o
}

// salt is what the vendor signs this subscription's pushes with, so that one
// who learns it can forge no others.
func (p *Pusher) salt(token string) string {
	mac := hmac.New(sha256.New, []byte(p.secret))
	mac.Write([]byte("kuaidi100 push\x00" + token))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// ordered reads the answer to a subscription.
func (p *Pusher) ordered(r tracking.Reply, hide []string) (tracking.Subscribed, error) {
	if err := p.wire.Answered(r, p.now(), hide...); err != nil {
		return tracking.Subscribed{}, err
	}
	a, err := decode(r.Body)
	if err != nil {
		return tracking.Subscribed{}, p.wire.Refuse(r, tracking.ErrUnavailable, "", err.Error(), hide...)
	}
	switch a.code() {
	case "200":
		return tracking.Subscribed{Billed: true}, nil
	case "501":
		return tracking.Subscribed{Known: true}, nil
	}
	documented, kind := unordered(a)
	e := p.wire.Refuse(r, kind, a.code(), string(a.Message), hide...)
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

// badOrder tells what of the order the vendor finds bad. INFERENCE: his text
// is the only hint; what he does not name is the waybill.
func badOrder(said string) error {
	switch {
	case hasAny(said, "回调", "地址", "callback", "url", "URL"):
		return tracking.ErrAuth // the callback's address: the operator must mend it
	case hasAny(said, "公司"):
		return tracking.ErrCarrier
	}
	return tracking.ErrNumber
}
