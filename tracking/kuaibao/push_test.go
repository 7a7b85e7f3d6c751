package kuaibao_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"waybill/internal/httpbody"
	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/providertest"
)

func subscriptions(carrier models.Carrier, n int) []tracking.Subscription {
	var all []tracking.Subscription
	for i := range n {
		all = append(all, tracking.Subscription{Number: fmt.Sprintf("731000000000%02d", i), Carrier: carrier, Tail: tail, Token: "t"})
	}
	return all
}

func subscribe(t *testing.T, body string, w []tracking.Subscription) (tracking.Subscribed, *providertest.LastRequest, error) {
	t.Helper()
	address, last := providertest.Answering(t, 200, body)
	done, err := client(t, settings(t, address)).Pushes.Subscribe(t.Context(), w)
	return done, last, err
}

func TestASubscriptionIsWhatTheDocumentWants(t *testing.T) {
	for carrier, code := range map[models.Carrier]string{"sto": "sto", "zto": "zt", "yto": "ytsd", "jt": "jt", "best": "jt", "yunda": "yd", "deppon": "dbkd"} {
		done, last, err := subscribe(t, `{"code":0,"msg":"成功","data":{}}`, subscriptions(carrier, 2))
		if err != nil || !done.Billed || done.Known {
			t.Errorf("%s: %+v, %v", carrier, done, err)
		}
		want := `{"waybill_codes":"73100000000000,73100000000001","cp_code":"` + code + `"}`
		if last.URL.String() != "/api" || last.Posted.Get("method") != "express.sub.msg" || last.Posted.Get("data") != want || len(last.Posted) != 5 {
			t.Errorf("%s: asked %s for %s", carrier, last.URL.String(), last.Posted.Get("data"))
		}
	}
}

func TestABatchOfTenOfOneBrandIsOneCall(t *testing.T) {
	mixed := append(subscriptions("jt", 1), subscriptions("best", 1)...) // one brand of the vendor's
	for name, w := range map[string][]tracking.Subscription{"ten": subscriptions("zto", 10), "two carriers of one brand": mixed} {
		if _, last, err := subscribe(t, `{"code":"0","data":[]}`, w); err != nil || last.Calls != 1 {
			t.Errorf("%s: %d calls, %v", name, last.Calls, err)
		}
	}
	comma := subscriptions("zto", 1)
	comma[0].Number = "1,2"
	for name, c := range map[string]struct {
		subscriptions []tracking.Subscription
		kind          error
	}{
		"none":            {nil, tracking.ErrUnavailable},
		"eleven":          {subscriptions("zto", 11), tracking.ErrUnavailable},
		"two brands":      {append(subscriptions("zto", 1), subscriptions("sto", 1)...), tracking.ErrCarrier},
		"another brand":   {subscriptions("sf", 1), tracking.ErrCarrier},
		"no brand":        {subscriptions("", 1), tracking.ErrCarrier},
		"two in a number": {comma, tracking.ErrNumber},
	} {
		_, last, err := subscribe(t, `{"code":0}`, c.subscriptions)
		providertest.Unsent(t, name, err, c.kind)
		if last.Calls != 0 {
			t.Errorf("%s: %d calls", name, last.Calls)
		}
	}
}

func TestSixBrandsCanBeSubscribedTo(t *testing.T) {
	p := client(t, settings(t, "https://example.com"))
	if p.Pushes.Batch != 10 || p.Pushes.Serves("") || p.Pushes.Serves("sf") || !p.Pushes.Serves("zto") {
		t.Error("batch or brands are not as documented")
	}
}

func TestASubscriptionsRefusalsHaveNames(t *testing.T) {
	for _, r := range table() {
		if strings.Contains(r.msg, "手机") {
			continue // a subscription has no phone
		}
		_, _, err := subscribe(t, fails(r.code, r.msg+" 73100000000000 "+apiKey, "{}").Body, subscriptions("zto", 2))
		var e *tracking.Error
		if !errors.As(err, &e) || !errors.Is(err, r.kind) || e.Billed != r.billed {
			t.Errorf("%s: %v", r.code, err)
			continue
		}
		if strings.Contains(err.Error(), "73100000000000") || strings.Contains(err.Error(), apiKey) {
			t.Errorf("%s: the error tells a secret", r.code)
		}
	}
}

