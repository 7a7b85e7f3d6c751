package kuaibao_test

import (
	"slices"
	"testing"

	"waybill/tracking"
	"waybill/tracking/kuaibao"
	"waybill/tracking/providertest"
)

func TestWrongSettingsAreNamed(t *testing.T) {
	both := []string{"APP_ID=1", "API_KEY=k"}
	with := func(more ...string) []string { return slices.Concat(both, more) }
	providertest.Environments(t, kuaibao.Vendor, map[string]providertest.Environment{
		"nothing":                {},
		"enough":                 {Set: both, Wanted: true, On: true},
		"with pushes":            {Set: with("PUSH_TOKEN=t-1"), Wanted: true, On: true},
		"half of it":             {Set: []string{"APP_ID=1"}, Wanted: true, Wrong: []string{"WAYBILL_KUAIBAO_API_KEY"}},
		"a push token alone":     {Set: []string{"PUSH_TOKEN=s3cret"}, Wanted: true, Wrong: []string{"WAYBILL_KUAIBAO_APP_ID", "WAYBILL_KUAIBAO_API_KEY"}},
		"no part of an address":  {Set: with("PUSH_TOKEN=s3cret/b"), Wanted: true, On: true, Wrong: []string{"WAYBILL_KUAIBAO_PUSH_TOKEN"}},
		"bare http to the world": {Set: []string{"URL=http://s3cret.example"}, Wrong: []string{"WAYBILL_KUAIBAO_URL"}},
	})
}

func TestTheVendorsDefaultsAndAddresses(t *testing.T) {
	v := providertest.Configure(t, kuaibao.Vendor(), "APP_ID=1", "API_KEY=k")
	if got := v.Addresses(); v.Name != "kuaibao" || v.Rate != 10 || !v.SharedPushToken || !slices.Equal(got, []string{"https://kop.kuaidihelp.com"}) {
		t.Errorf("%q at %v a second calls %v", v.Name, v.Rate, got)
	}
	if p, err := v.Open(providertest.Parts(t)); err != nil || p.Name != "kuaibao" {
		t.Errorf("%v", err)
	}
	if found := v.Examine(t.Context(), tracking.Parts{}); len(found) != 1 || !found[0].OK {
		t.Errorf("%+v", found)
	}
}
