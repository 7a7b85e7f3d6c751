package kuaibao

import (
	"context"
	"strings"

	"waybill/models"
	"waybill/tracking"
)

// Pusher is the client of a user who has a PushToken: it subscribes to
// waybills and takes the pushes, too. The address of the pushes is set in the
// vendor's console; no call names it.
type Pusher struct {
	*Client
}

// maxBatch is how many waybills one subscription takes.
const maxBatch = 10

// order is what express.sub.msg asks for.
type order struct {
	WaybillCodes string `json:"waybill_codes"`
	CpCode       string `json:"cp_code"`
}

// Batch is 10.
func (*Pusher) Batch() int { return maxBatch }

// Subscribes is true of the six brands that the vendor sends pushes about
// (极兔 takes 百世 in).
func (p *Pusher) Subscribes(carrier models.Carrier) bool {
	_, ok := p.carriers.Code(tracking.ColumnKuaibaoSub, carrier)
	return ok
}

// Subscribe orders pushes for up to ten waybills of one brand. Tails and tokens
// are not told: the vendor has no fields for them. Errors are *tracking.Error.
func (p *Pusher) Subscribe(ctx context.Context, wishes []tracking.Subscription) (tracking.Subscribed, error) {
	if len(wishes) == 0 || len(wishes) > maxBatch {
		return tracking.Subscribed{}, p.wire.Unsent(tracking.ErrUnavailable, "1 to 10 waybills a call")
	}
	brand, numbers, kind := p.batch(wishes)
	if kind != nil {
		return tracking.Subscribed{}, p.wire.Unsent(kind, "not ten waybills of one brand")
	}
	hide := p.hide(numbers...)
	wish := order{WaybillCodes: strings.Join(numbers, ","), CpCode: brand}
	if _, _, err := p.call(ctx, "express.sub.msg", wish, "", hide); err != nil {
		return tracking.Subscribed{}, err
	}
	return tracking.Subscribed{Billed: true}, nil
}

// batch is the one brand of all wishes, and their numbers.
func (p *Pusher) batch(wishes []tracking.Subscription) (brand string, numbers []string, kind error) {
	for _, w := range wishes {
		code, ok := p.carriers.Code(tracking.ColumnKuaibaoSub, w.Carrier)
		switch {
		case !ok, brand != "" && code != brand:
			return "", nil, tracking.ErrCarrier
		case !tracking.Sendable(w.Number, 1, maxNumber):
			return "", nil, tracking.ErrNumber
		}
		brand = code
		numbers = append(numbers, w.Number)
	}
	return brand, numbers, nil
}
