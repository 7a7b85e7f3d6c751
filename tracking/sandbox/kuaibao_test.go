package sandbox

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// kuaibaoSaid is an answer of the emulated Kuaibao.
type kuaibaoSaid struct {
	Code  any
	Msg   string
	Data  json.RawMessage
	UID   string
	items []kuaibaoItem
	body  string
}

func kuaibaoForm(method, ts, data string) url.Values {
	sum := md5.Sum([]byte(SampleAppID + method + ts + SampleAPIKey))
	return pairs("app_id", SampleAppID, "method", method, "ts", ts, "sign", hex.EncodeToString(sum[:]), "data", data)
}

func (w world) said(t *testing.T, method, data string) kuaibaoSaid {
	t.Helper()
	body := w.posted(t, KuaibaoPath, kuaibaoForm(method, strconv.FormatInt(w.clock.Now().Unix(), 10), data))
	said := reads[kuaibaoSaid](t, body)
	said.body = body
	raw := said.Data
	var inner string
	if json.Unmarshal(raw, &inner) == nil {
		raw = json.RawMessage(inner)
	}
	_ = json.Unmarshal(raw, &said.items) // {} is none
	return said
}

func (w world) looked(t *testing.T, q kuaibaoAsked) kuaibaoSaid {
	t.Helper()
	return w.said(t, "express.info.get", text(q))
}

// The vector of the vendor's document.
func TestTheEnvelopesSignIsTheVendors(t *testing.T) {
	const key = "bdf3b5f50865ac813cbdfd6c9b572b79"
	w := newWorld(t, Options{KuaibaoAppID: "10000", KuaibaoAPIKey: key})
	w.clock.Add(time.Unix(1524209949, 0).Sub(w.clock.Now()))
	form := pairs("app_id", "10000", "method", "cloud.print.do", "ts", "1524209949", "sign", "5030cae3388ecdc2e686379753a0564c", "data", "{}")
	if got := reads[kuaibaoSaid](t, w.posted(t, KuaibaoPath, form)); got.Code != float64(1003) {
		t.Errorf("a method that is not emulated, rightly signed: %v", got.Code)
	}
}

