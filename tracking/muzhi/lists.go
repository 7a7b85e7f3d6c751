package muzhi

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"waybill/models"
	"waybill/tracking"
)

var errTimes = errors.New("no scan with a readable time")

// detector is 接口二.
type detector struct {
	client *Client
	url    string
}

// Detect names the carriers that Muzhi thinks a number may belong to, in his
// order, those that the table does not know left out. A number that he takes
// for none at all is ErrNumber.
func (d detector) Detect(ctx context.Context, waybill string) (tracking.Detected, error) {
	c := d.client
	if !sendable(waybill) {
		return tracking.Detected{}, c.wire.Unsent(tracking.ErrNumber, "1 to 20 letters and digits")
	}
	reply, list, err := c.companies(ctx, withQuery(d.url, "kddh", waybill), waybill)
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
func (c *Client) carrier(row company) (models.Carrier, bool) {
	if carrier, ok := c.carriers.ByCode(name, string(row.SimName)); ok && row.SimName != "" {
		return carrier, true
	}
	return c.carriers.ByName(string(row.Name))
}

// lister is 接口三.
type lister struct {
	client *Client
	url    string
}

// Carriers searches Muzhi's list for a key. The whole list costs some 120
// calls, so an empty key is refused unsent.
func (l lister) Carriers(ctx context.Context, key string) (tracking.Listed, error) {
	c := l.client
	if key == "" {
		return tracking.Listed{}, c.wire.Unsent(tracking.ErrUnavailable, "the whole list costs a call a page")
	}
	reply, list, err := c.companies(ctx, withQuery(l.url, "key", key))
	if err != nil {
		return tracking.Listed{}, err
	}
	found := tracking.Listed{Billed: billed(reply.Status)}
	for _, row := range list {
		found.Carriers = append(found.Carriers, tracking.Named{
			Code: tracking.Clean(string(row.SimName), maxName), Name: tracking.Clean(string(row.Name), maxName),
		})
	}
	return found, nil
}

// companies makes one call for a list of carriers. That he knows none is an
// empty list.
func (c *Client) companies(ctx context.Context, address string, hide ...string) (tracking.Reply, []company, error) {
	hide = append(hide, c.appcode)
	reply, err := c.get(ctx, address, hide)
	if err != nil {
		return reply, nil, err
	}
	e, err := decode(reply.Body)
	if err != nil {
		return reply, nil, c.unusable(reply, err.Error(), hide)
	}
	list, err := rows[company](e.Data)
	if err != nil {
		return reply, nil, c.unusable(reply, err.Error(), hide)
	}
	if len(list) > 0 {
		return reply, list, nil
	}
	return reply, nil, c.none(reply, e, hide)
}

// none says why a list is empty: nil when he knows no such carrier.
func (c *Client) none(r tracking.Reply, e envelope, hide []string) error {
	msg := string(e.Msg)
	said := meaning(msg, "")
	switch {
	case yes(e.OK), anyOf(plain(msg), "暂未收录", "无法匹配", "未匹配", "匹配失败"):
		return nil
	case errors.Is(said.kind, tracking.ErrNumber), errors.Is(said.kind, tracking.ErrAuth):
		return c.wire.Refuse(r, said.kind, strconv.Itoa(r.Status), msg, hide...)
	}
	return c.unusable(r, msg, hide)
}
