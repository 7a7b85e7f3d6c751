package kuaidi100_test

import (
	"slices"
	"testing"

	"waybill/tracking"
	"waybill/tracking/kuaidi100"
	"waybill/tracking/providertest"
)

func TestWrongSettingsAreNamed(t *testing.T) {
	both := []string{"CUSTOMER=c", "KEY=k"}
	with := func(more ...string) []string { return slices.Concat(both, more) }
	providertest.Environments(t, kuaidi100.Vendor, map[string]providertest.Environment{
		"nothing":                   {},
		"enough":                    {Set: both, Wanted: true, On: true},
		"a customer without a key":  {Set: []string{"CUSTOMER=s3cret"}, Wanted: true, Wrong: []string{"WAYBILL_KUAIDI100_KEY"}},
		"a key without a customer":  {Set: []string{"KEY=s3cret"}, Wanted: true, Wrong: []string{"WAYBILL_KUAIDI100_CUSTOMER"}},
		"a salt alone":              {Set: []string{"SALT=s3cret"}, PublicURL: "https://a.example", Wanted: true, Wrong: []string{"WAYBILL_KUAIDI100_CUSTOMER", "WAYBILL_KUAIDI100_KEY"}},
		"a salt without a way back": {Set: with("SALT=s"), Wanted: true, On: true, Wrong: []string{"WAYBILL_PUBLIC_URL"}},
		"a salt with a public url":  {Set: with("SALT=s"), PublicURL: "https://a.example", Wanted: true, On: true},
		"a salt with a callback":    {Set: with("SALT=s", "CALLBACK_URL=http://a.example"), Wanted: true, On: true},
		"bare http to the world":    {Set: []string{"URL=http://s3cret.example", "AUTONUMBER_URL=http://b.example"}, Wrong: []string{"WAYBILL_KUAIDI100_URL", "WAYBILL_KUAIDI100_AUTONUMBER_URL"}},
		"a callback with a query":   {Set: []string{"CALLBACK_URL=http://a.example/?s3cret"}, Wrong: []string{"WAYBILL_KUAIDI100_CALLBACK_URL"}},
	})
}

func TestTheVendorsDefaultsAndAddresses(t *testing.T) {
	v := providertest.Configure(t, kuaidi100.Vendor(), "CUSTOMER=c", "KEY=k", "SALT=s")
	want := []string{"https://poll.kuaidi100.com", "https://www.kuaidi100.com"}
	if got := v.Addresses(); v.Name != "kuaidi100" || v.Rate != 1 || v.SharedPushToken || !slices.Equal(got, want) {
		t.Errorf("%q at %v a second calls %v", v.Name, v.Rate, got)
	}
	parts := providertest.Parts(t)
	if p, err := v.Open(parts); err != nil || p.Name != "kuaidi100" {
		t.Errorf("with a public url: %v", err)
	}
	parts.PublicURL = ""
	if _, err := v.Open(parts); err == nil {
		t.Error("opens with a salt and no way back")
	}
}

func TestItIsExaminedWithoutABill(t *testing.T) {
	set := func(url string) []string { return []string{"CUSTOMER=c", "KEY=k", "AUTONUMBER_URL=" + url} }
	providertest.Examinations(t, kuaidi100.Vendor, set, map[string]providertest.Examined{
		"a number is recognised": {Answer: providertest.Reply{Body: `[{"comCode":"yuantong"}]`}, OK: true, Says: "takes the key (nothing was billed"},
		"it is not opened":       {Answer: fails("601", "key已过期"), Says: "recognition is not opened for this key"},
		"the key is refused":     {Answer: fails("701", "key错误"), Says: "copy WAYBILL_KUAIDI100_KEY anew"},
		"a web page":             {Answer: providertest.Reply{Body: "<html>"}, Says: "recognition fails"},
	})
	v := providertest.Configure(t, kuaidi100.Vendor(), "CUSTOMER=c")
	if found := v.Examine(t.Context(), tracking.Parts{}); len(found) != 1 || found[0].OK {
		t.Errorf("half of the settings: %+v", found)
	}
}
