package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"waybill/models"
)

// Paths of the emulated Muzhi. The first is the vendor's; those of detection
// and list it shows only to buyers, so these are inventions.
const (
	MuzhiQueryPath  = "/query"
	MuzhiDetectPath = "/muzhi/detect"
	MuzhiListPath   = "/muzhi/list"
)

// Statuses of the emulated Muzhi: what is billed, and what is not.
const (
	muzhiBilled   = 200
	muzhiUnbilled = 666
)

// reasonHeader is where Aliyun's gateway says why it refuses.
const reasonHeader = "X-Ca-Error-Message"

func muzhiEndpoints() []endpoint {
	const header = "header Authorization: APPCODE <any code>"
	return []endpoint{
		{"Muzhi", "GET " + MuzhiQueryPath + "?kddh=NUMBER[&code=SIMNAME][&tel=1234]", "接口一 trace; " + header},
		{"Muzhi", "GET " + MuzhiDetectPath + "?kddh=NUMBER", "接口二 carriers of a number; " + header},
		{"Muzhi", "GET " + MuzhiListPath + "?key=NAME[&page=1]", "接口三 list of carriers; " + header},
	}
}

func (s *Sandbox) muzhi(mux *http.ServeMux) {
	mux.HandleFunc("GET "+MuzhiQueryPath, s.muzhiCall("query", s.muzhiQuery))
	mux.HandleFunc("GET "+MuzhiDetectPath, s.muzhiCall("detect", s.muzhiDetect))
	mux.HandleFunc("GET "+MuzhiListPath, s.muzhiCall("list", s.muzhiList))
}

// muzhiTrace is 接口一's answer.
type muzhiTrace struct {
	OK     int         `json:"ok"`
	Msg    string      `json:"msg"`
	Status int         `json:"status"`
	Kdmc   string      `json:"kdmc"`
	Kddh   string      `json:"kddh"`
	Data   []muzhiScan `json:"data"`
}

type muzhiScan struct {
	Time    string `json:"time"`
	Content string `json:"content"`
}

// muzhiCall is what all three share: gateway, troubles, billing by status.
func (s *Sandbox) muzhiCall(name string, answer func(r *http.Request) (int, any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number := strings.ToUpper(r.URL.Query().Get("kddh"))
		status := s.muzhiGateway(w, r, number)
		if status == 0 {
			var body any
			status, body = answer(r)
			writeJSON(w, status, s.shaped(number, body))
		}
		s.ledger.add(entry{"muzhi", name, number}, status >= 200 && status <= 300)
	}
}

// muzhiGateway refuses what Aliyun's gateway refuses and shows the troubles;
// it returns the status that it has sent, 0 when the call may go on.
func (s *Sandbox) muzhiGateway(w http.ResponseWriter, r *http.Request, number string) int {
	status, reason := s.muzhiKey(r)
	if status == 0 {
		switch s.fault("muzhi", number) {
		case Down:
			status, reason = http.StatusInternalServerError, "Failed To Call Backend Service"
		case Throttled:
			status, reason = http.StatusForbidden, "Throttled by API Flow Control"
		case Spent:
			status, reason = http.StatusForbidden, "Quota Exhausted"
		case Refused:
			status, reason = http.StatusForbidden, "Unauthorized"
		case WebPage:
			webPage(w)
			return http.StatusOK
		case Slow:
			s.delay(r)
		}
	}
	if status != 0 {
		w.Header().Set(reasonHeader, reason)
		w.WriteHeader(status)
	}
	return status
}

// muzhiKey checks the header: APPCODE, one space, the code.
func (s *Sandbox) muzhiKey(r *http.Request) (status int, reason string) {
	said := r.Header.Get("Authorization")
	code, ok := strings.CutPrefix(said, "APPCODE ")
	switch {
	case said == "":
		return http.StatusUnauthorized, "Empty Signature"
	case !ok, code == "", strings.TrimSpace(code) != code, s.Appcode != "" && code != s.Appcode:
		return http.StatusBadRequest, "Invalid AppCode"
	}
	return 0, ""
}

