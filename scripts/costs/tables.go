package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func sortBy[T any, K cmp.Ordered](all []T, key func(T) K) {
	slices.SortFunc(all, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

// language words the tables.
type language struct {
	file, picture string
	words         map[string]string
}

func english() language {
	return language{"docs/costs.md", "docs/pictures/costs.svg", map[string]string{
		"fixed30": "fixed, every 30 minutes", "fixed60": "fixed, every 60 minutes", "fixed120": "fixed, every 2 hours", "fixed240": "fixed, every 4 hours",
		"push": "push only (Kuaidi100 looks about every 4 hours)", "pushnet": "push, polled every 12 hours as a safety net",
		"before": "the table alone", "beforefull": "the table alone, quiet hours off",
		"builtin": "Waybill, nothing learned yet", "now": "**Waybill**", "nowfull": "Waybill, quiet hours off",
		"policy": "how it is asked", "calls": "paid calls per delivered parcel", "share": "of hourly polling", "median": "median delay", "p90": "90 % within", "missed": "scans never seen",
		"network": "network", "hourly": "hourly polling", "waybill": "Waybill", "equal": "fixed polling at Waybill's median", "sharequal": "share",
		"mainland": "mainland (other seeds of it made what is built in)", "late": "late: two hours later, half as slow again, more rural", "early": "early: 90 minutes earlier, quick, lockers everywhere", "batches": "batches: working days only, sorted at night, uploaded in batches 30 to 90 minutes later, three in ten from abroad",
		"sameday": "sameday: a dozen scans within a day, every day of the week, most of them within the city", "drawn": "drawn %s: the hours, speeds and shares of each carrier by chance", "-": "these journeys",
		"carrier": "carrier", "parcels": "parcels", "dear": "a call is held", "dearer": "%s times as dear", "month": "1,000 parcels a month", "callsMonth": "calls", "package": "Muzhi 拇指云, %s a call",
		"minutes": "%d min", "api": "API", "price": "price", "contract": "see your contract", "unpriced": "calls × the contract's price", "billed": "billed for",
		"eachCall": "each answered query", "eachWaybill": "each waybill, once a month, however much is pushed", "subscribed": "Kuaidi100 快递100, subscribed",
		"delay": "Median delay in minutes by paid calls per delivered parcel", "fixedLine": "fixed interval", "waybillLine": "Waybill",
	}}
}

func chinese() language {
	return language{"docs/costs.zh-CN.md", "docs/pictures/costs.zh-CN.svg", map[string]string{
		"fixed30": "固定，每 30 分钟", "fixed60": "固定，每 60 分钟", "fixed120": "固定，每 2 小时", "fixed240": "固定，每 4 小时",
		"push": "只靠推送（快递100 约每 4 小时看一次）", "pushnet": "推送，另外每 12 小时兜底查一次",
		"before": "只按下表", "beforefull": "只按下表，关掉免打扰",
		"builtin": "Waybill，还什么都没学到", "now": "**Waybill**", "nowfull": "Waybill，关掉免打扰",
		"policy": "怎么查", "calls": "每签收一件的付费调用", "share": "相当于每小时查的", "median": "延迟中位数", "p90": "九成不超过", "missed": "始终没看到的轨迹",
		"network": "网络", "hourly": "每小时查", "waybill": "Waybill", "equal": "固定间隔、中位数与 Waybill 相同", "sharequal": "占比",
		"mainland": "mainland（内置数据用它的其他种子算出）", "late": "late：晚两小时、慢一半、更偏远", "early": "early：早一个半小时、快、到处是快递柜", "batches": "batches：只在工作日、夜间分拣、攒批晚 30 到 90 分钟上传、三成跨境",
		"sameday": "sameday：一天之内十几条轨迹，天天送，多在同城", "drawn": "drawn %s：每家的钟点、速度、份额随机抽取", "-": "这些轨迹",
		"carrier": "快递公司", "parcels": "包裹", "dear": "把一次调用看得", "dearer": "%s 倍贵", "month": "每月 1000 件", "callsMonth": "调用", "package": "拇指云，每次 %s",
		"minutes": "%d 分钟", "api": "接口", "price": "价格", "contract": "看合同", "unpriced": "次数 × 合同价", "billed": "怎么计费",
		"eachCall": "每次有答复的查询", "eachWaybill": "每个单号每月一次，推送多少都一样", "subscribed": "快递100，订阅",
		"delay": "延迟中位数（分钟）与每签收一件的付费调用", "fixedLine": "固定间隔", "waybillLine": "Waybill",
	}}
}

func (l language) of(keys ...string) []string {
	all := make([]string, len(keys))
	for i, key := range keys {
		all[i] = l.words[key]
	}
	return all
}

func (l language) network(name string) string {
	if seed, drawn := strings.CutPrefix(name, "drawn"); drawn {
		return fmt.Sprintf(l.words["drawn"], seed)
	}
	return l.words[name]
}

func (l language) minutes(d time.Duration) string {
	return fmt.Sprintf(l.words["minutes"], int(d.Round(time.Minute).Minutes()))
}

func per(calls float64) string { return fmt.Sprintf("%.1f", calls) }

func percent(of, all float64) string { return fmt.Sprintf("%.0f %%", 100*of/all) }

// compared is a row for each policy.
func (l language) compared(all outcomes, keys []string) string {
	var rows [][]string
	for _, key := range keys {
		o := all[key]
		rows = append(rows, []string{
			l.words[key], per(o.perDelivered()), percent(o.perDelivered(), all["fixed60"].perDelivered()), l.minutes(o.median()), l.minutes(o.p90()), strconv.Itoa(o.missed),
		})
	}
	return table(l.of("policy", "calls", "share", "median", "p90", "missed"), rows)
}

// atEqualDelay is a row for each network: against hourly polling, and against that fixed
// interval at which the median delay is the same.
func (l language) atEqualDelay(names []string, all []outcomes) string {
	both := func(o outcome) string {
		return per(o.perDelivered()) + " (" + l.minutes(o.median()) + ", " + l.minutes(o.p90()) + ")"
	}
	var rows [][]string
	for i, o := range all {
		now, equal := o["now"], o.fixedAt(o["now"].median())
		rows = append(rows, []string{
			names[i], both(o["fixed60"]), both(o["builtin"]), both(now), percent(now.perDelivered(), o["fixed60"].perDelivered()), per(equal), percent(now.perDelivered(), equal),
		})
	}
	return table(l.of("network", "hourly", "builtin", "waybill", "share", "equal", "sharequal"), rows)
}

// byCarrier is a row for each carrier.
func (l language) byCarrier(hourly, now *world) string {
	var rows [][]string
	for _, c := range carriersOf(now) {
		before, is := hourly.sum(c), now.sum(c)
		rows = append(rows, []string{
			string(c), strconv.Itoa(is.parcels), per(before.perDelivered()), per(is.perDelivered()), percent(is.perDelivered(), before.perDelivered()), l.minutes(is.median()), l.minutes(is.p90()),
		})
	}
	return table(l.of("carrier", "parcels", "hourly", "waybill", "share", "median", "p90"), rows)
}

// curve is a row for each price of a call, beside fixed polling at the same median.
func (l language) curve(all outcomes) string {
	var rows [][]string
	for _, dear := range []string{"0.25", "0.5", "", "2", "4", "8"} {
		o := all["now"+dear]
		equal := all.fixedAt(o.median())
		rows = append(rows, []string{
			fmt.Sprintf(l.words["dearer"], cmp.Or(dear, "1")), per(o.perDelivered()), l.minutes(o.median()), l.minutes(o.p90()), per(equal), percent(o.perDelivered(), equal),
		})
	}
	return table(l.of("dear", "calls", "median", "p90", "equal", "sharequal"), rows)
}

// muzhiPackages are the published prices (yuan, calls) of Muzhi's packages.
func muzhiPackages() [][2]float64 {
	return [][2]float64{{76, 2e4}, {360, 1e5}, {1980, 6e5}, {6000, 2e6}, {28000, 1e7}}
}

// monthly is what a thousand followed parcels a month cost at Muzhi's packages.
func (l language) monthly(all outcomes, _ prices) string {
	head := []string{l.words["month"], l.words["callsMonth"]}
	packages := muzhiPackages()
	for _, p := range packages {
		head = append(head, fmt.Sprintf("%.0f 元/%.0f 万次", p[0], p[1]/1e4))
	}
	var rows [][]string
	for _, key := range []string{"fixed60", "before", "now", "pushnet"} {
		calls := 1000 * float64(all[key].calls) / float64(all[key].parcels)
		row := []string{l.words[key], fmt.Sprintf("%.0f", calls)}
		for _, p := range packages {
			row = append(row, fmt.Sprintf("%.0f 元", calls*p[0]/p[1]))
		}
		rows = append(rows, row)
	}
	return table(head, rows)
}

// contracts are the APIs that publish no price: what their contracts count, and the cost
// where --prices says one.
func (l language) contracts(all outcomes, price prices) string {
	polled := 1000 * float64(all["now"].calls) / float64(all["now"].parcels)
	net := 1000 * float64(all["pushnet"].calls) / float64(all["pushnet"].parcels)
	cost := func(parts ...float64) string { // counts and prices in turn
		sum := 0.0
		for i := 0; i < len(parts); i += 2 {
			if parts[i+1] == 0 {
				return l.words["contract"]
			}
			sum += parts[i] * parts[i+1]
		}
		return fmt.Sprintf("%.0f 元", sum)
	}
	rows := [][]string{}
	for _, api := range [][2]string{{"kuaidi100", "Kuaidi100 快递100"}, {"juhe", "Juhe 聚合"}, {"kuaibao", "Kuaibao 快宝"}} {
		rows = append(rows, []string{api[1], l.words["eachCall"], fmt.Sprintf("%.0f", polled), cost(polled, price[api[0]+".query"])})
	}
	rows = append(rows, []string{
		l.words["subscribed"], l.words["eachWaybill"], fmt.Sprintf("1000 + %.0f", net), cost(1000, price["kuaidi100.subscribe"], net, price["kuaidi100.query"]),
	})
	return table([]string{l.words["api"], l.words["billed"], l.words["callsMonth"], l.words["month"]}, rows)
}

// prices are yuan for a billed call, by provider and kind.
type prices map[string]float64

func readPrices(text string) (prices, error) {
	all := prices{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		name, value, ok := strings.Cut(part, "=")
		yuan, err := strconv.ParseFloat(value, 64)
		if !ok || err != nil || yuan < 0 || strings.Count(name, ".") != 1 {
			return nil, fmt.Errorf("--prices: %q is not like kuaidi100.query=0.05", part)
		}
		all[name] = yuan
	}
	return all, nil
}
