package main

import (
	"waybill/tracking"
	"waybill/tracking/juhe"
	"waybill/tracking/kuaibao"
	"waybill/tracking/kuaidi100"
	"waybill/tracking/muzhi"
)

// of is what a provider is made of beside its settings.
func (p parts) of(s Settings) tracking.Parts {
	all := tracking.Parts{Client: p.client, Carriers: p.carriers, PublicURL: s.PublicURL, Now: p.now}
	if p.failures != nil {
		all.FailureBilled = p.failures.Billed
	}
	return all
}

func openMuzhi(s Settings, p parts) (tracking.Provider, error) {
	return muzhi.New(muzhi.Settings(s.Muzhi), p.of(s))
}

func openKuaidi100(s Settings, p parts) (tracking.Provider, error) {
	return kuaidi100.New(kuaidi100.Settings(s.Kuaidi100), p.of(s))
}

func openJuhe(s Settings, p parts) (tracking.Provider, error) {
	return juhe.New(juhe.Settings(s.Juhe), p.of(s))
}

func openKuaibao(s Settings, p parts) (tracking.Provider, error) {
	return kuaibao.New(kuaibao.Settings(s.Kuaibao), p.of(s))
}
