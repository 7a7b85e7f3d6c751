package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// kuaidi100Company is one row of the recognition's answer. LengthPre is a
// number; a text where the shape is odd.
type kuaidi100Company struct {
	LengthPre any    `json:"lengthPre"`
	ComCode   string `json:"comCode"`
	Name      string `json:"name"`
	NoPre     string `json:"noPre"`
	NoCount   string `json:"noCount"`
}

// kuaidi100Auto recognises a number, asked by GET or POST. It is free.
func (s *Sandbox) kuaidi100Auto(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	err := r.ParseForm()
	number := strings.ToUpper(r.Form.Get("num"))
	s.serve(w, r, call{
		provider: "kuaidi100", endpoint: "detect", number: number, free: true, refuse: kuaidi100AutoTrouble,
		answer: func() answer {
			switch key := r.Form.Get("key"); {
			case err != nil, key == "":
				return kuaidi100No("701", "key缺失")
			case key != s.Kuaidi100Key:
				return kuaidi100No("601", "POLL:KEY 已过期")
			case !plausible(number), len(number) < 6, len(number) > 32, s.invalid(number):
				return kuaidi100No("201", "不是有效的快递单号")
			}
			return answer{body: s.kuaidi100Recognised(number)}
		},
	})
}

// kuaidi100AutoTrouble has no code for too many requests; 502 is an invention.
func kuaidi100AutoTrouble(t Fault) any {
	if t == Throttled {
		return kuaidi100Refusal{ReturnCode: "502", Message: "服务器繁忙"}
	}
	return kuaidi100Refusal{ReturnCode: "601", Message: "POLL:KEY 已过期"}
}

// invalid says whether a number is a scenario whose number is wrong.
func (s *Sandbox) invalid(number string) bool {
	return strings.Contains(s.scenarios[number].refusal, "单号错误")
}

// kuaidi100Recognised is a list, the likeliest first; where the shape is odd,
// one row stands alone, and lengths are texts.
func (s *Sandbox) kuaidi100Recognised(number string) any {
	odd, rows := s.odd(number), []kuaidi100Company{}
	for _, carrier := range s.guess(number) {
		named := byCarrier(s.kuaidi100s, carrier)
		if named.code == "" {
			continue
		}
		row := kuaidi100Company{LengthPre: len(number), ComCode: named.code, Name: named.name}
		if odd {
			row.LengthPre = strconv.Itoa(len(number))
		}
		rows = append(rows, row)
	}
	if odd && len(rows) == 1 {
		return rows[0]
	}
	return rows
}
