package main

import (
	"testing"

	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// fourProviders are the settings of all four emulated APIs at an address.
func fourProviders(api string) []string {
	return []string{
		"WAYBILL_KUAIDI100_CUSTOMER=" + sandbox.SampleCustomer, "WAYBILL_KUAIDI100_KEY=" + sandbox.SampleKey,
		"WAYBILL_KUAIDI100_URL=" + api, "WAYBILL_KUAIDI100_AUTONUMBER_URL=" + api,
		"WAYBILL_JUHE_KEY=a-key-for-tests", "WAYBILL_JUHE_URL=" + api,
		"WAYBILL_KUAIBAO_APP_ID=" + sandbox.SampleAppID, "WAYBILL_KUAIBAO_API_KEY=" + sandbox.SampleAPIKey, "WAYBILL_KUAIBAO_URL=" + api,
		"WAYBILL_RATE=muzhi=0,kuaidi100=0,juhe=0,kuaibao=0",
	}
}

func TestTheDoctorChecksEveryAPIWithoutABill(t *testing.T) {
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode, JuheKey: "a-key-for-tests"})
	s.env = append(s.env, fourProviders(s.api)...)
	got := runBot(t, "", s.env, "doctor")
	_, billed := s.apis.Asked("", "", "")
	if got.code != 0 || billed != 0 || !containsAll(got.out, []string{"ok   muzhi", "ok   kuaidi100", "ok   juhe", "ok   kuaibao"}) {
		t.Errorf("exit code %d, %d billed\n%s%s", got.code, billed, got.out, got.err)
	}
	got = runBot(t, "", s.env, "doctor", "--paid")
	for _, name := range sandbox.Providers() {
		if _, billed := s.apis.Asked(name, "query", ""); billed != 1 {
			t.Errorf("%s bills %d calls\n%s%s", name, billed, got.out, got.err)
		}
	}
	for name, c := range map[string]struct{ set, says string }{
		"a wrong key of Kuaidi100": {"WAYBILL_KUAIDI100_KEY=another-key", "FIX  kuaidi100"},
		"a wrong key of Juhe":      {"WAYBILL_JUHE_KEY=another-key", "FIX  juhe      refuses the key"},
		"nobody there":             {"WAYBILL_JUHE_URL=http://" + freeAddress(t), "FIX  juhe      cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			got := runBot(t, "", append(s.env, c.set), "doctor")
			if got.code != 1 || !containsAll(got.out, []string{c.says}) || containsAll(got.out, []string{"another-"}) {
				t.Errorf("exit code %d\n%s%s", got.code, got.out, got.err)
			}
		})
	}
	for trouble, says := range map[sandbox.Fault]string{
		sandbox.Spent: "recognition is not opened", sandbox.Refused: "or the key has expired", sandbox.WebPage: "recognition fails",
	} {
		t.Run("Kuaidi100 shows "+string(trouble), func(t *testing.T) {
			s.apis.Break("kuaidi100", trouble)
			defer s.apis.Break("kuaidi100", sandbox.Healthy)
			if got := runBot(t, "", s.env, "doctor"); got.code != 1 || !containsAll(got.out, []string{"FIX  kuaidi100", says}) {
				t.Errorf("exit code %d\n%s", got.code, got.out)
			}
		})
	}
}
