package kuaibao_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/kuaibao"
	"waybill/tracking/providertest"
)

const (
	waybill = "73100000000019"
	tail    = "0042"
	appID   = "50001777"
	apiKey  = "syntheticapikey0f9e77ab"
	token   = "synthetic-push-token-31c5"
)

// setup is what a test opens the provider with.
type setup struct {
	kuaibao.Settings
	tracking.Parts
}

func settings(t *testing.T, url string) setup {
	t.Helper()
	return setup{kuaibao.Settings{AppID: appID, APIKey: apiKey, URL: url, PushToken: token}, providertest.Parts(t)}
}

func client(t *testing.T, s setup) tracking.Provider {
	t.Helper()
	return providertest.Open(t, kuaibao.New, s.Settings, s.Parts)
}

func query(t *testing.T, body string) (models.Trace, error) {
	t.Helper()
	url, _ := providertest.Answering(t, 200, body)
	return client(t, settings(t, url)).Query(t.Context(), waybill, "zto", tail)
}

// fails is a failure in the vendor's words; code as it writes it.
func fails(code, msg, data string) providertest.Reply {
	return providertest.Reply{Body: fmt.Sprintf(`{"code":%s,"msg":%q,"data":%s,"uid":"6fb93a83"}`, code, msg, data)}
}

// row is one line of the vendor's tables of codes.
type row struct {
	code, msg string
	kind      error
	billed    bool
}

func table() []row {
	return []row{
		{"201101", "查询暂无记录", tracking.ErrNoRecord, true},
		{"201102", "请求参数错误", tracking.ErrNumber, false},
		{"201102", "手机号后四位错误", tracking.ErrTailWrong, false},
		{"201102", "快递品牌错误", tracking.ErrCarrier, false},
		{"201103", "不支持的快递品牌", tracking.ErrCarrier, false},
		{"90003", "识别失败", tracking.ErrCarrier, false},
		{"1000", "未知", tracking.ErrUnavailable, false},
		{"1001", "系统错误", tracking.ErrUnavailable, false},
		{"1002", "非法请求", tracking.ErrAuth, false},
		{"1003", "接口不存在或已废弃", tracking.ErrAuth, false},
		{"1004", "授权参数错误", tracking.ErrAuth, false},
		{"1005", "授权签名已过期", tracking.ErrAuth, false},
		{"1006", "授权认证失败", tracking.ErrAuth, false},
		{"1007", "权限受限", tracking.ErrAuth, false},
		{"1008", "余额不足", tracking.ErrQuota, false},
		{"1008", "请求频率超过限制", tracking.ErrRate, false},
		{"1009", "请求参数错误", tracking.ErrNumber, false},
		{"1010", "无效的状态", tracking.ErrUnavailable, false},
		{"1011", "无法完成请求", tracking.ErrUnavailable, false},
		{"1012", "无效的服务", tracking.ErrAuth, false},
		{"999999", "?", tracking.ErrUnavailable, true},
	}
}

func refusals() []providertest.Refusal {
	var all []providertest.Refusal
	for i, r := range table() {
		for _, code := range []string{r.code, strconv.Quote(r.code)} {
			all = append(all, providertest.Refusal{
				Name: code + " " + r.msg, Kind: r.kind, Billed: r.billed,
				Reply: fails(code, r.msg, []string{"{}", "[]", `""`, "null"}[i%4]),
			})
		}
	}
	for name, data := range map[string]string{
		"an empty object": "{}", "an empty list": "[]", "null": "null", "nothing": `""`, "an empty list as text": `"[]"`,
		"an item without scans or state": `[{"no":"` + waybill + `","data":[]}]`,
		"an item that nobody knows":      `[{"no":"` + waybill + `","status":"unknown","data":[]}]`,
	} {
		all = append(all, providertest.Refusal{Name: "a success with " + name, Kind: tracking.ErrNoRecord, Billed: true, Reply: fails("0", "成功", data)})
	}
	return append(all,
		providertest.Refusal{Name: "a tail that is wanted", NoTail: true, Kind: tracking.ErrTailNeeded, Reply: fails("201102", "请传入手机尾号", "{}")},
		providertest.Refusal{Name: "a server error", Kind: tracking.ErrUnavailable, Reply: providertest.Reply{Status: 502, Body: "<html>"}},
		providertest.Refusal{Name: "too many requests for the gateway", Kind: tracking.ErrRate, Until: true, Reply: providertest.Reply{Status: 429, Header: map[string]string{"Retry-After": "30"}}},
		providertest.Refusal{Name: "a rate limit with a time", Kind: tracking.ErrRate, Until: true, Reply: providertest.Reply{Header: map[string]string{"Retry-After": "9"}, Body: `{"code":1008,"msg":"请求频率超过限制"}`}},
	)
}

