package kuaidi100

import (
	"errors"
	"net/url"
	"testing"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/providertest"
)

func TestThePushSignIsTheVendors(t *testing.T) {
	if got := sign(`{"status":"polling"}` + "TESTSALT"); got != "E7406C9F26789AD6B02E596F64C532CC" {
		t.Errorf("got %s", got)
	}
}

func inside(tb testing.TB) *client {
	tb.Helper()
	return providertest.Open(tb, newClient, Settings{
		Customer: "C", Key: "K", URL: "http://a", AutonumberURL: "http://a", Salt: "s", CallbackURL: "http://b",
	}, providertest.Parts(tb))
}

// whole wants a trace to be in our form.
func whole(t *testing.T, trace models.Trace) {
	t.Helper()
	if trace.Status == "" || len(trace.Events) == 0 {
		t.Fatal("a trace without a status or without a scan")
	}
	providertest.Formed(t, trace)
}

func seeds(f *testing.F) {
	f.Helper()
	for _, seed := range []string{
		`{"status":"200","state":"5","com":"shunfeng","nu":"SF1000000000015","routeInfo":{"from":{"number":1},"to":null},"data":[{"ftime":"2026-03-04 05:06:07","context":"正在派件","statusCode":501,"areaCenter":"1,2"}]}`,
		`{"result":false,"returnCode":"400","message":"找不到对应公司"}`, `{"returnCode":500}`, `{"status":"201","data":{}}`,
		`{"status":200,"data":[{}]}`, `[{"comCode":"ems"}]`, `null`, ``, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(seed))
	}
}

// FuzzRead wants every body to become a trace in our form or an error
// with a name.
func FuzzRead(f *testing.F) {
	seeds(f)
	p := inside(f)
	q := tracking.Question{Number: "SF1000000000015", Carrier: "sf", Code: "shunfeng", Tail: "4321", Hide: p.hide("SF1000000000015", "4321")}
	f.Fuzz(func(t *testing.T, body []byte) {
		trace, err := p.read(t.Context(), tracking.Reply{Status: 200, Body: body}, q)
		if err == nil {
			whole(t, trace)
			return
		}
		providertest.Named(t, err)
	})
}

// FuzzDetect wants every body to be read without a panic, and never billed.
func FuzzDetect(f *testing.F) {
	seeds(f)
	p := inside(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		list, refusal, err := companies(body)
		if err != nil && (list != nil || refusal.code() != "") {
			t.Fatalf("an error with an answer: %v", err)
		}
		if found := p.found(list); found.Billed {
			t.Fatal("billed")
		}
	})
}

// FuzzReadPush wants every rightly signed param to become a push or ErrPushBody.
func FuzzReadPush(f *testing.F) {
	for _, seed := range []string{
		`{"status":"abort","comNew":"jtexpress","lastResult":{"status":"201","nu":"x"}}`,
		`{"status":"polling","autoCheck":1,"lastResult":{"status":"200","data":[{"time":"2026-03-04 05:06","context":"已揽收"}]}}`, `null`, ``, `{"lastResult":[]}`,
	} {
		f.Add(seed)
	}
	p := inside(f)
	f.Fuzz(func(t *testing.T, param string) {
		form := url.Values{"param": {param}, "sign": {sign(param + p.salt("t"))}}
		got, err := p.ReadPush(tracking.Subscription{Token: "t"}, []byte(form.Encode()))
		switch {
		case err != nil && !errors.Is(err, tracking.ErrPushBody):
			t.Fatalf("got %v", err)
		case err == nil && got.Traced():
			whole(t, got.Trace)
		case err == nil && got.Err == nil:
			t.Fatal("neither a trace nor a reason")
		}
	})
}
