package sandbox

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
