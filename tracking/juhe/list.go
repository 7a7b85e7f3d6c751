package juhe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"waybill/tracking"
)

// Carriers is Juhe's whole list, whatever the key: exp/com has no search. The
// document does not say whether it is billed, so it counts as billed.
func (c *Client) Carriers(ctx context.Context, _ string) (tracking.Listed, error) {
	hide := []string{c.key}
	reply, err := c.wire.PostForm(ctx, c.list, url.Values{"key": {c.key}}, hide...)
	if err != nil {
		return tracking.Listed{}, err
	}
	if err := c.wire.Answered(reply, c.now(), hide...); err != nil {
		return tracking.Listed{}, err
	}
	a, rows, err := companies(reply.Body)
	if err != nil {
		return tracking.Listed{}, c.unusable(reply, err.Error(), hide)
	}
	if a.code() != succeeded {
		return tracking.Listed{}, c.refuse(reply, a, question{hide: hide})
	}
	return tracking.Listed{Carriers: rows, Billed: true}, nil
}

// companies reads the list. There com is the carrier's name and no its code,
// while in a trace com is the code.
func companies(body []byte) (answer, []tracking.Named, error) {
	var list struct {
		ErrorCode tracking.Loose  `json:"error_code"`
		Reason    tracking.Loose  `json:"reason"`
		Result    json.RawMessage `json:"result"`
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if json.Unmarshal(body, &list) != nil || list.ErrorCode == "" {
		return answer{}, nil, errors.New("not the JSON of Juhe")
	}
	a := answer{ErrorCode: list.ErrorCode, Reason: list.Reason}
	if a.code() != succeeded {
		return a, nil, nil
	}
	var pairs []struct {
		Com tracking.Loose `json:"com"`
		No  tracking.Loose `json:"no"`
	}
	if json.Unmarshal(list.Result, &pairs) != nil || len(pairs) == 0 {
		return a, nil, errors.New("no list of carriers in it")
	}
	rows := make([]tracking.Named, 0, len(pairs))
	for _, p := range pairs {
		if p.No != "" && p.Com != "" {
			rows = append(rows, tracking.Named{Code: short(p.No), Name: short(p.Com)})
		}
	}
	return a, rows, nil
}
