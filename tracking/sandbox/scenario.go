package sandbox

import "waybill/models"

// Scenario is a number of which it is known beforehand what happens to it.
type Scenario struct {
	Number  string
	Carrier models.Carrier // who carries it, in truth
	Tail    string         // the phone tail that opens it; "" when none is wanted, or none does
	Chinese string
	English string

	itinerary itinerary
	closed    bool // every tail is wrong
	fault     Fault
	refusal   string         // Muzhi's msg, with ok 1
	company   models.Carrier // what the answer names, where that is not what the number looks like
	sender    bool           // the tail is the sender's, where a vendor tells phones apart
	silent    bool           // a wrong code is not refused, it finds nothing (Muzhi refuses all the same)
	odd       bool           // answers come in odd shapes
	locked    bool           // Kuaidi100 has locked it
	wording   wording
}

// Scenarios lists the scenario numbers, in the order in which a person would
// try them. All are synthetic.
func Scenarios() []Scenario {
	return []Scenario{
		{Number: "YT1000000000013", Carrier: "yto", Chinese: "普通旅程：揽收、运输、派送、签收", English: "a plain journey", itinerary: plain},
		{Number: "SF1000000000015", Carrier: "sf", Tail: "1234", Chinese: "需要手机尾号 1234", English: "wants the phone tail 1234", itinerary: plain},
		{Number: "SF1000000000023", Carrier: "sf", closed: true, Chinese: "任何尾号都不对", English: "every tail is wrong", itinerary: plain},
		{Number: "JT1000000000012", Carrier: "jt", Chinese: "暂无记录，四小时后出现", English: "no record for four hours", itinerary: late},
		{Number: "368000000012", Carrier: "sto", Chinese: "12 位单号，可能属于多家", English: "twelve digits, several carriers possible", itinerary: plain},
		{Number: "773000000000017", Carrier: "sto", Chinese: "放在驿站，三天多后取走", English: "waits at a pickup station", itinerary: pickup},
		{Number: "YT1000000000021", Carrier: "yto", Chinese: "第一次派送失败，次日签收", English: "a failed attempt, delivered the next day", itinerary: failed},
		{Number: "YT1000000000039", Carrier: "yto", Chinese: "收件人拒收", English: "rejected", itinerary: rejected},
		{Number: "YT1000000000047", Carrier: "yto", Chinese: "拒收后退回", English: "rejected and returned", itinerary: returned},
		{Number: "EA100000003CN", Carrier: "ems", Chinese: "国际件，出口和进口清关", English: "international, through two customs", itinerary: customs},
		{Number: "JT1000000000020", Carrier: "jt", Chinese: "中途停滞，再无更新", English: "stuck on the way", itinerary: stuck},
		{Number: "JDVA10000000014", Carrier: "jd", Chinese: "签收后又重新派送", English: "reopened after delivery", itinerary: reopened},
		{Number: "310000000000019", Carrier: "sto", Chinese: "看似韵达，实为申通；传错快递代码会被拒", English: "looks like Yunda, is STO: a wrong code is refused", itinerary: plain},
		{Number: "YT1000000000070", Carrier: "yto", Chinese: "看似圆通，答复说是极兔", English: "looks like YTO, the answer names J&T", itinerary: plain, company: "jt"},
		{Number: "YT1000000000088", Carrier: "yto", Chinese: "答复里的快递公司不在表中（中天快运）", English: "the answer names a carrier that is in no table", itinerary: plain, company: "zhongtian"},
		{Number: "YT1000000000054", Carrier: "yto", Chinese: "无效单", English: "invalid", refusal: "查询失败:无效单"},
		{Number: "YT1000000000062", Carrier: "yto", Chinese: "快递单号错误", English: "not a valid number", refusal: "查询失败:快递单号错误"},
		{Number: "SF1000000000031", Carrier: "sf", Tail: "5678", Chinese: "尾号 5678 是寄件人的（聚合区分收、寄件人）", English: "the tail 5678 is the sender's, which Juhe tells apart", itinerary: plain, sender: true},
		{Number: "310000000000027", Carrier: "sto", Chinese: "看似韵达，实为申通；快递100、聚合、快宝按韵达查无结果，快递100 订阅三天后自行改正", English: "looks like Yunda, is STO: a wrong code finds nothing, Kuaidi100 corrects a subscription after three days", itinerary: plain, silent: true},
		{Number: "JT1000000000038", Carrier: "jt", Chinese: "始终无记录，订阅三天后中止", English: "never a record: a subscription is aborted after three days", itinerary: never},
		{Number: "YT1000000000096", Carrier: "yto", Chinese: "答复的格式不按文档", English: "answers in shapes that are not the documents'", itinerary: plain, odd: true},
		{Number: "YT1000000000104", Carrier: "yto", Chinese: "快递100 已锁单", English: "locked at Kuaidi100", itinerary: plain, locked: true},
		{Number: "YT1000000000112", Carrier: "yto", Chinese: "答复里的列表写成带编号的对象", English: "lists come as objects with numbered keys", itinerary: plain, wording: numbered},
		{Number: "YT1000000000120", Carrier: "yto", Chinese: "物流文字里有 HTML", English: "scans hold HTML", itinerary: plain, wording: marked},
		{Number: "YT1000000000138", Carrier: "yto", Chinese: "顶上一行预计送达，每次都变", English: "a line on top says what is expected, anew each time", itinerary: plain, wording: floating},
		{Number: "YT1000000000146", Carrier: "yto", Chinese: "中途起手机号打码", English: "phones in old scans are masked later", itinerary: plain, wording: masking},
		{Number: "YT1000000000153", Carrier: "yto", Chinese: "同一句话隔几分钟重复", English: "the same words again and again, minutes apart", itinerary: repeated},
		{Number: "JT1000000000500", Carrier: "jt", Chinese: "接口出错 (HTTP 500)", English: "the API answers 500", itinerary: plain, fault: Down},
		{Number: "JT1000000000200", Carrier: "jt", Chinese: "接口返回网页", English: "the API answers with a web page", itinerary: plain, fault: WebPage},
		{Number: "JT1000000000408", Carrier: "jt", Chinese: "接口很慢", English: "the API takes 30 seconds", itinerary: plain, fault: Slow},
		{Number: "JT1000000000429", Carrier: "jt", Chinese: "接口限流", English: "the API throttles", itinerary: plain, fault: Throttled},
		{Number: "JT1000000000403", Carrier: "jt", Chinese: "接口次数用完", English: "the API's quota is spent", itinerary: plain, fault: Spent},
	}
}

// Title says in English what happens to a number, which it does not name.
func Title(number string) string {
	for _, s := range Scenarios() {
		if s.Number == number {
			return s.English
		}
	}
	return "no scenario"
}
