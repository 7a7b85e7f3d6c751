package muzhi

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// Detect asks 接口二 which carriers a number may belong to, in the vendor's order,
// those that the table does not know left out. A number that the vendor takes
// for none at all is ErrNumber.
func (c *client) Detect(ctx context.Context, waybill string) (tracking.Detected, error) {
	if !tracking.Sendable(waybill, 1, maxNumber) {
		return tracking.Detected{}, c.wire.Unsent(tracking.ErrNumber, "1 to 20 letters and digits")
	}
	reply, list, err := c.companies(ctx, withQuery(c.detect, "kddh", waybill), waybill)
	if err != nil {
		return tracking.Detected{}, err
	}
	found := tracking.Detected{Billed: billed(reply.Status)}
	for _, row := range list {
		if carrier, ok := c.carrier(row); ok && !slices.Contains(found.Carriers, carrier) {
			found.Carriers = append(found.Carriers, carrier)
		}
	}
	return found, nil
}

// carrier finds a row's canonical carrier by its code, else by its name.
func (c *client) carrier(row company) (models.Carrier, bool) {
	if carrier, ok := c.carriers.ByCode(name, string(row.SimName)); ok && row.SimName != "" {
		return carrier, true
	}
	return c.carriers.ByName(string(row.Name))
}

// ListCarriers searches the vendor's list for a key (接口三). The whole list costs
// some 120 calls, so an empty key is refused unsent.
func (c *client) ListCarriers(ctx context.Context, key string) (tracking.Listed, error) {
	if key == "" {
		return tracking.Listed{}, c.wire.Unsent(tracking.ErrUnavailable, "the whole list costs a call a page")
	}
	reply, list, err := c.companies(ctx, withQuery(c.list, "key", key))
	if err != nil {
		return tracking.Listed{}, err
	}
	found := tracking.Listed{Billed: billed(reply.Status)}
	for _, row := range list {
		found.Carriers = append(found.Carriers, tracking.Named{
			Code: row.SimName.Short(), Name: row.Name.Short(),
		})
	}
	return found, nil
}

// companies makes one call for a list of carriers. That the vendor
// knows none is an empty list.
func (c *client) companies(ctx context.Context, address string, hide ...string) (tracking.Reply, []company, error) {
	hide = append(hide, c.appcode)
	reply, err := c.get(ctx, address, hide)
	if err != nil {
		return reply, nil, err
	}
	e, err := decode(reply.Body)
	if err != nil {
		return reply, nil, c.unusable(reply, err.Error(), hide)
	}
	list, err := tracking.Rows[company](e.Data)
	if err != nil {
		return reply, nil, c.unusable(reply, err.Error(), hide)
	}
	if len(list) > 0 {
		return reply, list, nil
	}
	return reply, nil, c.none(reply, e, hide)
}

// none says why a list is empty: nil when the vendor knows no such carrier.
func (c *client) none(r tracking.Reply, e envelope, hide []string) error {
	msg := string(e.Msg)
	meant := meaning(msg, "")
	switch {
	case yes(e.OK), scan.ContainsAny(plain(msg), "暂未收录", "无法匹配", "未匹配", "匹配失败"):
		return nil
	case errors.Is(meant.kind, tracking.ErrNumber), errors.Is(meant.kind, tracking.ErrAuth):
		return c.wire.Refuse(r, meant.kind, strconv.Itoa(r.Status), msg, hide...)
	}
	return c.unusable(r, msg, hide)
}
