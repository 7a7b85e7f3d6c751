package juhe_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/juhe"
	"waybill/tracking/providertest"
)

const (
	waybill = "73100000000019"
	tail    = "0042"
	key     = "synthetickey0f9e77ab"
)

// setup is what a test opens the provider with.
type setup struct {
	juhe.Settings
	tracking.Parts
}

func settings(t *testing.T, url string) setup {
	t.Helper()
	return setup{juhe.Settings{Key: key, URL: url}, providertest.Parts(t)}
}

func client(t *testing.T, s setup) tracking.Provider {
	t.Helper()
	return providertest.Open(t, juhe.New, s.Settings, s.Parts)
}

func query(t *testing.T, body string) (models.Trace, error) {
	t.Helper()
	url, _ := providertest.Answering(t, 200, body)
	return client(t, settings(t, url)).Query(t.Context(), waybill, "zto", tail)
}

// table is every row of the vendor's tables of error codes, and what public
// code has seen beside them.
func table() []row {
	return []row{
		{"204301", "快递公司错误", tracking.ErrCarrier, false},
		{"204302", "运单号错误", tracking.ErrNumber, false},
		{"204303", "查询失败", tracking.ErrUnavailable, false},
		{"204304", "查不到物流信息", tracking.ErrNoRecord, true},
		{"204305", "寄件人或收件人手机尾号错误", tracking.ErrTailWrong, false},
		{"10001", "错误的请求KEY", tracking.ErrAuth, false},
		{"10002", "该KEY无请求权限", tracking.ErrAuth, false},
		{"10003", "KEY过期", tracking.ErrAuth, false},
		{"10004", "错误的OPENID", tracking.ErrAuth, false},
		{"10005", "应用未审核超时，请提交认证", tracking.ErrAuth, false},
		{"10007", "未知的请求源", tracking.ErrAuth, false},
		{"10008", "被禁止的IP", tracking.ErrAuth, false},
		{"10009", "被禁止的KEY", tracking.ErrAuth, false},
		{"10011", "当前IP请求超过限制", tracking.ErrRate, false},
		{"10012", "请求超过次数限制", tracking.ErrQuota, false},
		{"10013", "测试KEY超过请求限制", tracking.ErrQuota, false},
		{"10014", "系统内部异常", tracking.ErrUnavailable, false},
		{"10020", "接口维护", tracking.ErrUnavailable, false},
		{"10021", "接口停用", tracking.ErrAuth, false},
		{"10023", "请求频次过快", tracking.ErrRate, false},
		{"299999", "?", tracking.ErrUnavailable, true},
	}
}

type row struct {
	code, reason string
	kind         error
	billed       bool
}

func (r row) json(result string) string {
	return fmt.Sprintf(`{"resultcode":"200","reason":%q,"result":%s,"error_code":%s}`, r.reason, result, r.code)
}

func (r row) xml() string {
	return fmt.Sprintf("<root><resultcode>112</resultcode><reason>%s</reason><result></result><error_code>%s</error_code></root>", r.reason, r.code)
}

