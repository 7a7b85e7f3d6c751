package kuaidi100_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/redact"
	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/kuaidi100"
	"waybill/tracking/providertest"
)

const (
	waybill  = "SF1000000000015"
	tail     = "4321"
	key      = "SyntheticKey0f9e"
	customer = "SYNTHETICCUSTOMER77AB"
	salt     = "synthetic-salt-31c5"
)

// every bills every n-th failure of a waybill.
type every struct {
	n     int
	asked []string
}

func (e *every) count(_ context.Context, provider, waybill string) bool {
	e.asked = append(e.asked, provider+" "+waybill)
	return len(e.asked)%e.n == 0
}

// setup is what a test opens the provider with.
type setup struct {
	kuaidi100.Settings
	tracking.Parts
}

func settings(t *testing.T, url string) setup {
	t.Helper()
	s := setup{
		kuaidi100.Settings{Customer: customer, Key: key, URL: url, AutonumberURL: url, Salt: salt, CallbackURL: "http://bot.example"},
		providertest.Parts(t),
	}
	s.FailureBilled = (&every{n: 5}).count
	return s
}

func client(t *testing.T, s setup) tracking.Provider {
	t.Helper()
	return providertest.Open(t, kuaidi100.New, s.Settings, s.Parts)
}

func query(t *testing.T, body string) (models.Trace, error) {
	t.Helper()
	url, _ := providertest.Answering(t, 200, body)
	return client(t, settings(t, url)).Query(t.Context(), waybill, "sf", tail)
}

// fails is a failure in the vendor's words.
func fails(code, message string) providertest.Reply {
	return providertest.Reply{Body: fmt.Sprintf(`{"result":false,"returnCode":%q,"message":%q}`, code, message)}
}

func refusals() []providertest.Refusal {
	row := func(name string, reply providertest.Reply, kind error) providertest.Refusal {
		return providertest.Refusal{Name: name, Reply: reply, Kind: kind}
	}
	needed := row("408 without a tail wants one", fails("408", "快递公司参数异常：验证码错误"), tracking.ErrTailNeeded)
	needed.NoTail = true
	locked := row("a locked waybill is locked for a day", fails("500", "该单号查询过于频繁，已锁单"), tracking.ErrLocked)
	locked.Until = true
	strange := row("a code of no document counts as billed", fails("999", "?"), tracking.ErrUnavailable)
	strange.Billed = true
	nothing := row("200 without scans is billed", providertest.Reply{Body: `{"message":"ok","status":"200","state":"0","data":[]}`}, tracking.ErrNoRecord)
	nothing.Billed = true
	busy := row("too many requests for the gateway", providertest.Reply{Status: 429, Header: map[string]string{"Retry-After": "30"}}, tracking.ErrRate)
	busy.Until = true
	return []providertest.Refusal{
		row("201 is no record", fails("201", "快递公司参数异常：单号不存在或者已经过期"), tracking.ErrNoRecord),
		row("201 as a status, the shape of a trace", providertest.Reply{Body: `{"message":"快递公司参数异常：单号不存在或者已经过期","nu":"","ischeck":"0","com":"shunfeng","status":"201","state":"0","data":[]}`}, tracking.ErrNoRecord),
		row("400 that names the company", fails("400", "找不到对应公司"), tracking.ErrCarrier),
		row("400 that does not", fails("400", "提交数据不完整"), tracking.ErrAuth),
		row("408 with a tail refuses it", fails("408", "快递公司参数异常：验证码错误"), tracking.ErrTailWrong),
		row("408 with the other colon", fails("408", "快递公司参数异常:验证码错误"), tracking.ErrTailWrong),
		row("a refused tail under another code", fails("400", "快递公司参数异常：验证码错误"), tracking.ErrTailWrong),
		row("500 is no record", fails("500", "查询无结果，请隔段时间再查"), tracking.ErrNoRecord),
		row("500 as a number", providertest.Reply{Body: `{"result":false,"returnCode":500,"message":"查询无结果"}`}, tracking.ErrNoRecord),
		row("501", fails("501", "服务器错误"), tracking.ErrUnavailable),
		row("502", fails("502", "服务器繁忙"), tracking.ErrUnavailable),
		row("503", fails("503", "验证签名失败"), tracking.ErrAuth),
		row("601", fails("601", "key已过期"), tracking.ErrQuota),
		row("a server error", providertest.Reply{Status: 502, Body: "<html>"}, tracking.ErrUnavailable),
		needed, locked, strange, nothing, busy,
	}
}