func TestContract(t *testing.T) {
	providertest.Run(t, providertest.Vendor{
		Name: "kuaibao",
		New: func(t *testing.T, url string, h *http.Client) tracking.Provider {
			s := settings(t, url)
			s.Client = h
			return client(t, s)
		},
		Secrets: []string{apiKey, appID, token},
		Waybill: waybill, Carrier: "zto", Tail: tail, TooLong: strings.Repeat("7", 41),
		Good: providertest.Reply{Body: providertest.Fixture(t, "transit.json")},
		Scans: []providertest.Scan{
			{At: providertest.At(5, 8, 0, 1), Text: "正在派件"},
			{At: providertest.At(4, 19, 18, 0), Text: "快件已装车"},
			{At: providertest.At(4, 19, 18, 0), Text: "离开泉州市 发往杭州市"},
			{At: providertest.At(4, 9, 5, 0), Text: "【泉州市】已揽收"},
		},
		Status: models.OutForDelivery, Names: "zto",
		Refusals: refusals(),
		Echo:     func(told string) providertest.Reply { return fails("1006", told, "{}") },
		Billed:   func(status int) bool { return status == 200 },
	})
}

func TestAQueryIsWhatTheDocumentWants(t *testing.T) {
	for name, c := range map[string]struct {
		carrier models.Carrier
		tail    string
		want    string
	}{
		"all of it":          {"zto", tail, `{"waybill_codes":"73100000000019","cp_code":"zt","result_sort":"0","phone":"0042"}`},
		"without a carrier":  {"", "", `{"waybill_codes":"73100000000019","result_sort":"0"}`},
		"the query's code":   {"yto", "", `{"waybill_codes":"73100000000019","cp_code":"yt","result_sort":"0"}`},
		"not the subs' code": {"best", "", `{"waybill_codes":"73100000000019","cp_code":"ht","result_sort":"0"}`},
	} {
		t.Run(name, func(t *testing.T) {
			address, last := providertest.Answering(t, 200, providertest.Fixture(t, "transit.json"))
			if _, err := client(t, settings(t, address+"/")).Query(t.Context(), waybill, c.carrier, c.tail); err != nil {
				t.Fatal(err)
			}
			f := last.Posted
			if last.Method != http.MethodPost || last.URL.String() != "/api" || !strings.HasPrefix(last.Header.Get("Content-Type"), "application/x-www-form-urlencoded") || len(f) != 5 {
				t.Errorf("asked %s %s with %s", last.Method, last.URL.String(), last.Header.Get("Content-Type"))
			}
			if f.Get("data") != c.want || f.Get("method") != "express.info.get" || f.Get("app_id") != appID || f.Get("ts") != strconv.FormatInt(providertest.Clock().Unix(), 10) {
				t.Error("data, method, app_id or ts is not as documented")
			}
		})
	}
}

func TestStatesAreTranslated(t *testing.T) {
	for state, want := range map[string]models.Status{
		"collected": models.Collected, "sending": models.InTransit, "delivering": models.OutForDelivery,
		"allograph": models.ReadyForPickup, "allorgraph": models.ReadyForPickup, "signed": models.Delivered, "SIGNED": models.Delivered,
		"question": models.Exception, "unknown": models.Unknown, "lost": models.Unknown, "": models.Collected,
	} {
		trace, err := query(t, fmt.Sprintf(`{"code":"0","data":[{"no":%q,"status":%q,"data":[{"time":"2026-03-04 05:06:07","context":"已揽收","status":%q}]}]}`, waybill, state, state))
		if err != nil || trace.Status != want || trace.Detail != state || trace.Final || !trace.Billed || trace.ByWords != (state == "") {
			t.Errorf("%q: got %+v, %v, want %q", state, trace, err, want)
		}
		if scan := trace.Events[0]; scan.Code != state || scan.Status != want && want != models.Unknown && state != "" {
			t.Errorf("%q: the scan says %q by %q", state, scan.Status, scan.Code)
		}
	}
}

const scanned = `[{"time":"2026-03-04 05:06:07","context":"已揽收","status":"collected"}]`

