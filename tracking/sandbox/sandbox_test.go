package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/models"
)

// clock is a settable one.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 3, 5, 12, 0, 0, 0, models.Shanghai)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is a sandbox on a real port with a settable clock.
type world struct {
	*Sandbox
	clock *clock
	url   string
}

func newWorld(t *testing.T, o Options) world {
	t.Helper()
	c := newClock()
	o.Now = c.Now
	s := New(o)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return world{s, c, server.URL}
}

// said is an answer of the emulated Muzhi.
type said struct {
	status int
	reason string
	body   string
	muzhiTrace
}

func (w world) get(t *testing.T, path, key string, pairs ...string) said {
	t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+path+"?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", key)
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
	got := said{status: resp.StatusCode, reason: resp.Header.Get(reasonHeader), body: string(raw)}
	_ = json.Unmarshal(raw, &got.muzhiTrace) // some answers are none
	return got
}

func (w world) ask(t *testing.T, pairs ...string) said {
	t.Helper()
	return w.get(t, MuzhiQueryPath, "APPCODE x", pairs...)
}

func TestMuzhiIsAsStrictAsTheVendor(t *testing.T) {
	w := newWorld(t, Options{Appcode: "right"})
	long := strings.Repeat("1", 21)
	for name, c := range map[string]struct {
		key   string
		pairs []string
		want  int
		says  string
	}{
		"no key":                    {"", []string{"kddh", "YT1000000000013"}, 401, "Empty Signature"},
		"no scheme":                 {"right", []string{"kddh", "YT1000000000013"}, 400, "Invalid AppCode"},
		"two spaces":                {"APPCODE  right", []string{"kddh", "YT1000000000013"}, 400, "Invalid AppCode"},
		"another key":               {"APPCODE wrong", []string{"kddh", "YT1000000000013"}, 400, "Invalid AppCode"},
		"no number":                 {"APPCODE right", nil, 666, "请传入快递单号【kddh字段】"},
		"21 characters":             {"APPCODE right", []string{"kddh", long}, 666, "传入快递单号kddh字符串长度超限"},
		"a phone behind the number": {"APPCODE right", []string{"kddh", "SF1000000000015:1234"}, 666, "接口已升级,电话号码请传入另一个字段【tel】"},
		"a long code":               {"APPCODE right", []string{"kddh", "YT1000000000013", "code", long}, 666, "传入快递代码code字符串长度超限"},
		"a long tail":               {"APPCODE right", []string{"kddh", "YT1000000000013", "tel", long}, 666, "传入4位手机尾号tel字符串长度超限"},
		"an empty tail":             {"APPCODE right", []string{"kddh", "YT1000000000013", "tel", ""}, 666, "手机尾号非法格式"},
		"a tail of letters":         {"APPCODE right", []string{"kddh", "YT1000000000013", "tel", "12a4"}, 666, "手机尾号非法格式"},
		"no number at all":          {"APPCODE right", []string{"kddh", "HELLO"}, 200, "单号格式不正确"},
		"a code that is unknown":    {"APPCODE right", []string{"kddh", "YT1000000000013", "code", "yt"}, 200, "查询成功,无法匹配物流类型"},
		"a code that is another's":  {"APPCODE right", []string{"kddh", "YT1000000000013", "code", "zhongtong"}, 200, "查询成功,无法匹配物流类型"},
		"another's for any number":  {"APPCODE right", []string{"kddh", "YT2000000000013", "code", "zhongtong"}, 200, "查询成功,无法匹配物流类型"},
		"all as it should be":       {"APPCODE right", []string{"kddh", "YT1000000000013", "code", "yuantong"}, 200, "查询成功"},
		"any carrier of twelve":     {"APPCODE right", []string{"kddh", "400000000012", "code", "anneng"}, 200, "查询成功"},
		"UPS, whom nobody carries":  {"APPCODE right", []string{"kddh", "1Z999AA10123456784"}, 200, "查询成功,无法匹配物流类型"},
		"Amazon, as a carrier's":    {"APPCODE right", []string{"kddh", "TBA123456789012", "code", "jt"}, 200, "查询成功,无法匹配物流类型"},
		"YunExpress, not YTO":       {"APPCODE right", []string{"kddh", "YT1234567890123456"}, 200, "查询成功,无法匹配物流类型"},
		"a form that nobody knows":  {"APPCODE right", []string{"kddh", "QX12345678901"}, 200, "查询成功,无法匹配物流类型"},
		"the same, and whose it is": {"APPCODE right", []string{"kddh", "QX12345678901", "code", "jt"}, 200, "查询成功"},
		"a form that several share": {"APPCODE right", []string{"kddh", "980000000000"}, 200, "查询成功,无法匹配物流类型"},
		"a tail that is not wanted": {"APPCODE right", []string{"kddh", "YT1000000000013", "tel", "9999"}, 200, "查询成功"},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.get(t, MuzhiQueryPath, c.key, c.pairs...)
			if got.status != c.want || got.Msg+got.reason != c.says {
				t.Errorf("got %d %s%s, want %d %s", got.status, got.Msg, got.reason, c.want, c.says)
			}
			if got.status == 666 && got.OK != 0 || got.status == 200 && got.OK != 1 {
				t.Errorf("ok %d with %d", got.OK, got.status)
			}
		})
	}
}

