package sandbox

import (
	"slices"
	"time"

	"waybill/models"
)

// kuaibaoItem is what express.info.get tells of one waybill. INFERENCE: a push
// tells the same.
type kuaibaoItem struct {
	No          string        `json:"no"`
	WaybillCode string        `json:"waybill_code"`
	Brand       string        `json:"brand"`
	CpCode      string        `json:"cp_code"`
	Status      string        `json:"status"`
	Order       string        `json:"order"`
	Res         int           `json:"res"`
	Data        []kuaibaoScan `json:"data"`
}

// kuaibaoScan is one line of it.
type kuaibaoScan struct {
	Time    string `json:"time"`
	Context string `json:"context"`
	Status  string `json:"status"`
}

// kuaibaoInfo answers about one to ten waybills: with those of which something
// is known, and when it is none, with what is wrong with the first.
func (s *Sandbox) kuaibaoInfo(q kuaibaoAsked) answer {
	if why := q.bad(); why != "" {
		return s.kuaibaoNo(q.one(), badParam, why)
	}
	if !oneOf(q.ResultSort, "", "0", "1") {
		return s.kuaibaoNo(q.one(), badParam, "请求参数错误:result_sort")
	}
	items, first := []kuaibaoItem{}, answer{}
	for _, number := range q.numbers() {
		item, no := s.kuaibaoOne(number, q)
		switch {
		case no.body == nil:
			items = append(items, item)
		case first.body == nil:
			first = no
		}
	}
	if len(items) == 0 {
		return first
	}
	body := kuaibaoBody{Code: 0, Msg: "成功", Data: items, UID: uid(q.WaybillCodes)}
	if s.odd(q.one()) {
		body.Code, body.Data = "0", text(items)
	}
	return answer{body, true}
}

// kuaibaoOne answers about one waybill, or refuses.
func (s *Sandbox) kuaibaoOne(number string, q kuaibaoAsked) (kuaibaoItem, answer) {
	brand := byCode(s.kuaibaos, q.CpCode)
	switch {
	case q.CpCode != "" && brand.code == "":
		return kuaibaoItem{}, s.kuaibaoNo(number, noBrand, "不支持的快递品牌")
	case s.invalid(number):
		return kuaibaoItem{}, s.kuaibaoNo(number, badParam, "请求参数错误:运单号错误")
	}
	carrier, fits := s.actualCarrier(number, brand.carrier)
	c := s.progress(number)
	switch {
	case !fits && !s.scenarios[number].silent:
		return kuaibaoItem{}, s.kuaibaoNo(number, badParam, "请求参数错误:运单号与快递品牌不符")
	case fits && !s.kuaibaoOpens(number, carrier, q.Phone):
		return kuaibaoItem{}, s.kuaibaoNo(number, badParam, "请求参数错误:手机号后四位错误")
	case !fits, len(c.Scans) == 0:
		return kuaibaoItem{}, s.kuaibaoNo(number, noTrace, "查询暂无记录")
	}
	return s.kuaibaoItem(number, carrier, c, q.ResultSort == "1"), answer{}
}

// kuaibaoOpens checks the tail. The document wants it for SF only, other code
// of the vendor's for ZTO, too.
func (s *Sandbox) kuaibaoOpens(number string, carrier models.Carrier, phone string) bool {
	if !oneOf(string(carrier), "sf", "sf_freight", "zto") {
		return true
	}
	return len(phone) == 4 && digits(phone) && s.opens(number, phone)
}

func (s *Sandbox) kuaibaoItem(number string, carrier models.Carrier, c progress, oldestFirst bool) kuaibaoItem {
	brand := byCarrier(s.kuaibaos, carrier).code
	item := kuaibaoItem{
		No: number, WaybillCode: number, Brand: brand, CpCode: brand, Order: "desc",
		Status: kuaibaoStatus(number, c.Status), Data: make([]kuaibaoScan, 0, len(c.Scans)),
	}
	for _, scan := range s.worded(number, c.Scans) {
		at := scan.At.In(models.Shanghai).Format(time.DateTime)
		item.Data = append(item.Data, kuaibaoScan{at, scan.Text, kuaibaoStatus(number, scan.Status)})
	}
	if oldestFirst {
		item.Order = "asc"
		slices.Reverse(item.Data)
	}
	return item
}

// kuaibaoStatus is the vendor's table, which is coarse. He spells 已代收 in two
// ways.
func kuaibaoStatus(number string, status models.Status) string {
	switch status {
	case models.Collected:
		return "collected"
	case models.InTransit, models.Customs, models.Returning:
		return "sending"
	case models.OutForDelivery:
		return "delivering"
	case models.ReadyForPickup:
		if dice(number, 2) == 0 {
			return "allograph"
		}
		return "allorgraph"
	case models.Delivered:
		return "signed"
	}
	return "question"
}
