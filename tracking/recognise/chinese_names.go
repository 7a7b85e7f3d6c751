package recognise

import (
	"strings"
	"unicode/utf8"

	"waybill/models"
)

// chineseName is the company whose simplified name opens a text, with the word
// for its kind of business, and how many bytes of it are the name.
func chineseName(s string) (found company, length int) {
	stop := 0
	for range 6 { // no name is longer
		if stop+3 > len(s) || s[stop] < utf8.RuneSelf && stop+1 > len(s) {
			break
		}
		_, size := utf8.DecodeRuneInString(s[stop:])
		stop += size
	}
	for n := stop; n >= 6; {
		if found = exactName(s[:n]); found.known() {
			return business(found, s, n)
		}
		_, size := utf8.DecodeLastRuneInString(s[:n])
		n -= size
	}
	return company{}, 0
}

// business takes 快递, 快运 and the like into a name; 快运 is another company
// where the brand has one.
func business(found company, s string, n int) (_ company, length int) {
	rest := s[n:]
	size := 0
	for _, ending := range [...]string{"快递", "速递", "速运", "快运", "物流", "快件", "特快专递", "特快", "EXPRESS"} {
		if strings.HasPrefix(rest, ending) {
			size = len(ending)
			break
		}
	}
	ending := rest[:size]
	if strings.HasPrefix(rest, "驿站") { // it keeps the parcels of all carriers
		return company{}, 0
	}
	switch name := s[:n]; name {
	case "京东", "苏宁", "菜鸟", "天天", "快捷", "如风":
		// A shop's name, or an everyday word, is a carrier's only as such.
		if size == 0 && (name != "京东" || !strings.HasPrefix(strings.TrimPrefix(rest, "的"), "单号")) {
			return company{}, 0
		}
	case "跨越":
		c, _ := utf8.DecodeRuneInString(rest)
		if size == 0 && c >= 0x4E00 && !strings.ContainsRune("的单是运", c) {
			return company{}, 0
		}
	case "邮政":
		if strings.HasPrefix(rest, "编码") || strings.HasPrefix(rest, "储蓄") || strings.HasPrefix(rest, "银行") {
			return company{}, 0
		}
	}
	if ending == "快运" {
		if freight := freightOf(found.code); freight != "" {
			found.code = freight
		}
	}
	switch {
	case found.code == "deppon" && ending == "物流":
		found.code = "deppon_logistics"
	case found.code == "ane" && ending == "快递":
		found.code = "ane_express"
	case found.code == "chinapost_parcel" && strings.HasPrefix(rest, "速递物流"):
		return company{code: "ems"}, n + len("速递物流")
	case found.code == "chinapost_parcel" && (ending == "速递" || ending == "特快专递" || ending == "特快"):
		found.code = "ems"
	}
	return found, n + size
}

// exactName is the company of a simplified name.
func exactName(s string) company {
	switch s {
	case "亚马逊":
		return company{foreign: "amazon"}
	case "皇家邮政", "英国邮政":
		return company{foreign: "post.GB"}
	case "日本邮政", "日本邮便":
		return company{foreign: "post.JP"}
	case "佐川急便", "佐川":
		return company{foreign: "sagawa"}
	case "黑猫宅急便", "黑猫":
		return company{foreign: "yamato"}
	}
	return company{code: exactCode(s)}
}

func exactCode(s string) models.Carrier {
	switch s {
	case "顺丰":
		return "sf"
	case "中通":
		return "zto"
	case "中通国际":
		return "zto_intl"
	case "申通":
		return "sto"
	case "圆通":
		return "yto"
	case "韵达":
		return "yunda"
	case "极兔":
		return "jt"
	case "百世", "百世汇通", "汇通":
		return "best"
	case "京东":
		return "jd"
	case "德邦":
		return "deppon"
	case "安能":
		return "ane"
	case "跨越":
		return "kye"
	case "宅急送":
		return "zjs"
	case "优速":
		return "uc"
	case "天天":
		return "ttk"
	case "壹米滴答":
		return "ymdd"
	}
	if post := postName(s); post != "" {
		return post
	}
	return rareName(s)
}

// postName knows what the Chinese post's services are called.
func postName(s string) models.Carrier {
	switch s {
	case "邮政", "中国邮政", "邮政小包", "邮政包裹", "邮政快包", "包裹信":
		return "chinapost_parcel"
	case "邮政EMS", "邮政特快", "中国邮政EMS":
		return "ems"
	case "国际EMS":
		return "ems_intl"
	case "挂号信", "邮政挂号信":
		return "chinapost_reg"
	case "邮政标快", "邮政标准快递":
		return "chinapost_std"
	case "邮政电商标快", "电商标快":
		return "chinapost_ecom"
	case "香港邮政":
		return "hkpost"
	case "美国邮政":
		return "usps"
	}
	return ""
}

func rareName(s string) models.Carrier {
	switch s {
	case "苏宁":
		return "suning"
	case "丹鸟":
		return "danniao"
	case "菜鸟":
		return "cainiao"
	case "丰网":
		return "fengwang"
	case "众邮":
		return "zhongyou"
	case "速尔":
		return "suer"
	case "国通":
		return "gto"
	case "全峰":
		return "qfkd"
	case "快捷":
		return "kuaijie"
	case "如风达":
		return "rfd"
	case "递四方":
		return "fourpx"
	case "燕文":
		return "yanwen"
	case "云途":
		return "yunexpress"
	case "联邦":
		return "fedex"
	case "敦豪":
		return "dhl"
	case "笨鸟":
		return "benniao"
	}
	return freightName(s)
}

// freightName knows the companies that mostly carry freight.
func freightName(s string) models.Carrier {
	switch s {
	case "顺心捷达", "顺心":
		return "sxjd"
	case "日日顺":
		return "rrs"
	case "京广":
		return "jgsd"
	case "加运美":
		return "jym"
	case "联昊通":
		return "lht"
	case "信丰":
		return "xinfeng"
	case "天地华宇":
		return "hoau"
	case "中铁", "中铁快运":
		return "ztky"
	case "佳吉":
		return "jiaji"
	case "中邮", "中邮物流":
		return "zhongyouwl"
	case "远成":
		return "ycgky"
	case "九曳":
		return "jiuye"
	}
	return ""
}
