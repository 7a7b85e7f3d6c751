package sandbox

// area is an administrative area as Kuaidi100 reads it out of a scan.
type area struct{ code, name, center, pinyin, location string }

// areas are those of the cities of places(); of others, abroad, Kuaidi100
// knows none.
func areas() map[string]area {
	return map[string]area{
		"泉州": {"CN350500000000", "福建,泉州市", "118.675675,24.874132", "quan zhou shi", "福建省 泉州市"},
		"深圳": {"CN440300000000", "广东,深圳市", "114.057868,22.543099", "shen zhen shi", "广东省 深圳市"},
		"广州": {"CN440100000000", "广东,广州市", "113.264434,23.129162", "guang zhou shi", "广东省 广州市"},
		"杭州": {"CN330100000000", "浙江,杭州市", "120.15507,30.274084", "hang zhou shi", "浙江省 杭州市"},
		"上海": {"CN310000000000", "上海,上海", "121.473701,31.230416", "shang hai shi", "上海 上海市"},
		"北京": {"CN110000000000", "北京,北京", "116.407526,39.90403", "bei jing shi", "北京 北京市"},
		"成都": {"CN510100000000", "四川,成都市", "104.066541,30.572269", "cheng du shi", "四川省 成都市"},
		"武汉": {"CN420100000000", "湖北,武汉市", "114.305392,30.593098", "wu han shi", "湖北省 武汉市"},
		"南京": {"CN320100000000", "江苏,南京市", "118.796877,32.060255", "nan jing shi", "江苏省 南京市"},
		"西安": {"CN610100000000", "陕西,西安市", "108.93977,34.341574", "xi an shi", "陕西省 西安市"},
		"重庆": {"CN500000000000", "重庆,重庆", "106.551556,29.563009", "chong qing shi", "重庆 重庆市"},
		"长沙": {"CN430100000000", "湖南,长沙市", "112.938814,28.228209", "chang sha shi", "湖南省 长沙市"},
		"郑州": {"CN410100000000", "河南,郑州市", "113.625368,34.7466", "zheng zhou shi", "河南省 郑州市"},
		"青岛": {"CN370200000000", "山东,青岛市", "120.382639,36.067082", "qing dao shi", "山东省 青岛市"},
		"沈阳": {"CN210100000000", "辽宁,沈阳市", "123.431474,41.805698", "shen yang shi", "辽宁省 沈阳市"},
		"昆明": {"CN530100000000", "云南,昆明市", "102.832891,24.880095", "kun ming shi", "云南省 昆明市"},
	}
}

// kuaidi100Route is where a parcel comes from, is, and goes to.
type kuaidi100Route struct {
	From *kuaidi100Place `json:"from"`
	Cur  *kuaidi100Place `json:"cur"`
	To   *kuaidi100Place `json:"to"` // null until the parcel has left its first city
}

type kuaidi100Place struct {
	Number string `json:"number"`
	Name   string `json:"name"`
}

func (s *Sandbox) routeOf(c progress) *kuaidi100Route {
	if len(c.Scans) == 0 {
		return nil
	}
	from, cur := c.Scans[len(c.Scans)-1].City, c.Scans[0].City
	r := &kuaidi100Route{From: s.placeOf(from), Cur: s.placeOf(cur)}
	if cur != from {
		r.To = s.placeOf(c.goal)
	}
	return r
}

func (s *Sandbox) placeOf(city string) *kuaidi100Place {
	a, ok := s.areas[city]
	if !ok {
		return nil
	}
	return &kuaidi100Place{a.code, a.name}
}
