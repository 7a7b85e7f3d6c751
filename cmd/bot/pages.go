package main

import (
	"waybill/handlers/web"
	miniapp "waybill/handlers/web/app"
	"waybill/handlers/web/parcel"
)

// pageRoutes are the pages for people and what they are made of.
func (a *app) pageRoutes() ([]web.Route, error) {
	pages, err := web.NewPages(a.log, parcel.Static, miniapp.Static)
	if err != nil {
		return nil, err
	}
	routes := pages.Routes()
	page, err := parcel.New(parcel.Settings{
		Pages: pages, Links: a.links, Store: a.store, Contacts: a.carriers,
		Words: a.words, Zone: a.settings.Zone, Log: a.log, Now: a.now,
	})
	if err != nil {
		return nil, err
	}
	routes = append(routes, page.Routes()...)
	if a.typed == nil {
		return routes, nil
	}
	mini, err := miniapp.New(miniapp.Settings{
		Pages: pages, Token: string(a.settings.Telegram.Token), PublicURL: a.settings.PublicURL,
		Store: a.store, Inbox: a.typed, Path: a.links.Path, Words: a.words, Zone: a.settings.Zone, Log: a.log, Now: a.now,
	})
	if err != nil {
		return nil, err
	}
	return append(routes, mini.Routes()...), nil
}
