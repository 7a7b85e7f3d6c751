package sandbox

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// juheSaid is an answer of the emulated Juhe in its usual shape.
type juheSaid struct {
	ResultCode string
	Reason     string
	Result     struct {
		Company, Com, No string
		Status           any
		Detail           any        `json:"status_detail"`
		List             []juheScan `json:"list"`
	}
	List      []juheScan `json:"list"`
	ErrorCode any        `json:"error_code"`
	body      string
}

func pairs(values ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		form.Set(values[i], values[i+1])
	}
	return form
}

func (w world) find(t *testing.T, values ...string) juheSaid {
	t.Helper()
	form := pairs(values...)
	if !form.Has("key") {
		form.Set("key", "any")
	}
	body := w.posted(t, JuheQueryPath, form)
	said := reads[juheSaid](t, strings.Replace(body, `"result":""`, `"result":null`, 1))
	said.body = body
	return said
}

func TestJuheIsAsStrictAsTheVendor(t *testing.T) {
	w := newWorld(t, Options{JuheKey: "right"})
	for name, c := range map[string]struct {
		form   url.Values
		want   int
		billed bool
	}{
		"no key":               {pairs("com", "yt", "no", "YT1000000000013"), 10001, false},
		"another key":          {pairs("com", "yt", "no", "YT1000000000013", "key", "wrong"), 10001, false},
		"no company":           {pairs("no", "YT1000000000013", "key", "right"), 204301, false},
		"an unknown company":   {pairs("com", "yuantong", "no", "YT1000000000013", "key", "right"), 204301, false},
		"another company":      {pairs("com", "sto", "no", "YT1000000000013", "key", "right"), 204301, false},
		"no number":            {pairs("com", "yt", "key", "right"), 204302, false},
		"a wrong number":       {pairs("com", "yt", "no", "YT1000000000062", "key", "right"), 204302, false},
		"no record":            {pairs("com", "jtsd", "no", "JT1000000000012", "key", "right"), 204304, true},
		"a company that finds": {pairs("com", "yd", "no", "310000000000027", "key", "right"), 204304, true},
		"no tail":              {pairs("com", "sf", "no", "SF1000000000015", "key", "right"), 204305, false},
		"all as it should be":  {pairs("com", "yt", "no", "YT1000000000013", "key", "right"), 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, before := w.Asked("juhe", "query", "")
			for _, method := range []string{http.MethodPost, http.MethodGet} {
				path, body := JuheQueryPath, c.form.Encode()
				if method == http.MethodGet {
					path, body = path+"?"+body, ""
				}
				_, raw := w.sent(t, method, path, formType, body)
				if got := reads[juheBody](t, raw); fmt.Sprint(got.ErrorCode) != fmt.Sprint(c.want) {
					t.Errorf("%s: got %s, want %d", method, raw, c.want)
				}
			}
			_, after := w.Asked("juhe", "query", "")
			if (after > before) != c.billed {
				t.Errorf("%d calls billed", after-before)
			}
		})
	}
}

func TestJuheTellsTheTwoPhonesApart(t *testing.T) {
	w := newWorld(t, Options{})
	for _, c := range []struct {
		number, receiver, sender string
		want                     int
	}{
		{"SF1000000000015", "1234", "", 0},
		{"SF1000000000015", "", "1234", 204305},
		{"SF1000000000031", "5678", "", 204305},
		{"SF1000000000031", "", "5678", 0},
		{"SF1000000000031", "1111", "5678", 0},
		{"SF1000000000015", "234", "", 204305},
		{"SF1000000000023", "1234", "1234", 204305},
	} {
		form := []string{"com", "sf", "no", c.number}
		if c.receiver != "" {
			form = append(form, "receiverPhone", c.receiver)
		}
		if c.sender != "" {
			form = append(form, "senderPhone", c.sender)
		}
		if got := w.find(t, form...); fmt.Sprint(got.ErrorCode) != fmt.Sprint(c.want) {
			t.Errorf("%q and %q: got %v, want %d", c.receiver, c.sender, got.ErrorCode, c.want)
		}
	}
}

