package main

import (
	"slices"
	"strings"
)

// provider is one tracking API as the program knows it: when it is on and
// which addresses it calls.
type provider struct {
	name       string
	configured func(Settings) bool
	addresses  func(Settings) []string
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
