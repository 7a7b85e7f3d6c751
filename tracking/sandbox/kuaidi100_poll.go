package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"waybill/models"
)

// Kuaidi100's rules for subscriptions, in emulated time.
const (
	month       = 30 * 24 * time.Hour
	maxOrders   = 4                // of one waybill a month
	resubscribe = 30 * time.Minute // after the end of the last one
)

// kuaidi100Order is what a subscription asks for.
type kuaidi100Order struct {
	Company    string              `json:"company"`
	Number     string              `json:"number"`
	Key        string              `json:"key"`
	Parameters kuaidi100Parameters `json:"parameters"`
}

// kuaidi100Parameters are its parameters.
type kuaidi100Parameters struct {
	CallbackURL string `json:"callbackurl"`
	Salt        string `json:"salt"`
	Phone       string `json:"phone"`
	ResultV2    string `json:"resultv2"`
	AutoCom     string `json:"autoCom"`
	InterCom    string `json:"interCom"`

	corrected string // the company of which the vendor has found that it was wrong
}

func kuaidi100PollTrouble(t Fault) any {
	switch t {
	case Spent:
		return kuaidi100Refusal{ReturnCode: "601", Message: "KEY已过期"}
	case Refused:
		return kuaidi100Refusal{ReturnCode: "600", Message: "您不是合法的订阅者"}
	}
	return kuaidi100Refusal{ReturnCode: "500", Message: "服务器错误"}
}

func (s *Sandbox) kuaidi100Poll(w http.ResponseWriter, r *http.Request) {
	formed := posted(r)
	var o kuaidi100Order
	err := json.Unmarshal([]byte(r.PostForm.Get("param")), &o)
	number := strings.ToUpper(o.Number)
	s.serve(w, r, call{
		provider: "kuaidi100", endpoint: "subscribe", number: number, refuse: kuaidi100PollTrouble,
		answer: func() answer {
			if !formed || r.PostForm.Get("schema") != "json" || err != nil {
				return kuaidi100No("700", "提交的数据格式错误")
			}
			return s.kuaidi100Ordered(number, o)
		},
	})
}

func (s *Sandbox) kuaidi100Ordered(number string, o kuaidi100Order) answer {
	parameters := o.Parameters
	switch {
	case o.Key != s.Kuaidi100Key:
		return kuaidi100No("600", "您不是合法的订阅者")
	case len(o.Number) < 6, len(o.Number) > 32:
		return kuaidi100No("700", "单号长度错误")
	case !called(parameters.CallbackURL):
		return kuaidi100No("700", "错误的回调地址")
	case !oneOf(parameters.ResultV2, "", "1", "4"), !oneOf(parameters.InterCom, "", "0"):
		return kuaidi100No("700", "sandbox: only resultv2 1 and 4, and no interCom, are emulated")
	case oneOf(parameters.AutoCom, "", "0"):
		company := byCode(s.kuaidi100s, o.Company)
		if company.code == "" {
			return kuaidi100No("701", "拒绝订阅的快递公司")
		}
		return s.kuaidi100Watch(number, company, parameters)
	case o.Company != "":
		return kuaidi100No("700", "autoCom 为 1 时 company 须为空")
	}
	for _, carrier := range s.guess(number) {
		if company := byCarrier(s.kuaidi100s, carrier); company.code != "" {
			return s.kuaidi100Watch(number, company, parameters)
		}
	}
	return kuaidi100No("702", "识别不到该单号对应的快递公司")
}

// called says whether an address can be called back: https only for customers
// who have asked the vendor for it.
func called(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && u.Host != ""
}

// kuaidi100Watch begins to watch a waybill. It is billed once a month.
func (s *Sandbox) kuaidi100Watch(number string, company coded, parameters kuaidi100Parameters) answer {
	now, ws := s.Now(), s.kuaidi100Watches
	ws.mu.Lock()
	defer ws.mu.Unlock()
	w := &watch{number: number, carrier: company.carrier, code: company.code, since: now, moved: now, kuaidi100: parameters}
	w.look = now.Add(s.lasts(firstLook))
	if was := ws.known[watchKey(w.code, number)]; was != nil {
		w.orders = slices.DeleteFunc(was.orders, func(at time.Time) bool { return now.Sub(at) >= s.lasts(month) })
		w.billed = was.billed
		if was.ended.IsZero() || now.Sub(was.ended) < s.lasts(resubscribe) || len(w.orders) >= maxOrders {
			return kuaidi100No("501", "重复订阅")
		}
	}
	billed := w.billed.IsZero() || now.Sub(w.billed) >= s.lasts(month)
	if billed {
		w.billed = now
	}
	w.orders = append(w.orders, now)
	ws.put(w)
	s.memory.start(number, now)
	return answer{body: kuaidi100Refusal{Result: true, ReturnCode: "200", Message: "提交成功"}, billed: billed}
}

// kuaidi100Sees is what keeps the vendor from seeing a watched waybill's
// trace: "" when nothing does. The carrier is the right one.
func (s *Sandbox) kuaidi100Sees(w *watch) (right models.Carrier, status, why string) {
	right, fits := s.actualCarrier(w.number, w.carrier)
	switch {
	case !fits:
		return right, "201", noSuch
	case !s.kuaidi100Opens(w.number, right, w.kuaidi100.Phone):
		return w.carrier, "408", wrongPhone
	}
	return right, "", ""
}
