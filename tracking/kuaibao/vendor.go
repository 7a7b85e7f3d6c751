package kuaibao

import (
	"context"
	"errors"
	"slices"

	"waybill/internal/address"
	"waybill/internal/pattern"
	"waybill/internal/redact"
	"waybill/tracking"
)

// Settings are what the environment says of Kuaibao. Without a PushToken
// nothing is subscribed to.
type Settings struct {
	AppID     string        `env:"APP_ID"`
	APIKey    redact.Secret `env:"API_KEY"`
	URL       string        `env:"URL" envDefault:"https://kop.kuaidihelp.com"`
	PushToken redact.Secret `env:"PUSH_TOKEN"`
}

// Vendor is Kuaibao as the program knows it. The address of its pushes is set
// in its console, once for all waybills.
func Vendor() tracking.Vendor {
	s := &Settings{}
	return tracking.Vendor{
		Name: name, Settings: s, Rate: 10, SharedPushToken: true,
		Wanted:     func() bool { return s.AppID != "" || s.APIKey != "" || s.PushToken != "" },
		Configured: func() bool { return s.AppID != "" && s.APIKey != "" },
		Check:      s.check,
		Addresses:  func() []string { return []string{s.URL} },
		Open:       s.open, Examine: examine,
	}
}

func (s *Settings) check(string) []tracking.Mistake {
	token := tracking.Setting{Name: "WAYBILL_KUAIBAO_PUSH_TOKEN", Value: string(s.PushToken)}
	return slices.Concat(
		tracking.Checked(tracking.Setting{Name: "WAYBILL_KUAIBAO_URL", Value: s.URL}, address.API),
		tracking.Checked(token, pushToken),
		tracking.Together([]tracking.Setting{token},
			tracking.Setting{Name: "WAYBILL_KUAIBAO_APP_ID", Value: s.AppID},
			tracking.Setting{Name: "WAYBILL_KUAIBAO_API_KEY", Value: string(s.APIKey)}),
	)
}

var pushTokens = pattern.New(`^[A-Za-z0-9._~-]{1,256}$`)

// pushToken takes what can stand in an address as it is.
func pushToken(text string) (string, error) {
	if text != "" && !pushTokens.MatchString(text) {
		return "", errors.New("want 1 to 256 of A-Z a-z 0-9 . _ ~ -; it is the last part of the address that you give to Kuaibao")
	}
	return text, nil
}

func (s *Settings) open(p tracking.Parts) (tracking.Provider, error) { return New(*s, p) }

// examine asks nothing: the vendor does not publish which calls are free.
func examine(context.Context, tracking.Parts) []tracking.Finding {
	return tracking.Good("is configured; none of its calls is known to be free, so only --paid tells whether it works")
}
