package recognise

import (
	"strings"
	"unicode/utf8"

	"waybill/models"
)

// company is whom a text names: a carrier of the table, or a foreign one that
// has no code there.
type company struct {
	code    models.Carrier
	foreign string // a key of Number.Foreign
}

func (c company) known() bool { return c != company{} }

// mention is where a text names a carrier.
type mention struct {
	company
	start, end int
	all        bool // 都是…的: said of every number
}

// mentions finds the carriers that a text names; and, on the way, where phones
// and labels that name a parcel may begin.
func (r *reader) mentions() []mention {
	if r.sought {
		return r.named
	}
	r.sought = true
	for at := 0; at < len(r.plain); {
		c := r.plain[at]
		switch {
		case isLetter(c), isDigit(c):
			end := runEnd(r.plain, at)
			switch c {
			case 'N', 'R', 'M', 'I', 'G', 'P', 'C', 'D', 'A':
				r.labelsAt = append(r.labelsAt, at)
			case 'X', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
				r.digitsAt = append(r.digitsAt, at)
			}
			at = r.latin(at, end)
		case c == '*' || c == '+':
			r.digitsAt = append(r.digitsAt, at)
			at++
		case c < utf8.RuneSelf:
			at++
		case c < 0xE4 || c > 0xE9: // no Chinese character of three bytes
			at += runeSize(c)
		default:
			at = r.chinese(at)
		}
	}
	return r.named
}

// runeSize is how many bytes the character takes that begins with a byte.
func runeSize(c byte) int {
	switch {
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return 4
}

// chinese notes the carrier whose Chinese name begins here, and returns where to go on.
func (r *reader) chinese(at int) int {
	s := r.plain[at : at+3]
	switch c := rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F); {
	case opensLabel(c):
		r.labelsAt = append(r.labelsAt, at)
	case opensName(c):
		if found, length := chineseName(r.plain[at:]); length > 0 {
			r.mention(found, at, at+length)
			return at + length
		}
	}
	return at + 3
}

// latin notes the carrier that a run of letters names, and returns where to go on.
func (r *reader) latin(start, end int) int {
	word := r.plain[start:end]
	if len(word) > 12 || isDigits(word) && word != "17" {
		return end
	}
	found, more := latinName(word, r.plain[end:])
	if !found.known() {
		found, more = r.coded(start, end), 0
	}
	if found.known() {
		end += more
		r.mention(found, start, end)
	}
	return end
}

// coded is the carrier whose code is the value of an address's or JSON's key:
// com=zhongtong, "cpCode":"ZTO".
func (r *reader) coded(start, end int) company {
	at, glue := start, false
	for at > 0 && strings.IndexByte("\"': =", r.plain[at-1]) >= 0 {
		glue = glue || r.plain[at-1] == '=' || r.plain[at-1] == '"'
		at--
	}
	if !glue || at == start {
		return company{}
	}
	from := at
	for from > 0 && isLetter(r.plain[from-1]) {
		from--
	}
	switch r.plain[from:at] {
	case "COM", "CP", "CPCODE", "CARRIER", "COMPANY", "COMPANYCODE", "SHIPPERCODE", "EXPRESSCODE", "EXPCODE", "LOGISTICSCODE", "COURIER", "TYPE", "BRAND":
	default:
		return company{}
	}
	word := strings.ToLower(r.plain[start:end])
	for row := range strings.Lines(carriersCSV) {
		cells := strings.Split(strings.TrimSpace(row), ",")
		if cells[0] == word || strings.Contains(" / "+cells[2]+" / ", " / "+word+" / ") {
			return company{code: models.Carrier(cells[0])}
		}
	}
	return company{}
}

// mention keeps a name, unless the text says that it is not the one.
func (r *reader) mention(found company, start, end int) {
	before := r.plain[max(0, start-24):start]
	if endsIn(before, "不是 并非 非 没用 不走 不发 没走 别发 不要 不用 除了 不送 换掉 NOT ISN'T") {
		return
	}
	before = strings.TrimRight(before, "是走发用 ")
	all := endsIn(before, "都 均 全 全部 统一 一律 ALL")
	r.named = append(r.named, mention{found, start, end, all})
}

// opensLabel says that the character may begin a label that names a parcel.
func opensLabel(c rune) bool {
	switch c {
	case '备', '商', '物', '品', '货', '内', '宝', '名', '托', '寄':
		return true
	}
	return false
}

// opensName says that a Chinese name of a carrier may begin with the character.
func opensName(c rune) bool {
	switch c {
	case '顺', '圆', '韵', '中', '申', '极', '百', '汇', '邮', '德', '安', '跨', '宅', '燕', '云', '递', '京', '苏', '丹', '菜', '丰', '众', '速', '日', '加', '联',
		'信', '天', '国', '全', '快', '如', '佳', '远', '九', '笨', '香', '优', '壹', '挂', '美', '皇', '亚', '佐', '黑', '电', '敦', '英', '包':
		return true
	}
	return false
}

// chineseName is the company whose simplified name opens a text, with the word
// for its kind of business, and how many bytes of it are the name.
func chineseName(s string) (company, int) {
	stop := 0
	for range 6 { // no name is longer
		if stop+3 > len(s) || s[stop] < utf8.RuneSelf && stop+1 > len(s) {
			break
		}
		_, size := utf8.DecodeRuneInString(s[stop:])
		stop += size
	}
	for n := stop; n >= 6; {
		if found := exactName(s[:n]); found.known() {
			return business(found, s, n)
		}
		_, size := utf8.DecodeLastRuneInString(s[:n])
		n -= size
	}
	return company{}, 0
}

// business takes 快递, 快运 and the like into a name; 快运 is another company
// where the brand has one.
func business(found company, s string, n int) (company, int) {
	rest := s[n:]
	size := 0
	for _, ending := range [...]string{"快递", "速递", "速运", "快运", "物流", "快件", "特快专递", "特快", "EXPRESS"} {
		if strings.HasPrefix(rest, ending) {
			size = len(ending)
			break
		}
	}
	ending := rest[:size]
	switch name := s[:n]; name {
	case "京东", "苏宁", "菜鸟", "天天", "快捷", "如风":
		// A shop's name, or an everyday word, is a carrier's only as such.
		if size == 0 && !(name == "京东" && strings.HasPrefix(strings.TrimPrefix(rest, "的"), "单号")) {
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
	case "国通":
		return "gto"
	case "全峰":
		return "qfkd"
	case "快捷":
		return "kuaijie"
	case "如风达":
		return "rfd"
	case "佳吉":
		return "jiaji"
	case "中邮", "中邮物流":
		return "zhongyouwl"
	case "远成":
		return "ycgky"
	case "九曳":
		return "jiuye"
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
	return ""
}

// latinName is the company that a run of letters names, and how many bytes of
// what follows belong to the name.
func latinName(word, rest string) (company, int) {
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
func latinBusiness(code models.Carrier, word, rest string) (company, int) {
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

func byteOf(s string, at int) byte {
	if at >= len(s) {
		return 0
	}
	return s[at]
}