func refusals(format string) []providertest.Refusal {
	var all []providertest.Refusal
	for i, r := range table() {
		body := r.json([]string{"null", `""`, "[]", "{}"}[i%4])
		if format == "xml" {
			body = r.xml()
		}
		all = append(all, providertest.Refusal{Name: r.code + " " + r.reason, Reply: providertest.Reply{Body: body}, Kind: r.kind, Billed: r.billed})
	}
	plain := row{code: `"204305"`, reason: "手机尾号错误"}
	return append(all,
		providertest.Refusal{Name: "204305 without a tail wants one", NoTail: true, Kind: tracking.ErrTailNeeded, Reply: providertest.Reply{Body: plain.json("null")}},
		providertest.Refusal{Name: "an error in JSON whatever was asked for", Kind: tracking.ErrAuth, Reply: providertest.Reply{Body: `{"resultcode":"101","reason":"错误的请求KEY","result":null,"error_code":10001}`}},
		providertest.Refusal{Name: "a server error", Kind: tracking.ErrUnavailable, Reply: providertest.Reply{Status: 502, Body: "<html>"}},
		providertest.Refusal{Name: "too many requests for the gateway", Kind: tracking.ErrRate, Until: true, Reply: providertest.Reply{Status: 429, Header: map[string]string{"Retry-After": "30"}}},
		providertest.Refusal{Name: "a rate limit with a time", Kind: tracking.ErrRate, Until: true, Reply: providertest.Reply{Header: map[string]string{"Retry-After": "9"}, Body: `{"error_code":"10011","reason":"x"}`}},
		providertest.Refusal{Name: "a success without scans or state", Kind: tracking.ErrNoRecord, Billed: true, Reply: providertest.Reply{Body: `{"result":{"status":"0","status_detail":"NO_RECORD","list":[]},"error_code":0}`}},
		providertest.Refusal{Name: "a success without anything", Kind: tracking.ErrNoRecord, Billed: true, Reply: providertest.Reply{Body: `{"result":null,"error_code":0}`}},
		providertest.Refusal{Name: "a state that says that the query failed", Kind: tracking.ErrUnavailable, Billed: true, Reply: providertest.Reply{Body: `{"result":{"status":"0","status_detail":"ERROR","list":null},"error_code":0}`}},
	)
}

func TestContract(t *testing.T) {
	for _, c := range []struct{ format, fixture string }{{"", "transit.json"}, {"xml", "transit.xml"}} {
		t.Run(c.format+" "+c.fixture, func(t *testing.T) {
			providertest.Run(t, providertest.Vendor{
				Name: "juhe",
				New: func(t *testing.T, url string, h *http.Client) tracking.Provider {
					s := settings(t, url)
					s.Client, s.Format = h, c.format
					return client(t, s)
				},
				Secrets: []string{key},
				Waybill: waybill, Carrier: "zto", Tail: tail, TooLong: strings.Repeat("7", 41),
				Good: providertest.Reply{Body: providertest.Fixture(t, c.fixture)},
				Scans: []providertest.Scan{
					{At: providertest.At(5, 8, 0, 1), Text: "正在派件"},
					{At: providertest.At(4, 19, 18, 0), Text: "快件已装车"},
					{At: providertest.At(4, 19, 18, 0), Text: "离开泉州市 发往杭州市"},
					{At: providertest.At(4, 9, 5, 0), Text: "【泉州市】已揽收"},
				},
				Status: models.OutForDelivery, Names: "zto",
				Refusals: refusals(c.format),
				Echo: func(told string) providertest.Reply {
					return providertest.Reply{Body: fmt.Sprintf(`{"reason":%q,"error_code":10001}`, told)}
				},
				Billed: func(status int) bool { return status == 200 },
			})
		})
	}
}

