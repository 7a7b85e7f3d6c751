package main

import (
	"waybill/handlers/web"
	"waybill/handlers/web/parcel"
)

// pageRoutes are the pages for people and what they are made of.
func (a *app) pageRoutes() ([]web.Route, error) {
	pages, err := web.NewPages(a.log, parcel.Static)
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
	return append(routes, page.Routes()...), nil
}
