package sandbox

import (
	"net/http"
	"strings"

	"waybill/models"
)

// Paths of the emulated Juhe, which are the vendor's.
const (
	JuheQueryPath = "/exp/index"
	JuheListPath  = "/exp/com"
)

func juheEndpoints() []endpoint {
	return []endpoint{
		{"Juhe", "POST " + JuheQueryPath + " com= no= key= [receiverPhone=1234] [senderPhone=1234] [dtype=xml]", "trace; any key; GET, too"},
		{"Juhe", "GET " + JuheListPath + "?key=KEY", "list of carriers"},
	}
}

func (s *Sandbox) juhe(mux *http.ServeMux) {
	mux.HandleFunc(JuheQueryPath, s.juheQuery)
	mux.HandleFunc(JuheListPath, s.juheList)
}

// juheRefusal is a row of the vendor's tables of errors.
type juheRefusal struct {
	code   int
	old    string // resultcode of the older version
	reason string
}

// billed is true of a single row: nothing was found.
func (r juheRefusal) billed() bool { return r.code == 204304 }

func juheTrouble(t Fault) juheRefusal {
	switch t {
	case Throttled:
		return juheRefusal{10011, "111", "当前IP请求超过限制"}
	case Spent:
		return juheRefusal{10012, "112", "请求超过次数限制"}
	}
	return juheRefusal{10001, "101", "错误的请求KEY"}
}

// juheAsked is a query's question, from a form or an address.
type juheAsked struct {
	com, no, key     string
	receiver, sender string
	xml              bool
}

func (s *Sandbox) juheQuery(w http.ResponseWriter, r *http.Request) {
	q := juheQuestion(w, r)
	number := strings.ToUpper(q.no)
	s.serve(w, r, call{
		provider: "juhe", endpoint: "query", number: number,
		refuse: func(t Fault) any { return s.juheNo(number, juheTrouble(t), q.xml).body },
		answer: func() answer { return s.juheAnswer(number, q) },
	})
}

func juheQuestion(w http.ResponseWriter, r *http.Request) juheAsked {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return juheAsked{}
	}
	return juheAsked{
		com: r.Form.Get("com"), no: r.Form.Get("no"), key: r.Form.Get("key"),
		receiver: r.Form.Get("receiverPhone"), sender: r.Form.Get("senderPhone"), xml: r.Form.Get("dtype") == "xml",
	}
}

// juheKey says whether a key is accepted.
func (s *Sandbox) juheKey(key string) bool {
	return key != "" && (s.JuheKey == "" || key == s.JuheKey)
}

func (s *Sandbox) juheAnswer(number string, q juheAsked) answer {
	company := byCode(s.juhes, q.com)
	switch {
	case !s.juheKey(q.key):
		return s.juheNo(number, juheTrouble(Refused), q.xml)
	case company.code == "":
		return s.juheNo(number, juheRefusal{204301, "204", "未被识别的快递公司"}, q.xml)
	case !plausible(number), s.invalid(number):
		return s.juheNo(number, juheRefusal{204302, "204", "请填写正确的运单号"}, q.xml)
	}
	carrier, fits := s.actualCarrier(number, company.carrier)
	switch {
	case !fits && s.scenarios[number].silent:
		return s.juheNo(number, juheNothing(), q.xml)
	case !fits:
		return s.juheNo(number, juheRefusal{204301, "204", "快递公司错误"}, q.xml)
	case !s.juheOpens(number, carrier, q):
		return s.juheNo(number, juheRefusal{204305, "204", "寄件人或收件人手机尾号错误"}, q.xml)
	}
	c := s.progress(number)
	if len(c.Scans) == 0 && s.scenarios[number].refusal == "" && !s.odd(number) {
		return s.juheNo(number, juheNothing(), q.xml)
	}
	return s.juheTrace(number, carrier, q, c)
}

func juheNothing() juheRefusal { return juheRefusal{204304, "204", "查询不到物流信息"} }

// juheOpens checks the tails where the carrier wants one. A tail opens a
// parcel only as the phone's that it is of.
func (s *Sandbox) juheOpens(number string, carrier models.Carrier, q juheAsked) bool {
	if !oneOf(string(carrier), "sf", "zto", "kye") {
		return true
	}
	tail := q.receiver
	if s.senders(number) {
		tail = q.sender
	}
	return len(tail) == 4 && digits(tail) && s.opens(number, tail)
}

// senders says whether a number's tail is the sender's: that of every other
// number, and of a scenario.
func (s *Sandbox) senders(number string) bool {
	if c, ok := s.scenarios[number]; ok {
		return c.sender
	}
	return dice(number, 2) == 1
}

// juheList is the list of all carriers, in which com is the name and no the
// code. INFERENCE: as every answer without error it is billed.
func (s *Sandbox) juheList(w http.ResponseWriter, r *http.Request) {
	key := juheQuestion(w, r).key
	s.serve(w, r, call{
		provider: "juhe", endpoint: "list",
		refuse: func(t Fault) any { return s.juheNo("", juheTrouble(t), false).body },
		answer: func() answer {
			if !s.juheKey(key) {
				return s.juheNo("", juheTrouble(Refused), false)
			}
			rows := make([]juheCompany, 0, len(s.juhes))
			for _, c := range s.juhes {
				rows = append(rows, juheCompany{c.name, c.code})
			}
			return answer{body: juheBody{ResultCode: "200", Reason: "查询支持的快递公司成功", Result: rows, ErrorCode: 0}, billed: true}
		},
	})
}

type juheCompany struct {
	Com string `json:"com"`
	No  string `json:"no"`
}
