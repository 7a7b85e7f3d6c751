package sandbox

import "math/rand/v2"

// place is a city with one outlet in it.
type place struct{ City, Outlet string }

func places() []place {
	return []place{
		{"泉州", "丰泽营业部"},
		{"深圳", "南山科技园营业部"},
		{"广州", "天河营业部"},
		{"杭州", "四季青网点"},
		{"上海", "浦东张江网点"},
		{"北京", "望京网点"},
		{"成都", "高新网点"},
		{"武汉", "光谷网点"},
		{"南京", "江宁网点"},
		{"西安", "雁塔网点"},
		{"重庆", "渝北网点"},
		{"长沙", "岳麓网点"},
		{"郑州", "金水网点"},
		{"青岛", "崂山网点"},
		{"沈阳", "和平网点"},
		{"昆明", "呈贡网点"},
	}
}

// cast is who and where of one journey.
type cast struct {
	from, to        place
	picker, courier string
	pace            float64 // how much faster or slower than the plot this one goes
}

func castOf(random *rand.Rand) cast {
	all, names := places(), []string{"王师傅", "李师傅", "张师傅", "刘师傅", "陈师傅", "杨师傅"}
	from := random.IntN(len(all))
	to := (from + 1 + random.IntN(len(all)-1)) % len(all)
	return cast{
		from: all[from], to: all[to],
		picker: names[random.IntN(len(names))], courier: names[random.IntN(len(names))],
		pace: 0.9 + 0.2*random.Float64(),
	}
}
