package main

import (
	"cmp"

	"waybill/tracking"
	"waybill/tracking/juhe"
	"waybill/tracking/kuaibao"
	"waybill/tracking/kuaidi100"
	"waybill/tracking/muzhi"
)

func openMuzhi(s Settings, p parts) (tracking.Provider, error) {
	return muzhi.New(muzhi.Settings{
		Appcode: string(s.Muzhi.AppCode), URL: s.Muzhi.URL,
		QueryPath: s.Muzhi.QueryPath, DetectPath: s.Muzhi.DetectPath, ListPath: s.Muzhi.ListPath,
		Client: p.client, Carriers: p.carriers, Now: p.now,
	})
}

func openKuaidi100(s Settings, p parts) (tracking.Provider, error) {
	k := kuaidi100.Settings{
		Customer: string(s.Kuaidi100.Customer), Key: string(s.Kuaidi100.Key),
		URL: s.Kuaidi100.URL, AutonumberURL: s.Kuaidi100.AutonumberURL,
		Salt: string(s.Kuaidi100.Salt), CallbackURL: cmp.Or(s.Kuaidi100.CallbackURL, s.PublicURL),
		Client: p.client, Carriers: p.carriers, Now: p.now,
	}
	if p.failures != nil {
		k.FailureBilled = p.failures.Strike
	}
	return kuaidi100.New(k)
}

func openJuhe(s Settings, p parts) (tracking.Provider, error) {
	return juhe.New(juhe.Settings{
		Key: string(s.Juhe.Key), URL: s.Juhe.URL, Format: s.Juhe.Format,
		Client: p.client, Carriers: p.carriers, Now: p.now,
	})
}

func openKuaibao(s Settings, p parts) (tracking.Provider, error) {
	return kuaibao.New(kuaibao.Settings{
		AppID: s.Kuaibao.AppID, APIKey: string(s.Kuaibao.APIKey), URL: s.Kuaibao.URL,
		PushToken: string(s.Kuaibao.PushToken), Client: p.client, Carriers: p.carriers, Now: p.now,
	})
}
