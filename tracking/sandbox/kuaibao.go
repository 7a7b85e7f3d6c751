package sandbox

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// KuaibaoPath is the only path of the emulated Kuaibao, which is the vendor's.
const KuaibaoPath = "/api"

// What the emulated Kuaibao knows its user by, unless Options say otherwise.
const (
	SampleAppID  = "50001"
	SampleAPIKey = "sandbox-api-key"
)

// signLife is how old a sign may be, or how far ahead. The vendor says that
// signs expire and not when: an invention.
const signLife = 10 * time.Minute

func kuaibaoEndpoints() []endpoint {
	const common = "POST " + KuaibaoPath + " app_id= ts= sign= "
	return []endpoint{
		{"Kuaibao", common + "method=express.info.get data={waybill_codes,cp_code,result_sort,phone}", "trace; app_id " + SampleAppID + ", api key " + SampleAPIKey},
		{"Kuaibao", common + "method=express.sub.msg data={waybill_codes,cp_code}", "subscription; pushes go to the address that Options name"},
	}
}

func (s *Sandbox) kuaibao(mux *http.ServeMux) {
	mux.HandleFunc(KuaibaoPath, s.kuaibaoCall)
}

// kuaibaoBody is every answer. Code is a number in the common errors and a
// text in those of a method; a success's is the one or, where the shape is
// odd, the other. Data without anything in it is {} or [].
type kuaibaoBody struct {
	Code any    `json:"code"`
	Msg  string `json:"msg"`
	Data any    `json:"data"`
	UID  string `json:"uid"`
}

// kuaibaoNo is a refusal; only "no record" may be billed (INFERENCE).
func (s *Sandbox) kuaibaoNo(number string, code int, message string) answer {
	body := kuaibaoBody{Code: code, Msg: message, Data: struct{}{}, UID: uid(number)}
	if code > 200_000 {
		body.Code = strconv.Itoa(code)
	}
	if s.odd(number) {
		body.Data = []struct{}{}
	}
	return answer{body, code == noTrace}
}

// The codes of a method's own errors.
const (
	noTrace  = 201101
	badParam = 201102
	noBrand  = 201103
)

// uid names a call, as the vendor's do in form.
func uid(number string) string {
	sum := md5.Sum([]byte("uid " + number))
	return hex.EncodeToString(sum[:]) + "00000000"
}

func (s *Sandbox) kuaibaoTrouble(t Fault) any {
	code, message := 1006, "授权认证失败"
	switch t {
	case Throttled:
		code, message = 1008, "请求频率超过限制"
	case Spent:
		code, message = 1008, "余额不足"
	}
	return s.kuaibaoNo("", code, message).body
}

// kuaibaoAsked is a call's data, of both methods.
type kuaibaoAsked struct {
	WaybillCodes string `json:"waybill_codes"`
	CpCode       string `json:"cp_code"`
	ResultSort   string `json:"result_sort"`
	Phone        string `json:"phone"`
}

// numbers are the waybills that are asked about.
func (q kuaibaoAsked) numbers() []string {
	return strings.Split(strings.ToUpper(q.WaybillCodes), ",")
}

// one is the waybill's number when it is the only one, else "".
func (q kuaibaoAsked) one() string {
	if all := q.numbers(); len(all) == 1 {
		return all[0]
	}
	return ""
}

// bad says what is wrong with the waybills.
func (q kuaibaoAsked) bad() string {
	all := q.numbers()
	if len(all) > 10 {
		return "请求参数错误:最多支持10条运单号"
	}
	for _, number := range all {
		if !plausible(number) {
			return "请求参数错误:运单号错误"
		}
	}
	return ""
}

func (s *Sandbox) kuaibaoCall(w http.ResponseWriter, r *http.Request) {
	formed := posted(r)
	var q kuaibaoAsked
	err := json.Unmarshal([]byte(r.PostForm.Get("data")), &q)
	method, number := r.PostForm.Get("method"), q.one()
	endpoint := "query"
	if method == "express.sub.msg" {
		endpoint = "subscribe"
	}
	s.serve(w, r, call{
		provider: "kuaibao", endpoint: endpoint, number: number, refuse: s.kuaibaoTrouble,
		answer: func() answer {
			if !formed {
				return s.kuaibaoNo(number, 1002, "非法请求")
			}
			if code, why := s.kuaibaoSigned(r.PostForm); code != 0 {
				return s.kuaibaoNo(number, code, why)
			}
			switch {
			case err != nil:
				return s.kuaibaoNo(number, 1009, "请求参数错误")
			case method == "express.info.get":
				return s.kuaibaoInfo(q)
			case method == "express.sub.msg":
				return s.kuaibaoSubscribe(q)
			}
			return s.kuaibaoNo(number, 1003, "接口不存在或已废弃")
		},
	})
}

// kuaibaoSigned checks the common envelope. The refusal's code, or 0.
func (s *Sandbox) kuaibaoSigned(form url.Values) (code int, why string) {
	id, method, ts := form.Get("app_id"), form.Get("method"), form.Get("ts")
	at, stamped := stamp(ts)
	sum := md5.Sum([]byte(id + method + ts + s.KuaibaoAPIKey))
	switch {
	case method == "", form.Get("data") == "":
		return 1002, "非法请求"
	case id != s.KuaibaoAppID, !stamped, form.Get("sign") == "":
		return 1004, "授权参数错误"
	case form.Get("sign") != hex.EncodeToString(sum[:]):
		return 1006, "授权认证失败"
	case s.Now().Sub(at).Abs() > signLife:
		return 1005, "授权签名已过期"
	}
	return 0, ""
}

// stamp reads a time of 10 digits (seconds) or 13 (milliseconds).
func stamp(ts string) (time.Time, bool) {
	n, err := strconv.ParseInt(ts, 10, 64)
	switch {
	case err != nil, !digits(ts):
		return time.Time{}, false
	case len(ts) == 10:
		return time.Unix(n, 0), true
	case len(ts) == 13:
		return time.UnixMilli(n), true
	}
	return time.Time{}, false
}
