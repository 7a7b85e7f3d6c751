package sandbox

import (
	"waybill/models"
)

// coded is a carrier under one vendor's code and name.
type coded struct {
	carrier models.Carrier
	code    string
	name    string
}

// byCode finds whom a vendor's code means. The zero row: nobody.
func byCode(rows []coded, code string) coded {
	for _, row := range rows {
		if row.code == code {
			return row
		}
	}
	return coded{}
}

// byCarrier finds a vendor's code for a carrier. The zero row: it has none.
func byCarrier(rows []coded, carrier models.Carrier) coded {
	for _, row := range rows {
		if row.carrier == carrier {
			return row
		}
	}
	return coded{}
}

// kuaidi100Companies are those that the emulated Kuaidi100 knows, of the
// 1,400 that the vendor lists.
func kuaidi100Companies() []coded {
	return []coded{
		{"sf", "shunfeng", "顺丰速运"},
		{"sf_freight", "shunfengkuaiyun", "顺丰快运"},
		{"zto", "zhongtong", "中通快递"},
		{"zto_freight", "zhongtongkuaiyun", "中通快运"},
		{"zto_intl", "zhongtongguoji", "中通国际"},
		{"sto", "shentong", "申通快递"},
		{"yto", "yuantong", "圆通速递"},
		{"yunda", "yunda", "韵达快递"},
		{"yunda_freight", "yundakuaiyun", "韵达快运"},
		{"jt", "jtexpress", "极兔速递"},
		{"best", "huitongkuaidi", "百世快递"},
		{"jd", "jd", "京东物流"},
		{"ems", "ems", "EMS"},
		{"ems_intl", "emsguoji", "EMS-国际件"},
		{"chinapost_parcel", "youzhengguonei", "邮政快递包裹"},
		{"chinapost_std", "youzhengbk", "邮政标准快递"},
		{"deppon", "debangkuaidi", "德邦快递"},
		{"ttk", "tiantian", "天天快递"},
		{"uc", "youshuwuliu", "优速快递"},
		{"ane", "annengwuliu", "安能快运"},
		{"ymdd", "yimidida", "壹米滴答"},
		{"kye", "kuayue", "跨越速运"},
		{"zjs", "zhaijisong", "宅急送"},
		{"suning", "suning", "苏宁物流"},
		{"danniao", "danniao", "菜鸟直送"},
		{"fengwang", "fengwang", "丰网速运"},
		{"zhongyou", "zhongyouex", "众邮快递"},
		{"suer", "suer", "速尔快递"},
		{"zhongtian", "zhongtianwanyun", "中天快运"},
	}
}

// juheCompanies are those that the emulated Juhe knows, under the short names
// of its list. The codes of 极兔, 跨越, 丰网 and 壹米滴答 are published nowhere:
// those here are inventions, to be learned from the list.
func juheCompanies() []coded {
	return []coded{
		{"sf", "sf", "顺丰"},
		{"sto", "sto", "申通"},
		{"yto", "yt", "圆通"},
		{"yunda", "yd", "韵达"},
		{"ttk", "tt", "天天"},
		{"ems", "ems", "EMS"},
		{"zto", "zto", "中通"},
		{"best", "ht", "汇通"},
		{"deppon", "db", "德邦"},
		{"jd", "jd", "京东"},
		{"zjs", "zjs", "宅急送"},
		{"ems_intl", "emsg", "EMS国际"},
		{"chinapost_reg", "yzgn", "邮政国内（挂号信）"},
		{"chinapost_parcel", "youzheng", "邮政快递"},
		{"suer", "suer", "速尔"},
		{"uc", "yousu", "优速"},
		{"ane", "anneng", "安能物流"},
		{"zto_freight", "ztoky", "中通快运"},
		{"suning", "suning", "苏宁"},
		{"jt", "jtsd", "极兔"},
		{"kye", "kysy", "跨越"},
		{"fengwang", "fwsy", "丰网"},
		{"ymdd", "ymdd", "壹米滴答"},
	}
}

// kuaibaoBrands are the brands that express.info.get knows.
func kuaibaoBrands() []coded {
	return []coded{
		{"sf", "sf", "顺丰速运"},
		{"sf_freight", "sfky", "顺丰快运"},
		{"zto", "zt", "中通快递"},
		{"zto_freight", "ztky", "中通快运"},
		{"sto", "sto", "申通快递"},
		{"yto", "yt", "圆通速递"},
		{"yunda", "yd", "韵达快递"},
		{"jt", "jt", "极兔速递"},
		{"best", "ht", "百世快递"},
		{"jd", "jd", "京东快递"},
		{"ems", "ems", "EMS"},
		{"chinapost_parcel", "postx", "邮政快递包裹"},
		{"deppon", "dp", "德邦快递"},
		{"ttk", "tt", "天天快递"},
		{"uc", "ys", "优速快递"},
		{"ane", "ane", "安能快运"},
		{"ymdd", "bt", "壹米滴答"},
		{"danniao", "dn", "丹鸟"},
		{"cainiao", "cnsd", "菜鸟速递"},
		{"fengwang", "fw", "丰网速运"},
		{"zhongyou", "zykd", "众邮快递"},
		{"sxjd", "sxjd", "顺心捷达"},
		{"jgsd", "kk", "京广速递"},
		{"gto", "gt", "国通快递"},
		{"benniao", "bn", "笨鸟"},
	}
}

// kuaibaoSubs are the six brands that express.sub.msg knows, two of them under
// codes of their own; 极兔 takes 百世 in.
func kuaibaoSubs() []coded {
	return []coded{
		{"sto", "sto", "申通快递"},
		{"zto", "zt", "中通快递"},
		{"yto", "ytsd", "圆通速递"},
		{"jt", "jt", "极兔速递"},
		{"yunda", "yd", "韵达快递"},
		{"deppon", "dbkd", "德邦快递"},
	}
}
