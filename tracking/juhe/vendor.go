package juhe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"waybill/internal/address"
	"waybill/internal/redact"
	"waybill/tracking"
)

// Settings are what the environment says of Juhe.
type Settings struct {
	Key    redact.Secret `env:"KEY"`
	URL    string        `env:"URL" envDefault:"https://v.juhe.cn"`
	Format string        `env:"FORMAT" envDefault:"json"` // or xml, in upper or lower case
}

// Vendor is Juhe as the program knows it.
func Vendor() tracking.Vendor {
	s := &Settings{}
	configured := func() bool { return s.Key != "" }
	return tracking.Vendor{
		Name: name, Settings: s, Rate: 10,
		Wanted: configured, Configured: configured, Check: s.check,
		Addresses: func() []string { return []string{s.URL} },
		Open:      s.open, Examine: s.examine,
	}
}

func (s *Settings) check(string) []tracking.Mistake {
	return slices.Concat(
		tracking.Checked(tracking.Setting{Name: "WAYBILL_JUHE_URL", Value: s.URL}, address.API),
		tracking.Checked(tracking.Setting{Name: "WAYBILL_JUHE_FORMAT", Value: s.Format}, readFormat),
	)
}

// readFormat takes "" for json.
func readFormat(text string) (string, error) {
	text = strings.ToLower(cmp.Or(text, "json"))
	if text != "json" && text != "xml" {
		return "", errors.New("want one of json, xml")
	}
	return text, nil
}

func (s *Settings) open(p tracking.Parts) (tracking.Provider, error) { return New(*s, p) }

// examine asks about a carrier that does not exist, which Juhe refuses with
// 204301 and does not bill: the key has passed by then.
func (s *Settings) examine(ctx context.Context, p tracking.Parts) []tracking.Finding {
	form := url.Values{"key": {string(s.Key)}, "com": {"nobody"}, "no": {tracking.SampleNumber}, "dtype": {"json"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(s.URL, "/")+"/exp/index", strings.NewReader(form.Encode()))
	if err != nil {
		return unreachable(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	reply, err := p.Fetch(r)
	if err != nil {
		return unreachable(err)
	}
	var a struct {
		Code   tracking.Scalar `json:"error_code"`
		Reason string          `json:"reason"`
	}
	if json.Unmarshal(reply.Body, &a) != nil || a.Code == "" {
		return tracking.Bad("answers with status %d and no JSON of Juhe's; check WAYBILL_JUHE_URL", reply.Status)
	}
	return judged(string(a.Code), a.Reason)
}

func unreachable(err error) []tracking.Finding {
	return tracking.Bad("cannot be reached: %v; check WAYBILL_JUHE_URL and the network", err)
}

// judged is what the answer about a carrier that does not exist tells.
func judged(code, reason string) []tracking.Finding {
	if code == "204301" {
		return tracking.Good("answers and takes the key (nothing was billed)")
	}
	switch _, kind := meaning(code, ""); {
	case errors.Is(kind, tracking.ErrAuth):
		return tracking.Refused("refuses the key (%s %.80s); copy WAYBILL_JUHE_KEY anew from Juhe's console", code, reason)
	case errors.Is(kind, tracking.ErrQuota):
		return tracking.Bad("today's requests are used up (%s %.80s); wait until tomorrow, or buy more", code, reason)
	}
	return tracking.Bad("answers %s %.80s; wait, or ask the vendor", code, reason)
}