func TestEveryFormatAndShapeTellsTheSameScans(t *testing.T) {
	want, err := query(t, providertest.Fixture(t, "transit.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"beside.json", "transit.xml"} {
		got, err := query(t, providertest.Fixture(t, other))
		if err != nil || !slices.Equal(got.Events, want.Events) || got.Status != want.Status || got.Carrier != want.Carrier {
			t.Errorf("%s: got %+v, %v", other, got, err)
		}
	}
}

func TestAQueryIsWhatTheDocumentWants(t *testing.T) {
	for name, c := range map[string]struct {
		format, tail string
		other        bool
		want         url.Values
	}{
		"the receiver's phone first":  {"", tail, false, url.Values{"dtype": {"json"}, "receiverPhone": {tail}}},
		"then the sender's":           {"xml", tail, true, url.Values{"dtype": {"xml"}, "senderPhone": {tail}}},
		"no phone":                    {"json", "", false, url.Values{"dtype": {"json"}}},
		"no phone in the other field": {"json", "", true, url.Values{"dtype": {"json"}}},
	} {
		t.Run(name, func(t *testing.T) {
			address, last := providertest.Answering(t, 200, providertest.Fixture(t, "transit.json"))
			s := settings(t, address+"/")
			s.Format = c.format
			p := client(t, s)
			ask := p.Query
			if c.other {
				ask = p.QueryOtherPhone
			}
			if _, err := ask(t.Context(), waybill, "zto", c.tail); err != nil {
				t.Fatal(err)
			}
			c.want.Set("com", "zto")
			c.want.Set("no", waybill)
			c.want.Set("key", key)
			if last.Method != http.MethodPost || last.URL.String() != "/exp/index" || last.Posted.Encode() != c.want.Encode() || !strings.HasPrefix(last.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
				t.Errorf("asked %s %s, or the form is not as documented", last.Method, last.URL.String())
			}
		})
	}
}

func TestATailThatIsRefusedIsToldFromOneThatIsWanted(t *testing.T) {
	url, _ := providertest.Answering(t, 200, `{"error_code":204305,"reason":"x"}`)
	p := client(t, settings(t, url))
	if p.QueryOtherPhone == nil {
		t.Fatal("there is no other phone to try")
	}
	if _, err := p.Query(t.Context(), waybill, "zto", tail); !errors.Is(err, tracking.ErrTailWrong) {
		t.Errorf("a refused tail: %v", err)
	}
	if _, err := p.Query(t.Context(), waybill, "zto", ""); !errors.Is(err, tracking.ErrTailNeeded) {
		t.Errorf("none given: %v", err)
	}
}

func TestStatesAreTranslatedAndReadOutOfWordsWhereTheyAreMissing(t *testing.T) {
	for name, c := range map[string]struct {
		detail, status, text string
		want                 models.Status
		final                bool
	}{
		"TAKING":                               {`"TAKING"`, `"0"`, "谢谢", models.Collected, false},
		"IN_TRANSIT":                           {`"IN_TRANSIT"`, `"0"`, "谢谢", models.InTransit, false},
		"DELIVERING":                           {`"DELIVERING"`, `"0"`, "谢谢", models.OutForDelivery, false},
		"SIGNED":                               {`"SIGNED"`, `"1"`, "谢谢", models.Delivered, true},
		"signed in lower case":                 {`"signed"`, `1`, "谢谢", models.Delivered, true},
		"SIGNED but not final":                 {`"SIGNED"`, `"0"`, "谢谢", models.Delivered, false},
		"FAILED":                               {`"FAILED"`, `"0"`, "谢谢", models.FailedAttempt, false},
		"PROBLEM":                              {`"PROBLEM"`, `"0"`, "谢谢", models.Exception, false},
		"REJECTED":                             {`"REJECTED"`, `"0"`, "谢谢", models.Rejected, false},
		"SEND_BACK on its way":                 {`"SEND_BACK"`, `"0"`, "谢谢", models.Returning, false},
		"SEND_BACK and final":                  {`"SEND_BACK"`, `"1"`, "谢谢", models.Returned, true},
		"INVALID":                              {`"INVALID"`, `"0"`, "谢谢", models.Invalid, false},
		"TIMEOUT":                              {`"TIMEOUT"`, `"0"`, "谢谢", models.Expired, false},
		"ERROR":                                {`"ERROR"`, `"0"`, "快件已签收", models.Unknown, false},
		"a state of no document":               {`"LOST"`, `"0"`, "快件已签收", models.Unknown, false},
		"null is read out of the words":        {`null`, `"1"`, "快件已签收", models.Delivered, true},
		"empty is read out of the words":       {`""`, `"0"`, "正在派件", models.OutForDelivery, false},
		"null without known words is unknown":  {`null`, `"0"`, "谢谢", models.Unknown, false},
		"null and final on the way back":       {`null`, `"1"`, "快件退回寄件人", models.Returned, true},
		"PENDING with a scan says more":        {`"PENDING"`, `"0"`, "已揽收", models.Collected, false},
		"PENDING with a scan that says little": {`"PENDING"`, `"0"`, "谢谢", models.InTransit, false},
		"NO_RECORD with a scan says more":      {`"NO_RECORD"`, `"0"`, "正在派件", models.OutForDelivery, false},
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, fmt.Sprintf(`{"result":{"status":%s,"status_detail":%s,"list":[{"datetime":"2026-03-03 05:06:07","remark":"x","zone":"y"},{"datetime":"2026-03-04 05:06:07","remark":%q,"zone":"杭州"}]},"error_code":0}`, c.status, c.detail, c.text))
			if err != nil {
				t.Fatal(err)
			}
			if trace.Status != c.want || trace.Final != c.final || !trace.Billed || trace.Events[0].Place != "杭州" {
				t.Errorf("got %q, final %v, billed %v, at %q", trace.Status, trace.Final, trace.Billed, trace.Events[0].Place)
			}
		})
	}
}

func TestAStatusOutOfWordsSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		body    string
		want    models.Status
		byWords bool
	}{
		"handed to the carrier, JSON":    {jsonOf("null", "货物已交付京东物流"), models.Collected, true},
		"handed to the carrier, XML":     {xmlOf("货物已交付京东物流"), models.Collected, true},
		"kept at a station, JSON":        {jsonOf("null", "快件已在驿站保管3天，请尽快签收"), models.ReadyForPickup, true},
		"kept at a station, XML":         {xmlOf("快件已在驿站保管3天，请尽快签收"), models.ReadyForPickup, true},
		"delivered by words, JSON":       {jsonOf("null", "快件已签收"), models.Delivered, true},
		"delivered by words, XML":        {xmlOf("快件已签收"), models.Delivered, true},
		"pending, but scanned":           {jsonOf(`"PENDING"`, "快件离开【杭州转运中心】"), models.InTransit, true},
		"pending, as the words say, too": {jsonOf(`"PENDING"`, "揽收任务已分配给李四"), models.Pending, false},
		"the vendor's own delivered":     {jsonOf(`"SIGNED"`, "快件已签收"), models.Delivered, false},
		"the vendor's own state stands":  {jsonOf(`"IN_TRANSIT"`, "快件已签收"), models.InTransit, false},
		"words that say nothing":         {jsonOf("null", "谢谢"), models.Unknown, false},
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, c.body)
			if err != nil || trace.Status != c.want || trace.ByWords != c.byWords {
				t.Errorf("got %q by words %v, %v, want %q by words %v", trace.Status, trace.ByWords, err, c.want, c.byWords)
			}
		})
	}
}

func jsonOf(detail, text string) string {
	return fmt.Sprintf(`{"result":{"status":"0","status_detail":%s,"list":[{"datetime":"2026-03-04 05:06:07","remark":%q,"zone":""}]},"error_code":0}`, detail, text)
}

func xmlOf(text string) string {
	return `<root><result><com>zto</com><list><item><datetime>2026-03-04 05:06</datetime><remark>` + text + `</remark></item></list></result></root>`
}

func TestAStateWithoutScansIsAnAnswer(t *testing.T) {
	for detail, want := range map[string]models.Status{"INVALID": models.Invalid, "TIMEOUT": models.Expired, "SIGNED": models.Delivered, "TAKING": models.Collected} {
		trace, err := query(t, `{"result":{"status":"0","status_detail":"`+detail+`","list":[]},"error_code":0}`)
		if err != nil || trace.Status != want || len(trace.Events) != 0 || trace.Detail != detail {
			t.Errorf("%s: %+v, %v", detail, trace, err)
		}
	}
}

func TestXMLTellsItsStateInWordsAndWhetherItIsFinal(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		want  models.Status
		final bool
	}{
		"final":                {`<root><result><com>zto</com><list><item><datetime>2026-03-04 05:06</datetime><remark>派件已签收</remark></item></list><status> 1 </status></result></root>`, models.Delivered, true},
		"with a state, too":    {`<root><result><com>zto</com><status>0</status><status_detail>SEND_BACK</status_detail><list><item><datetime>2026-03-04 05:06</datetime><remark>x</remark></item></list></result><error_code>0</error_code></root>`, models.Returning, false},
		"the list beside it":   {`<root><result><com>zto</com><no>` + waybill + `</no></result><list><item><datetime>2026-03-04 05:06</datetime><remark>已揽收</remark></item></list></root>`, models.Collected, false},
		"without a state, too": {`<root><result><com>zto</com><list><item><datetime>2026-03-04 05:06</datetime><remark>谢谢</remark></item></list></result></root>`, models.Unknown, false},
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, c.body)
			if err != nil || trace.Status != c.want || trace.Final != c.final || trace.Carrier != "zto" {
				t.Errorf("got %+v, %v", trace, err)
			}
		})
	}
}

