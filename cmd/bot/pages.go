package main

import (
	"waybill/handlers/web"
	"waybill/handlers/web/admin"
	miniapp "waybill/handlers/web/app"
	"waybill/handlers/web/parcel"
)

// pageRoutes are the pages for people and what they are made of.
func (a *app) pageRoutes() ([]web.Route, error) {
	pages, err := web.NewPages(a.log, parcel.Static, miniapp.Static, admin.Static)
	if err != nil {
		return nil, err
	}
	routes := pages.Routes()
	for _, page := range []func(*web.Pages) ([]web.Route, error){a.parcelRoutes, a.miniAppRoutes, a.dashboardRoutes} {
		more, err := page(pages)
		if err != nil {
			return nil, err
		}
		routes = append(routes, more...)
	}
	return routes, nil
}

// parcelRoutes are the parcels' pages and pictures.
func (a *app) parcelRoutes(pages *web.Pages) ([]web.Route, error) {
	page, err := parcel.New(parcel.Settings{
		Pages: pages, Links: a.links, Store: a.store, Contacts: a.carriers, Estimator: a.estimates, Painter: a.pictures,
		Words: a.words, Zone: a.settings.Zone, Log: a.log, Now: a.now,
	})
	if err != nil {
		return nil, err
	}
	return page.Routes(), nil
}

// miniAppRoutes are the Mini App, which Telegram's chats alone have.
func (a *app) miniAppRoutes(pages *web.Pages) ([]web.Route, error) {
	if a.typed == nil {
		return nil, nil
	}
	mini, err := miniapp.New(miniapp.Settings{
		Pages: pages, Token: string(a.settings.Telegram.Token), PublicURL: a.settings.PublicURL,
		Store: a.store, Inbox: a.typed, Path: a.links.Path, Words: a.words, Zone: a.settings.Zone, Log: a.log, Now: a.now,
	})
	if err != nil {
		return nil, err
	}
	return mini.Routes(), nil
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
