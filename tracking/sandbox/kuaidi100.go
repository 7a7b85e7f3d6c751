package sandbox

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"waybill/models"
)

// Paths of the emulated Kuaidi100, which are the vendor's.
const (
	Kuaidi100QueryPath = "/poll/query.do"
	Kuaidi100PollPath  = "/poll"
	Kuaidi100AutoPath  = "/autonumber/auto"
)

// What the emulated Kuaidi100 knows its customer by, unless Options say
// otherwise. A sign can only be checked with a key.
const (
	SampleCustomer = "SANDBOX"
	SampleKey      = "sandbox-key"
)

func kuaidi100Endpoints() []endpoint {
	const keys = "customer " + SampleCustomer + ", key " + SampleKey
	return []endpoint{
		{"Kuaidi100", "POST " + Kuaidi100QueryPath + " customer= sign= param={com,num,phone,resultv2,show,order,lang}", "trace; " + keys},
		{"Kuaidi100", "POST " + Kuaidi100PollPath + " schema=json param={company,number,key,parameters{callbackurl,salt,phone,resultv2,autoCom}}", "subscription; pushes go to callbackurl"},
		{"Kuaidi100", "GET " + Kuaidi100AutoPath + "?num=NUMBER&key=KEY", "carriers of a number"},
	}
}

func (s *Sandbox) kuaidi100(mux *http.ServeMux) {
	mux.HandleFunc(Kuaidi100QueryPath, s.kuaidi100Query)
	mux.HandleFunc(Kuaidi100PollPath, s.kuaidi100Poll)
	mux.HandleFunc(Kuaidi100AutoPath, s.kuaidi100Auto)
}

// kuaidi100Refusal is how Kuaidi100 refuses, whatever it was asked for.
type kuaidi100Refusal struct {
	Result     bool   `json:"result"`
	ReturnCode string `json:"returnCode"`
	Message    string `json:"message"`
}

// The refusals of its document that have one wording each.
const (
	incomplete = "提交数据不完整"
	noCompany  = "找不到对应公司"
	noResult   = "查询无结果，请隔段时间再查"
	wrongPhone = "快递公司参数异常：验证码错误"
	noSuch     = "快递公司参数异常：单号不存在或者已经过期"
	locking    = "该单号查询过于频繁，已锁单，请 24 小时后再查" // an invention: the vendor publishes none
)

func kuaidi100No(code, message string) answer {
	return answer{body: kuaidi100Refusal{ReturnCode: code, Message: message}}
}

func kuaidi100Trouble(t Fault) any {
	switch t {
	case Throttled:
		return kuaidi100Refusal{ReturnCode: "502", Message: "服务器繁忙"}
	case Spent:
		return kuaidi100Refusal{ReturnCode: "601", Message: "key已过期"}
	}
	return kuaidi100Refusal{ReturnCode: "503", Message: "验证签名失败"}
}

// kuaidi100Param is a query's question. Values of another type than text are
// refused, as the vendor's document has it.
type kuaidi100Param struct {
	Com      string `json:"com"`
	Num      string `json:"num"`
	Phone    string `json:"phone"`
	ResultV2 string `json:"resultv2"`
	Show     string `json:"show"`
	Order    string `json:"order"`
	Lang     string `json:"lang"`
}

func (s *Sandbox) kuaidi100Query(w http.ResponseWriter, r *http.Request) {
	formed := posted(r)
	var p kuaidi100Param
	err := json.Unmarshal([]byte(r.PostForm.Get("param")), &p)
	number := strings.ToUpper(p.Num)
	s.serve(w, r, call{
		provider: "kuaidi100", endpoint: "query", number: number, refuse: kuaidi100Trouble,
		answer: func() answer {
			switch code := s.kuaidi100Signed(r.PostForm); {
			case r.Method != http.MethodPost:
				return kuaidi100No("500", noResult)
			case !formed:
				return kuaidi100No("400", incomplete)
			case code == "503":
				return kuaidi100No(code, "验证签名失败")
			case code != "", err != nil:
				return kuaidi100No("400", incomplete)
			}
			return s.kuaidi100Answer(number, p)
		},
	})
}

// kuaidi100Signed checks customer and sign, which is over the very bytes of
// param, in upper case. The code of the refusal, or "".
func (s *Sandbox) kuaidi100Signed(form url.Values) string {
	param, given := form.Get("param"), form.Get("sign")
	switch {
	case param == "", given == "", form.Get("customer") == "":
		return "400"
	case form.Get("customer") != s.Kuaidi100Customer, given != sign(param+s.Kuaidi100Key+s.Kuaidi100Customer):
		return "503"
	}
	return ""
}

// sign is MD5 in upper case.
func sign(text string) string {
	sum := md5.Sum([]byte(text))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func (s *Sandbox) kuaidi100Answer(number string, p kuaidi100Param) answer {
	company := byCode(s.kuaidi100s, p.Com)
	switch {
	case p.Com == "", len(p.Num) < 6, len(p.Num) > 32:
		return kuaidi100No("400", incomplete)
	case !emulated(p):
		return kuaidi100No("400", "sandbox: only resultv2 1 and 4, show 0, lang zh and en and order asc and desc are emulated")
	case company.code == "":
		return kuaidi100No("400", noCompany)
	case s.kuaidi100Locked(number, p):
		return kuaidi100No("501", locking)
	case s.scenarios[number].refusal != "", !plausible(number):
		return answer{body: kuaidi100Nothing(p.Num, p.Com, "201", noSuch)}
	}
	carrier, fits := s.actualCarrier(number, company.carrier)
	switch {
	case !fits && s.scenarios[number].silent:
		return s.kuaidi100Failed(number, "500", noResult)
	case !fits:
		return kuaidi100No("400", noCompany)
	case !s.kuaidi100Opens(number, carrier, p.Phone):
		return s.kuaidi100Failed(number, "408", wrongPhone)
	}
	c := s.progress(number)
	if len(c.Scans) == 0 {
		return s.kuaidi100Failed(number, "500", noResult)
	}
	return answer{body: s.kuaidi100Trace(number, p, carrier, c), billed: true}
}

// emulated says whether a question wants nothing that is not emulated.
func emulated(p kuaidi100Param) bool {
	return oneOf(p.ResultV2, "", "1", "4") && oneOf(p.Show, "", "0") && oneOf(p.Order, "", "asc", "desc") && oneOf(p.Lang, "", "zh", "en")
}

func oneOf(value string, all ...string) bool {
	return slices.Contains(all, value)
}

func (s *Sandbox) kuaidi100Locked(number string, p kuaidi100Param) (locked bool) {
	s.history.with(number, func(h *history) { locked = h.ask(p.Com+" "+p.Phone, s.Now(), s.lasts) })
	return locked || s.scenarios[number].locked
}

// kuaidi100Failed is a failure of which every fifth of a waybill is billed.
func (s *Sandbox) kuaidi100Failed(number, code, message string) answer {
	a := kuaidi100No(code, message)
	s.history.with(number, func(h *history) { a.billed = h.fail(s.Now(), s.lasts) })
	return a
}

// kuaidi100Opens checks a phone where the carrier wants one: the whole number
// or its end, of the receiver or the sender.
func (s *Sandbox) kuaidi100Opens(number string, carrier models.Carrier, phone string) bool {
	if !oneOf(string(carrier), "sf", "sf_freight", "zto") {
		return true
	}
	if len(phone) < 4 {
		return false
	}
	tail := phone[len(phone)-4:]
	return digits(tail) && s.opens(number, tail)
}
