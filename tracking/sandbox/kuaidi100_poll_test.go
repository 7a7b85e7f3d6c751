package sandbox

import (
	"net/url"
	"testing"
	"time"
)

func (w world) order(t *testing.T, o kuaidi100Order) string {
	t.Helper()
	body := w.posted(t, Kuaidi100PollPath, url.Values{"schema": {"json"}, "param": {text(o)}})
	return reads[kuaidi100Refusal](t, body).ReturnCode
}

func ordering(company, number, address string) kuaidi100Order {
	return kuaidi100Order{
		Company: company, Number: number, Key: SampleKey,
		Parameters: kuaidi100Parameters{CallbackURL: address, Salt: "pepper", ResultV2: "4"},
	}
}

func TestSubscriptionsAreRefusedAsTheVendorDoes(t *testing.T) {
	w := newWorld(t, Options{})
	const here = "http://127.0.0.1:1/"
	but := func(change func(*kuaidi100Order)) string {
		o := ordering("yuantong", "YT1000000000013", here)
		change(&o)
		return text(o)
	}
	for name, c := range map[string]struct{ schema, param, want string }{
		"no schema":               {"", but(func(*kuaidi100Order) {}), "700"},
		"no JSON":                 {"json", "company=yuantong", "700"},
		"no key":                  {"json", but(func(o *kuaidi100Order) { o.Key = "" }), "600"},
		"a short number":          {"json", but(func(o *kuaidi100Order) { o.Number = "YT1" }), "700"},
		"no address":              {"json", but(func(o *kuaidi100Order) { o.Parameters.CallbackURL = "" }), "700"},
		"https unasked":           {"json", but(func(o *kuaidi100Order) { o.Parameters.CallbackURL = "https://example.com/" }), "700"},
		"interCom":                {"json", but(func(o *kuaidi100Order) { o.Parameters.InterCom = "1" }), "700"},
		"an unknown company":      {"json", but(func(o *kuaidi100Order) { o.Company = "yto" }), "701"},
		"no company":              {"json", but(func(o *kuaidi100Order) { o.Company = "" }), "701"},
		"a company with autoCom":  {"json", but(func(o *kuaidi100Order) { o.Parameters.AutoCom = "1" }), "700"},
		"nobody's number":         {"json", but(func(o *kuaidi100Order) { o.Company, o.Number, o.Parameters.AutoCom = "", "QQ12345678901", "1" }), "702"},
		"all as it should be":     {"json", but(func(*kuaidi100Order) {}), "200"},
		"a troubled vendor's own": {"json", but(func(o *kuaidi100Order) { o.Company, o.Number = "jtexpress", "JT1000000000403" }), "601"},
	} {
		t.Run(name, func(t *testing.T) {
			body := w.posted(t, Kuaidi100PollPath, url.Values{"schema": {c.schema}, "param": {c.param}})
			if got := reads[kuaidi100Refusal](t, body); got.ReturnCode != c.want || got.Result != (c.want == "200") {
				t.Errorf("got %s, want %s", body, c.want)
			}
		})
	}
	if asked, billed := w.Asked("kuaidi100", "subscribe", ""); asked != 13 || billed != 1 {
		t.Errorf("%d calls, %d billed", asked, billed)
	}
}

func TestASecondSubscriptionIsADuplicate(t *testing.T) {
	w, r := newWorld(t, Options{}), newReceiver(t)
	again := func(want string) {
		t.Helper()
		if got := w.order(t, ordering("jtexpress", "JT1000000000038", r.URL)); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	again("200")
	again("501")
	for range 3 {
		w.hours(t, 72) // the vendor gives up
		again("501")
		w.clock.Add(30 * time.Minute)
		again("200")
	}
	w.hours(t, 73)
	again("501") // the fifth in a month
	if _, billed := w.Asked("kuaidi100", "subscribe", ""); billed != 1 {
		t.Errorf("%d billed, want one a month", billed)
	}
	w.hours(t, 24*30)
	again("200")
	if _, billed := w.Asked("kuaidi100", "subscribe", ""); billed != 2 {
		t.Errorf("%d billed, want one a month", billed)
	}
}