func TestKuaibaoIsAsStrictAsTheVendor(t *testing.T) {
	w := newWorld(t, Options{})
	now := w.clock.Now()
	seconds := strconv.FormatInt(now.Unix(), 10)
	const data = `{"waybill_codes":"YT1000000000013","cp_code":"yt"}`
	good := kuaibaoForm("express.info.get", seconds, data)
	but := func(name, value string) url.Values {
		f := url.Values{}
		for k, v := range good {
			f[k] = v
		}
		f.Set(name, value)
		return f
	}
	info := func(data string) url.Values { return kuaibaoForm("express.info.get", seconds, data) }
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"all as it should be":     {good, "0"},
		"milliseconds":            {kuaibaoForm("express.info.get", strconv.FormatInt(now.UnixMilli(), 10), data), "0"},
		"no data":                 {but("data", ""), "1002"},
		"no method":               {but("method", ""), "1002"},
		"another app":             {but("app_id", "1"), "1004"},
		"no sign":                 {but("sign", ""), "1004"},
		"a time of 12 digits":     {kuaibaoForm("express.info.get", seconds+"00", data), "1004"},
		"a sign in upper case":    {but("sign", strings.ToUpper(good.Get("sign"))), "1006"},
		"another method's sign":   {but("method", "express.sub.msg"), "1006"},
		"a quarter of an hour":    {kuaibaoForm("express.info.get", strconv.FormatInt(now.Add(-15*time.Minute).Unix(), 10), data), "1005"},
		"an unknown method":       {kuaibaoForm("express.get", seconds, data), "1003"},
		"no JSON":                 {info("waybill"), "1009"},
		"no waybill":              {info(`{"cp_code":"yt"}`), "201102"},
		"eleven waybills":         {info(`{"waybill_codes":"` + strings.Repeat("YT1000000000013,", 10) + `YT1000000000013"}`), "201102"},
		"an unknown brand":        {info(`{"waybill_codes":"YT1000000000013","cp_code":"ytsd"}`), "201103"},
		"another brand":           {info(`{"waybill_codes":"YT1000000000013","cp_code":"sto"}`), "201102"},
		"another brand, silently": {info(`{"waybill_codes":"310000000000027","cp_code":"yd"}`), "201101"},
		"no record":               {info(`{"waybill_codes":"JT1000000000012","cp_code":"jt"}`), "201101"},
		"an odd sort":             {info(`{"waybill_codes":"YT1000000000013","result_sort":"2"}`), "201102"},
		"no tail":                 {info(`{"waybill_codes":"SF1000000000015","cp_code":"sf"}`), "201102"},
		"a wrong tail":            {info(`{"waybill_codes":"SF1000000000015","cp_code":"sf","phone":"4321"}`), "201102"},
		"the tail":                {info(`{"waybill_codes":"SF1000000000015","cp_code":"sf","phone":"1234"}`), "0"},
		"the sender's":            {info(`{"waybill_codes":"SF1000000000031","cp_code":"sf","phone":"5678"}`), "0"},
		"a wrong number":          {info(`{"waybill_codes":"YT1000000000062"}`), "201102"},
		"an invalid one":          {info(`{"waybill_codes":"YT1000000000054"}`), "201101"},
		"a tail without SF":       {info(`{"waybill_codes":"YT1000000000013","phone":"1"}`), "0"},
	} {
		t.Run(name, func(t *testing.T) {
			_, before := w.Asked("kuaibao", "", "")
			body := w.posted(t, KuaibaoPath, c.form)
			if got := reads[kuaibaoSaid](t, body); fmt.Sprint(got.Code) != c.want || len(got.UID) != 40 {
				t.Errorf("got %s, want %s", body, c.want)
			}
			_, after := w.Asked("kuaibao", "", "")
			if costs := c.want == "0" || c.want == "201101"; (after > before) != costs {
				t.Errorf("%d calls billed", after-before)
			}
		})
	}
	_, got := w.sent(t, http.MethodGet, KuaibaoPath+"?"+good.Encode(), "", "")
	_, other := w.sent(t, http.MethodPost, KuaibaoPath, "application/json", data)
	for _, body := range []string{got, other} {
		if !strings.Contains(body, `"code":1002`) {
			t.Errorf("no form: %s", body)
		}
	}
}

func TestKuaibaoFindsTheBrandAndTheOrder(t *testing.T) {
	w := newWorld(t, Options{})
	first := w.looked(t, kuaibaoAsked{WaybillCodes: "YT1000000000013,JT1000000000012,JDVA10000000014"})
	if len(first.items) != 2 || first.items[0].Brand != "yt" || first.items[1].CpCode != "jd" || first.items[0].Order != "desc" {
		t.Errorf("got %s", first.body)
	}
	w.clock.Add(60 * time.Hour)
	down := w.looked(t, kuaibaoAsked{WaybillCodes: "YT1000000000013", ResultSort: "0"}).items[0]
	up := w.looked(t, kuaibaoAsked{WaybillCodes: "YT1000000000013", ResultSort: "1"}).items[0]
	if down.Status != "signed" || down.Data[0].Status != "signed" || up.Data[0].Status != "collected" || up.Order != "asc" || len(up.Data) != len(down.Data) {
		t.Errorf("got %+v and %+v", down, up)
	}
	if other := w.looked(t, kuaibaoAsked{WaybillCodes: "YT1000000000070"}); other.items[0].Brand != "jt" {
		t.Errorf("names %s", other.items[0].Brand)
	}
}

