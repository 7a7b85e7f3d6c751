package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"waybill/tracking"
	"waybill/tracking/recognise"
)

// provider is one tracking API as the program knows it: when it is on, which
// addresses it calls, and how it is made.
type provider struct {
	name       string
	configured func(Settings) bool
	addresses  func(Settings) []string
	open       func(Settings, parts) (tracking.Provider, error)
	examine    func(context.Context, *practice) []finding // makes no call that is billed
}

// parts are what providers are made of beside their settings.
type parts struct {
	carriers *recognise.Carriers
	client   *http.Client
	failures *tracking.Failures // nil: every failure that may be billed counts as billed
	now      func() time.Time
}

// providers is where the next provider is registered: its package, its
// settings, and one row here.
func providers() []provider {
	return []provider{
		{
			name:       "muzhi",
			configured: func(s Settings) bool { return s.Muzhi.AppCode != "" },
			addresses: func(s Settings) []string {
				return []string{
					endpoint(s.Muzhi.URL, s.Muzhi.QueryPath),
					endpoint(s.Muzhi.URL, s.Muzhi.DetectPath),
					endpoint(s.Muzhi.URL, s.Muzhi.ListPath),
				}
			},
			open:    openMuzhi,
			examine: examineMuzhi,
		},
		{
			name:       "kuaidi100",
			configured: func(s Settings) bool { return s.Kuaidi100.Customer != "" && s.Kuaidi100.Key != "" },
			addresses:  func(s Settings) []string { return []string{s.Kuaidi100.URL, s.Kuaidi100.AutonumberURL} },
			open:       openKuaidi100,
			examine:    examineKuaidi100,
		},
		{
			name:       "juhe",
			configured: func(s Settings) bool { return s.Juhe.Key != "" },
			addresses:  func(s Settings) []string { return []string{s.Juhe.URL} },
			open:       openJuhe,
			examine:    examineJuhe,
		},
		{
			name:       "kuaibao",
			configured: func(s Settings) bool { return s.Kuaibao.AppID != "" && s.Kuaibao.APIKey != "" },
			addresses:  func(s Settings) []string { return []string{s.Kuaibao.URL} },
			open:       openKuaibao,
			examine:    examineKuaibao,
		},
	}
}

// configuredProviders are those whose settings are there, in the order in
// which they are to be asked.
func configuredProviders(s Settings) []provider {
	var on []provider
	for _, name := range s.Providers {
		i := slices.IndexFunc(providers(), func(p provider) bool { return p.name == name })
		if i >= 0 && providers()[i].configured(s) {
			on = append(on, providers()[i])
		}
	}
	return on
}

// endpoint is a path of an API, or "" when the path is off. A path that is a
// whole URL stands for itself.
func endpoint(base, path string) string {
	if path == "" || strings.Contains(path, "://") {
		return path
	}
	return base + path
}