func TestATailTriedForTheWrongPhoneIsNotTheNumbersOwn(t *testing.T) {
	w := newWorld(t, Options{})
	sides := map[bool]int{}
	for i := range 20 {
		number := fmt.Sprintf("75%012d", i)
		ofSender := fmt.Sprint(w.find(t, "com", "zto", "no", number, "receiverPhone", "1111").ErrorCode) != "0"
		sides[ofSender]++
		if ofSender {
			if got := w.find(t, "com", "zto", "no", number, "senderPhone", "2222"); fmt.Sprint(got.ErrorCode) != "0" {
				t.Errorf("number %d: a tail refused as the receiver's is in the way of the sender's", i)
			}
		}
	}
	if sides[true] == 0 || sides[false] == 0 {
		t.Errorf("all on one side: %v", sides)
	}
}

func TestJuhesTraceRunsForward(t *testing.T) {
	w := newWorld(t, Options{})
	w.find(t, "com", "yt", "no", "YT1000000000013")
	w.clock.Add(60 * time.Hour)
	got := w.find(t, "com", "yt", "no", "YT1000000000013")
	list := got.Result.List
	if got.Result.Company != "圆通" || got.Result.Com != "yt" || got.Result.Status != "1" || got.Result.Detail != "SIGNED" || got.List != nil {
		t.Errorf("got %s", got.body)
	}
	for i := 1; i < len(list); i++ {
		if list[i].Datetime < list[i-1].Datetime || list[i].Zone != "" {
			t.Errorf("scan %d: %+v after %+v", i, list[i], list[i-1])
		}
	}
}

// Final is only what is: a parcel that will be reopened is not.
func TestStatusOneMeansThatNothingWillChange(t *testing.T) {
	for number, want := range map[string]string{
		"YT1000000000013": "0 IN_TRANSIT, 0 DELIVERING, 1 SIGNED",
		"JDVA10000000014": "0 IN_TRANSIT, 0 DELIVERING, 0 SIGNED, 0 IN_TRANSIT, 0 DELIVERING, 1 SIGNED",
		"YT1000000000047": "0 IN_TRANSIT, 0 DELIVERING, 0 REJECTED, 0 SEND_BACK, 1 SEND_BACK",
		"YT1000000000021": "0 IN_TRANSIT, 0 DELIVERING, 0 FAILED, 0 DELIVERING, 1 SIGNED",
	} {
		t.Run(Title(number), func(t *testing.T) {
			w := newWorld(t, Options{})
			com := byCarrier(juheCompanies(), w.scenarios[number].Carrier).code
			var progress []string
			for range 160 {
				got := w.find(t, "com", com, "no", number)
				at := fmt.Sprint(got.Result.Status, " ", got.Result.Detail)
				if len(progress) == 0 || progress[len(progress)-1] != at {
					progress = append(progress, at)
				}
				w.clock.Add(time.Hour)
			}
			if got := strings.Join(progress, ", "); got != want {
				t.Errorf("went %s, want %s", got, want)
			}
		})
	}
}

