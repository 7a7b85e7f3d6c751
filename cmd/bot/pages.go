package main

import "waybill/handlers/web"

// pageRoutes are the pages for people and what they are made of.
func (a *app) pageRoutes() ([]web.Route, error) {
	pages, err := web.NewPages(a.log)
	if err != nil {
		return nil, err
	}
	return pages.Routes(), nil
}
