package sandbox

import "waybill/models"

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

// byCarrier finds a vendor's code for a carrier. The zero row: he has none.
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