const scanned = `[{"datetime":"2026-03-04 05:06:07","remark":"已揽收","zone":""}]`

func TestNonsenseIsUnavailableAndCountsAsBilled(t *testing.T) {
	for name, body := range map[string]string{
		"another number":          `{"result":{"no":"73100000000027","list":` + scanned + `},"error_code":0}`,
		"no readable time":        `{"result":{"list":[{"datetime":"?","remark":"x"}]},"error_code":0}`,
		"list is text":            `{"result":{"list":"x"},"error_code":0}`,
		"list is a list of texts": `{"result":{"list":["x"]},"error_code":0}`,
		"list beside is text":     `{"result":{"com":"zto"},"list":"x","error_code":0}`,
		"neither code nor result": `{"reason":"x"}`,
		"another document":        `<html><body/></html>`,
		"half a document":         `<root><result><com>zto</com>`,
		"an empty document":       `<root/>`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := query(t, body)
			providertest.Failed(t, "nonsense", err, tracking.ErrUnavailable, true)
		})
	}
}

func TestScansInTheOtherOrderStayInOrder(t *testing.T) {
	trace, err := query(t, `{"result":{"list":[{"datetime":"2026-03-04 06:00","remark":"c"},{"datetime":"2026-03-04 05:00","remark":"b"},{"datetime":"2026-03-04 05:00","remark":"a"}]},"error_code":0}`)
	if err != nil || trace.Events[0].Text != "c" || trace.Events[1].Text != "b" || trace.Events[2].Text != "a" {
		t.Errorf("got %+v, %v", trace.Events, err)
	}
}

func TestTheCarrierIsTheOneThatJuheNames(t *testing.T) {
	for name, c := range map[string]struct {
		asked models.Carrier
		com   string
		named string
		want  models.Carrier
	}{
		"as asked":                            {"chinapost_std", "youzheng", "邮政", "chinapost_std"},
		"another one":                         {"zto", "sto", "申通", "sto"},
		"by name where the code is not known": {"zto", "zzz", "申通快递", "sto"},
		"nobody knows":                        {"zto", "zzz", "无名", ""},
		"not named":                           {"zto", "", "", ""},
	} {
		url, _ := providertest.Answering(t, 200, fmt.Sprintf(`{"result":{"company":%q,"com":%q,"list":%s},"error_code":0}`, c.named, c.com, scanned))
		trace, err := client(t, settings(t, url)).Query(t.Context(), waybill, c.asked, "")
		if err != nil || trace.Carrier != c.want || trace.Named != c.named {
			t.Errorf("%s: got %q named %q, %v", name, trace.Carrier, trace.Named, err)
		}
	}
}

func TestLimitsAreKeptBeforeAnythingIsSent(t *testing.T) {
	providertest.Limits(t, client(t, settings(t, "http://127.0.0.1:1")), map[string]providertest.Limit{
		"no number":              {Carrier: "zto", Want: tracking.ErrNumber},
		"a space":                {Number: "73 1", Carrier: "zto", Want: tracking.ErrNumber},
		"no carrier":             {Number: waybill, Want: tracking.ErrCarrier},
		"a carrier without code": {Number: waybill, Carrier: "jt", Want: tracking.ErrCarrier},
	})
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	providertest.Refused(t, juhe.New, settings(t, "https://example.com").Settings, map[string]func(*juhe.Settings){
		"no key":         func(s *juhe.Settings) { s.Key = "" },
		"no url":         func(s *juhe.Settings) { s.URL = "" },
		"another scheme": func(s *juhe.Settings) { s.URL = "ftp://example.com" },
		"another format": func(s *juhe.Settings) { s.Format = "yaml" },
	})
}

const companies = `{"resultcode":"200","reason":"查询支持的快递公司成功","result":[{"com":"顺丰","no":"sf"},{"com":"极兔","no":"jtsd"},{"com":"跨越","no":"kye"},{"com":"极兔速递","no":"jt2"},{"com":"无名","no":"wm"},{"com":"","no":"x"}],"error_code":0}`

