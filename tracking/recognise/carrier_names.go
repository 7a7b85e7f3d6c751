package recognise

import (
	"strings"

	"waybill/models"
)

// brand is a carrier under the stem of one of its names; freight says that the
// name ends in 快运 or 物流, often another company than the parcel service.
type brand struct {
	carrier models.Carrier
	freight bool
}

// ByName is the carrier of a Chinese or English name as providers and people
// write it: 中通快递, 韵达速递, 百世快递(汇通), "EMS", "SF Express". It forgives
// another ending (圆通快递 for 圆通速递) and parts in brackets, but takes 快运
// for a parcel service only where the brand has no freight service of its own.
func (c *Carriers) ByName(name string) (models.Carrier, bool) {
	key, _ := cutBrackets(foldName(name))
	if carrier, ok := c.called[key]; ok {
		return carrier, true
	}
	if carrier, ok := alias(key); ok {
		return carrier, true
	}
	stem, ending := cutEnding(key)
	if brands := c.stems[stem]; len(brands) > 0 {
		return pick(brands, ending), true
	}
	return alias(stem)
}

// pick chooses among the brands of one stem by the ending that was asked for.
func pick(brands []brand, ending string) models.Carrier {
	for _, b := range brands {
		if b.freight == (ending == "快运") {
			return b.carrier
		}
	}
	return brands[0].carrier
}

// addNames keeps every name of a cell: 京东快递/物流 is 京东快递 and 京东物流,
// 百世快递(汇通) is 百世快递 and 汇通.
func (c *Carriers) addNames(cell string, carrier models.Carrier) {
	plain, bracket := cutBrackets(foldName(cell))
	names := strings.Split(plain, "/")
	first, _ := cutEnding(names[0])
	c.called[plain] = carrier
	c.addName(names[0], carrier)
	for _, ending := range names[1:] {
		c.addName(first+ending, carrier)
	}
	if bracket != "" && !strings.Contains(bracket, "/") {
		c.addName(bracket, carrier)
	}
}

func (c *Carriers) addName(name string, carrier models.Carrier) {
	if _, taken := c.called[name]; !taken {
		c.called[name] = carrier
	}
	stem, ending := cutEnding(name)
	c.stems[stem] = append(c.stems[stem], brand{carrier, ending == "快运" || ending == "物流"})
}

// foldName makes names comparable: normalised, simplified, without spaces and
// legal forms.
func foldName(name string) string {
	name = simplify(strings.Join(strings.Fields(Normalise(name)), ""))
	for _, form := range [...]string{"有限责任公司", "股份有限公司", "有限公司", "股份公司", "公司", "集团"} {
		name = strings.TrimSuffix(name, form)
	}
	return name
}

// cutBrackets takes the first part in brackets out of a normalised name.
func cutBrackets(name string) (plain, inside string) {
	open := strings.IndexByte(name, '(')
	if open < 0 {
		return name, ""
	}
	inside, after, _ := strings.Cut(name[open+1:], ")")
	return name[:open] + after, inside
}

// cutEnding parts a name from the word that says what kind of company it is.
// A name that is nothing else stays whole.
func cutEnding(name string) (stem, ending string) {
	for _, ending := range [...]string{"快递", "速递", "速运", "快运", "物流", "快件", "EXPRESS", "LOGISTICS"} {
		if stem, ok := strings.CutSuffix(name, ending); ok && stem != "" {
			return stem, ending
		}
	}
	return name, ""
}

// alias knows what else carriers are called, folded. Where the table has a
// name it goes before these.
func alias(name string) (models.Carrier, bool) {
	switch name {
	case "SF", "SHUNFENG", "SFEXPRESS":
		return "sf", true
	case "J&T", "J&T极兔", "JNT", "JITU", "J&TEXPRESS":
		return "jt", true
	case "JDL", "JDLOGISTICS":
		return "jd", true
	case "百世汇通", "汇通", "BESTEXPRESS":
		return "best", true
	case "邮政", "中国邮政", "邮政包裹", "邮政小包", "邮政国内包裹", "邮政国内小包", "CHINAPOST", "中国邮政快递包裹":
		return "chinapost_parcel", true
	case "挂号信", "邮政挂号信", "邮政国内挂号信":
		return "chinapost_reg", true
	case "中国邮政EMS", "邮政EMS", "邮政特快", "邮政特快专递", "EMS特快专递", "中国邮政速递", "邮政速递", "邮政速递物流", "中国邮政速递物流":
		return "ems", true
	case "国际EMS":
		return "ems_intl", true
	case "DEBANG", "DEPPON":
		return "deppon", true
	case "4PX", "递四方速递":
		return "fourpx", true
	case "FEDEX", "联邦":
		return "fedex", true
	case "香港邮政", "HONGKONGPOST", "HKPOST":
		return "hkpost", true
	case "菜鸟":
		return "cainiao", true
	case "众邮":
		return "zhongyou", true
	}
	return "", false
}
