package sandbox

import (
	"math/rand/v2"

	"waybill/models"
)

// leg is one scan of an itinerary: how many emulated hours after the first question
// it happens (before it, when negative), what it means, and its words.
type leg struct {
	hours  float64
	status models.Status
	city   string
	text   string
}

// itinerary tells what happens to a parcel.
type itinerary func(c parties) []leg

// setOut is how most journeys begin: two scans are there when somebody first
// asks, the next comes after an hour.
func setOut(c parties) []leg {
	a, b := c.from, c.to
	return []leg{
		{-3, models.Collected, a.City, "【" + a.City + "市】【" + a.City + a.Outlet + "】(189****0)的" + c.picker + "(189****0)已揽收"},
		{-1, models.InTransit, a.City, "【" + a.City + "市】快件离开【" + a.City + a.Outlet + "】已发往【" + a.City + "转运中心】"},
		{1, models.InTransit, a.City, "【" + a.City + "市】快件到达【" + a.City + "转运中心】"},
		{4, models.InTransit, a.City, "【" + a.City + "市】快件离开【" + a.City + "转运中心】已发往【" + b.City + "转运中心】"},
	}
}

// arrive brings a parcel to its city and out for delivery.
func arrive(c parties) []leg {
	b := c.to
	return append(setOut(c),
		leg{20, models.InTransit, b.City, "【" + b.City + "市】快件到达【" + b.City + "转运中心】"},
		leg{24, models.InTransit, b.City, "【" + b.City + "市】快件离开【" + b.City + "转运中心】已发往【" + b.City + b.Outlet + "】"},
		leg{34, models.InTransit, b.City, "【" + b.City + "市】快件到达【" + b.City + b.Outlet + "】"},
		leg{42, models.OutForDelivery, b.City, "【" + b.City + "市】【" + b.City + b.Outlet + "】的" + c.courier + "(139****0)正在派件，请保持电话畅通，准备签收"},
	)
}

func plain(c parties) []leg {
	return append(arrive(c), signed(c, 50))
}

func signed(c parties, hours float64) leg {
	return leg{hours, models.Delivered, c.to.City, "【" + c.to.City + "市】快件已签收，签收人是【本人】，派件员：" + c.courier + "，感谢使用"}
}

// late is a plain journey of which nothing is known for four hours.
func late(c parties) []leg {
	legs := plain(c)
	for i := range legs {
		legs[i].hours += 7
	}
	return legs
}

// never is a number of which nobody ever knows anything.
func never(parties) []leg { return nil }

func pickup(c parties) []leg {
	b := c.to
	return append(arrive(c),
		leg{44, models.ReadyForPickup, b.City, "【" + b.City + "市】快件已存放至【" + b.City + "阳光小区菜鸟驿站】，请凭取件码及时取件"},
		leg{126, models.Delivered, b.City, "【" + b.City + "市】快件已从【" + b.City + "阳光小区菜鸟驿站】被取出，签收成功，感谢使用"},
	)
}

func failed(c parties) []leg {
	b := c.to
	return append(arrive(c),
		leg{46, models.FailedAttempt, b.City, "【" + b.City + "市】派送失败：收件人不在，电话无人接听，将安排再次派送"},
		leg{66, models.OutForDelivery, b.City, "【" + b.City + "市】【" + b.City + b.Outlet + "】的" + c.courier + "(139****0)正在派件（第二次）"},
		signed(c, 70),
	)
}

func rejected(c parties) []leg {
	return append(arrive(c),
		leg{46, models.Rejected, c.to.City, "【" + c.to.City + "市】收件人拒收，原因：不想要了"},
	)
}

func returned(c parties) []leg {
	a, b := c.from, c.to
	return append(rejected(c),
		leg{50, models.Returning, b.City, "【" + b.City + "市】快件退回，已离开【" + b.City + b.Outlet + "】发往【" + a.City + a.Outlet + "】"},
		leg{72, models.Returning, a.City, "【" + a.City + "市】退回件到达【" + a.City + a.Outlet + "】"},
		leg{80, models.Returned, a.City, "【" + a.City + "市】退回签收，寄件人已签收"},
	)
}

func stuck(c parties) []leg { return setOut(c) }

// repeated is a journey of which one scan comes six times within an hour.
func repeated(c parties) []leg {
	legs := setOut(c)
	ahead := plain(c)[len(legs):]
	for i := range 6 {
		legs = append(legs, leg{6 + float64(i)*0.15, models.InTransit, c.from.City, "【" + c.from.City + "市】快件运输中"})
	}
	return append(legs, ahead...)
}

func reopened(c parties) []leg {
	b := c.to
	return append(plain(c),
		leg{56, models.InTransit, b.City, "【" + b.City + "市】客户反映未收到，快件转回【" + b.City + b.Outlet + "】核实"},
		leg{64, models.OutForDelivery, b.City, "【" + b.City + "市】【" + b.City + b.Outlet + "】的" + c.courier + "(139****0)重新安排派送"},
		signed(c, 68),
	)
}

func customs(c parties) []leg {
	a := c.from
	return []leg{
		{-3, models.Collected, a.City, "【" + a.City + "市】" + a.City + "国际邮件营业部 已收寄"},
		{2, models.InTransit, a.City, "【" + a.City + "市】到达" + a.City + "国际邮件互换局"},
		{6, models.Customs, a.City, "【" + a.City + "市】送交出口海关"},
		{14, models.Customs, a.City, "【" + a.City + "市】出口海关放行"},
		{18, models.InTransit, a.City, "【" + a.City + "市】离开" + a.City + "国际邮件互换局，航班已起飞"},
		{34, models.InTransit, "法兰克福", "【德国】到达法兰克福国际邮件互换局"},
		{36, models.Customs, "法兰克福", "【德国】进口海关 留存待验"},
		{48, models.Customs, "法兰克福", "【德国】进口海关放行，清关完成"},
		{58, models.OutForDelivery, "柏林", "【德国】柏林 正在投递，投递员：Müller"},
		{62, models.Delivered, "柏林", "【德国】柏林 已妥投"},
	}
}

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

// parties is who and where of one journey.
type parties struct {
	from, to        place
	picker, courier string
	pace            float64 // how much faster or slower than the itinerary this one goes
}

func partiesOf(random *rand.Rand) parties {
	all, names := places(), []string{"王师傅", "李师傅", "张师傅", "刘师傅", "陈师傅", "杨师傅"}
	from := random.IntN(len(all))
	to := (from + 1 + random.IntN(len(all)-1)) % len(all)
	return parties{
		from: all[from], to: all[to],
		picker: names[random.IntN(len(names))], courier: names[random.IntN(len(names))],
		pace: 0.9 + 0.2*random.Float64(),
	}
}