func TestTheListIsOneCallWithoutTheKeyInItsAddress(t *testing.T) {
	url, last := providertest.Answering(t, 200, companies)
	listed, err := client(t, settings(t, url)).ListCarriers(t.Context(), "极兔")
	want := []tracking.Named{{Code: "sf", Name: "顺丰"}, {Code: "jtsd", Name: "极兔"}, {Code: "kye", Name: "跨越"}, {Code: "jt2", Name: "极兔速递"}, {Code: "wm", Name: "无名"}}
	if err != nil || !slices.Equal(listed.Carriers, want) || !listed.Billed {
		t.Errorf("got %v, billed %v, %v", listed.Carriers, listed.Billed, err)
	}
	if last.Method != http.MethodPost || last.URL.String() != "/exp/com" || last.Posted.Encode() != "key="+key {
		t.Errorf("asked %s %s", last.Method, last.URL.String())
	}
}

func TestAListThatCannotBeHadHasAName(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		kind   error
		billed bool
	}{
		"a refused key":    {200, `{"reason":"错误的请求KEY ` + key + `","result":null,"error_code":10001}`, tracking.ErrAuth, false},
		"a spent quota":    {200, `{"reason":"x","error_code":"10012"}`, tracking.ErrQuota, false},
		"a page":           {200, `<html>`, tracking.ErrUnavailable, true},
		"an empty list":    {200, `{"result":[],"error_code":0}`, tracking.ErrUnavailable, true},
		"no list":          {200, `{"result":{},"error_code":0}`, tracking.ErrUnavailable, true},
		"an empty object":  {200, `{}`, tracking.ErrUnavailable, true},
		"a server's error": {500, ``, tracking.ErrUnavailable, false},
	} {
		url, _ := providertest.Answering(t, c.status, c.body)
		_, err := client(t, settings(t, url)).ListCarriers(t.Context(), "")
		var e *tracking.Error
		if !errors.As(err, &e) || !errors.Is(err, c.kind) || e.Billed != c.billed || strings.Contains(err.Error(), key) {
			t.Errorf("%s: got a wrong name, bill or secret, %v", name, errors.Is(err, c.kind))
		}
	}
	s := settings(t, "http://127.0.0.1:1")
	if _, err := client(t, s).ListCarriers(t.Context(), ""); !errors.Is(err, tracking.ErrUnavailable) || strings.Contains(err.Error(), key) {
		t.Error("nobody there")
	}
}

func TestCarriersThatTheTableHasNoCodeForAreLearnedByName(t *testing.T) {
	url, last := providertest.Answering(t, 200, `{"result":{"company":"极兔","com":"JTSD","list":`+scanned+`},"error_code":0}`)
	p := client(t, settings(t, url))
	if p.Serves("jt") || p.Serves("kye") || !p.Serves("sf") || p.Serves("") {
		t.Error("serves what it has no code for")
	}
	p.UseList([]tracking.Named{{Code: "xx", Name: "顺丰"}, {Code: "jtsd", Name: "极兔"}, {Code: "kye", Name: "跨越速运"}, {Code: "jt2", Name: "极兔速递"}, {Code: "", Name: "丰网速运"}, {Code: "wm", Name: "无名"}})
	if !p.Serves("jt") || !p.Serves("kye") || p.Serves("fengwang") {
		t.Error("has not learned, or too much")
	}
	trace, err := p.Query(t.Context(), waybill, "jt", "")
	if err != nil || last.Posted.Get("com") != "jtsd" || trace.Carrier != "jt" {
		t.Errorf("asked for %q, answered as %q, %v", last.Posted.Get("com"), trace.Carrier, err)
	}
	if trace, err := p.Query(t.Context(), waybill, "sf", ""); err != nil || last.Posted.Get("com") != "sf" || trace.Carrier != "jt" {
		t.Errorf("asked for %q, answered as %q, %v", last.Posted.Get("com"), trace.Carrier, err)
	}
	if p.UseList(nil); p.Serves("jt") {
		t.Error("a new list does not replace the old one")
	}
}