func TestContract(t *testing.T) {
	providertest.Run(t, providertest.Vendor{
		Name: "kuaidi100",
		New: func(t *testing.T, url string, c *http.Client) tracking.Provider {
			s := settings(t, url)
			s.Client = c
			return client(t, s)
		},
		Secrets: []string{key, customer, salt},
		Waybill: waybill, Carrier: "sf", Tail: tail, TooLong: "SF10000000000151000000000000000151",
		Good: providertest.Reply{Body: providertest.Fixture(t, "transit.json")},
		Scans: []providertest.Scan{
			{At: providertest.At(5, 9, 19, 28), Text: "【杭州市】您的包裹已存放至【驿站】，记得早点来取它回家！"},
			{At: providertest.At(5, 7, 17, 31), Text: "【杭州市】【杭州网点】的小哥正在派件"},
			{At: providertest.At(5, 2, 9, 52), Text: "【杭州市】快件到达【杭州转运中心】"},
			{At: providertest.At(4, 17, 25, 0), Text: "【上海市】【上海杨浦网点】已取件"},
		},
		Status: models.ReadyForPickup, Names: "sf",
		Refusals: refusals(),
		Echo:     func(told string) providertest.Reply { return fails("400", told) },
		Billed:   func(status int) bool { return status == 200 },
	})
}

func TestAQueryIsWhatTheDocumentWants(t *testing.T) {
	url, last := providertest.Answering(t, 200, `{"status":"200","data":[]}`)
	s := settings(t, url+"//")
	s.Key, s.Customer = "TESTKEY", "TESTCUSTOMER"
	_, _ = client(t, s).Query(t.Context(), "JT0004301991791", "jt", "")
	if last.Method != http.MethodPost || last.URL.Path != "/poll/query.do" || last.Header.Get("Content-Type") != "application/x-www-form-urlencoded; charset=utf-8" {
		t.Errorf("asked %s %s with %s", last.Method, last.URL.Path, last.Header.Get("Content-Type"))
	}
	want := `{"com":"jtexpress","num":"JT0004301991791","phone":"","resultv2":"4","show":"0","order":"desc","lang":"zh"}`
	if got := last.Posted.Get("param"); got != want {
		t.Errorf("param is %s", got)
	}
	if last.Posted.Get("sign") != "2C44222C8360B3DCA61D0B2D86DB1493" || last.Posted.Get("customer") != "TESTCUSTOMER" || len(last.Posted) != 3 {
		t.Error("sign, customer or the form as a whole is not as documented")
	}
}

func TestScansComeInEnglishWhenTheyAreAskedForSo(t *testing.T) {
	url, last := providertest.Answering(t, 200, providertest.Fixture(t, "transit.json"))
	p := client(t, settings(t, url))
	for lang, ask := range map[string]tracking.Query{"": p.Query, models.English: p.QueryEnglish} {
		trace, err := ask(t.Context(), waybill, "sf", tail)
		if err != nil || trace.Lang != lang || trace.Status != models.ReadyForPickup {
			t.Errorf("%q: got scans in %q, status %s, %v", lang, trace.Lang, trace.Status, err)
		}
		if want := `"lang":"` + cmp.Or(lang, "zh") + `"`; !strings.Contains(last.Posted.Get("param"), want) {
			t.Errorf("%q: asked without %s", lang, want)
		}
	}
}

func TestWhatTheVendorExpectsIsTheEstimate(t *testing.T) {
	for body, want := range map[string]string{
		`"arrivalTime":"2026-03-06 18"`:       "",
		`"arrivalTime":"2026-03-06 18:00:00"`: "2026-03-06 18:00",
		`"arrivalTime":""`:                    "",
	} {
		trace, err := query(t, `{"status":"200","state":"0",`+body+`,"data":{"1":{"ftime":"2026-03-03 05:06:07","context":"已揽收"},"0":{"ftime":"2026-03-04 05:06:07","context":"到达"}}}`)
		if err != nil || trace.Estimate != want || len(trace.Events) != 2 || trace.Events[0].Text != "到达" {
			t.Errorf("%s: got %q with %d scans, %v", body, trace.Estimate, len(trace.Events), err)
		}
	}
	trace, err := query(t, `{"status":"200","state":"0","arrivalTime":"2026-03-06 18:00:00","data":[{"ftime":"2026-03-04 06:00","context":"预计明天送达"},{"ftime":"2026-03-04 05:06:07","context":"到达"}]}`)
	if err != nil || trace.Estimate != "预计明天送达" || len(trace.Events) != 1 {
		t.Errorf("the carrier's own words: got %q with %d scans, %v", trace.Estimate, len(trace.Events), err)
	}
}

