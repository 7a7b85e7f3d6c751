package scan

import (
	"strings"
	"unicode/utf8"

	"waybill/internal/pattern"
)

// IsEstimate says that a line tells only what is expected: when a parcel shall come, how far
// away it is. Carriers float such a line above the scans and write it anew at every
// question. It is a scan when it also says that something happened.
func IsEstimate(text string) bool {
	if !hinted(text) || !forecasts.MatchString(text) {
		return false
	}
	expected := false
	for _, clause := range clauses.Split(text, -1) {
		clause = strings.TrimSpace(clause)
		switch {
		case clause == "", fillers.MatchString(clause):
		case isForecast(clause):
			expected = true
		default:
			return false
		}
	}
	return expected
}

// hinted says that a text holds a sign of which every forecast holds one; looking for
// these is far cheaper.
func hinted(text string) bool {
	for i, r := range text {
		switch r {
		case '预', '預', '估', '望', '约', '約', '将', '將', '距', '剩', '还', '還', '最', '承', '概', '今', '明', '倒':
			return true
		case '离', '離', '前', '时', '時': // 离您, 前面, 时间; most scans hold 离开
			if next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):]); strings.ContainsRune("您你收目终站面方间間", next) {
				return true
			}
		}
	}
	if text == "" || text[0] >= utf8.RuneSelf {
		return strings.Contains(text, "ETA")
	}
	return ContainsAny(strings.ToLower(text), "expect", "estimat", "scheduled", "anticipated", "projected", "planned", "arriv", "eta", "due to", "away", "will", "should")
}

// isForecast says that a clause tells what is expected, and nothing before it.
func isForecast(clause string) bool {
	at := forecasts.FindStringIndex(clause)
	return len(at) == 2 && !happened.MatchString(clause[:at[0]]) && !thenScanned.MatchString(clause[at[1]:])
}

const (
	arrivals = `送达|送到|送至|到达|抵达|到货|派送|派达|派件|配送|投递|签收|妥投|交付|到您|到你|到站|收到|取件|收件|揽收|送達|到達|抵達|到貨|簽收|配達|取貨|完成`
	// goal is what a forecast without a word such as 预计 must name: the end of the
	// journey. 派送 would do for a scan of today's round.
	goal      = `(?:送达|送到|送至|到达|抵达|可达|能到|到您|到你|送達|到達|抵達|到貨|到货)`
	itsParcel = `(?:(?:您|你)的?|该|此|本|亲[,，!！]?)?(?:快件|包裹|快递|宝贝|货物|订单|运单|邮件|商品|貨物|訂單)?`
	ofUnits   = `公里|千米|里|米|km|站|个?小时|個?小時|小时|分钟|分鐘|天|日|单|件|家|位|户`
)

