package main

import (
	"io/fs"

	"waybill/handlers/web"
	"waybill/handlers/web/admin"
)

// pageRoutes are the pages for people and what they are made of.
func (a *app) pageRoutes() ([]web.Route, error) {
	var files []fs.FS
	if a.settings.AdminToken != "" {
		files = append(files, admin.Static)
	}
	pages, err := web.NewPages(a.log, files...)
	if err != nil {
		return nil, err
	}
	dashboard, err := a.dashboardRoutes(pages)
	if err != nil {
		return nil, err
	}
	return append(pages.Routes(), dashboard...), nil
}

// dashboardRoutes are the operator's dashboard; without a token there is none.
func (a *app) dashboardRoutes(pages *web.Pages) ([]web.Route, error) {
	s := a.settings
	if s.AdminToken == "" {
		return nil, nil
	}
	var doors, providers []string
	for _, d := range a.doors {
		doors = append(doors, d.Name())
	}
	for _, v := range s.Vendors {
		providers = append(providers, v.Name)
	}
	d, err := admin.New(admin.Settings{
		Pages: pages, Store: a.store, Providers: a.tracker, Names: providers, Doors: doors, Words: a.words,
		Token: string(s.AdminToken), Proxies: s.Proxies, PublicURL: s.PublicURL, Zone: s.Zone, Quiet: s.Quiet,
		Prices: s.Prices, Budgets: s.Budgets, Log: a.log, Now: a.now,
	})
	if err != nil {
		return nil, err
	}
	return d.Routes(), nil
}
