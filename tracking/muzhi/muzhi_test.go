package muzhi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/muzhi"
	"waybill/tracking/providertest"
)

const (
	waybill = "SF1000000000015"
	tail    = "4321"
	appcode = "synthetic-appcode-0f9e"
)

// setup is what a test opens the provider with.
type setup struct {
	muzhi.Settings
	tracking.Parts
}

func settings(t *testing.T, url string) setup {
	t.Helper()
	return setup{
		muzhi.Settings{AppCode: appcode, URL: url, QueryPath: "/query", DetectPath: "/detect", ListPath: "/list"},
		providertest.Parts(t),
	}
}

func client(t *testing.T, s setup) tracking.Provider {
	t.Helper()
	return providertest.Open(t, muzhi.New, s.Settings, s.Parts)
}

func TestContract(t *testing.T) {
	providertest.Run(t, providertest.Vendor{
		Name: "muzhi",
		New: func(t *testing.T, url string, c *http.Client) tracking.Provider {
			s := settings(t, url)
			s.Client = c
			return client(t, s)
		},
		Secrets: []string{appcode},
		Waybill: waybill, Carrier: "sf", Tail: tail, TooLong: strings.Repeat("7", 41),
		Good: providertest.Reply{Body: providertest.Fixture(t, "transit.json")},
		Scans: []providertest.Scan{
			{At: providertest.At(4, 19, 18, 40), Text: "【泉州市】快件离开【福建营销部】已发往【泉州中转部】"},
			{At: providertest.At(4, 19, 18, 0), Text: "【泉州市】快件已装车"},
			{At: providertest.At(4, 19, 18, 0), Text: "【泉州市】快件已装袋"},
			{At: providertest.At(4, 9, 5, 0), Text: "【泉州市】【福建营销部】(189****0)的舒宝(189****0)已揽收"},
		},
		Status: models.InTransit, Names: "sf",
		Refusals: refusals(),
		Echo:     func(told string) providertest.Reply { return says(0, "快递单号错误 "+told) },
		Billed:   func(status int) bool { return status >= 200 && status <= 300 },
	})
}

func query(t *testing.T, status int, body string) (models.Trace, error) {
	t.Helper()
	url, _ := providertest.Answering(t, status, body)
	return client(t, settings(t, url)).Query(t.Context(), waybill, "sf", tail)
}

func TestTheRequestIsWhatTheVendorDocuments(t *testing.T) {
	for name, c := range map[string]struct {
		carrier models.Carrier
		tail    string
		want    string
	}{
		"carrier and tail":              {"sf", tail, "kddh=" + waybill + "&code=shunfeng&tel=" + tail},
		"nothing but the number":        {"", "", "kddh=" + waybill},
		"a carrier without a code":      {"sto", tail, "kddh=" + waybill + "&tel=" + tail},
		"muzhi's code, not kuaidi100's": {"jd", "", "kddh=" + waybill + "&code=jingdong"},
	} {
		t.Run(name, func(t *testing.T) {
			url, last := providertest.Answering(t, 200, providertest.Fixture(t, "transit.json"))
			if _, err := client(t, settings(t, url+"//")).Query(t.Context(), waybill, c.carrier, c.tail); err != nil {
				t.Fatal(err)
			}
			if last.Method != http.MethodGet || last.URL.Path != "/query" || last.URL.RawQuery != c.want {
				t.Errorf("asked %s %s?%s, want GET /query?%s", last.Method, last.URL.Path, last.URL.RawQuery, c.want)
			}
			if got := last.Header["Authorization"]; len(got) != 1 || got[0] != "APPCODE "+appcode {
				t.Error("the Authorization header is not as documented")
			}
			if last.ContentLength != 0 || len(last.TransferEncoding) != 0 {
				t.Errorf("a GET with a body: %d %v", last.ContentLength, last.TransferEncoding)
			}
		})
	}
}

