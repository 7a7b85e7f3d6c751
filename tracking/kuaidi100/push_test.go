package kuaidi100_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"waybill/internal/httpbody"
	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/providertest"
)

const token = "aB3_dE-token"

// ordered is what a subscription sends as param.
type ordered struct {
	Company, Number, From, To, Key string
	Parameters                     map[string]string
}

// subscribe orders pushes of one waybill and shows what was sent.
func subscribe(t *testing.T, body string, subscription tracking.Subscription) (ordered, tracking.Subscribed, error) {
	t.Helper()
	address, last := providertest.Answering(t, 200, body)
	done, err := client(t, settings(t, address)).Pushes.Subscribe(t.Context(), []tracking.Subscription{subscription})
	var sent ordered
	if last.Calls != 0 {
		if last.URL.Path != "/poll" || last.Posted.Get("schema") != "json" || len(last.Posted) != 2 {
			t.Errorf("asked %s", last.URL.Path)
		}
		if err := json.Unmarshal([]byte(last.Posted.Get("param")), &sent); err != nil {
			t.Fatal(err)
		}
	}
	return sent, done, err
}

func subscription() tracking.Subscription {
	return tracking.Subscription{Number: waybill, Carrier: "sf", Tail: tail, Token: token}
}

func TestASubscriptionIsWhatTheDocumentWants(t *testing.T) {
	sent, done, err := subscribe(t, `{"result":true,"returnCode":"200","message":"提交成功"}`, subscription())
	if err != nil || !done.Billed || done.Known {
		t.Errorf("got %+v, %v", done, err)
	}
	if sent.Company != "shunfeng" || sent.Number != waybill || sent.Key != key {
		t.Error("company, number or key is not as it should be")
	}
	p := sent.Parameters
	if p["callbackurl"] != "http://bot.example/push/kuaidi100/"+token || p["phone"] != tail || p["resultv2"] != "4" || p["autoCom"] != "" {
		t.Error("the parameters are not as they should be")
	}
	if len(p["salt"]) != 32 || strings.Contains(p["salt"], salt) {
		t.Error("the salt is not derived")
	}
	other := subscription()
	other.Token = "another"
	if again, _, _ := subscribe(t, `{}`, other); again.Parameters["salt"] == p["salt"] {
		t.Error("two subscriptions share a salt")
	}
}

func TestAnUnknownCarrierIsLeftToTheVendor(t *testing.T) {
	w := subscription()
	w.Carrier, w.Tail = "", ""
	sent, _, err := subscribe(t, `{"result":true,"returnCode":"200"}`, w)
	if err != nil || sent.Company != "" || sent.Parameters["autoCom"] != "1" {
		t.Errorf("sent company %q, autoCom %q, %v", sent.Company, sent.Parameters["autoCom"], err)
	}
}

func TestASubscriptionsRefusalsHaveNames(t *testing.T) {
	for name, c := range map[string]struct {
		code, message string
		kind          error // nil: subscribed before
		billed        bool
	}{
		"duplicate":                 {"501", "重复订阅", nil, false},
		"a server error":            {"500", "服务器错误", tracking.ErrUnavailable, false},
		"an illegal key":            {"600", "您不是合法的订阅者", tracking.ErrAuth, false},
		"no balance":                {"601", "KEY已过期", tracking.ErrQuota, false},
		"bad data":                  {"700", "单号超长", tracking.ErrNumber, false},
		"a bad callback":            {"700", "错误的回调地址", tracking.ErrAuth, false},
		"a company not served":      {"700", "不支持的快递公司", tracking.ErrCarrier, false},
		"a refused company":         {"701", "拒绝订阅的快递公司", tracking.ErrCarrier, false},
		"a carrier not recognised":  {"702", "识别不到该单号对应的快递公司", tracking.ErrCarrier, false},
		"a code of no document":     {"999", "?", tracking.ErrUnavailable, true},
		"the told comes back":       {"600", key + " " + waybill + " " + token + " " + tail, tracking.ErrAuth, false},
		"an answer without a code ": {"", "", tracking.ErrUnavailable, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, done, err := subscribe(t, fails(c.code, c.message).Body, subscription())
			if c.kind == nil {
				if err != nil || !done.Known || done.Billed {
					t.Errorf("got %+v, %v", done, err)
				}
				return
			}
			providertest.Failed(t, "subscribe", err, c.kind, c.billed)
			for _, secret := range []string{key, waybill, token, tail} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Error("the error tells a secret")
				}
			}
		})
	}
}

