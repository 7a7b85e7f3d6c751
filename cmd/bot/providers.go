package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"waybill/tracking"
	"waybill/tracking/muzhi"
)

// provider is one tracking API as the program knows it: when it is on, which
// addresses it calls, and how it is made.
type provider struct {
	name       string
	configured func(Settings) bool
	addresses  func(Settings) []string
	open       func(Settings, *tracking.Carriers, *http.Client, func() time.Time) (tracking.Provider, error)
	examine    func(context.Context, *practice) []finding // makes no call that is billed
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

func openMuzhi(s Settings, carriers *tracking.Carriers, client *http.Client, now func() time.Time) (tracking.Provider, error) {
	return muzhi.New(muzhi.Settings{
		Appcode: string(s.Muzhi.AppCode), URL: s.Muzhi.URL,
		QueryPath: s.Muzhi.QueryPath, DetectPath: s.Muzhi.DetectPath, ListPath: s.Muzhi.ListPath,
		Client: client, Carriers: carriers, Now: now,
	})
}

// endpoint is a path of an API, or "" when the path is off. A path that is a
// whole URL stands for itself.
func endpoint(base, path string) string {
	if path == "" || strings.Contains(path, "://") {
		return path
	}
	return base + path
}