func TestOddShapesAreTolerated(t *testing.T) {
	item := `{"no":"` + waybill + `","brand":"zt","status":"collected","data":` + scanned + `}`
	for name, body := range map[string]string{
		"a code as text":               `{"code":"0","data":[` + item + `]}`,
		"one item alone":               `{"code":0,"data":` + item + `}`,
		"data as text":                 `{"code":0,"data":` + strconv.Quote(`[`+item+`]`) + `}`,
		"data as text twice":           `{"code":0,"data":` + strconv.Quote(strconv.Quote(`[`+item+`]`)) + `}`,
		"scans as text":                `{"code":0,"data":[{"waybill_code":"` + waybill + `","cp_code":"zt","status":"collected","data":` + strconv.Quote(scanned) + `}]}`,
		"a byte order mark":            "\ufeff" + `{"code":0,"data":[` + item + `]}`,
		"among others":                 `{"code":0,"data":[{"no":"73100000000027","brand":"sto","status":"signed","data":[]},` + item + `]}`,
		"without its number":           `{"code":0,"data":[{"brand":"zt","status":"collected","data":` + scanned + `}]}`,
		"the other table's brand code": `{"code":0,"data":[{"brand":"zt","cp_code":"zt","status":"collected","data":` + scanned + `}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, body)
			if err != nil || trace.Status != models.Collected || trace.Carrier != "zto" || len(trace.Events) != 1 {
				t.Errorf("got %+v, %v", trace, err)
			}
		})
	}
}

func TestAStateWithoutScansIsAnAnswer(t *testing.T) {
	trace, err := query(t, `{"code":0,"data":[{"no":"`+waybill+`","status":"collected","data":[]}]}`)
	if err != nil || trace.Status != models.Collected || len(trace.Events) != 0 {
		t.Errorf("got %+v, %v", trace, err)
	}
}

func TestNonsenseIsUnavailableAndCountsAsBilled(t *testing.T) {
	for name, body := range map[string]string{
		"another number":    `{"code":0,"data":[{"no":"73100000000027","data":` + scanned + `}]}`,
		"no readable time":  `{"code":0,"data":[{"data":[{"time":"?","context":"x"}]}]}`,
		"data is text":      `{"code":0,"data":"x"}`,
		"data is a number":  `{"code":0,"data":7}`,
		"items are texts":   `{"code":0,"data":["x"]}`,
		"scans are a text":  `{"code":0,"data":[{"data":"x"}]}`,
		"no code":           `{"data":[]}`,
		"a code of no kind": `{"code":{},"data":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := query(t, body)
			providertest.Failed(t, "nonsense", err, tracking.ErrUnavailable, true)
		})
	}
}

func TestScansOldestFirstAreTurned(t *testing.T) {
	trace, err := query(t, `{"code":0,"data":[{"order":"asc","data":[{"time":"2026-03-04 05:00","context":"a"},{"time":"2026-03-04 05:00","context":"b"},{"time":"2026-03-04 06:00","context":"c"}]}]}`)
	if err != nil || trace.Events[0].Text != "c" || trace.Events[1].Text != "b" || trace.Events[2].Text != "a" {
		t.Errorf("got %+v, %v", trace.Events, err)
	}
}

func TestTheCarrierIsTheOneThatKuaibaoNames(t *testing.T) {
	for name, c := range map[string]struct {
		asked models.Carrier
		code  string
		want  models.Carrier
	}{
		"found by itself":      {"", "zt", "zto"},
		"as asked":             {"chinapost_std", "postx", "chinapost_std"},
		"another one":          {"zto", "sto", "sto"},
		"as subscriptions say": {"", "ytsd", "yto"},
		"nobody knows":         {"zto", "zzz", ""},
		"not named":            {"zto", "", ""},
		"not named nor asked":  {"", "", ""},
	} {
		url, _ := providertest.Answering(t, 200, fmt.Sprintf(`{"code":0,"data":[{"cp_code":%q,"data":%s}]}`, c.code, scanned))
		trace, err := client(t, settings(t, url)).Query(t.Context(), waybill, c.asked, "")
		if err != nil || trace.Carrier != c.want {
			t.Errorf("%s: got %q, %v", name, trace.Carrier, err)
		}
	}
}

func TestLimitsAreKeptBeforeAnythingIsSent(t *testing.T) {
	p := client(t, settings(t, "http://127.0.0.1:1"))
	providertest.Limits(t, p, map[string]providertest.Limit{
		"no number":              {Want: tracking.ErrNumber},
		"two of them":            {Number: "1,2", Want: tracking.ErrNumber},
		"a carrier without code": {Number: waybill, Carrier: "kye", Want: tracking.ErrCarrier},
	})
	if !p.Serves("") || !p.Serves("sf") || p.Serves("kye") {
		t.Error("serves carriers that it has no code for, or not those that it has")
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	providertest.Refused(t, kuaibao.New, settings(t, "https://example.com").Settings, map[string]func(*kuaibao.Settings){
		"no app id":      func(s *kuaibao.Settings) { s.AppID = "" },
		"no api key":     func(s *kuaibao.Settings) { s.APIKey = "" },
		"no url":         func(s *kuaibao.Settings) { s.URL = "" },
		"another scheme": func(s *kuaibao.Settings) { s.URL = "ftp://example.com" },
	})
}

func TestPushesAreOfferedOnlyWithAToken(t *testing.T) {
	s := settings(t, "https://example.com")
	if client(t, s).Pushes == nil {
		t.Error("with a token there are no subscriptions")
	}
	s.PushToken = ""
	if client(t, s).Pushes != nil {
		t.Error("without a token there are pushes")
	}
}