func TestKuaibaosStates(t *testing.T) {
	for number, want := range map[string]string{
		"773000000000017": "sending delivering allo signed",
		"YT1000000000021": "sending delivering question delivering signed",
		"YT1000000000047": "sending delivering question sending question",
		"EA100000003CN":   "collected sending delivering signed",
	} {
		t.Run(Title(number), func(t *testing.T) {
			w := newWorld(t, Options{})
			var progress []string
			for range 160 {
				at := w.looked(t, kuaibaoAsked{WaybillCodes: number}).items[0].Status
				if strings.HasPrefix(at, "allo") {
					at = "allo"
				}
				if len(progress) == 0 || progress[len(progress)-1] != at {
					progress = append(progress, at)
				}
				w.clock.Add(time.Hour)
			}
			if got := strings.Join(progress, " "); got != want {
				t.Errorf("went %s, want %s", got, want)
			}
		})
	}
}

func TestKuaibaosOddShapes(t *testing.T) {
	w := newWorld(t, Options{})
	if got := w.looked(t, kuaibaoAsked{WaybillCodes: "YT1000000000096"}); got.Code != "0" || got.Data[0] != '"' || len(got.items) != 1 {
		t.Errorf("a trace: %s", got.body)
	}
	if got := w.said(t, "express.sub.msg", `{"waybill_codes":"YT1000000000096","cp_code":"ytsd"}`); got.Code != "0" || string(got.Data) != "[]" {
		t.Errorf("a subscription: %s", got.body)
	}
	if got := w.said(t, "express.info.get", `{"waybill_codes":"YT1000000000096","cp_code":"x"}`); got.Code != "201103" || string(got.Data) != "[]" {
		t.Errorf("a refusal: %s", got.body)
	}
	if got := w.said(t, "express.info.get", `{"waybill_codes":"YT1000000000013","cp_code":"x"}`); string(got.Data) != "{}" {
		t.Errorf("another refusal: %s", got.body)
	}
	spellings := map[string]bool{}
	for i := range 20 {
		spellings[kuaibaoStatus(fmt.Sprint(i), "ready_for_pickup")] = true
	}
	if !spellings["allograph"] || !spellings["allorgraph"] {
		t.Errorf("spelt %v", spellings)
	}
}

func TestKuaibaoSubscribesSixBrandsInBatchesOfTen(t *testing.T) {
	w := newWorld(t, Options{})
	ten := "YT1000000000013" + strings.Repeat(",YT1000000000021", 9)
	for _, c := range []struct{ codes, brand, want string }{
		{ten, "ytsd", "0"},
		{ten + ",YT1000000000039", "ytsd", "201102"},
		{"", "ytsd", "201102"},
		{"YT1000000000013", "yt", "201103"},
		{"SF1000000000015", "sf", "201103"},
		{"YT1000000000013", "", "201103"},
		{"773000000000017", "sto", "0"},
		{"75000000000014", "zt", "0"},
		{"JT1000000000020", "jt", "0"},
		{"310000000000033", "yd", "0"},
		{"DPK100000000012", "dbkd", "0"},
	} {
		q := kuaibaoAsked{WaybillCodes: c.codes, CpCode: c.brand}
		if got := w.said(t, "express.sub.msg", text(q)); fmt.Sprint(got.Code) != c.want {
			t.Errorf("%q of %s: %s", c.codes, c.brand, got.body)
		}
	}
	if asked, billed := w.Asked("kuaibao", "subscribe", ""); asked != 11 || billed != 6 {
		t.Errorf("%d calls, %d billed", asked, billed)
	}
}

func TestKuaibaoShowsItsTroubles(t *testing.T) {
	w := newWorld(t, Options{Slow: time.Millisecond})
	form := kuaibaoForm("express.info.get", strconv.FormatInt(w.clock.Now().Unix(), 10), `{"waybill_codes":"YT1000000000013"}`)
	for fault, want := range map[Fault]string{
		Down: "500 ", WebPage: "200 <!doctype", Slow: `200 {"code":0`, Throttled: `200 {"code":1008,"msg":"请求频率`, Spent: `200 {"code":1008,"msg":"余额不足"`, Refused: `200 {"code":1006`,
	} {
		w.Break("kuaibao", fault)
		status, body := w.sent(t, http.MethodPost, KuaibaoPath, formType, form.Encode())
		if got := fmt.Sprint(status, " ", body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", fault, got)
		}
	}
}