var (
	clauses   = pattern.New(`[，,。；;！!\n]|\.(?:\s|$)`)
	forecasts = pattern.New(`(?i)(?:预计|预期|预估|预测|估计|有望|预约|大约|将于|将在|預計|預期|預估|預測|估計|將於|將在).{0,40}?(?:` + arrivals + `)` +
		`|(?:预计|预估|預計|預估)?(?:送达|到达|派送|配送|送達|到達|抵達)时?時?(?:间|間|日期)\s?(?:为|為|是|[:：])` +
		`|(?:送达|到达|派送|配送|送達|到達|抵達)(?:时间|時間|日期)(?:预计|预估|預計|預估)` +
		`|(?:最快|最早|最迟|最晚|最遲|承诺|承諾|大概|(?:大约|大約|约|約)\s?[0-9])[^已了]{0,16}?` + goal +
		`|(?:今[日天晚早]|明[日天晚早晨]|后天|後天)[^已了]{0,12}?(?:可|将|將|能|会|會|必|前|内|內).{0,4}?` + goal + `|(?:明[日天晚早晨]|后天|後天).{0,4}?` + goal +
		`|(?:预计|预估|预测|大概|大约|預計|預估|預測|大約)[^已了]{0,16}?(?:到|可达|可達)$|(?:预计|预估|預計|預估)(?:还|還)?需.{0,3}?[0-9]` +
		`|(?:送达|到达|派送|送達|到達)倒(?:计时|計時)` +
		`|(?:距离?|距離?|离|離)(?:您|你|收件人|收货地|收件地|收货地址|收件地址|目的地|终点|站点).{0,12}?(?:还有|还剩|约|仅|還有|還剩|約|不到|[0-9])` +
		`|(?:还有|还剩|剩余|仅剩|還有|還剩|剩餘)\s?(?:约|大约|約)?\s?[0-9.]+\s?(?:` + ofUnits + `)` +
		`|(?:前面|前方)(?:还有|还剩|還有)?\s?[0-9]+\s?(?:` + ofUnits + `)` +
		`|\b(?:estimated|expected|anticipated|projected|scheduled|planned)(?:\s(?:date|time|day))?(?:\sof)?\s(?:delivery|arrival|to\sarrive|to\sbe\sdelivered|for\sdelivery)` +
		`|\b(?:delivery|arrival)\s(?:is\s|date\s|time\s)?(?:estimated|expected|scheduled|estimate)\b|\beta\b\s?[:：]?|\barriving\s(?:by|on|in|at|today|tomorrow|between|before|soon)\b|\bdue\sto\sarrive\b` +
		`|\b(?:will|should)\s(?:arrive|be\sdelivered|reach\syou)\b|\b[0-9]+\s(?:stops?|miles?|km)\saway\b|\bon\sschedule\sfor\sdelivery\b`)
	// happened stands before an estimate in a clause that also says what happened.
	happened = pattern.New(`(?i)已|了|完成|成功|离开|到达|抵达|发往|发出|装车|揽收|签收|接单|下发|分配|派件|派送|离開|到達|抵達|發往|發出|裝車|簽收|開始|开始|失败|異常|异常|延误|延誤|要求|申请|申請|改为|改為|更改|改期|\b(?:arrived|departed|left|picked|accepted|delayed|processed|shipped|received|cleared|failed|attempted|departing|sorted)\b`)
	// thenScanned stands behind one in a line without punctuation between the two.
	thenScanned = pattern.New(`(?i)(?:现已|目前已|已经?(?:到达|离开|发出|发往|揽收|签收|装车|到達|離開|簽收))|\bhas\s(?:arrived|departed|left|been)\b`)
	// fillers are clauses that say nothing of what happened: requests, thanks, and that
	// a parcel is under way.
	fillers = pattern.New(`(?i)^(?:` +
		itsParcel + `(?:正在|仍在|还在|正|還在)?(?:快马加鞭|全速|加急|飞速|火速|极速)?(?:运输|路上|途中|飞奔|赶来|赶往|奔向您|向您|向你|奔来|運輸|趕來|的)+(?:中|途中|上|飞奔|奔来|赶来)*` +
		`|` + itsParcel + `|亲|温馨提示[:：]?.*|请.*|敬请.*|烦请.*|感谢.*|谢谢.*|祝.*|如有.*|若有.*|如遇.*|以实际.*|(?:具体|实际).*(?:为准|為準)|仅供参考|敬請.*|請.*|感謝.*|謝謝.*|僅供參考` +
		`|please\b.*|thank.*|(?:your|the)\s(?:parcel|package|item|shipment|order)\sis\s(?:on\s(?:its|the)\sway|in\stransit)|on\s(?:its|the)\sway|in\stransit|by\send\sof\sday|subject\sto.*` +
		`|[（(【\[][^】\])）]*[】\])）]|[0-9:：\-~～至 /年月日点時时分前后]+(?:am|pm|之前|左右|前)?` +
		`|(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*|[0-9]{1,4}(?:st|nd|rd|th)?|[ :\-]|[ap]m)+)$`)
)