func TestASubscriptionThatCannotBeIsNotSent(t *testing.T) {
	p := client(t, settings(t, "http://127.0.0.1:1"))
	short, foreign := subscription(), subscription()
	short.Number, foreign.Carrier = "1", "cainiao"
	for name, c := range map[string]struct {
		subscriptions []tracking.Subscription
		kind          error
	}{
		"none":              {nil, tracking.ErrUnavailable},
		"two":               {[]tracking.Subscription{subscription(), subscription()}, tracking.ErrUnavailable},
		"a short number":    {[]tracking.Subscription{short}, tracking.ErrNumber},
		"a foreign carrier": {[]tracking.Subscription{foreign}, tracking.ErrCarrier},
	} {
		_, err := p.Pushes.Subscribe(t.Context(), c.subscriptions)
		providertest.Unsent(t, name, err, c.kind)
	}
	if p.Pushes.Batch != 1 || !p.Pushes.Serves("") || !p.Pushes.Serves("sf") || p.Pushes.Serves("cainiao") {
		t.Error("batch or carriers are not as documented")
	}
}

// push signs a param as the vendor does, with the salt that a subscription
// told it, and has it read.
func push(t *testing.T, param string, spoil func(url.Values)) (tracking.Push, error) {
	t.Helper()
	sent, _, _ := subscribe(t, `{}`, subscription())
	sum := md5.Sum([]byte(param + sent.Parameters["salt"]))
	form := url.Values{"param": {param}, "sign": {strings.ToUpper(hex.EncodeToString(sum[:]))}}
	if spoil != nil {
		spoil(form)
	}
	return client(t, settings(t, "https://example.com")).Pushes.Read(tracking.Subscription{Token: token}, []byte(form.Encode()))
}