func TestStatusesAreTranslatedAndRefined(t *testing.T) {
	for name, c := range map[string]struct {
		status string
		text   string
		want   models.Status
	}{
		"0 is read out of the words":             {"0", "快件已签收", models.Delivered},
		"0 without known words is unknown":       {"0", "谢谢", models.Unknown},
		"1 with a scan is read out of the words": {"1", "已揽收", models.Collected},
		"2":                                      {"2", "谢谢", models.InTransit},
		"2 may be out for delivery":              {"2", "正在派件", models.OutForDelivery},
		"2 as text":                              {`"2"`, "谢谢", models.InTransit},
		"2.0":                                    {"2.0", "谢谢", models.InTransit},
		"3":                                      {"3", "快件到达【杭州网点】", models.OutForDelivery},
		"3 may wait at a station":                {"3", "已存放至【菜鸟驿站】，请及时取件", models.ReadyForPickup},
		"4":                                      {"4", "谢谢", models.Delivered},
		"5":                                      {"5", "谢谢", models.Rejected},
		"6":                                      {"6", "谢谢", models.Exception},
		"7":                                      {"7", "谢谢", models.Invalid},
		"8":                                      {"8", "谢谢", models.Expired},
		"9":                                      {"9", "谢谢", models.FailedAttempt},
		"10":                                     {"10", "谢谢", models.Returned},
		"11":                                     {"11", "谢谢", models.Unknown},
		"missing":                                {"null", "已揽收", models.Collected},
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, 200, fmt.Sprintf(`{"ok":1,"msg":"查询成功","status":%s,"data":[{"time":"2026-03-04 05:06:07","content":%q}]}`, c.status, c.text))
			if err != nil || trace.Status != c.want {
				t.Errorf("got %q, %v, want %q", trace.Status, err, c.want)
			}
		})
	}
}

const scanned = `[{"time":"2026-03-04 05:06:07","content":"已揽收"}]`

func TestAStatusOutOfWordsSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		status, text string
		want         models.Status
		byWords      bool
	}{
		"handed to the carrier is collected":   {"2", "货物已交付京东物流", models.Collected, true},
		"fetched at the station":               {"3", "您已在幸福里菜鸟驿站完成取件，感谢使用菜鸟驿站", models.Delivered, true},
		"waits to be signed for":               {"2", "快件已到达城西网点，待客户签收", models.InTransit, false},
		"words that say what the vendor says":  {"2", "快件离开【杭州转运中心】", models.InTransit, false},
		"words that say nothing":               {"2", "谢谢", models.InTransit, false},
		"the vendor's own delivered":           {"4", "已签收", models.Delivered, false},
		"the vendor's own returned stands":     {"10", "快件已签收", models.Returned, false},
		"no status, delivered by words":        {"null", "快件已签收", models.Delivered, true},
		"back with its sender by words":        {"2", "退件已由寄件人签收", models.Returned, true},
		"called off by words":                  {"2", "寄件人取消寄件", models.Cancelled, true},
		"out for delivery stands by its words": {"3", "快件到达【杭州网点】", models.OutForDelivery, false},
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, 200, fmt.Sprintf(`{"ok":1,"msg":"查询成功","status":%s,"data":[{"time":"2026-03-04 05:06:07","content":%q}]}`, c.status, c.text))
			if err != nil || trace.Status != c.want || trace.ByWords != c.byWords {
				t.Errorf("got %q by words %v, %v, want %q by words %v", trace.Status, trace.ByWords, err, c.want, c.byWords)
			}
		})
	}
}

