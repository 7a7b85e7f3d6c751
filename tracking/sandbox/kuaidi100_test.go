package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// sent makes one call and returns status and body.
func (w world) sent(t *testing.T, method, path, kind, body string) (status int, said string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

const formType = "application/x-www-form-urlencoded; charset=utf-8"

// posted sends a form, of which the body must be a 200.
func (w world) posted(t *testing.T, path string, form url.Values) string {
	t.Helper()
	status, body := w.sent(t, http.MethodPost, path, formType, form.Encode())
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	return body
}

// reads decodes a vendor's JSON.
func reads[T any](t *testing.T, body string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return value
}

// kuaidi100Said is an answer of the emulated Kuaidi100, success or not.
type kuaidi100Said struct {
	kuaidi100Trace
	Result     bool   `json:"result"`
	ReturnCode string `json:"returnCode"`
	body       string
}

// code is the outcome's, wherever it stands.
func (s kuaidi100Said) code() string {
	if s.ReturnCode != "" {
		return s.ReturnCode
	}
	return fmt.Sprint(s.Status)
}

func signedForm(param string) url.Values {
	return url.Values{"customer": {SampleCustomer}, "param": {param}, "sign": {sign(param + SampleKey + SampleCustomer)}}
}

func (w world) track(t *testing.T, com, num, phone string) kuaidi100Said {
	t.Helper()
	return w.trackAs(t, kuaidi100Param{Com: com, Num: num, Phone: phone, ResultV2: "4", Show: "0", Order: "desc", Lang: "zh"})
}

func (w world) trackAs(t *testing.T, p kuaidi100Param) kuaidi100Said {
	t.Helper()
	body := w.posted(t, Kuaidi100QueryPath, signedForm(text(p)))
	said := reads[kuaidi100Said](t, body)
	said.body = body
	return said
}

// The vector of the vendor's own scheme, with a synthetic key.
func TestTheSignIsTheVendors(t *testing.T) {
	const param = `{"com":"jtexpress","num":"JT0004301991791","phone":"","resultv2":"4","show":"0","order":"desc","lang":"zh"}`
	w := newWorld(t, Options{Kuaidi100Customer: "TESTCUSTOMER", Kuaidi100Key: "TESTKEY"})
	form := url.Values{"customer": {"TESTCUSTOMER"}, "param": {param}, "sign": {"2C44222C8360B3DCA61D0B2D86DB1493"}}
	if got := reads[kuaidi100Said](t, w.posted(t, Kuaidi100QueryPath, form)); got.code() != "200" {
		t.Errorf("got %s %s", got.code(), got.Message)
	}
}

func TestKuaidi100IsAsStrictAsTheVendor(t *testing.T) {
	const param = `{"com":"yuantong","num":"YT1000000000013"}`
	good := signedForm(param)
	but := func(name, value string) url.Values {
		f := url.Values{}
		for k, v := range good {
			f[k] = v
		}
		f.Set(name, value)
		return f
	}
	w := newWorld(t, Options{})
	for name, c := range map[string]struct {
		method, kind string
		form         url.Values
		want         string
	}{
		"asked by GET":               {http.MethodGet, formType, good, "500"},
		"sent as JSON":               {http.MethodPost, "application/json", good, "400"},
		"no customer":                {http.MethodPost, formType, but("customer", ""), "400"},
		"no sign":                    {http.MethodPost, formType, but("sign", ""), "400"},
		"no param":                   {http.MethodPost, formType, but("param", ""), "400"},
		"another customer":           {http.MethodPost, formType, but("customer", "OTHER"), "503"},
		"a sign in lower case":       {http.MethodPost, formType, but("sign", strings.ToLower(good.Get("sign"))), "503"},
		"a param of other bytes":     {http.MethodPost, formType, but("param", param+" "), "503"},
		"no JSON":                    {http.MethodPost, formType, signedForm("com=yuantong"), "400"},
		"a comma too many":           {http.MethodPost, formType, signedForm(`{"com":"yuantong","num":"YT1000000000013",}`), "400"},
		"a phone that is a number":   {http.MethodPost, formType, signedForm(`{"com":"yuantong","num":"YT1000000000013","phone":1234}`), "400"},
		"no company":                 {http.MethodPost, formType, signedForm(`{"num":"YT1000000000013"}`), "400"},
		"a company in capitals":      {http.MethodPost, formType, signedForm(`{"com":"YUANTONG","num":"YT1000000000013"}`), "400 找不到对应公司"},
		"an unknown company":         {http.MethodPost, formType, signedForm(`{"com":"yto","num":"YT1000000000013"}`), "400 找不到对应公司"},
		"another company":            {http.MethodPost, formType, signedForm(`{"com":"zhongtong","num":"YT1000000000013"}`), "400 找不到对应公司"},
		"five characters":            {http.MethodPost, formType, signedForm(`{"com":"yuantong","num":"YT100"}`), "400"},
		"33 characters":              {http.MethodPost, formType, signedForm(`{"com":"yuantong","num":"` + strings.Repeat("1", 33) + `"}`), "400"},
		"a format not emulated":      {http.MethodPost, formType, signedForm(`{"com":"yuantong","num":"YT1000000000013","show":"1"}`), "400"},
		"an invalid number":          {http.MethodPost, formType, signedForm(`{"com":"yuantong","num":"YT1000000000054"}`), "201"},
		"a number that is a wrong":   {http.MethodPost, formType, signedForm(`{"com":"yuantong","num":"HELLO-THERE"}`), "201"},
		"no record":                  {http.MethodPost, formType, signedForm(`{"com":"jtexpress","num":"JT1000000000012"}`), "500"},
		"a phone that is not wanted": {http.MethodPost, formType, signedForm(`{"com":"yuantong","num":"YT1000000000021","phone":"9999"}`), "200"},
		"all as it should be":        {http.MethodPost, formType, good, "200"},
	} {
		t.Run(name, func(t *testing.T) {
			_, body := w.sent(t, c.method, Kuaidi100QueryPath, c.kind, c.form.Encode())
			got := reads[kuaidi100Said](t, body)
			code, message, _ := strings.Cut(c.want, " ")
			if got.code() != code || message != "" && got.Message != message {
				t.Errorf("got %s %s, want %s", got.code(), got.Message, c.want)
			}
		})
	}
}

func TestKuaidi100TakesPhonesOfEitherSide(t *testing.T) {
	for _, c := range []struct{ com, number, phone, want string }{
		{"shunfeng", "SF1000000000015", "", "408"},
		{"shunfeng", "SF1000000000015", "4321", "408"},
		{"shunfeng", "SF1000000000015", "34", "408"},
		{"shunfeng", "SF1000000000015", "1234", "200"},
		{"shunfeng", "SF1000000000015", "13800001234", "200"},
		{"shunfeng", "SF1000000000015", "0755-88881234", "200"},
		{"shunfeng", "SF1000000000015", "0755-88881234-8", "408"},
		{"shunfeng", "SF1000000000031", "5678", "200"},
		{"shunfeng", "SF1000000000023", "1234", "408"},
		{"zhongtong", "75000000000014", "", "408"},
		{"kuayue", "KY4000000000014", "", "200"},
	} {
		w := newWorld(t, Options{})
		if got := w.track(t, c.com, c.number, c.phone); got.code() != c.want {
			t.Errorf("%s %q: got %s %s, want %s", c.com, c.phone, got.code(), got.Message, c.want)
		}
	}
}

func TestKuaidi100KnowsTheScenarios(t *testing.T) {
	w := newWorld(t, Options{})
	if got := w.track(t, "yuantong", "YT1000000000104", ""); got.code() != "501" || !strings.Contains(got.Message, "锁单") {
		t.Errorf("the locked one: %s %s", got.code(), got.Message)
	}
	if got := w.track(t, "yunda", "310000000000019", ""); got.code() != "400" {
		t.Errorf("a wrong company: %s", got.code())
	}
	if got := w.track(t, "yunda", "310000000000027", ""); got.code() != "500" {
		t.Errorf("a wrong company of whom nobody speaks: %s", got.code())
	}
	if got := w.track(t, "yuantong", "YT1000000000070", ""); got.Com != "jtexpress" {
		t.Errorf("names %s", got.Com)
	}
	if got := w.track(t, "jtexpress", "YT1000000000070", ""); got.Com != "jtexpress" {
		t.Errorf("under the name it answers %s", got.body)
	}
	odd := w.track(t, "yuantong", "YT1000000000096", "")
	if !strings.Contains(odd.body, `"state":0`) || !strings.Contains(odd.body, `"status":200`) || !strings.Contains(odd.body, `"ischeck":0`) {
		t.Errorf("the odd one: %s", odd.body)
	}
}

func TestKuaidi100ShowsItsTroubles(t *testing.T) {
	w := newWorld(t, Options{Slow: time.Millisecond})
	ask := func(number string) (int, kuaidi100Said) {
		p := text(kuaidi100Param{Com: "jtexpress", Num: number})
		status, body := w.sent(t, http.MethodPost, Kuaidi100QueryPath, formType, signedForm(p).Encode())
		var said kuaidi100Said
		_ = json.Unmarshal([]byte(body), &said) // some are none
		return status, said
	}
	for number, want := range map[string]string{
		"JT1000000000500": "500 ", "JT1000000000200": "200 ", "JT1000000000408": "200 200", "JT1000000000429": "200 502", "JT1000000000403": "200 601",
	} {
		status, said := ask(number)
		code := said.ReturnCode
		if code == "" && said.Status != nil {
			code = said.code()
		}
		if got := fmt.Sprint(status, " ", code); got != want {
			t.Errorf("%s: got %s, want %s", number, got, want)
		}
	}
	w.Break("kuaidi100", Refused)
	if _, said := ask("JT1000000000020"); said.code() != "503" {
		t.Errorf("refused: %s", said.code())
	}
	w.Break("kuaidi100", Healthy)
	if _, said := ask("JT1000000000020"); said.code() != "200" {
		t.Errorf("mended: %s", said.code())
	}
}

func TestTheGuideNamesEveryVendor(t *testing.T) {
	guide := Guide()
	for _, path := range []string{Kuaidi100QueryPath, Kuaidi100PollPath, Kuaidi100AutoPath, JuheQueryPath, JuheListPath, KuaibaoPath, SampleCustomer, SampleKey, SampleAppID, SampleAPIKey} {
		if !strings.Contains(guide, path) {
			t.Errorf("the guide lacks %s", path)
		}
	}
	w := newWorld(t, Options{})
	for _, provider := range Providers() {
		w.Break(provider, Down)
	}
	for _, path := range []string{MuzhiQueryPath, Kuaidi100QueryPath, JuheQueryPath, KuaibaoPath} {
		method := http.MethodPost
		if path == MuzhiQueryPath {
			method = http.MethodGet
			path += "?kddh=YT1000000000013"
		}
		req, err := http.NewRequestWithContext(t.Context(), method, w.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "APPCODE x")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: %d from one who is down", path, resp.StatusCode)
		}
	}
}