func (s *Sandbox) muzhiQuery(r *http.Request) (status int, body any) {
	q := r.URL.Query()
	number, code := strings.ToUpper(q.Get("kddh")), q.Get("code")
	if msg := muzhiFields(q); msg != "" {
		return muzhiUnbilled, muzhiTrace{Msg: msg, Data: []muzhiScan{}}
	}
	if !plausible(number) {
		return muzhiBilled, muzhiTrace{OK: 1, Msg: "单号格式不正确", Data: []muzhiScan{}}
	}
	c := s.scenarios[number]
	carrier, fits := s.carries(number, s.carrierOf(code))
	switch {
	case code != "" && s.carrierOf(code) == "", !fits:
		return muzhiBilled, muzhiTrace{OK: 1, Msg: "查询成功,无法匹配物流类型", Data: []muzhiScan{}}
	case c.refusal != "":
		return muzhiBilled, muzhiTrace{OK: 1, Msg: c.refusal, Status: muzhiStatus(invalidWhen(c.refusal)), Data: []muzhiScan{}}
	}
	if msg := s.muzhiTail(number, carrier, q.Get("tel")); msg != "" {
		return muzhiUnbilled, muzhiTrace{Msg: msg, Data: []muzhiScan{}}
	}
	if c.company != "" {
		carrier = c.company
	}
	return muzhiBilled, s.muzhiAnswer(number, carrier, s.view(number))
}

func invalidWhen(msg string) models.Status {
	if strings.Contains(msg, "无效单") {
		return models.Invalid
	}
	return models.Unknown
}

// muzhiFields checks the parameters as the vendor's table of failures has it.
func muzhiFields(q map[string][]string) string {
	number, tel := firstOf(q["kddh"]), firstOf(q["tel"])
	_, given := q["tel"]
	switch {
	case number == "":
		return "请传入快递单号【kddh字段】"
	case strings.ContainsAny(number, ":：,，"):
		return "接口已升级,电话号码请传入另一个字段【tel】"
	case utf8.RuneCountInString(number) > 20:
		return "传入快递单号kddh字符串长度超限"
	case utf8.RuneCountInString(firstOf(q["code"])) > 20:
		return "传入快递代码code字符串长度超限"
	case utf8.RuneCountInString(tel) > 14:
		return "传入4位手机尾号tel字符串长度超限"
	case given && (len(tel) != 4 || !digits(tel)):
		return "手机尾号非法格式"
	}
	return ""
}

func firstOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// muzhiTail is the msg when a tail is wanted or wrong. The vendor documents
// neither; both are inventions in the manner of its others.
func (s *Sandbox) muzhiTail(number string, carrier models.Carrier, tail string) string {
	switch {
	case !wantsTail(carrier):
		return ""
	case tail == "":
		return "请传入4位手机尾号【tel字段】"
	case !s.opens(number, tail):
		return "手机尾号错误,请核对"
	}
	return ""
}

func (s *Sandbox) muzhiAnswer(number string, carrier models.Carrier, v view) muzhiTrace {
	t := muzhiTrace{OK: 1, Msg: "查询成功", Status: muzhiStatus(v.Status), Kdmc: s.companyOf(carrier).Name, Kddh: mask(number), Data: make([]muzhiScan, 0, len(v.Scans))}
	if len(v.Scans) == 0 {
		t.Msg = "查询成功,暂无记录"
	}
	for _, scan := range s.worded(number, v.Scans) {
		t.Data = append(t.Data, muzhiScan{scan.At.In(models.Shanghai).Format(time.DateTime), scan.Text})
	}
	return t
}

// mask writes a number as the vendor's sample does: 78627****758.
func mask(number string) string {
	if len(number) < 8 {
		return strings.Repeat("*", len(number))
	}
	return number[:5] + "****" + number[len(number)-3:]
}

// muzhiStatus is the vendor's table, which is coarse: it knows neither a
// parcel at customs nor one at a station.
func muzhiStatus(s models.Status) int {
	switch s {
	case models.Pending:
		return 1
	case models.Collected, models.InTransit, models.Customs, models.Returning:
		return 2
	case models.OutForDelivery, models.ReadyForPickup:
		return 3
	case models.Delivered:
		return 4
	case models.Rejected:
		return 5
	case models.Exception:
		return 6
	case models.Invalid, models.Cancelled:
		return 7
	case models.Expired:
		return 8
	case models.FailedAttempt:
		return 9
	case models.Returned:
		return 10
	}
	return 0
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(body) // a client that has left is no failure
}