func TestContradictionsAreTolerated(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		billed bool
		want   models.Status
		scans  int
	}{
		"ok as text":               {200, `{"ok":"1","msg":"查询成功","status":"2","data":` + scanned + `}`, true, models.Collected, 1},
		"ok as a boolean":          {200, `{"ok":true,"msg":null,"status":2,"data":` + scanned + `}`, true, models.Collected, 1},
		"scans though no record":   {200, `{"ok":1,"msg":"查询成功,暂无记录","status":1,"data":` + scanned + `}`, true, models.Collected, 1},
		"scans though invalid":     {200, `{"ok":1,"msg":"查询失败:无效单","status":2,"data":` + scanned + `}`, true, models.Collected, 1},
		"scans though not billed":  {666, `{"ok":1,"msg":"查询成功","status":2,"data":` + scanned + `}`, false, models.Collected, 1},
		"scans though not ok":      {200, `{"ok":0,"msg":"查询成功","status":2,"data":` + scanned + `}`, true, models.Collected, 1},
		"a status without scans":   {200, `{"ok":1,"msg":"查询成功","status":4,"data":null}`, true, models.Delivered, 0},
		"invalid by its msg":       {200, `{"ok":1,"msg":"查询失败：无效单","status":0,"data":[]}`, true, models.Invalid, 0},
		"invalid by its status":    {200, `{"ok":1,"msg":"查询成功","status":7,"data":""}`, true, models.Invalid, 0},
		"expired":                  {200, `{"ok":1,"msg":"查询成功","status":8,"data":{}}`, true, models.Expired, 0},
		"a byte order mark":        {200, "\ufeff" + `{"ok":1,"status":2,"data":` + scanned + `}`, true, models.Collected, 1},
		"one scan without a time":  {200, `{"ok":1,"status":2,"data":[{"time":"?","content":"x"},{"time":1772571967,"content":"已揽收"}]}`, true, models.InTransit, 2},
		"our number, masked":       {200, `{"ok":1,"status":2,"kddh":"78627****758","data":` + scanned + `}`, true, models.Collected, 1},
		"our number, lower case":   {200, `{"ok":1,"status":2,"kddh":"sf1000000000015","data":` + scanned + `}`, true, models.Collected, 1},
		"one blank scan among two": {200, `{"ok":1,"status":2,"data":[{"time":"2026-03-04 06:00","content":" "},{"time":"2026-03-04 05:06","content":"已揽收"}]}`, true, models.Collected, 1},
		"one scan twice":           {200, `{"ok":1,"status":2,"data":[{"time":"2026-03-04 05:06","content":"已揽收"},{"time":"2026-03-04 05:06:00","content":"已揽收"}]}`, true, models.Collected, 1},
		"a scan of next week":      {200, `{"ok":1,"status":2,"data":[{"time":"2026-03-12 05:06","content":"预计送达"},{"time":"2026-03-04 05:06:00","content":"已揽收"}]}`, true, models.Collected, 1},
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, c.status, c.body)
			if err != nil {
				t.Fatal(err)
			}
			if trace.Status != c.want || trace.Billed != c.billed || len(trace.Events) != c.scans {
				t.Errorf("got %q, billed %v, %d scans", trace.Status, trace.Billed, len(trace.Events))
			}
		})
	}
}

func TestNonsenseIsUnavailable(t *testing.T) {
	for name, body := range map[string]string{
		"another number":           `{"ok":1,"status":2,"kddh":"SF1000000000023","data":` + scanned + `}`,
		"no readable time":         `{"ok":1,"status":2,"data":[{"time":"?","content":"x"}]}`,
		"data is text":             `{"ok":1,"status":2,"data":"x"}`,
		"data is a list of texts":  `{"ok":1,"status":2,"data":["x"]}`,
		"status is a list":         `{"ok":1,"status":[2],"data":[]}`,
		"msg is an object":         `{"ok":1,"msg":{},"data":[]}`,
		"ok without anything else": `{"ok":1}`,
		"not ok, a status":         `{"ok":0,"msg":"系统异常","status":4,"data":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			for status, billed := range map[int]bool{200: true, 666: false} {
				_, err := query(t, status, body)
				providertest.Failed(t, fmt.Sprint(status), err, tracking.ErrUnavailable, billed)
			}
		})
	}
}

func TestTheCarrierIsTheOneThatMuzhiNames(t *testing.T) {
	for name, want := range map[string]models.Carrier{"中通快递": "zto", "极兔速递": "jt", "中天快运": "", "": ""} {
		trace, err := query(t, 200, fmt.Sprintf(`{"ok":1,"status":2,"kdmc":%q,"data":%s}`, name, scanned))
		if err != nil || trace.Carrier != want || trace.Named != name {
			t.Errorf("%q: got %q named %q, %v; want %q", name, trace.Carrier, trace.Named, err, want)
		}
	}
}

func TestLimitsAreKeptBeforeAnythingIsSent(t *testing.T) {
	providertest.Limits(t, client(t, settings(t, "http://127.0.0.1:1")), map[string]providertest.Limit{
		"no number":            {Want: tracking.ErrNumber},
		"21 characters":        {Number: strings.Repeat("1", 21), Want: tracking.ErrCarrier}, // a number, but none for this vendor
		"41 characters":        {Number: strings.Repeat("1", 41), Want: tracking.ErrNumber},
		"a star makes it test": {Number: "SF10*0000", Want: tracking.ErrNumber},
		"a space":              {Number: "SF 10", Want: tracking.ErrNumber},
		"a tail of 15":         {Number: waybill, Tail: strings.Repeat("1", 15), Want: tracking.ErrTailWrong},
	})
}
