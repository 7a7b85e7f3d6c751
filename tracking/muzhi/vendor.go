package muzhi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"waybill/internal/address"
	"waybill/internal/redact"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// Settings are what the environment says of Muzhi; an empty path switches its
// call off.
type Settings struct {
	AppCode    redact.Secret `env:"APPCODE"`
	URL        string        `env:"URL" envDefault:"https://chawuliu.market.alicloudapi.com"`
	QueryPath  string        `env:"QUERY_PATH" envDefault:"/query"`
	DetectPath string        `env:"DETECT_PATH"`
	ListPath   string        `env:"LIST_PATH"`
}

// Vendor is Muzhi as the program knows it.
func Vendor() tracking.Vendor {
	s := &Settings{}
	configured := func() bool { return s.AppCode != "" }
	return tracking.Vendor{
		Name: name, Settings: s, Rate: 20,
		Wanted: configured, Configured: configured,
		Check: s.check, Addresses: s.addresses, Open: s.open, Examine: s.examine,
	}
}

func (s *Settings) check(string) []tracking.Mistake {
	return slices.Concat(
		tracking.Checked(tracking.Setting{Name: "WAYBILL_MUZHI_URL", Value: s.URL}, address.API),
		tracking.Checked(tracking.Setting{Name: "WAYBILL_MUZHI_QUERY_PATH", Value: s.QueryPath}, address.Path),
		tracking.Checked(tracking.Setting{Name: "WAYBILL_MUZHI_DETECT_PATH", Value: s.DetectPath}, address.Path),
		tracking.Checked(tracking.Setting{Name: "WAYBILL_MUZHI_LIST_PATH", Value: s.ListPath}, address.Path),
	)
}

func (s *Settings) addresses() []string {
	return []string{s.address(s.QueryPath), s.address(s.DetectPath), s.address(s.ListPath)}
}

// address is where a path leads, "" when it is off.
func (s *Settings) address(path string) string {
	if path == "" || strings.Contains(path, "://") {
		return path
	}
	return strings.TrimRight(s.URL, "/") + path
}

func (s *Settings) open(p tracking.Parts) (tracking.Provider, error) { return New(*s, p) }

// examine asks without a number, which Muzhi refuses with HTTP 666 and does not
// bill: the key has passed Aliyun's gateway by then.
func (s *Settings) examine(ctx context.Context, p tracking.Parts) []tracking.Finding {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(s.QueryPath), http.NoBody)
	if err != nil {
		return unreachable(err)
	}
	r.Header.Set("Authorization", "APPCODE "+string(s.AppCode))
	reply, err := p.Fetch(r)
	if err != nil {
		return unreachable(err)
	}
	text := string(reply.Body)
	if reason := reply.Header.Get("X-Ca-Error-Message"); reason != "" { // Aliyun's gateway says there what it means
		text = reason
	}
	return judged(reply.Status, text)
}

func unreachable(err error) []tracking.Finding {
	return tracking.Bad("cannot be reached: %v; check WAYBILL_MUZHI_URL and the network", err)
}

// judged is what the answer to a call without a number tells.
func judged(status int, text string) []tracking.Finding {
	lower := strings.ToLower(text)
	switch {
	case status == unbilled, status >= 200 && status < 300:
		return tracking.Good("answers and takes the AppCode (nothing was billed)")
	case strings.Contains(lower, "throttled"):
		return tracking.Good("answers; it throttles at the moment")
	case scan.ContainsAny(lower, "quota", "expir", "arrears"):
		return tracking.Bad("the quota is spent (%.80s); renew the package at Aliyun's market", text)
	case status == http.StatusBadRequest, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return tracking.Refused("refuses the AppCode (%d %.80s); copy WAYBILL_MUZHI_APPCODE anew from Aliyun's console", status, text)
	case status == http.StatusNotFound:
		return tracking.Bad("knows no such path; check WAYBILL_MUZHI_URL and WAYBILL_MUZHI_QUERY_PATH")
	}
	return tracking.Bad("answers with status %d; wait, or ask the vendor", status)
}