func read(t *testing.T, body string) tracking.Push {
	t.Helper()
	got, err := client(t, settings(t, "https://example.com")).Pushes.Read(tracking.Subscription{Token: token}, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAPushOfAnyShapeIsAHint(t *testing.T) {
	items := `[{"no":"73100000000019","brand":"zt","data":[{"time":"2026-03-04 05:06:07","context":"已揽收"}]},{"waybill_code":"jt1000000000018"}]`
	both := []string{"73100000000019", "JT1000000000018"}
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"json":                       {`{"type":"express_sub_msg","data":` + items + `}`, both},
		"json with text in it":       {`{"type":"express_sub_msg","data":` + strconv.Quote(items) + `}`, both},
		"a list":                     {items, both},
		"a form":                     {url.Values{"type": {"express_sub_msg"}, "data": {items}}.Encode(), both},
		"a form with fields":         {"data[0][no]=73100000000019&data[1][no]=JT1000000000018&type=express_sub_msg", both},
		"numbers as numbers":         {`{"data":[{"no":73100000000019}]}`, both[:1]},
		"numbers as keys":            {`{"data":{"73100000000019":{"status":"signed"}}}`, both[:1]},
		"escaped and glued to words": {`{"data":"\u5355\u53f773100000000019\u3002"}`, both[:1]},
		"one named twice":            {`{"data":[{"no":"73100000000019"},{"no":"73100000000019"}]}`, both[:1]},
		"a byte order mark":          {"\ufeff" + `{"no":"73100000000019"}`, both[:1]},
		"plain text":                 {"单号：73100000000019；%zz", both[:1]},
		"half a json":                {`{"data":[{"no":"73100000000019","x":`, both[:1]},
		"no number":                  {`{"type":"express_sub_msg","data":[]}`, nil},
		"nothing":                    {``, nil},
		"short and long words":       {`{"a":"1234567","b":"123456789012345678901234567890123","c":"EXPRESSINFO12345"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, c.body)
			if !slices.Equal(got.Numbers, c.want) {
				t.Errorf("got %v, want %v", got.Numbers, c.want)
			}
			if got.Provider != "kuaibao" || got.Stage != tracking.StageHint || got.Traced() || got.Over() || got.Raw != c.body {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestAPushIsBounded(t *testing.T) {
	var many strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&many, `73%012d,`, i)
	}
	got := read(t, many.String()+"汉")
	if len(got.Numbers) != 100 || len(got.Raw) != 4096 {
		t.Errorf("keeps %d numbers and %d bytes", len(got.Numbers), len(got.Raw))
	}
	if deep := read(t, strings.Repeat("[", 100000)); len(deep.Numbers) != 0 {
		t.Errorf("got %v", deep.Numbers)
	}
	nested := `{"no":"73100000000019"}`
	for range 6 {
		nested = `{"data":` + strconv.Quote(nested) + `}`
	}
	if got := read(t, nested); !slices.Equal(got.Numbers, []string{"73100000000019"}) {
		t.Errorf("text in text in text: %v", got.Numbers)
	}
	reader := client(t, settings(t, "https://example.com"))
	if _, err := reader.Pushes.Read(tracking.Subscription{Token: token}, make([]byte, httpbody.Limit+1)); !errors.Is(err, tracking.ErrPushBody) {
		t.Errorf("too long: %v", err)
	}
}

func TestOnlyTheTokenOpensThePushDoor(t *testing.T) {
	reader := client(t, settings(t, "https://example.com"))
	for _, wrong := range []string{"", "x", token + "x", strings.ToUpper(token)} {
		if _, err := reader.Pushes.Read(tracking.Subscription{Token: wrong}, []byte(`{}`)); !errors.Is(err, tracking.ErrPushToken) {
			t.Errorf("opens: %v", err)
		}
	}
	if got := reader.Pushes.Reply; got != `{"code":0,"msg":"成功"}` {
		t.Errorf("answers %s", got)
	}
}
