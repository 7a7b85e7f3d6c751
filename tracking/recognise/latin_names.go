package recognise

import (
	"strings"

	"waybill/models"
)

// latinName is the company that a run of letters names, and how many bytes of
// what follows belong to the name.
func latinName(word, rest string) (found company, more int) {
	if code := latinCode(word); code != "" {
		if code == "jt" && word == "J" && !strings.HasPrefix(rest, "&T") {
			return company{}, 0
		}
		return latinBusiness(code, word, rest)
	}
	next := strings.TrimPrefix(rest, " ")
	switch word {
	case "J":
		if strings.HasPrefix(rest, "&T") && !isAlnum(byteOf(rest, 2)) {
			return latinBusiness("jt", word, rest)
		}
	case "CHINA":
		if strings.HasPrefix(next, "POST") {
			return company{code: "chinapost_parcel"}, len(rest) - len(next) + len("POST")
		}
	case "HONGKONG":
		if strings.HasPrefix(next, "POST") {
			return company{code: "hkpost"}, len(rest) - len(next) + len("POST")
		}
	case "ROYAL":
		if strings.HasPrefix(next, "MAIL") {
			return company{foreign: "post.GB"}, len(rest) - len(next) + len("MAIL")
		}
	case "JAPAN":
		if strings.HasPrefix(next, "POST") {
			return company{foreign: "post.JP"}, len(rest) - len(next) + len("POST")
		}
	case "BEST":
		for _, more := range [...]string{" EXPRESS", "-INC"} {
			if strings.HasPrefix(rest, more) {
				return company{code: "best"}, len(more)
			}
		}
	case "KY":
		if strings.HasPrefix(rest, "-EXPRESS") {
			return company{code: "kye"}, len("-EXPRESS")
		}
	case "AMAZON", "ROYALMAIL", "ONTRAC", "LASERSHIP", "DPD", "GLS", "EVRI", "HERMES", "YAMATO", "SAGAWA", "AUSPOST", "SPEEDX", "UNIUNI":
		return company{foreign: foreignKey(word)}, 0
	}
	return company{}, 0
}

func foreignKey(word string) string {
	switch word {
	case "ROYALMAIL":
		return "post.GB"
	case "AUSPOST":
		return "post.AU"
	case "HERMES":
		return "evri"
	}
	return strings.ToLower(word)
}

// latinBusiness takes EXPRESS and the like into a Latin name.
func latinBusiness(code models.Carrier, word, rest string) (found company, more int) {
	size := 0
	if word == "J" {
		size = len("&T")
	}
	tail := rest[size:]
	for _, ending := range [...]string{"快递", "速递", "速运", "快运", "物流", "特快专递", "特快", " EXPRESS", "-EXPRESS", " FREIGHT", " LOGISTICS", " FAST", " SUPPLY"} {
		if strings.HasPrefix(tail, ending) && !isAlnum(byteOf(tail, len(ending))) {
			size += len(ending)
			if freight := freightOf(code); freight != "" && (ending == "快运" || ending == " FREIGHT") {
				code = freight
			}
			break
		}
	}
	if code == "ems" && strings.HasPrefix(tail, "国际") {
		return company{code: "ems_intl"}, size + len("国际")
	}
	return company{code: code}, size
}

// latinCode is the carrier of a word in Latin letters: what people and web
// addresses call it. English words are none.
func latinCode(word string) models.Carrier {
	switch word {
	case "SF", "SHUNFENG", "SFEXPRESS", "SFCHN":
		return "sf"
	case "ZTO", "ZHONGTONG", "ZTOEXPRESS":
		return "zto"
	case "STO", "SHENTONG":
		return "sto"
	case "YTO", "YUANTONG":
		return "yto"
	case "YUNDA", "YUNDAEX":
		return "yunda"
	case "JT", "JNT", "JITU", "JTEXPRESS":
		return "jt"
	case "JD", "JDL", "JDWL", "JINGDONG", "JDEX":
		return "jd"
	case "EMS":
		return "ems"
	case "CHINAPOST", "YOUZHENG":
		return "chinapost_parcel"
	case "DEPPON", "DEBANG":
		return "deppon"
	case "ANE", "ANE56", "ANNENG":
		return "ane"
	case "KYE", "KUAYUE", "KYEXPRESS":
		return "kye"
	case "HTKY", "BAISHI", "HUITONG", "800BEST", "BESTEXPRESS":
		return "best"
	case "ZJS", "ZHAIJISONG":
		return "zjs"
	case "TTKDEX", "TIANTIAN":
		return "ttk"
	case "CAINIAO":
		return "cainiao"
	case "4PX", "DISIFANG":
		return "fourpx"
	case "YANWEN", "YW56":
		return "yanwen"
	case "YUNEXPRESS", "YUNTRACK":
		return "yunexpress"
	}
	return foreignCode(word)
}

func foreignCode(word string) models.Carrier {
	switch word {
	case "DHL":
		return "dhl"
	case "UPS":
		return "ups"
	case "FEDEX", "FEDEXTRACK":
		return "fedex"
	case "TNT":
		return "tnt"
	case "USPS":
		return "usps"
	case "ARAMEX":
		return "aramex"
	case "HONGKONGPOST", "HKPOST":
		return "hkpost"
	case "OCS":
		return "ocs"
	}
	return ""
}

// gluedCarrier is how many letters at the front of a whole run name a carrier
// whose number the digits behind them are: DHL2529670305, EMS1154210775507. It is
// 0 where the letters belong to the number (SF…, STO…), or the digits cannot be
// that carrier's. With it comes the digits' rule.
func gluedCarrier(s string) (size int, digits rule) {
	for size < len(s) && isLetter(s[size]) {
		size++
	}
	if size < 3 || size > 11 || len(s)-size < shortest || len(s) > longest || !isDigits(s[size:]) {
		return 0, rule{}
	}
	code := latinCode(s[:size])
	if code == "" || isPhone(s[size:]) {
		return 0, rule{}
	}
	if whole, ok := ruleFor(s); ok && whole.weight > claimed {
		return 0, rule{}
	}
	digits, _ = ruleFor(s[size:])
	if !allows(code, s[size:], digits) {
		return 0, rule{}
	}
	digits.weight = bare
	return size, digits
}