func TestAPushBringsATrace(t *testing.T) {
	got, err := push(t, providertest.Fixture(t, "push.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Stage != tracking.StagePolling || got.Over() || !got.Traced() || got.Err != nil || got.Message != "变化" {
		t.Errorf("got stage %q, over %v, traced %v, %v, %q", got.Stage, got.Over(), got.Traced(), got.Err, got.Message)
	}
	if !got.AutoCheck || got.ComOld != "yuantong" || got.ComNew != "jtexpress" || got.Corrected != "jt" {
		t.Errorf("corrected %v from %q to %q, %q", got.AutoCheck, got.ComOld, got.ComNew, got.Corrected)
	}
	trace := got.Trace
	if !slices.Equal(got.Numbers, []string{"JT1000000000018"}) || trace.Provider != "kuaidi100" || trace.Carrier != "jt" || trace.Status != models.Delivered || trace.Final || trace.Billed || len(trace.Events) != 2 {
		t.Errorf("got %v, %+v", got.Numbers, trace)
	}
}

func TestAPushAndAQueryTellTheSameScans(t *testing.T) {
	transit := providertest.Fixture(t, "transit.json")
	asked, err := query(t, transit)
	if err != nil {
		t.Fatal(err)
	}
	told, err := push(t, `{"status":"polling","lastResult":`+transit+`}`, nil)
	if err != nil || models.Digest(told.Trace) != models.Digest(asked) {
		t.Errorf("the digests differ, %v", err)
	}
}

func TestAPushIsReadAsItsSubscriptionsAnswer(t *testing.T) {
	const param = `{"status":"polling","lastResult":{"status":"200","com":"youzhengguonei","nu":"` + waybill + `","data":` + scanned + `}}`
	sent, _, _ := subscribe(t, `{}`, subscription())
	sum := md5.Sum([]byte(param + sent.Parameters["salt"]))
	body := []byte(url.Values{"param": {param}, "sign": {hex.EncodeToString(sum[:])}}.Encode())
	reader := client(t, settings(t, "https://example.com"))
	for name, c := range map[string]struct {
		number  string
		carrier models.Carrier
		want    models.Carrier
	}{
		"of two carriers with one code, the subscription's": {waybill, "chinapost_reg", "chinapost_reg"},
		"of nobody's, the first":                            {"", "", "chinapost_parcel"},
		"of another carrier, the vendor's":                  {waybill, "sf", "chinapost_parcel"},
	} {
		got, err := reader.Pushes.Read(tracking.Subscription{Number: c.number, Carrier: c.carrier, Token: token}, body)
		if err != nil || got.Trace.Carrier != c.want {
			t.Errorf("%s: got %q, %v", name, got.Trace.Carrier, err)
		}
	}
	got, err := reader.Pushes.Read(tracking.Subscription{Number: "SF1000000000023", Token: token}, body)
	if err != nil || got.Traced() || !errors.Is(got.Err, tracking.ErrUnavailable) {
		t.Errorf("about another waybill: %v, %v", got.Err, err)
	}
}

func TestAPushSaysWhereTheSubscriptionStands(t *testing.T) {
	const last = `"lastResult":{"message":"快递公司参数异常：单号不存在或者已经过期","nu":"SF1000000000015","ischeck":"0","com":"yunda","status":"201","state":"0","data":[]}`
	const signed = `"lastResult":{"status":"200","state":"3","nu":"SF1000000000015","data":` + scanned + `}`
	for name, c := range map[string]struct {
		param string
		stage tracking.Stage
		over  bool
		final bool
		kind  error
	}{
		"shutdown is the end":                     {`{"status":"shutdown",` + signed + `}`, tracking.StageShutdown, true, true, nil},
		"updateall is everything once more":       {`{"status":"updateall",` + signed + `}`, tracking.StageUpdateAll, false, false, nil},
		"abort after three days without a record": {`{"status":"abort","message":"3天查询无记录","autoCheck":"0","comOld":"","comNew":"",` + last + `}`, tracking.StageAbort, true, false, tracking.ErrNoRecord},
		"abort after sixty days without change":   {`{"status":"abort","message":"60天无变化",` + signed + `}`, tracking.StageAbort, true, false, nil},
		"abort that names the right carrier":      {`{"status":"abort","autoCheck":"0","comOld":"","comNew":"jtexpress",` + last + `}`, tracking.StageAbort, false, false, tracking.ErrNoRecord},
		"abort that names one nobody knows":       {`{"status":"abort","comNew":"zzz",` + last + `}`, tracking.StageAbort, false, false, tracking.ErrNoRecord},
		"a stage of no document ends nothing":     {`{"status":"paused",` + signed + `}`, tracking.StageHint, false, false, nil},
		"polling before the first scan":           {`{"status":"polling","lastResult":{"status":"200","state":"0","data":[]}}`, tracking.StagePolling, false, false, tracking.ErrNoRecord},
		"a tail that is wanted":                   {`{"status":"abort","lastResult":{"status":"408","message":"快递公司参数异常：验证码错误"}}`, tracking.StageAbort, true, false, tracking.ErrTailNeeded},
		"a result of no shape":                    {`{"status":"polling","lastResult":"x"}`, tracking.StagePolling, false, false, tracking.ErrUnavailable},
		"no result":                               {`{"status":"polling"}`, tracking.StagePolling, false, false, tracking.ErrUnavailable},
		"a result of no document":                 {`{"status":"polling","lastResult":{"status":"999"}}`, tracking.StagePolling, false, false, tracking.ErrUnavailable},
		"scans without a readable time":           {`{"status":"polling","lastResult":{"status":"200","data":[{"context":"x","time":"?"}]}}`, tracking.StagePolling, false, false, tracking.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := push(t, c.param, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Stage != c.stage || got.Over() != c.over || got.Trace.Final != c.final || got.Traced() != (c.kind == nil) {
				t.Errorf("got stage %q, over %v, final %v, traced %v", got.Stage, got.Over(), got.Trace.Final, got.Traced())
			}
			if !errors.Is(got.Err, c.kind) || got.Err != nil && strings.Contains(got.Err.Error(), waybill) {
				t.Errorf("got %v, want %v", got.Err, c.kind)
			}
		})
	}
}

func TestAPushThatIsNotTheVendorsIsRefused(t *testing.T) {
	param := providertest.Fixture(t, "push.json")
	for name, c := range map[string]struct {
		spoil func(url.Values)
		want  error
	}{
		"as signed":            {func(url.Values) {}, nil},
		"signed in lower case": {func(f url.Values) { f.Set("sign", strings.ToLower(f.Get("sign"))) }, nil},
		"another param":        {func(f url.Values) { f.Set("param", f.Get("param")+" ") }, tracking.ErrPushSign},
		"another sign":         {func(f url.Values) { f.Set("sign", strings.Repeat("A", 32)) }, tracking.ErrPushSign},
		"no sign":              {func(f url.Values) { f.Del("sign") }, tracking.ErrPushSign},
		"nothing":              {func(f url.Values) { f.Del("sign"); f.Del("param") }, tracking.ErrPushSign},
	} {
		if _, err := push(t, param, c.spoil); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if _, err := push(t, `[1]`, nil); !errors.Is(err, tracking.ErrPushBody) {
		t.Errorf("signed nonsense: %v", err)
	}
	reader := client(t, settings(t, "https://example.com"))
	if _, err := reader.Pushes.Read(tracking.Subscription{Token: token}, []byte("%zz")); !errors.Is(err, tracking.ErrPushBody) {
		t.Errorf("no form: %v", err)
	}
	if _, err := reader.Pushes.Read(tracking.Subscription{Token: token}, make([]byte, httpbody.Limit+1)); !errors.Is(err, tracking.ErrPushBody) {
		t.Errorf("too long: %v", err)
	}
	if got := reader.Pushes.Reply; got != `{"result":true,"returnCode":"200","message":"成功"}` {
		t.Errorf("answers %s", got)
	}
}

func TestAPushForAnotherAddressHasAnotherSign(t *testing.T) {
	sent, _, _ := subscribe(t, `{}`, subscription())
	sum := md5.Sum([]byte(`{}` + sent.Parameters["salt"]))
	body := url.Values{"param": {`{}`}, "sign": {hex.EncodeToString(sum[:])}}.Encode()
	reader := client(t, settings(t, "https://example.com"))
	if _, err := reader.Pushes.Read(tracking.Subscription{Token: "another"}, []byte(body)); !errors.Is(err, tracking.ErrPushSign) {
		t.Errorf("got %v", err)
	}
}
