package scan

import (
	"regexp"
	"strings"

	"waybill/models"
)

// RefineStatus reads a finer status out of the newest scan's words where a
// provider's own is coarse or missing: unknown, pending, collected, in transit
// and out for delivery. Every other status stands, and so does one that no
// known words contradict; only "pending" with a scan that says nothing known
// becomes in transit, because something was scanned.
func RefineStatus(coarse models.Status, newest string) models.Status {
	text := statement(newest)
	if !refinable(coarse) || text == "" {
		return coarse
	}
	for _, r := range rules {
		if r.fits(text) {
			return r.refine(coarse)
		}
	}
	if coarse == models.Pending {
		return models.InTransit
	}
	return coarse
}

func refinable(s models.Status) bool {
	switch s {
	case "", models.Unknown, models.Pending, models.Collected, models.InTransit, models.OutForDelivery:
		return true
	}
	return false
}

// statement is the text without spaces and without what only sounds like news.
func statement(text string) string {
	text = strings.Join(strings.Fields(text), "")
	if !ContainsAny(text, misleadingWords...) {
		return text
	}
	return misleading.ReplaceAllString(text, "")
}

// misleadingWords are those that misleading is about; most scans hold none of
// them, and looking for these is far cheaper.
var misleadingWords = []string{"签收", "退", "拒", "派", "投递", "配送", "揽", "收件", "破损", "异常", "丢失"}

// rule is what some words mean. With, where it is not empty, must be said too.
type rule struct {
	status models.Status
	any    []string
	with   []string
}

func (r rule) fits(text string) bool {
	return ContainsAny(text, r.any...) && (len(r.with) == 0 || ContainsAny(text, r.with...))
}

// ContainsAny says whether one of the words stands in a text.
func ContainsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// refine keeps what the provider knows better: an arrival somewhere does not
// take back that a parcel is collected or out for delivery.
func (r rule) refine(coarse models.Status) models.Status {
	if r.status == models.InTransit && (coarse == models.OutForDelivery || coarse == models.Collected) {
		return coarse
	}
	return r.status
}

// misleading are phrases whose words mislead: denials (未签收), requests (请您签收),
// conditions (如已签收), and names of places and roles (派件网点, 退货组).
var misleading = regexp.MustCompile(strings.Join([]string{
	`(如果?|若|倘若)(您|客户)?(的?快件|的?包裹|尚?未|已经?|需要?|有)?(被|是)?(签收|退回|拒收|拒签|派送失败)`,
	`(未|待|没有|无法|不能|未能|未被|等待|准备|请您?|记得|做好|注意|安排|方便|即将|敬请|预计|确认)(您)?(的)?(本人)?签收`,
	`签收(前|时请?|后请?|码|异议|短信|通知|提醒)`,
	`(取消|撤销|停止|中止|未|无需|不|避免)(了)?(被|予以)?(退回|退件|拒收|拒签)`,
	`(退回|退件)(申请)?(已)?(取消|撤销)`,
	`(派件|派送|投递|配送|揽收|揽件|收件)(网点|站点|站|点|部|中心|城市|区域|机构)`,
	`(未|待|等待|准备|即将|预计|暂缓|暂停|暂未|尚未)(进行)?(派送|派件|配送|投递)`,
	`(退货|拒收)(组|部|仓|中心|专用)`,
	`(未|没有?|无)(发现)?(破损|异常|丢失)`,
}, "|"))