func TestATailGoesIntoPhone(t *testing.T) {
	url, last := providertest.Answering(t, 200, providertest.Fixture(t, "transit.json"))
	if _, err := client(t, settings(t, url)).Query(t.Context(), waybill, "zto", "0042"); err != nil {
		t.Fatal(err)
	}
	want := `{"com":"zhongtong","num":"` + waybill + `","phone":"0042","resultv2":"4","show":"0","order":"desc","lang":"zh"}`
	if got := last.Posted.Get("param"); got != want {
		t.Error("param is not as documented")
	}
}

func TestAStateIsRefinedByTheNewestScan(t *testing.T) {
	for name, c := range map[string]struct {
		state, newest string
		want          models.Status
		detail        string
	}{
		"1": {"1", "", models.Collected, "1"}, "101": {"1", "101", models.Pending, "101"}, "102": {"1", "102", models.Pending, "102"},
		"103": {"1", "103", models.Collected, "103"}, "0": {"0", "", models.InTransit, "0"}, "1001": {"0", "1001", models.InTransit, "1001"},
		"1002": {"0", "1002", models.InTransit, "1002"}, "1003": {"0", "1003", models.InTransit, "1003"}, "7": {"7", "7", models.InTransit, "7"},
		"5": {"5", "5", models.OutForDelivery, "5"}, "501": {"5", "501", models.ReadyForPickup, "501"},
		"3": {"3", "", models.Delivered, "3"}, "301": {"3", "301", models.Delivered, "301"}, "302": {"3", "302", models.Delivered, "302"},
		"303": {"3", "303", models.Delivered, "303"}, "304": {"3", "304", models.Delivered, "304"},
		"6": {"6", "6", models.Returning, "6"}, "4": {"4", "", models.Returned, "4"}, "401": {"4", "401", models.Cancelled, "401"},
		"14": {"14", "14", models.Rejected, "14"}, "14 under 4": {"4", "14", models.Rejected, "14"},
		"2": {"2", "2", models.Exception, "2"}, "201": {"2", "201", models.Exception, "201"}, "202": {"2", "202", models.Exception, "202"},
		"203": {"2", "203", models.Rejected, "203"}, "204": {"2", "204", models.FailedAttempt, "204"}, "205": {"2", "205", models.Exception, "205"},
		"206": {"2", "206", models.FailedAttempt, "206"}, "207": {"2", "207", models.Exception, "207"}, "208": {"2", "208", models.Exception, "208"},
		"209": {"2", "209", models.Exception, "209"}, "210": {"2", "210", models.Exception, "210"},
		"8": {"8", "8", models.Customs, "8"}, "10": {"8", "10", models.Customs, "10"}, "11": {"8", "11", models.Customs, "11"},
		"12": {"8", "12", models.Customs, "12"}, "13": {"13", "", models.Exception, "13"}, "13 under 8": {"8", "13", models.Exception, "13"},
		"a state that is fine already":        {"501", "5", models.ReadyForPickup, "501"},
		"a state of no table":                 {"99", "", models.Unknown, "99"},
		"a scan's code of no table":           {"5", "599", models.OutForDelivery, "5"},
		"a state of no table, a code of one":  {"99", "501", models.ReadyForPickup, "501"},
		"the default state yields to a scan":  {"0", "5", models.OutForDelivery, "5"},
		"an older state yields to a scan":     {"5", "204", models.FailedAttempt, "204"},
		"on the way back it is still moving":  {"6", "1002", models.Returning, "6"},
		"signed by the sender is returned":    {"4", "301", models.Returned, "4"},
		"signed stands against a later scan":  {"3", "1002", models.Delivered, "3"},
		"neither: the words":                  {"", "", models.OutForDelivery, ""},
		"without a state the scan's own code": {"", "304", models.Delivered, "304"},
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, fmt.Sprintf(`{"status":"200","state":%q,"data":[{"ftime":"2026-03-04 05:06:07","context":"正在派件","statusCode":%q},{"ftime":"2026-03-03 05:06:07","context":"x","statusCode":"2"}]}`, c.state, c.newest))
			if err != nil || trace.Status != c.want || trace.Detail != c.detail || trace.Final || trace.ByWords != (name == "neither: the words") {
				t.Errorf("got %q by %q, final %v, %v; want %q by %q", trace.Status, trace.Detail, trace.Final, err, c.want, c.detail)
			}
		})
	}
}

