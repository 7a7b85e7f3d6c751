package juhe_test

import (
	"slices"
	"testing"

	"waybill/tracking/juhe"
	"waybill/tracking/providertest"
)

func TestWrongSettingsAreNamed(t *testing.T) {
	providertest.Environments(t, juhe.Vendor, map[string]providertest.Environment{
		"nothing":                  {},
		"enough":                   {Set: []string{"KEY=k", "FORMAT=XML"}, Wanted: true, On: true},
		"a format that it has not": {Set: []string{"KEY=k", "FORMAT=s3cret"}, Wanted: true, On: true, Wrong: []string{"WAYBILL_JUHE_FORMAT"}},
		"bare http to the world":   {Set: []string{"URL=http://s3cret.example"}, Wrong: []string{"WAYBILL_JUHE_URL"}},
	})
}

func TestTheVendorsDefaultsAndAddresses(t *testing.T) {
	v := providertest.Configure(t, juhe.Vendor(), "KEY=k", "FORMAT=XML")
	if got := v.Addresses(); v.Name != "juhe" || v.Rate != 10 || v.SharedPushToken || !slices.Equal(got, []string{"https://v.juhe.cn"}) {
		t.Errorf("%q at %v a second calls %v", v.Name, v.Rate, got)
	}
	if p, err := v.Open(providertest.Parts(t)); err != nil || p.Name != "juhe" {
		t.Errorf("%v", err)
	}
}

func TestItIsExaminedWithoutABill(t *testing.T) {
	set := func(url string) []string { return []string{"KEY=k", "URL=" + url + "/"} }
	says := func(code string) providertest.Reply {
		return providertest.Reply{Body: `{"error_code":` + code + `,"reason":"why"}`}
	}
	providertest.Examinations(t, juhe.Vendor, set, map[string]providertest.Examined{
		"no such carrier":      {Answer: says("204301"), OK: true, Says: "takes the key (nothing was billed)"},
		"the key is refused":   {Answer: says("10001"), Says: "refuses the key (10001 why); copy WAYBILL_JUHE_KEY anew"},
		"requests are spent":   {Answer: says("10012"), Says: "today's requests are used up (10012 why)"},
		"it is being mended":   {Answer: says("10014"), Says: "answers 10014 why; wait"},
		"a web page":           {Answer: providertest.Reply{Body: "<html>"}, Says: "no JSON of Juhe's"},
		"JSON of someone else": {Answer: providertest.Reply{Status: 404, Body: "{}"}, Says: "status 404"},
	})
}
