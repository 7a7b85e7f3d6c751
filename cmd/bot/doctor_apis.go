package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"waybill/tracking"
	"waybill/tracking/recognise"
)

// examineKuaidi100 recognises a sample number, which is free.
func examineKuaidi100(ctx context.Context, p *practice) []finding {
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		return bad("kuaidi100", "%v", err)
	}
	api, err := openKuaidi100(p.Settings, parts{carriers: carriers, client: p.client, now: time.Now})
	if err != nil {
		return bad("kuaidi100", "%v; check the settings WAYBILL_KUAIDI100_…", err)
	}
	ctx, cancel := context.WithTimeout(ctx, examining)
	defer cancel()
	_, err = api.Detect(ctx, sample)
	switch {
	case err == nil:
		return good("kuaidi100", "answers and takes the key (nothing was billed; whether the customer fits it, only --paid tells)")
	case errors.Is(err, tracking.ErrQuota):
		return bad("kuaidi100", "recognition is not opened for this key, or the key has expired; have Kuaidi100 open it (it is free with a package), "+
			"or try --paid, because queries may work all the same")
	case errors.Is(err, tracking.ErrAuth):
		return bad("kuaidi100", "refuses the key (%v); copy WAYBILL_KUAIDI100_KEY anew from its console", err)
	}
	return bad("kuaidi100", "recognition fails: %v; check WAYBILL_KUAIDI100_AUTONUMBER_URL and the network", err)
}

// examineJuhe asks about a carrier that does not exist, which Juhe refuses
// with 204301 and does not bill: the key has passed by then.
func examineJuhe(ctx context.Context, p *practice) []finding {
	form := url.Values{"key": {string(p.Juhe.Key)}, "com": {"nobody"}, "no": {sample}, "dtype": {"json"}}
	code, body, err := p.post(ctx, p.Juhe.URL+"/exp/index", form)
	if err != nil {
		return bad("juhe", "cannot be reached: %v; check WAYBILL_JUHE_URL and the network", err)
	}
	var said struct {
		Code   tracking.Scalar `json:"error_code"`
		Reason string          `json:"reason"`
	}
	if json.Unmarshal(body, &said) != nil || said.Code == "" {
		return bad("juhe", "answers with status %d and no JSON of Juhe's; check WAYBILL_JUHE_URL", code)
	}
	switch said.Code {
	case "204301":
		return good("juhe", "answers and takes the key (nothing was billed)")
	case "10001", "10002", "10003", "10004", "10005", "10007", "10008", "10009", "10021":
		return bad("juhe", "refuses the key (%s %.80s); copy WAYBILL_JUHE_KEY anew from Juhe's console", said.Code, said.Reason)
	case "10012", "10013":
		return bad("juhe", "today's requests are used up (%s %.80s); wait until tomorrow, or buy more", said.Code, said.Reason)
	}
	return bad("juhe", "answers %s %.80s; wait, or ask the vendor", said.Code, said.Reason)
}

// examineKuaibao asks nothing: the vendor does not publish which calls are free.
func examineKuaibao(context.Context, *practice) []finding {
	return good("kuaibao", "is configured; none of its calls is known to be free, so only --paid tells whether it works")
}

// post sends a form and reads 64 KiB of the answer.
func (p *practice) post(ctx context.Context, address string, form url.Values) (code int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, examining)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, body, err
}