func TestJuhesOddShapes(t *testing.T) {
	w := newWorld(t, Options{})
	got := w.find(t, "com", "yt", "no", "YT1000000000096")
	if len(got.List) == 0 || len(got.Result.List) != 0 || got.ErrorCode != "0" || got.Result.Status != float64(0) || got.List[0].Zone == "" {
		t.Errorf("the odd one: %s", got.body)
	}
	details := map[any]bool{}
	for i := range 200 {
		number := fmt.Sprintf("YT3%012d", i)
		if w.odd(number) {
			details[w.find(t, "com", "yt", "no", number).Result.Detail] = true
		}
	}
	if !details[nil] || !details["PENDING"] || len(details) != 2 {
		t.Errorf("odd states: %v", details)
	}
	for i := range 200 {
		number := fmt.Sprintf("HELLO12345%d", i)
		if _, body := w.sent(t, http.MethodPost, JuheQueryPath, formType, pairs("com", "yt", "no", number).Encode()); w.odd(number) != strings.Contains(body, `"result":""`) {
			t.Fatalf("a refusal: %s", body)
		}
	}
	if invalid := w.find(t, "com", "yt", "no", "YT1000000000054"); invalid.Result.Detail != "INVALID" {
		t.Errorf("invalid: %s", invalid.body)
	}
	if other := w.find(t, "com", "yt", "no", "YT1000000000070"); other.Result.Com != "jtsd" || other.Result.Company != "极兔" {
		t.Errorf("names %s", other.body)
	}
	if unknown := w.find(t, "com", "yt", "no", "YT1000000000088"); unknown.Result.Company != "中天快运" {
		t.Errorf("names %s", unknown.body)
	}
}

func TestJuheSpeaksXML(t *testing.T) {
	w := newWorld(t, Options{})
	read := func(values ...string) (juheXML, string) {
		body := w.posted(t, JuheQueryPath, pairs(append(values, "key", "k", "dtype", "xml")...))
		var root juheXML
		if err := xml.Unmarshal([]byte(body), &root); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		return root, body
	}
	got, body := read("com", "yt", "no", "YT1000000000013")
	if got.Result == nil || got.Result.Com != "yt" || got.Result.Status != "0" || len(got.Result.List) != 2 || got.Result.List[0].Datetime > got.Result.List[1].Datetime {
		t.Errorf("got %s", body)
	}
	if strings.Contains(body, "error_code") || strings.Contains(body, "status_detail") || !strings.HasPrefix(body, "<root>") {
		t.Errorf("a success has what the vendor's sample has not: %s", body)
	}
	if no, body := read("com", "jtsd", "no", "JT1000000000012"); no.ErrorCode != 204304 {
		t.Errorf("no record: %s", body)
	}
	w.Break("juhe", Spent)
	if spent, body := read("com", "yt", "no", "YT1000000000013"); spent.ErrorCode != 10012 {
		t.Errorf("spent: %s", body)
	}
}

func TestJuhesListHasNamesAndCodes(t *testing.T) {
	w := newWorld(t, Options{JuheKey: "right"})
	_, body := w.sent(t, http.MethodGet, JuheListPath+"?key=right", "", "")
	got := reads[struct {
		Result    []juheCompany
		ErrorCode int `json:"error_code"`
	}](t, body)
	if len(got.Result) != len(juheCompanies()) || got.Result[0] != (juheCompany{"顺丰", "sf"}) {
		t.Errorf("got %s", body)
	}
	_, refused := w.sent(t, http.MethodGet, JuheListPath, "", "")
	if !strings.Contains(refused, `"error_code":10001`) {
		t.Errorf("without a key: %s", refused)
	}
	if asked, billed := w.Asked("juhe", "list", ""); asked != 2 || billed != 1 {
		t.Errorf("%d calls, %d billed", asked, billed)
	}
}

func TestJuheShowsItsTroubles(t *testing.T) {
	w := newWorld(t, Options{Slow: time.Millisecond})
	for fault, want := range map[Fault]string{
		Down: "500 ", WebPage: "200 <!doctype", Slow: `200 {"resultcode":"200"`, Throttled: `200 {"resultcode":"111"`, Spent: `200 {"resultcode":"112"`, Refused: `200 {"resultcode":"101"`,
	} {
		w.Break("juhe", fault)
		status, body := w.sent(t, http.MethodPost, JuheQueryPath, formType, pairs("com", "yt", "no", "YT1000000000013", "key", "k").Encode())
		if got := fmt.Sprint(status, " ", body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", fault, got)
		}
	}
	if asked, billed := w.Asked("juhe", "", ""); asked != 6 || billed != 2 {
		t.Errorf("%d calls, %d billed", asked, billed)
	}
}