func TestTails(t *testing.T) {
	w := newWorld(t, Options{})
	for _, c := range []struct{ number, tail, want string }{
		{"SF1000000000015", "", "请传入4位手机尾号【tel字段】"},
		{"SF1000000000015", "4321", "手机尾号错误,请核对"},
		{"SF1000000000015", "1234", "查询成功"},
		{"SF1000000000023", "1234", "手机尾号错误,请核对"},
		{"SF2000000000001", "0000", "手机尾号错误,请核对"},
		{"SF2000000000001", "5678", "查询成功"},
		{"SF2000000000001", "1234", "手机尾号错误,请核对"},
		{"SF2000000000001", "5678", "查询成功"},
		{"75000000000014", "", "请传入4位手机尾号【tel字段】"},
	} {
		pairs := []string{"kddh", c.number}
		if c.tail != "" {
			pairs = append(pairs, "tel", c.tail)
		}
		if got := w.ask(t, pairs...); got.Msg != c.want {
			t.Errorf("%s with tail %q: %s, want %s", c.number, c.tail, got.Msg, c.want)
		}
	}
}

func TestAnswersAreTheVendorsShape(t *testing.T) {
	w := newWorld(t, Options{})
	w.ask(t, "kddh", "YT1000000000013")
	w.clock.Add(30 * time.Hour)
	got := w.ask(t, "kddh", "yt1000000000013")
	if got.Kddh != "YT100****013" || got.Kdmc != "圆通速递" || got.OK != 1 {
		t.Errorf("got %s %s %d", got.Kddh, got.Kdmc, got.OK)
	}
	last := ""
	for _, scan := range got.Data {
		at, err := time.ParseInLocation(time.DateTime, scan.Time, models.Shanghai)
		if err != nil || at.After(w.clock.Now()) || last != "" && scan.Time > last {
			t.Errorf("scan at %s after %s: %v", scan.Time, last, err)
		}
		last = scan.Time
	}
	if none := w.ask(t, "kddh", "JT1000000000012"); none.Msg != "查询成功,暂无记录" || none.status != 200 || !strings.Contains(none.body, `"data":[]`) {
		t.Errorf("no record: %d %s", none.status, none.body)
	}
	if named := w.ask(t, "kddh", "YT1000000000088"); named.Kdmc != "中天快运" {
		t.Errorf("names %s", named.Kdmc)
	}
	if other := w.ask(t, "kddh", "YT1000000000070"); other.Kdmc != "极兔速递" {
		t.Errorf("names %s", other.Kdmc)
	}
	if wrong := w.ask(t, "kddh", "310000000000019", "code", "yunda"); wrong.Msg != "查询成功,无法匹配物流类型" {
		t.Errorf("takes the wrong code: %s", wrong.Msg)
	}
	if invalid := w.ask(t, "kddh", "YT1000000000054"); invalid.Msg != "查询失败:无效单" || invalid.Status != 7 || invalid.status != 200 {
		t.Errorf("invalid: %+v", invalid)
	}
}

func TestTheGuideNamesEveryEndpointAndScenario(t *testing.T) {
	w := newWorld(t, Options{})
	got := w.get(t, "/", "")
	for _, want := range []string{MuzhiQueryPath, MuzhiDetectPath, MuzhiListPath} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the guide lacks %s", want)
		}
	}
	for _, s := range Scenarios() {
		if !strings.Contains(got.body, s.Number) || s.Chinese == "" || s.English == "" {
			t.Errorf("the guide lacks %s", s.Number)
		}
	}
	if other := w.get(t, "/nowhere", ""); other.status != http.StatusNotFound {
		t.Errorf("an unknown path: %d", other.status)
	}
}

func TestDetectionAndList(t *testing.T) {
	w := newWorld(t, Options{})
	for number, want := range map[string]string{
		"SF1000000000015": "shunfeng", "368000000012": "shentong anneng yunda zhongtong shunfeng", "EA100000003CN": "ems", "HELLO": "",
		"LZ100000003CN": "youzheng", "RB123456785GB": "emsguoji", "433000000000012": "yunda shentong", "JDVA10000000014": "jingdong",
	} {
		var found muzhiDetected
		got := w.get(t, MuzhiDetectPath, "APPCODE x", "kddh", number)
		if err := json.Unmarshal([]byte(got.body), &found); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range found.Data {
			names = append(names, c.SimName)
		}
		if strings.Join(names, " ") != want || (got.status == 200) != (want != "") {
			t.Errorf("%s: %d %v, want %s", number, got.status, names, want)
		}
	}
	for key, want := range map[string]string{"中天快运": `"simName":"zhongtian"`, "测试": "暂未收录与关键字【测试】"} {
		if got := w.get(t, MuzhiListPath, "APPCODE x", "key", key); !strings.Contains(got.body, want) {
			t.Errorf("%s: %s", key, got.body)
		}
	}
	if got := w.get(t, MuzhiListPath, "APPCODE x", "page", "2"); !strings.Contains(got.body, `"thispage":2,"pagecount":2,"count":20`) {
		t.Errorf("page 2: %s", got.body)
	}
}

func BenchmarkQuery(b *testing.B) {
	s := New(Options{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for n := 0; pb.Next(); n++ {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, fmt.Sprintf("/query?kddh=YT2%012d", n%50_000), nil)
			r.Header.Set("Authorization", "APPCODE x")
			s.ServeHTTP(httptest.NewRecorder(), r)
		}
	})
}
