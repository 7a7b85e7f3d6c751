package sandbox

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
