package kuaidi100

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"waybill/internal/address"
	"waybill/internal/redact"
	"waybill/tracking"
)

// Settings are what the environment says of Kuaidi100. Without a Salt nothing
// is subscribed to. CallbackURL is where the vendor reaches us when that is not
// WAYBILL_PUBLIC_URL: it calls http:// unless asked for more.
type Settings struct {
	Customer      redact.Secret `env:"CUSTOMER"`
	Key           redact.Secret `env:"KEY"`
	URL           string        `env:"URL" envDefault:"https://poll.kuaidi100.com"`
	AutonumberURL string        `env:"AUTONUMBER_URL" envDefault:"https://www.kuaidi100.com"`
	Salt          redact.Secret `env:"SALT"`
	CallbackURL   string        `env:"CALLBACK_URL"`
}

// Vendor is Kuaidi100 as the program knows it.
func Vendor() tracking.Vendor {
	s := &Settings{}
	return tracking.Vendor{
		Name: name, Settings: s, Rate: 1,
		Wanted:     func() bool { return s.Customer != "" || s.Key != "" || s.Salt != "" },
		Configured: func() bool { return s.Customer != "" && s.Key != "" },
		Check:      s.check,
		Addresses:  func() []string { return []string{s.URL, s.AutonumberURL} },
		Open:       s.open, Examine: s.examine,
	}
}

func (s *Settings) check(publicURL string) []tracking.Mistake {
	salt := tracking.Setting{Name: "WAYBILL_KUAIDI100_SALT", Value: string(s.Salt)}
	mistakes := slices.Concat(
		tracking.Checked(tracking.Setting{Name: "WAYBILL_KUAIDI100_URL", Value: s.URL}, address.API),
		tracking.Checked(tracking.Setting{Name: "WAYBILL_KUAIDI100_AUTONUMBER_URL", Value: s.AutonumberURL}, address.API),
		tracking.Checked(tracking.Setting{Name: "WAYBILL_KUAIDI100_CALLBACK_URL", Value: s.CallbackURL}, address.Callback),
		tracking.Together([]tracking.Setting{salt},
			tracking.Setting{Name: "WAYBILL_KUAIDI100_CUSTOMER", Value: string(s.Customer)},
			tracking.Setting{Name: "WAYBILL_KUAIDI100_KEY", Value: string(s.Key)}),
	)
	if s.Salt != "" && publicURL == "" && s.CallbackURL == "" {
		mistakes = append(mistakes, tracking.Mistake{
			Name:    "WAYBILL_PUBLIC_URL",
			Problem: "missing (or WAYBILL_KUAIDI100_CALLBACK_URL); WAYBILL_KUAIDI100_SALT asks for pushes, and Kuaidi100 must know where to call",
		})
	}
	return mistakes
}

func (s *Settings) open(p tracking.Parts) (tracking.Provider, error) { return New(*s, p) }

// examine recognises a sample number, which is free, and looks at where pushes go.
func (s *Settings) examine(ctx context.Context, p tracking.Parts) []tracking.Finding {
	return append(s.recognises(ctx, p), s.pushes(p.PublicURL)...)
}

// pushes says where the vendor is told to call. By its document callbackurl takes
// http:// only, until its engineers open https:// for a customer.
func (s *Settings) pushes(publicURL string) []tracking.Finding {
	if s.Salt == "" {
		return nil
	}
	at := cmp.Or(s.CallbackURL, publicURL)
	if !strings.HasPrefix(at, "https://") {
		return tracking.Good("is told to push to %s/push/kuaidi100/…", at)
	}
	return []tracking.Finding{{OK: true, Care: true, Text: "is told to push to " + at + ", but calls http:// only unless its support has opened https for you: " +
		"ask them, or set WAYBILL_KUAIDI100_CALLBACK_URL to an http:// address that leads here (only /push/kuaidi100/ of it)"}}
}

func (s *Settings) recognises(ctx context.Context, p tracking.Parts) []tracking.Finding {
	api, err := s.open(p)
	if err != nil {
		return tracking.Bad("%v; check the settings WAYBILL_KUAIDI100_…", err)
	}
	_, err = api.Detect(ctx, tracking.SampleNumber)
	switch {
	case err == nil:
		return tracking.Good("answers and takes the key (nothing was billed; whether the customer fits it, only --paid tells)")
	case errors.Is(err, tracking.ErrQuota):
		return tracking.Bad("recognition is not opened for this key, or the key has expired; have Kuaidi100 open it (it is free with a package), " +
			"or try --paid, because queries may work all the same")
	case errors.Is(err, tracking.ErrAuth):
		return tracking.Refused("refuses the key (%v); copy WAYBILL_KUAIDI100_KEY anew from its console", err)
	}
	return tracking.Bad("recognition fails: %v; check WAYBILL_KUAIDI100_AUTONUMBER_URL and the network", err)
}