func TestATraceKeepsAreasAndRoute(t *testing.T) {
	trace, err := query(t, providertest.Fixture(t, "transit.json"))
	if err != nil {
		t.Fatal(err)
	}
	if trace.Origin != "上海" || trace.Destination != "杭州" { // the vendor names none, the pickup point's scan does
		t.Errorf("route is from %q to %q", trace.Origin, trace.Destination)
	}
	newest := trace.Events[0]
	if want := `{"areaCode":"CN330102000000","areaName":"浙江,杭州市,上城区","areaCenter":"120.184349,30.25446","areaPinYin":"shang cheng qu","location":"浙江省 杭州市 上城区"}`; newest.Extra != want {
		t.Errorf("area is %s", newest.Extra)
	}
	if newest.Code != "501" || newest.Status != models.ReadyForPickup || newest.Place != "" || trace.Events[1].Extra != "" || trace.Events[1].Code != "5" {
		t.Errorf("scans are %+v and %+v", newest, trace.Events[1])
	}
}

const scanned = `[{"ftime":"2026-03-04 05:06:07","time":"2026-03-04 05:06:07","context":"已揽收","statusCode":"1"}]`

func TestOddShapesAreTolerated(t *testing.T) {
	for name, c := range map[string]struct {
		body    string
		carrier models.Carrier
	}{
		"numbers for texts":          {`{"status":200,"state":1,"com":"shunfeng","data":` + scanned + `}`, "sf"},
		"a route of another shape":   {`{"status":"200","state":"1","routeInfo":"","data":` + scanned + `}`, ""},
		"a route of nothing":         {`{"status":"200","state":"1","routeInfo":{"from":{},"cur":null},"data":` + scanned + `}`, ""},
		"a byte order mark":          {"\ufeff" + `{"status":"200","state":"1","data":` + scanned + `}`, ""},
		"the number in lower case":   {`{"status":"200","nu":"sf1000000000015","data":` + scanned + `}`, ""},
		"the number masked":          {`{"status":"200","nu":"SF10****015","data":` + scanned + `}`, ""},
		"a code beside returnCode":   {`{"status":"200","returnCode":"","data":` + scanned + `}`, ""},
		"a corrected carrier":        {`{"status":"200","com":"ZhongTong","data":` + scanned + `}`, "zto"},
		"a carrier nobody knows":     {`{"status":"200","com":"zzz","data":` + scanned + `}`, ""},
		"a scan that has lost words": {`{"status":"200","data":[{"time":"2026-03-04 06:00","context":null},{"time":"2026-03-04 05:06","context":"已揽收","statusCode":1}]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			trace, err := query(t, c.body)
			if err != nil {
				t.Fatal(err)
			}
			if trace.Status != models.Collected || trace.Carrier != c.carrier || !trace.Billed || len(trace.Events) != 1 || trace.Origin != "" {
				t.Errorf("got %+v", trace)
			}
		})
	}
}

func TestNonsenseIsUnavailableAndCountsAsBilled(t *testing.T) {
	for name, body := range map[string]string{
		"another number":          `{"status":"200","nu":"SF1000000000023","data":` + scanned + `}`,
		"no readable time":        `{"status":"200","data":[{"time":"?","context":"x"}]}`,
		"data is text":            `{"status":"200","data":"x"}`,
		"data is a list of texts": `{"status":"200","data":["x"]}`,
		"no code":                 `{"data":` + scanned + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := query(t, body)
			providertest.Failed(t, "nonsense", err, tracking.ErrUnavailable, true)
		})
	}
}

func TestTwoCarriersOfOneCodeAreNotTakenForEachOther(t *testing.T) {
	url, _ := providertest.Answering(t, 200, `{"status":"200","com":"youzhengguonei","data":`+scanned+`}`)
	for _, asked := range []models.Carrier{"chinapost_parcel", "chinapost_reg"} {
		if trace, err := client(t, settings(t, url)).Query(t.Context(), waybill, asked, ""); err != nil || trace.Carrier != asked {
			t.Errorf("asked as %s, answered as %q, %v", asked, trace.Carrier, err)
		}
	}
}

func TestEveryFifthFailureOfAWaybillIsBilled(t *testing.T) {
	for _, code := range []string{"500", "408"} {
		url, _ := providertest.Answering(t, 200, fails(code, "x").Body)
		s := settings(t, url)
		counter := &every{n: 5}
		s.FailureBilled = counter.count
		var billed []bool
		for range 10 {
			_, err := client(t, s).Query(t.Context(), waybill, "sf", tail)
			var e *tracking.Error
			billed = append(billed, errors.As(err, &e) && e.Billed)
		}
		if !slices.Equal(billed, []bool{false, false, false, false, true, false, false, false, false, true}) {
			t.Errorf("%s: billed %v", code, billed)
		}
		if counter.asked[0] != "kuaidi100 "+waybill {
			t.Errorf("%s: counted for another waybill", code)
		}
		s.FailureBilled = nil
		_, err := client(t, s).Query(t.Context(), waybill, "sf", tail)
		var e *tracking.Error
		if !errors.As(err, &e) || !e.Billed {
			t.Errorf("%s: without a counter it must count as billed: %v", code, err)
		}
	}
}

func TestOtherFailuresAreNotCounted(t *testing.T) {
	for _, code := range []string{"201", "400", "501", "502", "503", "601"} {
		url, _ := providertest.Answering(t, 200, fails(code, "x").Body)
		s := settings(t, url)
		counter := &every{n: 1}
		s.FailureBilled = counter.count
		_, err := client(t, s).Query(t.Context(), waybill, "sf", tail)
		var e *tracking.Error
		if !errors.As(err, &e) || e.Billed || len(counter.asked) != 0 {
			t.Errorf("%s: billed %v, counted %d times", code, e.Billed, len(counter.asked))
		}
	}
}

func TestALockLastsADay(t *testing.T) {
	_, err := query(t, fails("503", "单号已被锁定").Body)
	var e *tracking.Error
	if !errors.As(err, &e) || !errors.Is(err, tracking.ErrLocked) || e.Until != models.At(providertest.Clock().Add(24*time.Hour)) {
		t.Errorf("got %v until %v", err, e)
	}
}

func TestLimitsAreKeptBeforeAnythingIsSent(t *testing.T) {
	p := client(t, settings(t, "http://127.0.0.1:1"))
	providertest.Limits(t, p, map[string]providertest.Limit{
		"five characters":        {Number: "SF100", Carrier: "sf", Want: tracking.ErrNumber},
		"33 characters":          {Number: "SF1000000000015100000000000000015", Carrier: "sf", Want: tracking.ErrNumber},
		"a space":                {Number: "SF 1000", Carrier: "sf", Want: tracking.ErrNumber},
		"no carrier":             {Number: waybill, Want: tracking.ErrCarrier},
		"a carrier without code": {Number: waybill, Carrier: "cainiao", Want: tracking.ErrCarrier},
	})
	if p.Serves("") || p.Serves("cainiao") || !p.Serves("sf") {
		t.Error("serves carriers that it has no code for, or not those that it has")
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	providertest.Refused(t, kuaidi100.New, settings(t, "https://example.com").Settings, map[string]func(*kuaidi100.Settings){
		"no customer":            func(s *kuaidi100.Settings) { s.Customer = "" },
		"no key":                 func(s *kuaidi100.Settings) { s.Key = "" },
		"no url":                 func(s *kuaidi100.Settings) { s.URL = "" },
		"another scheme":         func(s *kuaidi100.Settings) { s.AutonumberURL = "ftp://example.com" },
		"a salt and no callback": func(s *kuaidi100.Settings) { s.CallbackURL = "" },
	})
}

func TestPushesAreOfferedOnlyWithASalt(t *testing.T) {
	s := settings(t, "https://example.com")
	if client(t, s).Pushes == nil {
		t.Error("with a salt there are no subscriptions")
	}
	s.Salt = ""
	p := client(t, s)
	if p.Pushes != nil || p.Detect == nil {
		t.Errorf("without a salt: pushes %v, detects %v", p.Pushes != nil, p.Detect != nil)
	}
}

func TestItIsKnownToLockWhateverItIsGiven(t *testing.T) {
	for _, salt := range []redact.Secret{salt, ""} {
		s := settings(t, "http://127.0.0.1")
		s.Salt = salt
		if !client(t, s).Locks {
			t.Errorf("with a salt of %d characters it does not say that it locks", len(salt))
		}
	}
}
