package kuaibao

import (
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"waybill/tracking"
	"waybill/tracking/providertest"
)

func TestTheSignIsTheVendors(t *testing.T) {
	for text, want := range map[string]string{
		"10000cloud.print.do1524209949bdf3b5f50865ac813cbdfd6c9b572b79": "5030cae3388ecdc2e686379753a0564c",
		"50001express.sub.msg1700000000TESTKEY":                         "61673ef5cf5f2f17e26145a71696b710",
	} {
		if got := sign(text); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestTheFormIsSignedInTheVendorsOrder(t *testing.T) {
	p := inside(t)
	p.appID, p.key = "50001", "TESTKEY"
	p.wire = tracking.NewWire(name, tracking.Parts{Now: func() time.Time { return time.Unix(1700000000, 0) }}, billed)
	form, err := p.signed("express.sub.msg", order{"1", "zt"})
	if err != nil || form.Get("sign") != "61673ef5cf5f2f17e26145a71696b710" || form.Get("ts") != "1700000000" {
		t.Errorf("got sign %s of %s, %v", form.Get("sign"), form.Get("ts"), err)
	}
}

func inside(tb testing.TB) *client {
	tb.Helper()
	return providertest.Open(tb, newClient, Settings{AppID: "A", APIKey: "K", URL: "http://a", PushToken: "t"}, providertest.Parts(tb))
}

// FuzzTrace wants every answer to become a trace in our form or an error.
func FuzzTrace(f *testing.F) {
	for _, seed := range []string{
		`{"code":0,"data":[{"no":"73100000000019","cp_code":"zt","status":"sending","order":"asc","data":[{"time":"2026-03-04 05:06","context":"x","status":"collected"}]}]}`,
		`{"code":"0","data":"[{\"data\":\"[]\"}]"}`, `{"code":201101,"msg":"x","data":{}}`, `{"code":0,"data":{"status":"signed"}}`, `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	p := inside(f)
	q := tracking.Question{Number: "73100000000019", Carrier: "zto", Code: "zt"}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := decode(body)
		if err != nil {
			return
		}
		if _, kind := meaning(string(e.Code), string(e.Msg), ""); kind == nil {
			t.Fatal("a refusal without a name")
		}
		trace, err := p.trace(e.Data, q)
		if err != nil {
			return
		}
		if trace.Status == "" || !trace.Billed {
			t.Fatalf("a trace without a status, or free: %+v", trace)
		}
		providertest.Formed(t, trace)
	})
}

// FuzzReadPush wants every body to become a bounded hint.
func FuzzReadPush(f *testing.F) {
	for _, seed := range []string{
		`{"type":"express_sub_msg","data":[{"no":"73100000000019"}]}`, `data=%5B%22JT1000000000018%22%5D&type=x`, `"[\"{}\"]"`, `x`, ``, "\x00\xff",
	} {
		f.Add([]byte(seed))
	}
	p := inside(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := p.ReadPush(tracking.Subscription{Token: "t"}, body)
		if err != nil {
			if !errors.Is(err, tracking.ErrPushBody) {
				t.Fatalf("got %v", err)
			}
			return
		}
		if len(got.Numbers) > maxNumbers || len(got.Raw) > maxRaw || !utf8.ValidString(got.Raw) {
			t.Fatalf("%d numbers, %d bytes", len(got.Numbers), len(got.Raw))
		}
		for _, n := range got.Numbers {
			if len(n) < 8 || len(n) > 32 {
				t.Fatalf("took %q", n)
			}
		}
	})
}
