package sandbox

import (
	"net/http"
	"strconv"
	"strings"

	"waybill/models"
)

// company is a row of Muzhi's list of carriers.
type company struct {
	Name    string `json:"Name"`
	SimName string `json:"simName"`
	Phone   string `json:"phone"`
	URL     string `json:"url"`

	carrier models.Carrier
}

// companies are those that the emulated Muzhi knows. Only eight of the real
// codes are public (shunfeng, jingdong, ems, jt, yunda, zhongtong, ztoglobal,
// zhongtian); the others are inventions.
func companies() []company {
	return []company{
		{"顺丰速运", "shunfeng", "95338", "http://www.sf-express.com", "sf"},
		{"京东快递", "jingdong", "4006033600", "https://www.jdl.cn", "jd"},
		{"EMS", "ems", "11183", "http://www.ems.com.cn", "ems"},
		{"极兔速递", "jt", "4008201666", "http://www.jtexpress.com.cn/index.html", "jt"},
		{"韵达速递", "yunda", "95546", "http://www.yundaex.com", "yunda"},
		{"中通快递", "zhongtong", "95311", "http://www.zto.cn", "zto"},
		{"中通国际", "ztoglobal", "", "https://us.zto.com", "zto_intl"},
		{"中天快运", "zhongtian", "4000056001", "http://www.wanyun56.cn", "zhongtian"},
		{"申通快递", "shentong", "95543", "", "sto"},
		{"圆通速递", "yuantong", "95554", "", "yto"},
		{"顺丰快运", "shunfengkuaiyun", "", "", "sf_freight"},
		{"跨越速运", "kuayue", "", "", "kye"},
		{"德邦快递", "debang", "95353", "", "deppon"},
		{"天天快递", "tiantian", "", "", "ttk"},
		{"宅急送", "zhaijisong", "", "", "zjs"},
		{"速尔快递", "suer", "", "", "suer"},
		{"安能物流", "anneng", "", "", "ane"},
		{"菜鸟速递", "cainiao", "", "", "cainiao"},
		{"邮政快递包裹", "youzheng", "11183", "", "chinapost_parcel"},
		{"EMS国际", "emsguoji", "11183", "", "ems_intl"},
	}
}

// carrierOf is who a code of Muzhi's means, "" when it does not know it.
func (s *Sandbox) carrierOf(code string) models.Carrier {
	for _, c := range s.companies {
		if c.SimName == code {
			return c.carrier
		}
	}
	return ""
}

func (s *Sandbox) companyOf(carrier models.Carrier) company {
	for _, c := range s.companies {
		if c.carrier == carrier {
			return c
		}
	}
	return company{}
}

type muzhiDetected struct {
	OK        int       `json:"ok"`
	Msg       string    `json:"msg"`
	Kddh      string    `json:"kddh,omitempty"`
	Data      []company `json:"data"`
	LikeCount int       `json:"likecount,omitempty"`
}

func (s *Sandbox) muzhiDetect(r *http.Request) (status int, body any) {
	q := r.URL.Query()
	number := strings.ToUpper(q.Get("kddh"))
	if msg := muzhiFields(q); msg != "" {
		return muzhiUnbilled, muzhiDetected{Msg: msg, Data: []company{}}
	}
	found := muzhiDetected{OK: 1, Msg: "匹配成功", Data: []company{}}
	for _, carrier := range s.guess(number) {
		found.Data = append(found.Data, s.companyOf(carrier))
	}
	found.LikeCount = len(found.Data)
	if found.LikeCount == 0 {
		return muzhiUnbilled, muzhiDetected{Msg: "快递单号格式不正确", Kddh: number, Data: []company{}}
	}
	return muzhiBilled, found
}

type muzhiListed struct {
	OK        int       `json:"ok"`
	Msg       string    `json:"msg"`
	Data      []company `json:"data"`
	ThisPage  int       `json:"thispage"`
	PageCount int       `json:"pagecount"`
	Count     int       `json:"count"`
}

type muzhiUnlisted struct {
	OK    int       `json:"ok"`
	Msg   string    `json:"msg"`
	Data  []company `json:"data"`
	Pages int       `json:"pages"`
	Count int       `json:"count"`
}

// pageSize is how many rows a page of 接口三 has.
const pageSize = 10

func (s *Sandbox) muzhiList(r *http.Request) (status int, body any) {
	key := r.URL.Query().Get("key")
	var rows []company
	for _, c := range s.companies {
		if strings.Contains(c.Name, key) {
			rows = append(rows, c)
		}
	}
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || page < 1 || page > 1_000_000 {
		page = 1
	}
	count := len(rows)
	from := min((page-1)*pageSize, count)
	rows = rows[from:min(from+pageSize, count)]
	if len(rows) == 0 {
		msg := "暂未收录与关键字【" + key + "】相关的快递公司，欢迎反馈添加，谢谢。"
		return muzhiUnbilled, muzhiUnlisted{Msg: msg, Data: []company{}}
	}
	return muzhiBilled, muzhiListed{
		OK: 1, Msg: "查询成功", Data: rows,
		ThisPage: page, PageCount: (count + pageSize - 1) / pageSize, Count: count,
	}
}
