package muzhi_test

import (
	"slices"
	"testing"

	"waybill/tracking/muzhi"
	"waybill/tracking/providertest"
)

func TestWrongSettingsAreNamed(t *testing.T) {
	providertest.Environments(t, muzhi.Vendor, map[string]providertest.Environment{
		"nothing":                          {},
		"enough":                           {Set: []string{"APPCODE=c"}, Wanted: true, On: true},
		"paths of their own":               {Set: []string{"APPCODE=c", "DETECT_PATH=https://b.example/d", "LIST_PATH=/l"}, Wanted: true, On: true},
		"bare http to the world":           {Set: []string{"URL=http://s3cret.example"}, Wrong: []string{"WAYBILL_MUZHI_URL"}},
		"a path without its slash":         {Set: []string{"QUERY_PATH=s3cret"}, Wrong: []string{"WAYBILL_MUZHI_QUERY_PATH"}},
		"bare detection on another host":   {Set: []string{"DETECT_PATH=http://b.example/d"}, Wrong: []string{"WAYBILL_MUZHI_DETECT_PATH"}},
		"a list of another kind of scheme": {Set: []string{"LIST_PATH=ftp://b.example"}, Wrong: []string{"WAYBILL_MUZHI_LIST_PATH"}},
	})
}

func TestTheVendorsDefaultsAndAddresses(t *testing.T) {
	v := providertest.Configure(t, muzhi.Vendor(), "APPCODE=c", "DETECT_PATH=https://b.example/d")
	want := []string{"https://chawuliu.market.alicloudapi.com/query", "https://b.example/d", ""}
	if got := v.Addresses(); v.Name != "muzhi" || v.Rate != 20 || v.SharedPushToken || !slices.Equal(got, want) {
		t.Errorf("%q at %v a second calls %v", v.Name, v.Rate, got)
	}
	p, err := v.Open(providertest.Parts(t))
	if err != nil || p.Name != "muzhi" {
		t.Errorf("%v", err)
	}
}

func TestItIsExaminedWithoutABill(t *testing.T) {
	set := func(url string) []string { return []string{"APPCODE=c", "URL=" + url + "/"} }
	busy := providertest.Reply{Status: 403, Header: map[string]string{"X-Ca-Error-Message": "Throttled by APP Flow Control"}}
	spent := providertest.Reply{Status: 403, Header: map[string]string{"X-Ca-Error-Message": "Quota Exhausted"}}
	providertest.Examinations(t, muzhi.Vendor, set, map[string]providertest.Examined{
		"a refusal of its own":    {Answer: providertest.Reply{Status: 666, Body: `{"ok":0}`}, OK: true, Says: "takes the AppCode (nothing was billed)"},
		"the gateway throttles":   {Answer: busy, OK: true, Says: "throttles"},
		"the quota is spent":      {Answer: spent, Says: "quota is spent (Quota Exhausted)"},
		"the key is refused":      {Answer: providertest.Reply{Status: 403, Body: "Unauthorized"}, Says: "copy WAYBILL_MUZHI_APPCODE anew"},
		"there is no such path":   {Answer: providertest.Reply{Status: 404}, Says: "WAYBILL_MUZHI_QUERY_PATH"},
		"something is out of use": {Answer: providertest.Reply{Status: 502}, Says: "status 502"},
	})
}
