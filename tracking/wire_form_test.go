package tracking

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"waybill/models"
)

func TestEndpointJoinsPathAndBase(t *testing.T) {
	for base, want := range map[string]string{
		"https://v.example":       "https://v.example/a/b.do",
		"http://127.0.0.1:8090//": "http://127.0.0.1:8090/a/b.do",
		"https://v.example/kd/":   "https://v.example/kd/a/b.do",
		"":                        "", "v.example": "", "ftp://v.example": "", "http://%zz": "", "https://": "",
	} {
		got, err := Endpoint(base, "/a/b.do")
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v", base, got, err)
		}
	}
}

func TestPostFormSendsAFormOnce(t *testing.T) {
	var kind, body string
	var length int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		kind, body, length = r.Header.Get("Content-Type"), string(raw), r.ContentLength
		_, _ = io.WriteString(w, "ok")
	}))
	defer s.Close()
	w := NewWire("p", Parts{}, func(int) bool { return true })
	reply, err := w.PostForm(t.Context(), s.URL, url.Values{"a": {"中 1"}, "b": {"&"}})
	if err != nil || string(reply.Body) != "ok" || reply.Status != 200 {
		t.Fatalf("got %+v, %v", reply, err)
	}
	if body != "a=%E4%B8%AD+1&b=%26" || kind != "application/x-www-form-urlencoded; charset=utf-8" || length != int64(len(body)) {
		t.Errorf("sent %q as %q, %d long", body, kind, length)
	}
	if _, err := w.PostForm(t.Context(), "http://%zz", nil); !isUnsent(err) {
		t.Errorf("no address: %v", err)
	}
}

func TestOnlyA200IsAnAnswer(t *testing.T) {
	clock := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	now := models.At(clock)
	w := NewWire("p", Parts{Now: func() time.Time { return clock }}, func(status int) bool { return status == 200 })
	header := http.Header{"Retry-After": {"30"}}
	if err := w.Answered(Reply{Status: 200, Header: header}); err != nil {
		t.Error(err)
	}
	for status, kind := range map[int]error{201: ErrUnavailable, 302: ErrUnavailable, 403: ErrUnavailable, 429: ErrRate, 503: ErrUnavailable} {
		err := w.Answered(Reply{Status: status, Header: header})
		e, ok := asError(err)
		if !ok || !errors.Is(err, kind) || e.Billed || e.Unsent || e.Until != now.Add(30*time.Second) {
			t.Errorf("%d: got %+v", status, err)
		}
	}
}

func TestSendableNumbersFitTheVendorsField(t *testing.T) {
	for number, fits := range map[string]bool{
		"SF1000": true, "sf-100": true, "12345678": true, "12345": false, "123456789": false, "SF 100": false, "SF,1000": false, "SF*1000": false, "单号1": false, "": false,
	} {
		if Sendable(number, 6, 8) != fits {
			t.Errorf("%q: want %v", number, fits)
		}
	}
}

func TestAnAnswerInAnOlderEncodingIsReadAsUTF8(t *testing.T) {
	const text = `{"msg":"快件已签收"}`
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ kind, body, want string }{
		"UTF-8":                     {"application/json; charset=utf-8", text, text},
		"declared GBK":              {"application/json; charset=GBK", gbk, text},
		"GB 2312, in capitals":      {"text/xml; charset=GB2312", gbk, text},
		"GBK without a word of it":  {"application/json", gbk, text},
		"no type at all":            {"", gbk, text},
		"UTF-8 that says it is GBK": {"text/xml; charset=gbk", text, text},
		"broken UTF-8 stays":        {"application/json; charset=utf-8", "{\"a\":\"\xe5\xbf\"}", "{\"a\":\"\xe5\xbf\"}"},
	} {
		if got := string(inUTF8([]byte(c.body), c.kind)); got != c.want {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
